"""Rows of tables and fields of forms: those that a question names, quoted under what heads them, and those that say by row and
column what it asks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answers.citation import holding, quotes
from rag.answers.draft import Draft
from rag.answers.evidence import Evidence, Group, Groups
from rag.guides.passages import cells_of
from rag.questions.question import Question
from rag.questions.topics import terms_of, topics_of
from rag.text.words import stems

MOST = 8  # rows that are quoted because a question names them; of more, those that the scorer chose
_PIECE = re.compile(r"[()/,;]")


def under_heads(group: Group, units: Sequence[int], question: Question) -> tuple[int, ...]:
    """Units to quote, with the rows of each table and the fields of a form among them narrowed to those that the question names,
    and each row with what heads it."""
    asked = frozenset(stems(question.text))
    chosen = set(units)
    for table in _tables(group):
        mine = chosen.intersection(table.rows)
        named = table.named(asked)
        if mine and 0 < len(named) < len(table.rows):
            chosen = chosen - mine | (set(named) if len(named) <= MOST else mine.intersection(named) or mine)
        chosen.update(above for at in chosen.intersection(table.rows) for above in group.above(at))
    return tuple(sorted(chosen))


def looked_up(question: Question, evidence: Sequence[Evidence], groups: Groups) -> Draft | None:
    """The rows that a question names of a table, or fields of a form, that are headed what it asks, if all that it asks is said
    there: by the rows, by what heads them, or by the section they stand in. None where there are no such rows."""
    asked = frozenset(stems(question.text))
    held = {one.passage.group: one.group for one in evidence}
    for group in held.values():
        for table in _tables(group):
            rows = table.named(asked)
            if 0 < len(rows) < len(table.rows) and table.says(rows, asked, groups):
                found = tuple(quotes(group, sorted({*rows, *group.above(rows[0])}), 1.0))
                return Draft("answered", "section", quotes=found, main=holding(found, group.units[rows[0]]))
    return None


@dataclass(frozen=True, slots=True)
class _Table:
    """The rows under one header, or the fields of a form: labelled items that stand under nothing, the labels their headers."""

    group: Group
    rows: tuple[int, ...]

    def named(self, asked: frozenset[str]) -> list[int]:
        """The rows whose cells, or parts of cells, that are asked as a whole hold most of the words asked; the fields whose
        labels are asked, or are of a topic that is."""
        said = {at: len(self._within(at, asked)) for at in self.rows}
        most = max(said.values(), default=0)
        return [at for at in self.rows if most and said[at] == most]

    def says(self, rows: Sequence[int], asked: frozenset[str], groups: Groups) -> bool:
        """Whether a heading, a column or a label is what is asked, and nothing is asked that rows and what is about them do not
        say."""
        above = [self.group.text(at) for at in self.group.above(rows[0])] + [label for at in rows if (label := self._label(at))]
        heads = frozenset(stems(" ".join([*self.group.path, *above])))
        topics = topics_of(heads) & topics_of(asked)
        if not topics and not any(_asked_whole(text, asked) for text in above):
            return False
        known = heads | terms_of(topics) | frozenset(stems(" ".join(self.group.text(at) for at in rows)))
        return asked <= known or asked <= known | frozenset(stems(groups.beside(self.group)))

    def _label(self, at: int) -> str:
        unit = self.group.units[at]
        return "" if unit.kind == "row" or unit.label_end is None else self.group.document.text[unit.start : unit.label_end]

    def _within(self, at: int, asked: frozenset[str]) -> frozenset[str]:
        label = self._label(at)
        if not label:
            return _asked_whole(self.group.text(at), asked)
        headed = topics_of(stems(" ".join(self.group.path)))  # under "Tools" any label may say "tools"
        return _asked_whole(label, asked) | (topics_of(stems(label)) & topics_of(asked) - headed)


def _tables(group: Group) -> list[_Table]:
    """The tables of a group; a form is one of its fields."""
    heads = dict.fromkeys(unit.parent for unit in group.units if unit.kind == "row")
    form = all(unit.kind == "item" and unit.parent is None and unit.label_end is not None for unit in group.units)
    rows = [tuple(at for at, unit in enumerate(group.units) if unit.kind == "row" and unit.parent == head) for head in heads]
    return [_Table(group, its) for its in rows or ([tuple(range(len(group.units)))] if form else [])]


def _asked_whole(row: str, asked: frozenset[str]) -> frozenset[str]:
    """The stems of a row's cells, or of parts of them, that are asked as a whole."""
    pieces = (frozenset(stems(piece)) for cell in cells_of(row) for piece in {cell, *_PIECE.split(cell)})
    return frozenset(root for piece in pieces if piece <= asked for root in piece)
