"""The files of the O*NET text database that guides are made of, and their rows."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import CorpusError
from rag.text.decoding import decode

OCCUPATIONS = "Occupation Data.txt"
TASKS = "Task Statements.txt"
SKILLS = "Skills.txt"
KNOWLEDGE = "Knowledge.txt"
TECHNOLOGY = "Technology Skills.txt"
TOOLS = "Tools Used.txt"
ZONES = "Job Zones.txt"
ZONE_MEANINGS = "Job Zone Reference.txt"
ACTIVITIES = "Work Activities.txt"
ABILITIES = "Abilities.txt"
STYLES = "Work Styles.txt"
INTERESTS = "Interests.txt"
VALUES = "Work Values.txt"
CONTEXT = "Work Context.txt"
RELATED = "Related Occupations.txt"
TITLES = "Alternate Titles.txt"
EDUCATION = "Education, Training, and Experience.txt"
CATEGORIES = "Education, Training, and Experience Categories.txt"

CODE = "O*NET-SOC Code"
_RATED = ("Element Name", "Scale ID", "Data Value")
COLUMNS: dict[str, tuple[str, ...]] = {
    OCCUPATIONS: (CODE, "Title", "Description"),
    TASKS: (CODE, "Task"),
    SKILLS: (CODE, *_RATED),
    KNOWLEDGE: (CODE, *_RATED),
    TECHNOLOGY: (CODE, "Example", "Commodity Title"),
    TOOLS: (CODE, "Example", "Commodity Title"),
    ZONES: (CODE, "Job Zone"),
    ZONE_MEANINGS: ("Job Zone", "Name", "Experience", "Education", "Job Training"),
    **dict.fromkeys((ACTIVITIES, ABILITIES, STYLES, INTERESTS, VALUES, CONTEXT), (CODE, *_RATED)),
    RELATED: (CODE, "Related O*NET-SOC Code"),
    TITLES: (CODE, "Alternate Title"),
    EDUCATION: (CODE, "Scale ID", "Category", "Data Value"),
    CATEGORIES: ("Scale ID", "Category", "Category Description"),
}
Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """The database: the rows of each file by occupation, the meanings of its categories and job zones, and all titles by code."""

    rows: Mapping[str, Mapping[str, Sequence[Record]]]
    categories: Mapping[tuple[str, str], str]
    zones: Mapping[str, Record]
    titles: Mapping[str, str]

    def of(self, file: str, code: str) -> Sequence[Record]:
        """A file's rows on an occupation."""
        return self.rows.get(file, {}).get(code, ())


def rows_of(file: Path, columns: Sequence[str]) -> Iterator[Record]:
    """The rows of a file that O*NET does not advise against. Raises CorpusError for a column or value that is not there."""
    lines = csv.DictReader(decode(file.read_bytes()).split("\n"), delimiter="\t", quoting=csv.QUOTE_NONE)
    absent = [column for column in columns if column not in (lines.fieldnames or ())]
    if absent:
        found = ", ".join(lines.fieldnames or ()) or "none"
        raise CorpusError(
            f"{file} lacks the column {', '.join(absent)}; it has {found}. Take the tab-separated text version of O*NET."
        )
    for row in lines:
        values = {column: (row[column] or "").strip() for column in columns}
        if not all(values.values()):
            raise CorpusError(
                f"{file} line {lines.line_num} has no {next(c for c in columns if not values[c])}; mend or remove it."
            )
        if "Data Value" in values and not re.fullmatch(r"\d+(?:\.\d+)?", values["Data Value"]):
            raise CorpusError(
                f"{file} line {lines.line_num}: Data Value {values['Data Value']!r} is not a number; mend or remove it."
            )
        if row.get("Recommend Suppress") != "Y" and row.get("Not Relevant") != "Y":
            yield values | {"Task Type": row.get("Task Type") or ""}


def by_code(rows: Sequence[Record]) -> Mapping[str, Sequence[Record]]:
    """Rows by their occupation."""
    grouped: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        grouped[row[CODE]].append(row)
    return grouped
