"""Judged questions: what a file of them says, tied to the guides by offsets.

A line is a JSON object: `id`, `question`, `type`, `answerable`, and where there are any `evidence`, `related`, `must_contain`,
`any_of`, `history`. The question's guide is its `guide` or `document`, a file name. A piece of evidence is a string of that
guide, or an object with `text` and its own `guide`, `start` and `end`, or `group`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from rag.datatypes import Document
from rag.errors import JudgementError
from rag.reply import Turn

Span = tuple[str, int, int]  # the file name of a guide, start and end in its text
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a guide, by its text and the guide's file name.

    `start`, `end` are -1 until it was found, and stay so where the guide's text has lost it; `group` joins alternatives: one is
    enough."""

    text: str
    start: int = -1
    end: int = -1
    group: int | None = None
    guide: str = ""

    @property
    def lost(self) -> bool:
        """Whether it was not found."""
        return self.start < 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with its verdict. `evidence` is needed, `related` is true and on topic but not needed.

    `document` is the guide's file name ("" if the file does not say). `career` is who the question is about, None for nobody the
    guide describes, and `careers_judged` whether the file says that at all. `must_contain` are the facts a good answer holds.
    `any_of`: one piece of evidence is enough. `alone`: the question names no career, so it is only clear with this guide as the
    whole corpus.
    """

    id: str
    question: str
    type: str
    answerable: bool
    career: str | None = None
    evidence: tuple[Evidence, ...] = ()
    related: tuple[Evidence, ...] = ()
    must_contain: tuple[str, ...] = ()
    any_of: bool = False
    history: tuple[Turn, ...] = ()
    document: str = ""
    alone: bool = False
    notes: str = ""
    careers_judged: bool = True

    @property
    def needed(self) -> list[tuple[Span, ...]]:
        """Alternatives a needed fact: one span of each must be cited."""
        if self.any_of:
            return [spans(self.evidence)] if self.evidence else []
        groups: dict[int, list[Evidence]] = {}
        for number, evidence in enumerate(self.evidence):
            groups.setdefault(number if evidence.group is None else -1 - evidence.group, []).append(evidence)
        return [spans(alternatives) for alternatives in groups.values()]

    @property
    def guides(self) -> frozenset[str]:
        """The file names of the guides it is about: its own and those of its evidence."""
        return frozenset({self.document, *(piece.guide for piece in self.evidence)} - {""})


def spans(evidence: Iterable[Evidence]) -> tuple[Span, ...]:
    """The guides and offsets of pieces of evidence."""
    return tuple((piece.guide, piece.start, piece.end) for piece in evidence)


class _Line(msgspec.Struct):
    """A line of a file. Two names each of the guide and of the remarks are in use."""

    id: str
    question: str
    type: str
    answerable: bool
    evidence: list[str | Evidence] = []
    related: list[str | Evidence] = []
    must_contain: tuple[str, ...] = ()
    any_of: bool = False
    history: tuple[Turn, ...] = ()
    career: str | msgspec.UnsetType | None = msgspec.UNSET
    guide: str = ""
    document: str = ""
    alone: bool = False
    notes: str = ""
    why: str = ""

    def judged(self) -> Judged:
        name = self.guide or self.document
        return Judged(
            self.id,
            self.question,
            self.type,
            self.answerable,
            self.career or None,
            _pieces(self.evidence, name),
            _pieces(self.related, name),
            self.must_contain,
            self.any_of,
            self.history,
            name,
            self.alone,
            self.notes or self.why,
            self.career is not msgspec.UNSET,
        )


def _pieces(written: Iterable[str | Evidence], guide: str) -> tuple[Evidence, ...]:
    """Evidence as it is written in a line, each piece with its guide."""
    pieces = (Evidence(one) if isinstance(one, str) else one for one in written)
    return tuple(replace(piece, guide=piece.guide or guide) for piece in pieces)


def read_judged(path: Path) -> list[Judged]:
    """The judged questions of a file, one JSON object a line. Raises JudgementError naming the line that cannot be used."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise JudgementError(f"Judged questions {path} cannot be read: {error.strerror}; check the path.") from error
    judged = [_read(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not judged:
        raise JudgementError(f"{path} holds no judged question; give a file with one JSON object a line.")
    return judged


def _read(path: Path, number: int, line: bytes) -> Judged:
    try:
        return msgspec.json.decode(line, type=_Line).judged()
    except msgspec.MsgspecError as error:
        raise JudgementError(f"{path.name}, line {number}: not a judged question ({error}); mend or remove the line.") from error


def read_questions(path: Path) -> list[tuple[str, tuple[Turn, ...]]]:
    """The questions of a file with the turns before each: one a line, or the answerable ones of judged `.jsonl`.

    Raises JudgementError where there is none or the file cannot be read."""
    if path.suffix == ".jsonl":
        return [(judged.question, judged.history) for judged in read_judged(path) if judged.answerable]
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise JudgementError(f"Questions {path} cannot be read: {reason}; give a text file with one question a line.") from error
    if not any(line.strip() for line in lines):
        raise JudgementError(f"{path} holds no question; give a text file with one question a line.")
    return [(line.strip(), ()) for line in lines if line.strip()]


def locate(judged: Sequence[Judged], documents: Mapping[str, Document]) -> list[Judged]:
    """Judged questions with the offsets of their evidence; `documents` are keyed by file name.

    Evidence that a guide's text has lost stays without offsets. Raises JudgementError where a guide is not there."""
    return [_located(question, documents) for question in judged]


def _located(question: Judged, documents: Mapping[str, Document]) -> Judged:
    if question.answerable != bool(question.evidence):
        raise JudgementError(f"Question {question.id}: answerable and evidence disagree; mend the judgement.")
    pieces = question.evidence + question.related
    name = question.document or _holder([piece for piece in pieces if not piece.guide], documents)
    found = [_found(question.id, replace(piece, guide=piece.guide or name), documents) for piece in pieces]
    count = len(question.evidence)
    return replace(question, document=name, evidence=tuple(found[:count]), related=tuple(found[count:]))


def _holder(pieces: Sequence[Evidence], documents: Mapping[str, Document]) -> str:
    """The file name of the guide that holds evidence at its own offsets, "" for none."""
    for name, document in documents.items():
        if pieces and all(document.text[piece.start : piece.end] == piece.text for piece in pieces):
            return name
    return ""


def _found(id: str, piece: Evidence, documents: Mapping[str, Document]) -> Evidence:
    if piece.guide not in documents:
        raise JudgementError(
            f"Question {id} is about {piece.guide or 'no guide that holds its evidence'}; add that guide to the corpus."
        )
    text = documents[piece.guide].text
    if piece.start >= 0 and text[piece.start : piece.end] == piece.text:
        return piece
    # The offsets are of the file; the guide's text is what its parser took out of it. The words are the same in both.
    words = r"[\W_]+".join(map(re.escape, _WORD.findall(piece.text)))
    whole = re.search(rf"(?<![^\W_]){words}(?![^\W_])", text) if words else None
    match = whole or (re.search(words, text) if words else None)  # a heading may be glued to the words after it
    return replace(piece, start=match.start(), end=match.end()) if match else replace(piece, start=-1, end=-1)
