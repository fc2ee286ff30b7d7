"""The teacher: all of MPNet, reading a question and a passage at once. It tells answers far better than the network that ships,
and takes a hundred times as long, so it only says what the network is to learn."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import gelu
from transformers import MPNetConfig, MPNetModel

from rag.models.joining import unpack
from rag.models.scorer import HEADING, MOST_TOKENS, QUESTION, laid_out
from tests.train.cases import Case
from tests.train.learning import PADDING, Course, Lesson, Pairs, fit, lesson_of, padded
from tests.train.network import mean, within

STARTS, FILLER, ENDS = 0, 1, 2  # MPNet's token ids of where a text begins, of none, and of where one ends
SMALL = MPNetConfig(vocab_size=31_000, hidden_size=32, num_hidden_layers=1, num_attention_heads=4, intermediate_size=32)
MARK = -2  # the kind of the tokens that bound a text


class Teacher(nn.Module):  # type: ignore[misc]  # torch is not typed here
    """Token ids (b, n), kinds (b, n), signals (b, 4) and token spans of units (b, units, 2) to passage logits (b,) and unit
    logits (b, units)."""

    def __init__(self, reader: MPNetModel) -> None:
        super().__init__()
        self.reader = reader
        width = reader.config.hidden_size
        self.kind = nn.Embedding(4, width)
        self.hidden, self.learned, self.known = nn.Linear(3 * width + 4, width), nn.Linear(width, 1), nn.Linear(4, 1)
        self.unit = nn.Linear(width, 1)
        for weight in (self.kind.weight, self.learned.weight, self.unit.weight):
            nn.init.normal_(weight, std=0.02)
        self.known.weight.data = torch.tensor([[1.0, 3.0, 4.0, 6.0]])
        self.known.bias.data.fill_(-7.0)

    def forward(self, ids: Tensor, kinds: Tensor, signals: Tensor, spans: Tensor) -> tuple[Tensor, Tensor]:
        words = self.reader.embeddings.word_embeddings(ids) + self.kind(kinds.clamp_min(0)) * (kinds >= 0)[..., None]
        hidden = self.reader(inputs_embeds=words, attention_mask=(kinds != PADDING).long()).last_hidden_state
        pooled = [hidden[:, 0], mean(hidden, kinds == QUESTION), mean(hidden, kinds >= HEADING), signals]
        passage = self.learned(gelu(self.hidden(torch.cat(pooled, 1)))) + self.known(signals)
        return passage[:, 0], within(self.unit(hidden)[..., 0], spans)


def taught(cases: Sequence[Case], course: Course, small: bool = False) -> list[Lesson]:
    """What a teacher fitted to cases gives the nearest candidates of each and those that answer. A small one has learned nothing
    before: it shows that this runs."""
    torch.manual_seed(course.seed)
    teacher = Teacher(MPNetModel(SMALL) if small else pretrained())
    fit(teacher, _tensors, cases, course)
    return [lesson_of(teacher, _tensors, case, course.device) for case in cases]


def pretrained() -> MPNetModel:
    """MPNet as it comes, without what was learned here."""
    with TemporaryDirectory() as folder:
        unpack(Path(folder))
        return MPNetModel.from_pretrained(folder, add_pooling_layer=False)


def _tensors(pairs: Pairs) -> tuple[Tensor, ...]:
    """Pairs as the teacher reads them: a question in its conversation, then the passage, each between marks."""
    laid = [laid_out(case.asked, case.candidates[at]) for case, at in pairs]
    ids, kinds = [], []
    for (case, at), (_, its, _) in zip(pairs, laid, strict=True):
        asked, read = case.asked.ids, case.pieces[at][:MOST_TOKENS]
        ids.append(np.concatenate([[STARTS], asked, [ENDS, ENDS], read, [ENDS]]).astype(np.int64))
        kinds.append(np.concatenate([[MARK], its[: len(asked)], [MARK, MARK], its[len(asked) :], [MARK]]))
    spans = [its + 3 for _, _, its in laid]
    return (
        torch.from_numpy(padded(ids, FILLER)),
        torch.from_numpy(padded(kinds, PADDING)),
        torch.tensor([case.candidates[at].signals for case, at in pairs], dtype=torch.float32),
        torch.from_numpy(padded(spans, PADDING)),
    )
