"""An answer on a terminal: quotes as they were laid out, numbered, with where they stand."""

from dataclasses import replace

from rag.datatypes import Document, Passage
from rag.evaluation.checks import Check, CheckReport
from rag.evaluation.findings import Finding
from rag.guides.coverage import FileCoverage
from rag.reply import Answer, Citation, Comparison, Confidence, IndexInfo, Part, Partial, Related
from rag.terminal import answer_lines, check_lines

TEXT = "Duties include:\n- Plan work.\n  - Hire.\nThey lead.\nThey also\nteach."
DOCUMENT = Document("guide", "guide.txt", "Guide", TEXT, "0" * 64)
PASSAGE = Passage("guide/1", "guide", "Lead", ("Guide", "Duties"), 0, 0, 0, len(TEXT), ())
INFO = IndexInfo("a", "2026-01-01T00:00:00+00:00", 1, 1, "model")


def part(kind: str, words: str, level: int = 0) -> Part:
    start = TEXT.index(words)
    return Part(kind, start, start + len(words), level)  # type: ignore[arg-type]


LIST = (part("lead", "Duties include:"), part("item", "Plan work."), part("item", "Hire.", 1))
PROSE = (part("sentence", "They lead."), part("sentence", "They also\nteach."))


def cite(number: int, parts: tuple[Part, ...]) -> Citation:
    return Citation(number, DOCUMENT, PASSAGE, parts[0].start, parts[-1].end, 0.9, parts)


def test_lists_stay_lists_and_sentences_run_on() -> None:
    citations = (cite(1, LIST), cite(2, PROSE))
    answer = Answer("answered", "q", "q", INFO, Confidence(0.9, 0.5), citations=citations, remarks=("Dated 2024.",))
    assert list(answer_lines(answer)) == [
        "Duties include: [1]",
        "  • Plan work.",
        "    • Hire.",
        "",
        "They lead. They also teach. [2]",
        "",
        "Dated 2024.",
        "",
        "[1] Guide › Duties (guide.txt, characters 0-38)",
        "[2] Guide › Duties (guide.txt, characters 39-66)",
    ]


def test_an_abstention_is_its_message_and_what_to_ask() -> None:
    related = (Related("What are the duties?"),)
    answer = Answer("not_found", "and pay?", "pay of a lead?", INFO, Confidence(0.1, 0.5), message="Not said.", related=related)
    assert list(answer_lines(answer)) == ["Read as: pay of a lead?", "", "Not said.", "", "Ask next:", "  What are the duties?"]


def test_what_was_asked_for_and_is_not_given_stands_above_the_quotes() -> None:
    partial = Partial("UK", "US market, 2024")
    answer = Answer("answered", "q", "q", INFO, None, "They lead.", citations=(cite(1, PROSE),), basis="opening", partial=partial)
    assert list(answer_lines(answer))[:3] == [
        "The guides don’t say this for the UK. They say it for the US market, 2024.",
        "",
        "They lead. They also teach. [1]",
    ]


def test_what_is_only_near_has_no_number_and_says_why() -> None:
    near = (replace(cite(1, LIST), why="work"), cite(2, PROSE))
    answer = Answer(
        "not_found", "q", "q", INFO, Confidence(0.1, 0.5), message="Not said.", related=(Related("Else?"),), nearest=near
    )
    assert list(answer_lines(answer)) == [
        "Not said.",
        "",
        "Nearest in the guides, but not an answer:",
        "",
        "Duties include:",
        "  • Plan work.",
        "    • Hire.",
        "  Guide › Duties (guide.txt, characters 0-38), near for “work”",
        "",
        "They lead. They also teach.",
        "  Guide › Duties (guide.txt, characters 39-66)",
    ]


def test_careers_are_listed_by_name() -> None:
    related = (Related("What does a Lead do?", label="Lead"), Related("What does a Head do?", label="Head"))
    answer = Answer("routed", "q", "q", INFO, None, message="Two careers.", related=related, basis="routing")
    assert list(answer_lines(answer)) == ["Two careers.", "", "Careers:", "  Lead", "  Head"]


def test_a_comparison_names_each_column_and_what_is_not_said() -> None:
    comparison = Comparison((("guide", "Lead"), ("guide", "Head")), (("Duties", (1, None)),))
    answer = Answer("answered", "q", "q", INFO, Confidence(0.9, 0.5), citations=(cite(1, PROSE),), comparison=comparison)
    assert list(answer_lines(answer))[:4] == ["Duties", "  Lead: They lead. They also teach. [1]", "  Head: not said", ""]


def test_a_check_is_two_tables_and_ten_findings_of_each_kind() -> None:
    damaged = Check("files", 2, (Finding("error", "a.faiss", "is missing"),))
    repeated = Check("duplicates", 1200, tuple(Finding("warning", f"g/{row}", "the same") for row in range(12)))
    guide = FileCoverage("guide.txt", "0" * 64, 1000, 990, 1200, careers=("Baker", *["Pastry Chef"] * 9))
    report = CheckReport("sha256:" + "ab" * 32, False, (damaged, repeated, Check("limit", None)), (guide,))
    lines = list(check_lines(report))
    assert lines[:6] == [
        "guide      characters  covered  passages  left out  careers",
        "guide.txt       1,000   99.00%     1,200         0  Baker, Pastry Chef, Pastry Chef, Pastry Chef, Pastry Chef, …",
        "",
        "check       examined  errors  warnings",
        "files              2       1         0",
        "duplicates     1,200       0        12",
    ]
    assert lines[6:8] == ["limit              -       0         0", "error (files) a.faiss: is missing"]
    assert lines[-3:-1] == ["warning (duplicates) g/9: the same", "... and 2 more (duplicates); --json lists them all"]
    assert lines[-1] == "Checked sha256:abababababab: 1 error"


def test_of_many_guides_those_covered_least_are_shown() -> None:
    files = tuple(FileCoverage(f"{at:02}.md", "0" * 64, 1000, 1000 - (at == 40), 3) for at in range(50))
    lines = list(check_lines(CheckReport("sha256:1", True, (), files)))
    assert [line.split()[0] for line in lines[1:4]] == ["40.md", "00.md", "01.md"]
    assert lines[31] == "... and 20 more, of which as much or more is covered; --json lists them all"
