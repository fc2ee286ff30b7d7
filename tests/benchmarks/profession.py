"""Guides of about thirty passages with a vocabulary that grows as real ones do, and questions each is the one to answer."""

import random
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from rag.text.inflection import with_article
from tests.benchmarks.corpus import FIELDS, PLACES, RANKS, SECTIONS, THINGS, TRADES, VERBS

_SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu bran cled dorn fesk glim".split()  # noqa: SIM905
_COMMON = 20_000  # invented words that guides share
_OWN = 40  # of them in one guide
_SECTIONS = SECTIONS[:7]


@dataclass(frozen=True, slots=True)
class Profession:
    """A guide: its file, its career, a word that no other guide has, and questions to it."""

    file: Path
    title: str
    word: str
    questions: tuple[str, ...]


def write_professions(folder: Path, count: int, seed: int = 11) -> list[Profession]:
    """Write `count` guides (1,536 at most) into `folder`: a thousand hold about 30,000 passages."""
    folder.mkdir(parents=True, exist_ok=True)
    random_ = random.Random(seed)
    titles = [" ".join(words) for words in product(RANKS, FIELDS, TRADES)]
    random_.shuffle(titles)
    shared = sorted({_invent(random_) for _ in range(_COMMON)})
    found = []
    for at, title in enumerate(titles[:count]):
        word = f"{_invent(random_)}{_invent(random_)}{at}"
        file = folder / f"profession-{at:04}.md"
        file.write_text(_guide(title, word, random_.sample(shared, _OWN), random_), encoding="utf-8")
        found.append(Profession(file, title, word, tuple(_questions(title, word))))
    return found


def _questions(title: str, word: str) -> list[str]:
    who = with_article(title)
    asked = [f"What does {who} do?", f"Who keeps the {word} register?", f"How often is the {word} register renewed?"]
    return asked + [f"{section} for {who}?" for section in _SECTIONS]


def _invent(random_: random.Random) -> str:
    return "".join(random_.choices(_SYLLABLES, k=random_.randint(2, 4)))


def _guide(title: str, word: str, words: list[str], random_: random.Random) -> str:
    who = with_article(title)[:1].upper() + with_article(title)[1:]

    def sentence() -> str:
        verb, thing, place = random_.choice(VERBS), random_.choice(THINGS), random_.choice(PLACES)
        return f"{who} {verb} {random_.choice(words)} {thing} {place}, about {random_.randint(2, 40)} hours a month."

    def items() -> str:
        return "\n".join(
            f"- {random_.choice(VERBS).capitalize()} the {random_.choice(words)} {random_.choice(THINGS)}" for _ in range(3)
        )

    parts = [f"# {title}\n\n{sentence()} {sentence()}"]
    for section in _SECTIONS:
        parts.append(f"## {section}\n\n{sentence()} {sentence()}\n\nThe usual {section.lower()}:\n\n{items()}")
        parts.append(f"### {random_.choice(words).capitalize()} {section}\n\n{sentence()} {sentence()}\n\n{items()}")
    parts.append(f"## Registers\n\n{who} keeps the {word} register. The {word} register is renewed every other Monday.")
    return "\n\n".join(parts) + "\n"
