"""The same question as others would type it: without care, without the career's name, in fewer words."""

import random
import re
from pathlib import Path

from rag.text.words import FUNCTION_WORDS

_FILLERS = ("hi ", "um ", "ok so ", "quick q: ", "hey ", "so ", "sorry but ", "can u tell me ", "pls tell me ", "i want to know ")
_SHORT = {"you": "u", "are": "r", "your": "ur", "people": "ppl", "please": "pls", "because": "cos", "to": "2", "for": "4"}
_OF_FILES = frozenset("careers career handout guide page faq slides interview sheet blog thread list handbook".split())  # noqa: SIM905


def careless(question: str, chance: random.Random) -> str:
    """A question with some of: small letters, no marks, slips of the pen, text-speak, a filler before it, its keywords alone."""
    if chance.random() < 0.5:
        question = question.lower()
    if chance.random() < 0.4:
        question = re.sub(r"[?.!,']", "", question)
    if chance.random() < 0.2:
        question = " ".join(_slip(word, chance) if chance.random() < 0.2 else word for word in question.split())
    if chance.random() < 0.08:
        question = " ".join(_SHORT.get(word.lower(), word) for word in question.split())
    if chance.random() < 0.08:
        question = chance.choice(_FILLERS) + question
    if chance.random() < 0.07:
        keywords = [word for word in question.split() if re.sub(r"\W", "", word.lower()) not in FUNCTION_WORDS]
        question = " ".join(keywords) or question
    return question


def unnamed(question: str, guide: str, chance: random.Random) -> str:
    """A question without the career's name, as far as its guide's file name tells it."""
    names = set(re.findall("[a-z]{3,}", Path(guide).stem.lower())) - _OF_FILES
    if not names:
        return question
    pattern = (
        r"(?:\b(?:as|to be|become|becoming|for|of|in|by)\s+)?(?:\b(?:a|an|the)\s+)?"
        rf"(?:\b(?:{'|'.join(map(re.escape, sorted(names)))})(?:s|es|ing|ry|ist|ists)?\b[\s-]*)+"
    )
    shorter = re.sub(pattern, lambda _: chance.choice(["this job ", "it ", "this ", "they ", ""]), question, flags=re.IGNORECASE)
    shorter = re.sub(r"\s+([?.!,])", r"\1", " ".join(shorter.split()))
    return shorter if len(shorter) > 3 else question


def _slip(word: str, chance: random.Random) -> str:
    """A word with a letter left out, two swapped, or one doubled."""
    if len(word) < 4:
        return word
    at, kind = chance.randrange(1, len(word) - 1), chance.random()
    if kind < 0.35:
        return word[:at] + word[at + 1 :]
    return word[:at] + (word[at + 1] + word[at] + word[at + 2 :] if kind < 0.7 else word[at] + word[at:])
