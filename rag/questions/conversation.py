"""A follow-up to a question that stands alone: what it leaves out is taken from the conversation."""

import re
from collections.abc import Sequence

from rag.questions.question import Reader, Reading
from rag.questions.topics import FACETS
from rag.text.inflection import with_article
from rag.text.words import stem

_OPENER = re.compile(
    r"^\W*(?:(?:and|or|but|so|also|then|ok(?:ay)?|well)\b[\s,]*)*"
    r"(?:(?:what|how) about|what of|(?:tell me |say )?(?:more )?(?:about|on))?\b[\s,]*",
    re.IGNORECASE,
)
_TWO = re.compile(r"\b(?:the two(?: of them)?|these two|those two|both(?: of them)?)\b", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:the )?other(?: one| role| job| career)?\b", re.IGNORECASE)
_OWNED = re.compile(r"\b(?:its|their|his|her)\b\s*", re.IGNORECASE)
_SUBJECT = re.compile(r"\b(?:it|they|them|he|she|(?:this|that) (?:role|job|career|position)|one)\b", re.IGNORECASE)
_ASKS = re.compile(r"(?:do|does|did|is|are|can|could|should|will|would|how|what|where|when|which|who|why)\b", re.IGNORECASE)
_SHORT = 5  # words; a question so short that names no career leans on the one before


def standalone(question: str, earlier: Sequence[Reading], reader: Reader) -> str:
    """A question as it reads on its own, given the readings of the conversation's earlier ones; a full question is unchanged."""
    talked = _careers(earlier)
    if not talked:
        return question
    reading = reader.read(question)
    rest = _OPENER.sub("", reading.text, count=1).strip(" ?.!,;:")
    opened = rest != reading.text.strip(" ?.!,;:")
    if reading.careers or reading.unheld:
        bare = all(frozenset([stem(term.text)]) <= reading.unheld_stems for term in reading.terms)
        return _same_of_another(question, rest, reading, earlier[-1]) if opened and bare else question
    if _TWO.search(rest) and len(talked) > 1:
        return _TWO.sub(f"{with_article(talked[1])} and {with_article(talked[0])}", rest, count=1)
    if _OTHER.search(rest):
        return _the_other(question, rest, talked, earlier[-1], reader)
    leans = opened or (
        not _is_foreign(reading) and (len(reading.words) <= _SHORT or _OWNED.search(rest) or _SUBJECT.search(rest))
    )
    return _with_career(rest, reading, talked[0], earlier[-1]) if leans else question


def _the_other(question: str, rest: str, talked: Sequence[str], last: Reading, reader: Reader) -> str:
    """A question about "the other one": of the careers talked of, the one before the latest; the question itself where only one
    was talked of. After a comparison it is asked about as it stands, else as the last question was."""
    if len(talked) < 2:
        return question
    if len(last.careers) > 1:
        return _OTHER.sub(with_article(talked[1]), rest, count=1)
    return _same_of_another(question, talked[1], reader.read(talked[1]), last)


def _is_foreign(reading: Reading) -> bool:
    """Whether most of what a question asks is nothing the guides speak of: a change of topic."""
    strange = [term for term in reading.terms if term.weight >= 1 and not term.facets]
    return len(strange) * 2 > len(reading.terms)


def _careers(earlier: Sequence[Reading]) -> list[str]:
    """The careers talked of, the latest first."""
    found: list[str] = []
    for reading in reversed(earlier):
        found += [career for career in reversed(reading.careers) if career not in found]
    return found


def _same_of_another(question: str, rest: str, reading: Reading, last: Reading) -> str:
    """The last question asked of another career ("And a Knowledge Engineer?")."""
    if last.named is None or len(last.careers) != 1 or not (reading.careers or reading.unheld):
        return question
    name = reading.careers[0] if reading.careers else reading.unheld or rest
    start, end = last.named
    return f"{last.text[:start]}{name}{last.text[end:]}"


def _with_career(rest: str, reading: Reading, career: str, last: Reading) -> str:
    about = "" if reading.facets or not last.facets or _ASKS.match(rest) else _about(last) + " "
    if _OWNED.search(rest):
        return f"{about}{_OWNED.sub('', rest, count=1)} of {with_article(career)}"
    if _SUBJECT.search(rest):
        return about + _SUBJECT.sub(with_article(career), rest, count=1)
    return f"{about}{rest} for {with_article(career)}"


def _about(last: Reading) -> str:
    """What the last question was about, in its own word."""
    return next((term.text for term in last.terms if term.facets and term.alternatives), FACETS[min(last.facets)].name)
