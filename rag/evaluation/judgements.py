"""Judged questions: what a file of them says, tied to the guides by offsets."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from rag.datatypes import Document, Turn
from rag.errors import JudgementError

Spans = tuple[tuple[int, int], ...]
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a guide, by its text. `start`, `end` are -1 until it was found; `group` joins alternatives: one is enough."""

    text: str
    start: int = -1
    end: int = -1
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with its verdict. `evidence` is needed, `related` is true and on topic but not needed.

    `document` is the guide's file name ("" if the file does not say), `career` who the question is about (None for nobody the
    guide describes). `must_contain` are the facts a good answer holds. `any_of`: one piece of evidence is enough. `alone`: the
    question names no career, so it is only clear with this guide as the whole corpus.
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

    @property
    def needed(self) -> list[Spans]:
        """Alternatives a needed fact: one span of each must be cited."""
        if self.any_of:
            return [spans(self.evidence)] if self.evidence else []
        groups: dict[int, list[Evidence]] = {}
        for number, evidence in enumerate(self.evidence):
            groups.setdefault(number if evidence.group is None else -1 - evidence.group, []).append(evidence)
        return [spans(alternatives) for alternatives in groups.values()]


def spans(evidence: Iterable[Evidence]) -> Spans:
    """The offsets of pieces of evidence."""
    return tuple((piece.start, piece.end) for piece in evidence)


def read_judged(path: Path) -> list[Judged]:
    """The judged questions of a file, one JSON object a line. Raises JudgementError naming the line that cannot be used."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise JudgementError(f"Judged questions {path} cannot be read: {error.strerror}; check the path.") from error
    judged = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            judged.append(msgspec.json.decode(line, type=Judged))
        except msgspec.MsgspecError as error:
            raise JudgementError(
                f"{path.name}, line {number}: not a judged question ({error}); mend or remove the line."
            ) from error
    if not judged:
        raise JudgementError(f"{path} holds no judged question; give a file with one JSON object a line.")
    return judged


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

    Raises JudgementError for evidence that its guide does not hold."""
    return [_located(question, documents) for question in judged]


def _located(question: Judged, documents: Mapping[str, Document]) -> Judged:
    pieces = question.evidence + question.related
    if question.answerable != bool(question.evidence):
        raise JudgementError(f"Question {question.id}: answerable and evidence disagree; mend the judgement.")
    name = question.document or _holder(pieces, documents)
    if not pieces:
        return replace(question, document=name)
    if name not in documents:
        raise JudgementError(
            f"Question {question.id} is about {name or 'no guide that holds its evidence'}; add that guide to the corpus."
        )
    text = documents[name].text
    return replace(
        question,
        document=name,
        evidence=tuple(_found(question.id, piece, text) for piece in question.evidence),
        related=tuple(_found(question.id, piece, text) for piece in question.related),
    )


def _holder(pieces: Sequence[Evidence], documents: Mapping[str, Document]) -> str:
    """The file name of the guide that holds evidence at its own offsets."""
    for name, document in documents.items():
        if pieces and all(document.text[piece.start : piece.end] == piece.text for piece in pieces):
            return name
    return ""


def _found(id: str, piece: Evidence, text: str) -> Evidence:
    if piece.start >= 0 and text[piece.start : piece.end] == piece.text:
        return piece
    # The offsets are of the file; the guide's text is what its parser took out of it. The words are the same in both.
    words = r"[\W_]+".join(map(re.escape, _WORD.findall(piece.text)))
    match = re.search(rf"(?<![^\W_]){words}(?![^\W_])", text) if words else None
    if match is None:
        raise JudgementError(f"Question {id}: the guide does not hold {piece.text[:60]!r}; mend the judgement.")
    return replace(piece, start=match.start(), end=match.end())
