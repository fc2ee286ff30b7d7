"""The scorer's network, to be fitted: three layers of attention over the token states of a question and a passage at once.

What it begins with is what search knows: its logits start as a weighted sum of the signals and of the tokens' late interaction,
so that training only has to learn where these are wrong. Attention leans on the cosines of the encoder's states from the start.
"""

import math
from collections.abc import Mapping

import onnx
import torch
from onnx.numpy_helper import to_array
from torch import Tensor, nn
from torch.nn.functional import gelu

from rag.models.scorer import EARLIER, FOLDER, HEADING, QUESTION, TEXT, WEIGHTS

WIDTH, HEADS, LAYERS, INNER = 192, 4, 3, 384
_RARE = 8.0  # about the largest idf of a token
_EARLIER = 0.3  # weight of an earlier turn's tokens beside the question's own


class Network(nn.Module):  # type: ignore[misc]  # torch is not typed here
    """Token states (b, n, d), kinds (b, n), idf (b, n), signals (b, 4) and token spans of units (b, units, 2) to passage logits
    (b,) and unit logits (b, units)."""

    def __init__(self, dimension: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.project = nn.Linear(dimension, WIDTH)
        self.kind = nn.Embedding(5, WIDTH)  # the kinds of tokens, and the mark
        self.features = nn.Linear(6, WIDTH)
        self.mark = nn.Parameter(torch.randn(WIDTH) * 0.3)
        self.layers = nn.ModuleList(_Layer(dropout) for _ in range(LAYERS))
        self.norm, self.dropout = nn.LayerNorm(WIDTH), nn.Dropout(dropout)
        self.whole = nn.Dropout1d(dropout)  # of all tokens of a pair the same dimensions: as good as any, and far fewer to draw
        self.hidden, self.learned, self.known = nn.Linear(3 * WIDTH + 6, WIDTH), nn.Linear(WIDTH, 1), nn.Linear(6, 1)
        self.unit, self.unit_known = nn.Linear(WIDTH, 1), nn.Linear(3, 1)
        nn.init.orthogonal_(self.project.weight)
        self.project.weight.data *= 3
        nn.init.normal_(self.kind.weight, std=0.3)
        for learned in (self.learned, self.unit):
            nn.init.zeros_(learned.weight)
        self.known.weight.data = torch.tensor([[1.0, 3.0, 4.0, 6.0, 0.0, 0.0]])
        self.known.bias.data.fill_(-7.0)
        self.unit_known.weight.data = torch.tensor([[6.0, 4.0, 0.0]])
        self.unit_known.bias.data.fill_(-5.0)

    def begin(self, weights: Mapping[str, Tensor]) -> None:
        """Begin with the weights of an earlier network; a layer that it had not adds nothing at first."""
        for layer in self.layers:
            for last in (layer.out, layer.narrow):
                nn.init.zeros_(last.weight)
                nn.init.zeros_(last.bias)
        self.load_state_dict({**self.state_dict(), **weights})

    def forward(self, states: Tensor, kinds: Tensor, idf: Tensor, signals: Tensor, spans: Tensor) -> tuple[Tensor, Tensor]:
        own, before, path, text = (kinds == kind for kind in (QUESTION, EARLIER, HEADING, TEXT))
        asked, read = own | before, path | text
        cosines = states @ states.transpose(1, 2)
        to_own, to_before, to_path, to_text = (_best(cosines, to) for to in (own, before, path, text))
        weights = idf * own + _EARLIER * idf * before
        total = weights.sum(1, keepdim=True).clamp_min(1e-3)
        met = torch.maximum(to_path, to_text)
        least = (weights * (1 - met)).amax(1, keepdim=True) / _RARE  # the rare word that the passage says least of
        known = torch.cat([signals, (weights * met).sum(1, keepdim=True) / total, least], 1)
        columns = [to_own * read, to_before * read, to_path * asked, to_text * asked, idf / _RARE, own * idf / _RARE]
        hidden = self._attended(states, torch.stack(columns, -1), kinds, cosines, asked, read)
        mark, tokens = hidden[:, 0], hidden[:, 1:]
        pooled = torch.cat([mark, mean(tokens, own), mean(tokens, read), known], 1)
        passage = self.learned(self.dropout(gelu(self.hidden(pooled)))) + self.known(known)
        return passage[:, 0], self._units(tokens, cosines, spans, weights / total, to_path)

    def _attended(self, states: Tensor, features: Tensor, kinds: Tensor, cosines: Tensor, asked: Tensor, read: Tensor) -> Tensor:
        """The hidden states (b, 1 + n, width) of a mark and of the tokens after all layers."""
        rows, _, _ = states.shape
        tokens = (
            self.project(self.whole(states.transpose(1, 2)).transpose(1, 2))
            + self.kind(kinds.clamp_min(0))
            + self.features(features)
        )
        hidden = torch.cat([(self.mark + self.kind.weight[4]).expand(rows, 1, WIDTH), tokens], 1)
        valid = torch.cat([torch.ones(rows, 1, dtype=torch.bool, device=kinds.device), kinds >= 0], 1)
        other = asked[:, :, None] & read[:, None, :] | read[:, :, None] & asked[:, None, :]
        near, across = (nn.functional.pad(each, (1, 0, 1, 0)) for each in (cosines, other.float()))
        for layer in self.layers:
            hidden = layer(hidden, near, across, valid)
        normed: Tensor = self.norm(hidden)
        return normed

    def _units(self, tokens: Tensor, cosines: Tensor, spans: Tensor, weights: Tensor, to_path: Tensor) -> Tensor:
        """Unit logits: the mean of their tokens', and how well the question's tokens are met in them, alone and with the path."""
        means = within(self.unit(tokens)[..., 0], spans)
        first, last = spans[..., 0].clamp_min(0), spans[..., 1].clamp_min(1)
        at = torch.arange(tokens.shape[1], device=tokens.device)
        inside = (at >= first[..., None]) & (at < last[..., None])
        asked = (weights > 0).any(0).nonzero()[:, 0]  # only what is asked has to be met: most of the tokens are the passage's
        cosines, weights, to_path = (each.index_select(1, asked) for each in (cosines, weights, to_path))
        best = cosines[:, None].masked_fill(~inside[:, :, None, :], 0.0).amax(-1)
        alone = (best * weights[:, None]).sum(-1)
        headed = (torch.maximum(best, to_path[:, None]) * weights[:, None]).sum(-1)
        length = (last - first).float().clamp(1, 60).log()
        logits: Tensor = means + self.unit_known(torch.stack([alone, headed, length], -1))[..., 0]
        return logits


class _Layer(nn.Module):  # type: ignore[misc]
    """Attention, some of whose heads begin by looking at tokens of like meaning and at the other text, then a feed-forward
    net."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.before, self.after, self.dropout = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH), nn.Dropout(dropout)
        self.parts, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.wide, self.narrow = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.near = nn.Parameter(torch.tensor([6.0, 3.0, 0.0, 0.0]))
        self.across = nn.Parameter(torch.tensor([2.0, 0.0, 0.0, 0.0]))

    def forward(self, hidden: Tensor, near: Tensor, across: Tensor, valid: Tensor) -> Tensor:
        rows, length, _ = hidden.shape
        size = WIDTH // HEADS
        query, key, value = self.parts(self.before(hidden)).view(rows, length, 3, HEADS, size).permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-1, -2) / math.sqrt(size)
        scores = scores + self.near.view(1, -1, 1, 1) * near[:, None] + self.across.view(1, -1, 1, 1) * across[:, None]
        looked = scores.masked_fill(~valid[:, None, None], -1e4).softmax(-1) @ value
        hidden = hidden + self.dropout(self.out(looked.transpose(1, 2).reshape(rows, length, WIDTH)))
        fed: Tensor = hidden + self.dropout(self.narrow(gelu(self.wide(self.after(hidden)))))
        return fed


def _best(cosines: Tensor, to: Tensor) -> Tensor:
    """The best cosine, at least 0, of each token (b, n) with those marked."""
    return cosines.masked_fill(~to[:, None, :], 0.0).amax(-1)


def within(logits: Tensor, spans: Tensor) -> Tensor:
    """The mean logit of each unit (b, units) of its tokens', (b, n)."""
    first, last = spans[..., 0].clamp_min(0), spans[..., 1].clamp_min(1)
    sums = nn.functional.pad(logits.cumsum(1), (1, 0))
    means: Tensor = (sums.gather(1, last) - sums.gather(1, first)) / (last - first).clamp_min(1)
    return means


def mean(tokens: Tensor, of: Tensor) -> Tensor:
    """The mean state (b, width) of the tokens marked."""
    return (tokens * of[..., None]).sum(1) / of.sum(1, keepdim=True).clamp_min(1)


def shipped_weights() -> dict[str, Tensor]:
    """The weights of the network that ships."""
    graph = onnx.load(FOLDER / "mpnet" / WEIGHTS).graph
    return {one.name: torch.from_numpy(to_array(one).copy()) for one in graph.initializer}
