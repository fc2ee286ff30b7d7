"""The O*NET text database to one Markdown guide an occupation."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from rag.errors import CorpusError
from rag.text.cleaning import slug
from rag.text.decoding import decode
from rag.text.roles import singular_title

OCCUPATIONS = "Occupation Data.txt"
TASKS = "Task Statements.txt"
SKILLS = "Skills.txt"
KNOWLEDGE = "Knowledge.txt"
TECHNOLOGY = "Technology Skills.txt"
TITLES = "Alternate Titles.txt"
EDUCATION = "Education, Training, and Experience.txt"
CATEGORIES = "Education, Training, and Experience Categories.txt"

_CODE = "O*NET-SOC Code"
_RATED = ("Element Name", "Scale ID", "Data Value")
_COLUMNS: dict[str, tuple[str, ...]] = {
    OCCUPATIONS: (_CODE, "Title", "Description"),
    TASKS: (_CODE, "Task"),
    SKILLS: (_CODE, *_RATED),
    KNOWLEDGE: (_CODE, *_RATED),
    TECHNOLOGY: (_CODE, "Example", "Commodity Title"),
    TITLES: (_CODE, "Alternate Title"),
    EDUCATION: (_CODE, "Scale ID", "Category", "Data Value"),
    CATEGORIES: ("Scale ID", "Category", "Category Description"),
}
_SCALES = (("RL", "Education"), ("RW", "Work experience"), ("PT", "Training before the job"), ("OJ", "Training on the job"))
_IMPORTANT = 3.0  # "Important" on O*NET's scale of importance, which runs from 1 to 5
_NAMES_AN_ITEM = 12  # technologies named in one list item: a long one would not fit a passage
_NOTICE = """\
This guide includes information from the O*NET Database by the U.S. Department of Labor, Employment and Training \
Administration (USDOL/ETA). Used under the CC BY 4.0 license (https://creativecommons.org/licenses/by/4.0/). O*NET® is a \
trademark of USDOL/ETA. The information was selected and rearranged for this guide. USDOL/ETA has not approved, endorsed, or \
tested these modifications."""

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: the guides, the optional files that were not there, and how many rows had an unknown occupation."""

    guides: tuple[Path, ...]
    missing: tuple[str, ...]
    unknown: int


@dataclass(frozen=True, slots=True)
class _Tables:
    """The database: the rows of each file, by occupation."""

    rows: Mapping[str, Mapping[str, Sequence[Record]]]
    categories: Mapping[tuple[str, str], str]

    def of(self, file: str, code: str) -> Sequence[Record]:
        return self.rows.get(file, {}).get(code, ())


def import_onet(folder: Path, into: Path) -> Imported:
    """Write a Markdown guide into a folder for each occupation of the O*NET text database in another, and report them.

    Only "Occupation Data.txt" must be there. Raises CorpusError for a missing file or column, or a value that is no number."""
    if not (folder / OCCUPATIONS).is_file():
        raise CorpusError(f"{folder} holds no {OCCUPATIONS!r}; unpack the text version of the O*NET database there.")
    present = [name for name in _COLUMNS if (folder / name).is_file()]
    read = {name: list(_rows(folder / name, _COLUMNS[name])) for name in present}
    occupations = {row[_CODE]: row for row in read.pop(OCCUPATIONS)}
    categories = {(row["Scale ID"], row["Category"]): row["Category Description"] for row in read.pop(CATEGORIES, [])}
    tables = _Tables({name: _by_code(rows) for name, rows in read.items()}, categories)
    into.mkdir(parents=True, exist_ok=True)
    guides = []
    for code, occupation in sorted(occupations.items()):
        guide = into / f"{slug(occupation['Title'])}-{slug(code)}.md"
        guide.write_text(_guide(occupation, tables), encoding="utf-8", newline="\n")
        guides.append(guide)
    unknown = sum(row[_CODE] not in occupations for rows in read.values() for row in rows)
    return Imported(tuple(guides), tuple(name for name in _COLUMNS if name not in present), unknown)


def _rows(file: Path, columns: Sequence[str]) -> Iterator[Record]:
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
        yield values | {"Task Type": row.get("Task Type") or ""}


def _by_code(rows: Sequence[Record]) -> Mapping[str, Sequence[Record]]:
    grouped: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        grouped[row[_CODE]].append(row)
    return grouped


def _guide(occupation: Record, tables: _Tables) -> str:
    """The guide of one occupation: front matter, then a section for each thing the database says about it. Its title is the
    occupation's in the singular where that is safe ("a Baker"), with the database's own among the other names."""
    code, title = occupation[_CODE], singular_title(occupation["Title"])
    alternate = dict.fromkeys(row["Alternate Title"] for row in tables.of(TITLES, code))
    aliases = [name for name in alternate if name not in (title, occupation["Title"])]
    names = [occupation["Title"], *aliases] if title != occupation["Title"] else aliases
    front = {"title": title, "source": f"https://www.onetonline.org/link/summary/{code}", "language": "en", "aliases": names}
    sections = [
        f"# {title}\n\n{occupation['Description']}",
        _section("Other job titles", [_items(aliases)]),
        _tasks(tables.of(TASKS, code)),
        _rated("Skills", tables.of(SKILLS, code)),
        _rated("Knowledge", tables.of(KNOWLEDGE, code)),
        _section("Technology skills", [_items(_technologies(tables.of(TECHNOLOGY, code)))]),
        *(_shares(heading, scale, tables.of(EDUCATION, code), tables.categories) for scale, heading in _SCALES),
        _section("Source", [_NOTICE]),
    ]
    matter = yaml.safe_dump(
        {key: value for key, value in front.items() if value}, sort_keys=False, allow_unicode=True, width=1000
    )
    return f"---\n{matter}---\n\n" + "\n\n".join(filter(None, sections)) + "\n"


def _section(heading: str, parts: Sequence[str]) -> str:
    kept = [part for part in parts if part]
    return "\n\n".join([f"## {heading}", *kept]) if kept else ""


def _items(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _tasks(rows: Sequence[Record]) -> str:
    supplemental = [row["Task"] for row in rows if row["Task Type"].lower() == "supplemental"]
    core = [row["Task"] for row in rows if row["Task Type"].lower() != "supplemental"]
    more = ["### Supplemental tasks", _items(supplemental)] if supplemental else []
    return _section("Tasks", [_items(core), *more])


def _rated(heading: str, rows: Sequence[Record]) -> str:
    """Elements rated at least "important", the most important first; O*NET gives the level of each as well, on scale LV."""
    scored = [(float(row["Data Value"]), row["Element Name"]) for row in rows if row["Scale ID"] == "IM"]
    kept = sorted((pair for pair in scored if pair[0] >= _IMPORTANT), key=lambda pair: (-pair[0], pair[1]))
    lead = "The most important first, as rated from 1 (not important) to 5 (extremely important):"
    return _section(heading, [lead, _items([f"{name}: {value:g}" for value, name in kept])]) if kept else ""


def _technologies(rows: Sequence[Record]) -> list[str]:
    kinds: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        kinds[row["Commodity Title"]][row["Example"]] = None
    return [
        f"{kind}: {', '.join(list(names)[start : start + _NAMES_AN_ITEM])}"
        for kind, names in sorted(kinds.items())
        for start in range(0, len(names), _NAMES_AN_ITEM)
    ]


def _shares(heading: str, scale: str, rows: Sequence[Record], categories: Mapping[tuple[str, str], str]) -> str:
    """What workers answered on one scale, as a table, the commonest answer first."""
    shares = [
        (float(row["Data Value"]), categories.get((scale, row["Category"]), "")) for row in rows if row["Scale ID"] == scale
    ]
    kept = sorted(((share, name) for share, name in shares if share > 0 and name), key=lambda pair: -pair[0])
    lines = [f"| {name.replace('|', '/')} | {share:g}% |" for share, name in kept]
    return _section(heading, ["\n".join(["| Level | Share of workers |", "|---|---|", *lines])]) if kept else ""
