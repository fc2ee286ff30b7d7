"""Answers written by hand over the real guides, for the states of the page that no real index can be made to show on demand."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from rag.datatypes import Document, Passage
from rag.guides.corpus import read_guides
from rag.guides.outline import outline, with_title
from rag.guides.passages import group_units, make_passages
from rag.index.sections import career_sections
from rag.models.scorer import Rate
from rag.pipeline import Pipeline
from rag.reply import Answer, Cause, Citation, Comparison, Confidence, IndexInfo, Part, Partial, Related, Segment, Status, Turn
from rag.text.words import words
from tests.hashing import SharedWords

HERE = "http://127.0.0.1"  # how a client of this computer addresses an application in tests
ROOT = Path(__file__).parent.parent
INFO = IndexInfo("sha256:" + "0" * 64, "2026-01-15T08:00:00+00:00", 7, 900, "sentence-transformers/all-MiniLM-L6-v2")
HOAE, SEED, TURBINE = "Head of Analytics Engineering", "lead-data-science-engineer", "wind-turbine-technician"
BLANK = "Rather than guess, this answer is left blank."
FIT = replace(
    SharedWords.fit,
    date="2026-01-15",
    questions=200,
    about="7 guides",
    rates=(Rate(0.3, 0.2, 0.05), Rate(0.5, 0.1, 0.15), Rate(0.7, 0.05, 0.3)),
)


class Scenes:
    """A stand-in pipeline: a question leads to its scene, any other question to an abstention."""

    def __init__(self) -> None:
        read = [*read_guides(ROOT / "corpus")[0], *read_guides(ROOT / "tests" / "judgements" / "guides")[0]]
        self.outlines = {document.id: outline(document) for document in read}
        self.documents = {document.id: with_title(document, self.outlines[document.id]) for document in read}
        self.passages: dict[str, list[Passage]] = {
            id: make_passages(document, self.outlines[id], lambda text: len(words(text)))
            for id, document in self.documents.items()
        }
        every = tuple(passage for passages in self.passages.values() for passage in passages)
        self.weigher = SimpleNamespace(fit=FIT)
        sections = career_sections(list(self.documents.values()), every)
        self.index = SimpleNamespace(
            info=INFO, documents=self.documents, outlines=self.outlines, passages=every, sections=sections
        )
        self.scenes: Mapping[str, Callable[[str], Answer]] = {
            "What does a Head of Analytics Engineering do?": self.definition,
            "What are the key responsibilities?": self.listing,
            "How much does a Lead Data Science Engineer earn?": self.figures,
            "Head of Analytics Engineering or Director of Applied Science?": self.comparison,
            "Which of these needs no degree?": self.across,
            "What are the best practices?": self.long,
            "What are the grades of pay?": self.table,
            "How much does a Head of Analytics Engineering earn?": self.near,
            "How do I become a nurse?": self.role,
            "What skills are needed?": self.unclear,
            "Hello": self.greeting,
            "How much does a Lead Data Science Engineer earn in the UK?": self.partly,
            "What do they do for the team?": self.best,
            "Can I work from home on Fridays?": self.nearest,
            "What careers do you have?": self.careers,
            "slow": self.slow,
            "fail": self.fail,
        }

    def ask(self, question: str, history: Sequence[Turn] = (), documents: Sequence[str] | None = None) -> Answer:
        return self.scenes.get(question, self.far)(question)

    def suggestions(self, limit: int = 4, documents: Sequence[str] | None = None) -> tuple[Related, ...]:
        return tuple(Related(question, SEED) for question in list(self.scenes)[:limit])

    def run(self, id: str, first: str, last: str) -> tuple[int, int]:
        """Offsets from the first occurrence of `first` to the end of the next `last`."""
        start = self.documents[id].text.index(first)
        return start, self.documents[id].text.index(last, start) + len(last)

    def cite(self, number: int, id: str, first: str, last: str) -> Citation:
        document = self.documents[id]
        start, end = self.run(id, first, last)
        passage = next(p for p in self.passages[id] if p.start <= start < p.end)
        return Citation(number, document, passage, start, end, 0.9, self.parts(document, start, end))

    def parts(self, document: Document, start: int, end: int) -> tuple[Part, ...]:
        groups = [group for section in self.outlines[document.id].sections for group in section.groups]
        units = [unit for group in groups for unit in group_units(document.text, group, lambda text: len(words(text)))]
        found = [Part(u.kind, u.start, u.end, u.level, u.label_end) for u in units if u.start < end and start < u.end]
        return tuple(replace(part, start=max(part.start, start), end=min(part.end, end)) for part in found)

    def answered(self, question: str, *citations: Citation, **more: Any) -> Answer:
        segments, at = [], 0
        for citation in citations:
            segments.append(Segment(at, at + len(citation.quote), citation.number))
            at += len(citation.quote) + 2
        text = "\n\n".join(citation.quote for citation in citations)
        standalone = more.pop("standalone", question)
        return Answer(
            "answered",
            question,
            standalone,
            INFO,
            Confidence(0.9, 0.5),
            text,
            tuple(segments),
            citations,
            timings_ms={"total": 3.5},
            **more,
        )

    def blank(self, question: str, status: Status, cause: Cause, message: str, *related: str) -> Answer:
        offered = tuple(Related(other, SEED, "Lead Data Science Engineer › Overview") for other in related)
        return Answer(status, question, question, INFO, Confidence(0.2, 0.5), message=message, cause=cause, related=offered)

    def definition(self, question: str) -> Answer:
        return self.answered(
            question,
            self.cite(1, SEED, "The Head of Analytics Engineering is a senior", "within an organization."),
            self.cite(2, SEED, "This role requires a unique blend of technical", "business acumen."),
            self.cite(3, SEED, "By leading the charge", "within the organization."),
            related=(
                Related("What are the key responsibilities?", SEED),
                Related("How is it different from a Director of Applied Science?", SEED),
            ),
        )

    def listing(self, question: str) -> Answer:
        standalone = f"What are the key responsibilities of a {HOAE}?"
        start = "Key responsibilities include: - **Leadership and Strategy**"
        return self.answered(question, self.cite(1, SEED, start, "availability and reliability."), standalone=standalone)

    def figures(self, question: str) -> Answer:
        return self.answered(
            question,
            self.cite(1, SEED, "Base Salary Range", "annually"),
            self.cite(2, SEED, "Experience Level:\n", "$250,000 - $400,000+"),
            remarks=("The guide heads these figures “US Market, 2024”.",),
        )

    def comparison(self, question: str) -> Answer:
        cells = [
            self.cite(1, SEED, "The Head of Analytics Engineering is a senior", "within an organization."),
            self.cite(2, SEED, "The role of a Director of Applied Science", "strategic vision."),
            self.cite(3, SEED, "**Team Management**: Leading, mentoring", "data engineers."),
            self.cite(4, SEED, "Lead teams of scientists", "growth"),
            self.cite(5, SEED, "Qualifications typically include:", "business growth"),
        ]
        columns = ((SEED, HOAE), (SEED, "Director of Applied Science"))
        table = Comparison(columns, (("In short", (1, 2)), ("People", (3, 4)), ("Education", (None, 5))))
        return self.answered(question, *cells, comparison=table)

    def across(self, question: str) -> Answer:
        cells = [
            self.cite(1, SEED, "Qualifications typically include:", "business growth"),
            self.cite(2, SEED, "Lead teams of scientists", "growth"),
        ]
        columns = ((SEED, "Director of Applied Science"), (SEED, HOAE), (SEED, "Knowledge Engineer"))
        table = Comparison(columns, (("Education", (1, 2, None)),))
        few = "Only 2 of 3 careers have an answer here."
        return self.answered(question, *cells, comparison=table, remarks=(few,))

    def long(self, question: str) -> Answer:
        labels = re.findall(r"(?<=[.:] )([A-Z][\w -]+): [A-Z]", self.section("Best Practices"))
        return self.answered(question, *(self.cite(n, SEED, f"{label}: ", ".") for n, label in enumerate(labels[:9], 1)))

    def table(self, question: str) -> Answer:
        return self.answered(
            question,
            self.cite(1, TURBINE, "Grade | Experience", "$81,600"),
            self.cite(2, TURBINE, "Offshore crews earn", "these rates."),
        )

    def near(self, question: str) -> Answer:
        message = f"The guides describe the role of {HOAE}, but nothing was found in them that answers this. {BLANK}"
        return self.blank(question, "not_found", "near", message, *list(self.scenes)[:3])

    def far(self, question: str) -> Answer:
        message = "Nothing in the 7 guides answers this. They cover careers in data and AI."
        return self.blank(question, "not_found", "far", message, *list(self.scenes)[:2])

    def role(self, question: str) -> Answer:
        return self.blank(question, "not_found", "role", "No career in the guides is called “nurse”.", *list(self.scenes)[:2])

    def unclear(self, question: str) -> Answer:
        return self.blank(
            question,
            "clarify",
            "unclear",
            "This could mean more than one thing. Pick one.",
            "What skills does a Full Stack AI Developer need?",
            "What skills does a Knowledge Engineer need?",
        )

    def greeting(self, question: str) -> Answer:
        return self.blank(
            question, "routed", "greeting", "Ask about a career; the guides answer in their own words.", *list(self.scenes)[:3]
        )

    def partly(self, question: str) -> Answer:
        return replace(self.figures(question), partial=Partial("UK", "US market, 2024"))

    def best(self, question: str) -> Answer:
        listing = self.listing(question)
        (cited,) = listing.citations
        at = next(at for at, part in enumerate(cited.parts) if cited.document.text.startswith("**Team Management", part.start))
        parts = tuple(replace(part, best=part is cited.parts[at]) for part in cited.parts)
        return replace(listing, standalone=question, citations=(replace(cited, parts=parts),))

    def nearest(self, question: str) -> Answer:
        message = f"The guides describe the role of {HOAE}, but nothing was found in them that answers this. {BLANK}"
        near = (
            replace(self.cite(1, SEED, "Edge Computing and IoT: ", "monitoring scenarios."), why="remote"),
            replace(self.cite(2, TURBINE, "Grade | Experience", "$81,600"), why="yearly pay"),
            replace(self.cite(3, SEED, "Lead teams of scientists", "growth"), why="your week"),
        )
        return replace(self.blank(question, "not_found", "near", message, *list(self.scenes)[:3]), nearest=near)

    def careers(self, question: str) -> Answer:
        names = sorted({career for outline in self.outlines.values() for career in outline.careers}, key=str.casefold)
        related = tuple(Related(f"What does the {name} do?", SEED, label=name) for name in names)
        answer = self.blank(question, "routed", "greeting", f"The guides describe {len(names)} careers.")
        return replace(answer, related=related, confidence=None, basis="routing", cause=None)

    def slow(self, question: str) -> Answer:
        time.sleep(1.5)
        return self.definition(question)

    def fail(self, question: str) -> Answer:
        raise ZeroDivisionError("a fault nobody foresaw")

    def section(self, heading: str) -> str:
        section = next(s for s in self.outlines[SEED].sections if s.path[-1] == heading)
        return self.documents[SEED].text[section.groups[0].start : section.groups[-1].end]


def scenes() -> Pipeline:
    """The stand-in, as the pipeline it stands for."""
    return cast(Pipeline, Scenes())
