"""The encoder's last layers, tuned together with the network that reads their states, so that these hold what it looks for.

Each text is encoded once a step, however many pairs have it, and what the layers say that stay as they are is kept.
"""

import copy
import math
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, normalize
from torch.nn.utils.rnn import pad_sequence
from transformers import MPNetModel

from rag.models.scorer import MOST_TOKENS, laid_out
from rag.models.tuning import DOWN, TUNING, UP
from tests.train.cases import Case
from tests.train.learning import AT_ONCE, PADDING, Course, Lesson, Pairs, Weights, beside_states, fit, padded
from tests.train.network import Network
from tests.train.teacher import ENDS, FILLER, SMALL, STARTS, pretrained

LAYERS, RANK = 6, 48
_HELD = 3.0  # what it costs that an embedding strays by a cosine of 1 from the one before
_HIDDEN = -1e4  # what is added where there is nothing to look at

Changes = dict[str, np.ndarray]
Ids = np.ndarray  # of the tokens of a text, (n,)


class Changed(nn.Module):  # type: ignore[misc]  # torch is not typed here
    """A linear map that stays as it is, and a product of two narrow matrices that is learned beside it; none at first."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(RANK, linear.in_features) / math.sqrt(linear.in_features))
        self.up = nn.Parameter(torch.zeros(linear.out_features, RANK))

    def forward(self, given: Tensor) -> Tensor:
        mapped: Tensor = self.linear(given) + nn.functional.linear(nn.functional.linear(given, self.down), self.up)
        return mapped


class Tuned(nn.Module):  # type: ignore[misc]
    """The encoder and the network over it. Pairs are read first, and then laid out with the states that were read, for the
    network to score."""

    def __init__(self, reader: MPNetModel, network: Network, changes: Changes | None = None) -> None:
        super().__init__()
        self.reader, self.network = reader.requires_grad_(False), network
        for layer in self._last():
            parts = [(layer.attention.attn, name) for name in "qkvo"] + [(layer.intermediate, "dense"), (layer.output, "dense")]
            for part, name in parts:
                setattr(part, name, Changed(getattr(part, name)))
        for name, half in (changes or {}).items():
            reader.get_parameter(name.replace(".weight", "")).data = torch.from_numpy(half.astype(np.float32))
        self._before = copy.deepcopy(self._last()).requires_grad_(False)
        for module in (*self.reader.modules(), *self._before.modules()):
            if isinstance(module, nn.Dropout):
                module.p = 0.0  # embeddings would stray by chance
        self._kept: dict[int, tuple[Tensor, Tensor]] = {}  # of each text what the layers below say, and its embedding before
        self._states: dict[int, Tensor] = {}  # of each text of a step

    def forward(self, states: Tensor, kinds: Tensor, idf: Tensor, signals: Tensor, spans: Tensor) -> tuple[Tensor, Tensor]:
        scores: tuple[Tensor, Tensor] = self.network(states, kinds, idf, signals, spans)
        return scores

    def read(self, pairs: Pairs) -> Tensor:
        """Encode the texts of some pairs; what it costs how far their embeddings stray from those before."""
        found = {id(text): text for case, at in pairs for text in (case.asked.ids, case.pieces[at])}
        with torch.no_grad():
            for bunch in _bunches(text for key, text in found.items() if key not in self._kept):
                self._keep(bunch)
        self._states = {}
        strayed = [self._encode(bunch) for bunch in _bunches(found.values())]
        return _HELD * torch.cat(strayed).mean()

    def laid(self, pairs: Pairs, idf: np.ndarray) -> tuple[Tensor, ...]:
        """Pairs that were read as the network takes them."""
        laid = [laid_out(case.asked, case.candidates[at]) for case, at in pairs]
        states = [torch.cat([self._states[id(case.asked.ids)], self._states[id(case.pieces[at])]]) for case, at in pairs]
        return (
            pad_sequence(states, batch_first=True).float(),
            torch.from_numpy(padded([kinds for _, kinds, _ in laid], PADDING)),
            *beside_states(pairs, [spans for _, _, spans in laid], idf),
        )

    def changes(self) -> Changes:
        """The narrow matrices of each weight, by its name in the model's file."""
        changed = {name: module for name, module in self.reader.named_modules() if isinstance(module, Changed)}
        halves = {f"{name}.weight{UP}": one.up for name, one in changed.items()}
        halves |= {f"{name}.weight{DOWN}": one.down for name, one in changed.items()}
        return {name: half.detach().cpu().numpy().astype(np.float16) for name, half in halves.items()}

    def _last(self) -> nn.ModuleList:
        return self.reader.encoder.layer[-LAYERS:]

    def _keep(self, texts: Sequence[Ids]) -> None:
        """Keep what does not change of some texts."""
        ids, mask, lengths = self._marked(texts)
        hidden = self._through(self.reader.encoder.layer[:-LAYERS], self.reader.embeddings(ids), mask)
        before = _pooled(self._through(self._before, hidden, mask), mask)
        for at, (text, length) in enumerate(zip(texts, lengths, strict=True)):
            self._kept[id(text)] = hidden[at, :length].to(torch.bfloat16, copy=True), before[at].float()

    def _encode(self, texts: Sequence[Ids]) -> Tensor:
        """How far each of some texts strays, (texts,); the states of its tokens, without the marks', are at hand then."""
        kept, before = zip(*(self._kept[id(text)] for text in texts), strict=True)
        _, mask, lengths = self._marked(texts)
        hidden = self._through(self._last(), pad_sequence(kept, batch_first=True).float(), mask)
        for states, text, length in zip(normalize(hidden.float(), dim=-1), texts, lengths, strict=True):
            self._states[id(text)] = states[1 : length - 1]
        return 1 - cosine_similarity(_pooled(hidden, mask).float(), torch.stack(before))

    def _marked(self, texts: Sequence[Ids]) -> tuple[Tensor, Tensor, list[int]]:
        """Texts between their marks (texts, n), which of that is text or mark (texts, n), and how much."""
        marked = [np.concatenate([[STARTS], text[:MOST_TOKENS], [ENDS]]).astype(np.int64) for text in texts]
        lengths = [len(text) for text in marked]
        ids = torch.from_numpy(padded(marked, FILLER)).to(self.reader.device)
        within = torch.arange(ids.shape[1], device=ids.device) < torch.tensor(lengths, device=ids.device)[:, None]
        return ids, within.float(), lengths

    def _through(self, layers: Iterable[nn.Module], hidden: Tensor, mask: Tensor) -> Tensor:
        bias = self.reader.encoder.compute_position_bias(hidden)
        for layer in layers:
            hidden = layer(hidden, (1 - mask)[:, None, None] * _HIDDEN, bias)[0]
        return hidden


def tuned(
    cases: Sequence[Case],
    idf: np.ndarray,
    course: Course,
    start: Weights | None,
    lessons: Sequence[Lesson],
    changes: Changes | None = None,
    small: bool = False,
) -> Tuned:
    """The encoder and a network, fitted to cases and to a teacher's lessons of them, from the weights of an earlier network and
    what it changed of the encoder, if there is one. A small encoder has learned nothing before: it shows that this runs."""
    torch.manual_seed(course.seed)
    reader = MPNetModel(SMALL, add_pooling_layer=False) if small else pretrained()
    network = Network(reader.config.hidden_size)
    if start and not small:
        network.begin(start)
    both = Tuned(reader, network, None if small else changes)
    fit(both, partial(both.laid, idf=idf), cases, course, lessons, both.read)
    both.cpu().eval()
    return both


def write(both: Tuned, folder: Path) -> None:
    """Write what was learned of the encoder, to be put beside the scorer, and the network."""
    np.savez(folder / TUNING.name, **both.changes())  # type: ignore[arg-type]
    torch.save(both.network.state_dict(), folder / "network.pt")


def shipped_changes() -> Changes:
    """What the encoder that ships was changed by."""
    with np.load(TUNING) as kept:
        return dict(kept)


def _bunches(texts: Iterable[Ids]) -> list[list[Ids]]:
    """Texts of like length together."""
    ordered = sorted(texts, key=len)
    return [ordered[first : first + AT_ONCE] for first in range(0, len(ordered), AT_ONCE)]


def _pooled(hidden: Tensor, mask: Tensor) -> Tensor:
    return (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
