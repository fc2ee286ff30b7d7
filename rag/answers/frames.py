"""What of a group does not depend on the question: its units' words, and where each unit stands among the tokens."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Document, Passage, Unit
from rag.guides.passages import own_path
from rag.index.index import Index
from rag.questions.topics import facets_of
from rag.text.words import stems, words
from rag.weakmethods import weakly

Place = Literal["intro", "closing", "body"]
Rows = NDArray[np.int64]
_DIGITS = re.compile(r"\d+")
_KEPT = 8192  # groups whose frames are remembered; one takes a few kB


@dataclass(frozen=True, slots=True)
class Words:
    """The stems of a text and the facets that any of them names."""

    stems: frozenset[str]
    facets: frozenset[str]


NOTHING = Words(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Frame:
    """A group of an index. `rows` are its passages', `unit_rows` its units' rows in the stores.

    `words` and `labels` are what each unit and its label say, `said` what all units do, `heading` what its heading does,
    `upper` those over that.
    `starts` and `ends` (units,) bound each unit's tokens among the `tokens` of the group's passages laid end to end; `above`
    are those of heading paths. `leads` (units,) tells lead-ins. `main` says whether it is of the guide's first career, `place`
    whether prose introduces the sections below it or closes the lists before it.
    """

    document: Document
    passages: tuple[Passage, ...]
    units: tuple[Unit, ...]
    rows: tuple[int, ...]
    unit_rows: Rows
    said: Words
    words: tuple[Words, ...]
    labels: tuple[Words, ...]
    heading: Words
    upper: Words
    starts: Rows
    ends: Rows
    above: Rows
    tokens: int
    leads: NDArray[np.bool_]
    main: bool
    place: Place


class Frames:
    """The frames of an index, made when they are first asked for."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._rows: dict[int, list[int]] = {}
        for row, passage in enumerate(index.passages):
            self._rows.setdefault(passage.group, []).append(row)
        self.of = lru_cache(maxsize=_KEPT)(weakly(self._make))

    def _make(self, group: int) -> Frame:
        index, rows = self._index, self._rows[group]
        passages = tuple(index.passages[row] for row in rows)
        document = index.documents[passages[0].document_id]
        units = tuple(unit for passage in passages for unit in passage.units)
        starts, ends, above, tokens = self._token_bounds(rows)
        said = tuple(_words(document.text[unit.start : unit.end]) for unit in units)
        return Frame(
            document=document,
            passages=passages,
            units=units,
            rows=tuple(rows),
            unit_rows=np.concatenate([index.store.unit_first[row] + np.arange(len(index.passages[row].units)) for row in rows]),
            said=Words(frozenset().union(*(one.stems for one in said)), frozenset().union(*(one.facets for one in said))),
            words=said,
            labels=tuple(_words(document.text[unit.start : unit.label_end]) if unit.label_end else NOTHING for unit in units),
            heading=_words(" ".join(_below(passages[0])[-1:])),
            upper=_words(" ".join(_below(passages[0])[:-1])),
            starts=starts,
            ends=ends,
            above=above,
            tokens=tokens,
            leads=np.array([unit.kind == "lead" for unit in units], dtype=bool),
            main=passages[0].career in index.outlines[document.id].careers[:1],
            place=self._place(rows),
        )

    def _token_bounds(self, rows: list[int]) -> tuple[Rows, Rows, Rows, int]:
        starts, ends, above, offset = [], [], [], 0
        for row in rows:
            spans = self._index.store.tokens.spans(row)
            path = int((spans[:, 0] < 0).sum())
            firsts = [unit.start for unit in self._index.passages[row].units]
            begin = offset + path + np.searchsorted(spans[path:, 0], firsts)
            starts.append(begin)
            ends.append(np.append(begin[1:], offset + len(spans)))
            above.append(np.arange(offset, offset + path))
            offset += len(spans)
        return np.concatenate(starts), np.concatenate(ends), np.concatenate(above), offset

    def _place(self, rows: list[int]) -> Place:
        """Where a group stands in its section, from the passages before and after it in the guide."""
        passages = self._index.passages
        first, last = passages[rows[0]], passages[rows[-1]]
        before = passages[rows[0] - 1] if rows[0] else None
        after = passages[rows[-1] + 1] if rows[-1] + 1 < len(passages) else None
        if before and before.document_id == first.document_id and before.path == first.path and before.units[-1].kind == "item":
            return "closing"
        below = after and after.document_id == last.document_id and len(after.path) > len(last.path)
        return "intro" if below and after and after.path[: len(last.path)] == last.path else "body"


def unit_stems(text: str) -> frozenset[str]:
    """Stems of a text's content words and numbers, also of the parts of "401(k)" or "10-20%"."""
    return frozenset(stems(text)) | frozenset(_DIGITS.findall(text)) | frozenset(word for word in words(text) if len(word) == 1)


def _words(text: str) -> Words:
    found = unit_stems(text)
    return Words(found, facets_of(found))


def _below(passage: Passage) -> tuple[str, ...]:
    """A passage's headings below the title and the career."""
    path = own_path(passage.path, passage.career)
    return tuple(path[1:] if len(path) > 1 or passage.career else path)
