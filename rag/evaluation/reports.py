"""Graded answers as tables for a reader and as numbers for a program."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rag.evaluation.grading import Grade
from rag.evaluation.metrics import Interval, by_type, intervals, totals
from rag.evaluation.squad import Abstention, Retrieval

Named = Mapping[str, Sequence[Grade]]

# Column heads, explained at the top of rag/evaluation/metrics.py; the wide ones have their interval below.
_WIDE = {
    "fact_recall": "fact",
    "hit_at_1": "hit1",
    "found": "found",
    "misled": "misled",
    "false_abstain": "fabst",
    "abstain_recall": "abst",
    "auroc": "auroc",
}
_NARROW = {
    "precision": "citP",
    "precision_with_related": "citP+",
    "citation_recall": "citR",
    "tightness": "tight",
    "median_chars": "chars",
    "wrong_guide": "guide",
    "wrong_career": "wrong",
    "verbatim": "verb",
    "p50_ms": "p50ms",
    "p95_ms": "p95ms",
}
_COLUMNS = {"n": ("n", 6), "answerable": ("ansbl", 6)}
_COLUMNS |= {name: (head, 10) for name, head in _WIDE.items()} | {name: (head, 6) for name, head in _NARROW.items()}


def report_numbers(sets: Named) -> dict[str, Any]:
    """The metrics and intervals of named sets of grades, each in all and by type, as JSON values."""
    return {name: {"all": _numbers(grades), "types": _by_type(grades)} for name, grades in sets.items()}


def _by_type(grades: Sequence[Grade]) -> dict[str, Any]:
    return {name: _numbers(its) for name, its in by_type(grades).items()}


def _numbers(grades: Sequence[Grade]) -> dict[str, Any]:
    return asdict(totals(grades)) | {"intervals": intervals(grades)}


def report_lines(sets: Named, show: int = 0) -> list[str]:
    """The metrics of named sets of grades by set, where there are several, and by type over all; then the worst answers."""
    grades = [grade for its in sets.values() for grade in its]
    lines = [*totals_table(sets, "set"), ""] if len(sets) > 1 else []
    lines += totals_table(by_type(grades) | {"ALL": grades}, "type")
    lines += ["", "Below a number: its 95 % interval over 1,000 resamples of the questions."]
    lost = sorted({grade.judged.id for grade in grades if any(piece.lost for piece in grade.judged.evidence)})
    lines += [f"The guides' texts have lost evidence of {len(lost)} questions: {', '.join(lost[:10])}"] if lost else []
    return lines + worst(grades, show)


def totals_table(named: Named, heading: str) -> list[str]:
    """Lines of metrics under short column heads, two a name: the numbers, and the intervals below them."""
    width = max(map(len, [*named, heading]))
    lines = [heading.ljust(width) + "".join(head.rjust(size) for head, size in _COLUMNS.values())]
    for name, grades in named.items():
        found, around = asdict(totals(grades)), intervals(grades)
        lines.append(name.ljust(width) + "".join(_cell(found[column]).rjust(size) for column, (_, size) in _COLUMNS.items()))
        below = "".join(_interval(around.get(column)).rjust(size) for column, (_, size) in _COLUMNS.items())
        lines.append((" " * width + below).rstrip())
    return lines


def _cell(value: float | int | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}" if value <= 1 else f"{value:.1f}"


def _interval(around: Interval | None) -> str:
    return "" if around is None else "-".join(f"{value:.2f}".removeprefix("0") for value in around)


def worst(grades: Sequence[Grade], limit: int) -> list[str]:
    """Up to `limit` lines that show the worst answers: what was asked, what happened, what is missing."""

    def score(grade: Grade) -> float:
        if not grade.judged.answerable:
            return -1.0 if grade.answered else 3.0
        return (1.0 if grade.fact_recall is None else grade.fact_recall) + (grade.citation_recall or 0.0) + grade.hit

    bad = sorted((grade for grade in grades if score(grade) < 3), key=lambda grade: (score(grade), grade.judged.id))
    return [_line(grade) for grade in bad[:limit]]


def _line(grade: Grade) -> str:
    judged, done = grade.judged, "answered" if grade.answered else "not answered"
    misled = ", misleading" if grade.misled else ""
    missing = f", missing {list(grade.missing)}" if judged.answerable and grade.missing else ""
    return f"{judged.id} {judged.type}, {done}{misled}: {judged.question[:70]!r}{missing}"


def squad_numbers(found: Retrieval, refused: Abstention | None) -> dict[str, Any]:
    """What was measured on a SQuAD file, as JSON values."""
    return {"retrieval": asdict(found)} | ({"abstention": asdict(refused)} if refused else {})


def squad_lines(found: Retrieval, refused: Abstention | None) -> list[str]:
    """What was measured on a SQuAD file, a number a line."""
    return [
        f"{part}.{name} {value if isinstance(value, int) else round(value, 4)}"
        for part, its in squad_numbers(found, refused).items()
        for name, value in its.items()
    ]
