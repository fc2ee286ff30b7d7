"""The encoder's last layers, tuned together with the network that reads their states, so that these hold what it looks for."""

import copy
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from transformers import MPNetModel

from rag.models.scorer import HEADING, MOST_TOKENS, laid_out
from rag.models.tuning import DOWN, TUNING, UP
from tests.train.cases import Case
from tests.train.learning import PADDING, Course, Lesson, Pairs, Weights, beside_states, fit, padded
from tests.train.network import Network
from tests.train.teacher import ENDS, FILLER, SMALL, STARTS, pretrained

LAYERS, RANK = 6, 48
_HELD = 2.0  # what it costs that an embedding strays by a cosine of 1 from the one before


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
    """Token ids (b, n), kinds (b, n), idf (b, n), signals (b, 4) and token spans of units (b, units, 2) to passage logits (b,)
    and unit logits (b, units). As where it is used, a question and a passage are encoded apart."""

    def __init__(self, reader: MPNetModel, network: Network) -> None:
        super().__init__()
        self.reader, self.network = reader.requires_grad_(False), network
        self._strayed: list[Tensor] = []
        self._before = copy.deepcopy(reader)
        for layer in reader.encoder.layer[-LAYERS:]:
            parts = [(layer.attention.attn, name) for name in "qkvo"] + [(layer.intermediate, "dense"), (layer.output, "dense")]
            for part, name in parts:
                setattr(part, name, Changed(getattr(part, name)))
        for module in (*self.reader.modules(), *self._before.modules()):
            if isinstance(module, nn.Dropout):
                module.p = 0.0  # embeddings would stray by chance

    def forward(self, ids: Tensor, kinds: Tensor, idf: Tensor, signals: Tensor, spans: Tensor) -> tuple[Tensor, Tensor]:
        read = kinds >= HEADING
        asked = ~read & (kinds != PADDING)
        states = self._states(ids, asked) * asked[..., None] + self._states(ids, read) * read[..., None]
        scores: tuple[Tensor, Tensor] = self.network(states, kinds, idf, signals, spans)
        return scores

    def strayed(self) -> Tensor:
        """What it costs how far the embeddings strayed in the steps since it was asked."""
        cost = _HELD * torch.stack(self._strayed).mean()
        self._strayed.clear()
        return cost

    def changes(self) -> dict[str, np.ndarray]:
        """The narrow matrices of each weight, by its name in the model's file."""
        changed = {name: module for name, module in self.reader.named_modules() if isinstance(module, Changed)}
        halves = {f"{name}.weight{UP}": one.up for name, one in changed.items()}
        halves |= {f"{name}.weight{DOWN}": one.down for name, one in changed.items()}
        return {name: half.detach().cpu().numpy().astype(np.float16) for name, half in halves.items()}

    def _states(self, ids: Tensor, of: Tensor) -> Tensor:
        """The unit states (b, n, d) of the tokens marked, read by themselves between the marks of a text."""
        places = of.long().cumsum(1)
        length = places[:, -1:]
        texts = torch.full((len(ids), int(length.max()) + 2), FILLER, device=ids.device)
        texts.scatter_(1, torch.where(of, places, 0), ids)
        texts[:, 0] = STARTS
        texts.scatter_(1, length + 1, ENDS)
        mask = (torch.arange(texts.shape[1], device=ids.device) <= length + 1).long()
        hidden = self.reader(texts, attention_mask=mask).last_hidden_state
        before = self._before(texts, attention_mask=mask).last_hidden_state
        pooled, as_was = ((states * mask[..., None]).sum(1) for states in (hidden, before))
        self._strayed.append((1 - nn.functional.cosine_similarity(pooled.float(), as_was.float())).mean())
        return normalize(hidden.gather(1, places[..., None].expand(-1, -1, hidden.shape[2])), dim=-1)


def tuned(
    cases: Sequence[Case], idf: np.ndarray, course: Course, start: Weights | None, lessons: Sequence[Lesson], small: bool = False
) -> Tuned:
    """The encoder and a network, fitted to cases and to a teacher's lessons of them, from the weights of an earlier network if
    there is one. A small encoder has learned nothing before: it shows that this runs."""
    torch.manual_seed(course.seed)
    reader = MPNetModel(SMALL, add_pooling_layer=False) if small else pretrained()
    network = Network(reader.config.hidden_size)
    if start and not small:
        network.begin(start)
    both = Tuned(reader, network)
    fit(both, partial(_tensors, idf=idf), cases, course, lessons, both.strayed)
    both.cpu().eval()
    return both


def write(both: Tuned, folder: Path) -> None:
    """Write what was learned of the encoder, to be put beside the scorer, and the network."""
    np.savez(folder / TUNING.name, **both.changes())  # type: ignore[arg-type]
    torch.save(both.network.state_dict(), folder / "network.pt")


def _tensors(pairs: Pairs, idf: np.ndarray) -> tuple[Tensor, ...]:
    laid = [laid_out(case.asked, case.candidates[at]) for case, at in pairs]
    ids = [np.concatenate([case.asked.ids, case.pieces[at][:MOST_TOKENS]]).astype(np.int64) for case, at in pairs]
    return (
        torch.from_numpy(padded(ids, FILLER)),
        torch.from_numpy(padded([kinds for _, kinds, _ in laid], PADDING)),
        *beside_states(pairs, [spans for _, _, spans in laid], idf),
    )
