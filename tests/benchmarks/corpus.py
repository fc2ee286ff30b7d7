"""A made-up corpus of any size, and questions to it; or the paragraphs and questions of a file in SQuAD's format."""

import random
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

from rag.evaluation.squad import read_squad, write_corpus

RANKS = ("Junior", "Senior", "Lead", "Principal", "Chief", "Associate", "Regional", "Interim")
FIELDS: tuple[str, ...] = (
    "Harbour",
    "Textile",
    "Archive",
    "Glacier",
    "Orchard",
    "Tunnel",
    "Ceramic",
    "Signal",
    "Forest",
    "Bridge",
    "Museum",
    "Canal",
)
FIELDS += (
    "Vaccine",
    "Satellite",
    "Dairy",
    "Theatre",
    "Quarry",
    "Railway",
    "Pension",
    "Sensor",
    "Reactor",
    "Kitchen",
    "Coastal",
    "Payroll",
)
TRADES = ("Planner", "Engineer", "Analyst", "Inspector", "Designer", "Coordinator", "Surveyor", "Manager")
SECTIONS = ("Responsibilities", "Skills", "Education", "Salary", "Working Conditions", "Career Path", "Tools", "Challenges")
VERBS = (
    "reviews",
    "maintains",
    "schedules",
    "measures",
    "negotiates",
    "documents",
    "repairs",
    "forecasts",
    "audits",
    "coordinates",
)
THINGS: tuple[str, ...] = (
    "supplier contracts",
    "safety records",
    "seasonal budgets",
    "field instruments",
    "public hearings",
    "training plans",
)
THINGS += ("stock levels", "design drawings", "load tests", "permit requests", "night shifts", "quality reports", "water samples")
PLACES = (
    "in coastal towns",
    "for regional offices",
    "with three partner agencies",
    "under strict deadlines",
    "across two time zones",
)
# With the work in it, hardly two of 6,000 questions are the same but for the career: an encoding that is remembered, as
# Verbatim does, would else make the comparison with one that is not.
ASKS: tuple[str, ...] = (
    "What are the {section} of a {title} who {work}?",
    "{section} for a {title} who {work}",
    "Tell me about {section} as a {title} who {work}",
)
ASKS += (
    "How does the guide describe {section} for the {title} who {work}?",
    "I want to become a {title} who {work}: what about {section}?",
)


@dataclass(frozen=True, slots=True)
class Material:
    """A folder of guides and questions, all of them distinct."""

    folder: Path
    questions: tuple[str, ...]


def make_corpus(folder: Path, guides: int, questions: int, seed: int = 7) -> Material:
    """Write `guides` Markdown guides of eight sections into `folder`; up to 1,536 have distinct titles."""
    folder.mkdir(parents=True, exist_ok=True)
    random_ = random.Random(seed)
    titles = [" ".join(words) for words in product(RANKS, FIELDS, TRADES)]
    random_.shuffle(titles)
    titles = [titles[at % len(titles)] + (f" {at // len(titles) + 1}" if at >= len(titles) else "") for at in range(guides)]
    for at, title in enumerate(titles):
        (folder / f"guide-{at:05}.md").write_text(_guide(title, random_), encoding="utf-8")
    asked = [
        ask.format(section=section.lower(), title=title, work=_work(random_))
        for ask, section, title in product(ASKS, SECTIONS, titles)
    ]
    random_.shuffle(asked)
    return Material(folder, tuple(asked[:questions]))


def _guide(title: str, random_: random.Random) -> str:
    parts = [f"# {title}\n\n{_sentence(title, random_)} {_sentence(title, random_)}"]
    for section in SECTIONS:
        items = "\n".join(f"- {_sentence(title, random_)}" for _ in range(3))
        parts.append(f"## {section}\n\n{_sentence(title, random_)}\n\n{items}")
    return "\n\n".join(parts) + "\n"


def _sentence(title: str, random_: random.Random) -> str:
    return f"A {title} {_work(random_)}, which takes about {random_.randint(2, 40)} hours in a usual month."


def _work(random_: random.Random) -> str:
    return f"{random_.choice(VERBS)} {random_.choice(THINGS)} {random_.choice(PLACES)}"


def squad_corpus(folder: Path, file: Path, questions: int) -> Material:
    """Write each paragraph of a SQuAD file into `folder` as a guide, and take its questions, unanswerable ones included."""
    paragraphs = read_squad(file)
    write_corpus(paragraphs, folder)
    asked = dict.fromkeys(question.text for paragraph in paragraphs for question in paragraph.questions)
    return Material(folder, tuple(islice(asked, questions)))
