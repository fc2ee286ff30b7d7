"""An occupation of the O*NET database to its guide: front matter, then a section for each thing the database says of it."""

from collections import defaultdict
from collections.abc import Sequence

import yaml

from rag.guides import onetfiles as files
from rag.guides.onetfiles import Record, Tables

_IMPORTANT = 3.0  # "Important" on O*NET's scale of importance, which runs from 1 to 5
_MARKED = 4.0  # the upper part of the scales of interests and values (1 to 7) and of work context (1 to 5)
_NAMES_AN_ITEM = 12  # technologies named in one list item: a long one would not fit a passage
_RELATED = 10  # occupations named as related: O*NET gives the nearest first
_FEW = 5.0  # per cent: a rarer answer of workers says nothing of the occupation
_IMPORTANCE = "The most important first, as rated from 1 (not important) to 5 (extremely important):"
_STRENGTH = "The strongest first, as rated from 1 to 7:"
_OFTEN = "What marks the work most, as rated by workers from 1 (never, or not at all) to 5 (every day, or extremely):"
_RATINGS = (
    ("Skills", files.SKILLS, "IM", _IMPORTANT, _IMPORTANCE),
    ("Knowledge", files.KNOWLEDGE, "IM", _IMPORTANT, _IMPORTANCE),
    ("Abilities", files.ABILITIES, "IM", _IMPORTANT, _IMPORTANCE),
    ("Work activities", files.ACTIVITIES, "IM", _IMPORTANT, _IMPORTANCE),
    ("Work styles", files.STYLES, "IM", _IMPORTANT, _IMPORTANCE),
    ("Interests", files.INTERESTS, "OI", _MARKED, _STRENGTH),
    ("Work values", files.VALUES, "EX", _MARKED, _STRENGTH),
    ("Working conditions", files.CONTEXT, "CX", _MARKED, _OFTEN),
)
_SCALES = (
    ("RL", "Education", "the level of education that the job requires"),
    ("RW", "Work experience", "the related work experience that the job requires"),
    ("PT", "Training before the job", "the training at a workplace that the job requires before it"),
    ("OJ", "Training on the job", "the training on the job that it requires"),
)
_ZONE = (("Education", "Education"), ("Experience", "Experience"), ("Training", "Job Training"))
_NOTICE = """\
This guide includes information from the O*NET Database by the U.S. Department of Labor, Employment and Training \
Administration (USDOL/ETA). Used under the CC BY 4.0 license (https://creativecommons.org/licenses/by/4.0/). O*NET® is a \
trademark of USDOL/ETA. The information was selected and rearranged for this guide. USDOL/ETA has not approved, endorsed, or \
tested these modifications."""


def written(occupation: Record, tables: Tables) -> str:
    """The guide of one occupation. Its title is the occupation's in the singular where that is safe ("a Baker"), with the
    database's own among the other names."""
    code = occupation[files.CODE]
    title = tables.titles[code]
    alternate = dict.fromkeys(row["Alternate Title"] for row in tables.of(files.TITLES, code))
    aliases = [name for name in alternate if name not in (title, occupation["Title"])]
    names = [occupation["Title"], *aliases] if title != occupation["Title"] else aliases
    source = f"https://www.onetonline.org/link/summary/{code}"
    front = {"title": title, "source": source, "language": "en", "careers": [title], "aliases": names}
    related = [tables.titles.get(row["Related O*NET-SOC Code"], "") for row in tables.of(files.RELATED, code)]
    sections = [
        f"# {title}\n\n{occupation['Description']}",
        _section("Other job titles", [_items(aliases)]),
        _tasks(tables.of(files.TASKS, code)),
        *(_rated(heading, tables.of(file, code), scale, least, lead) for heading, file, scale, least, lead in _RATINGS),
        _section("Tools used", [_items(_technologies(tables.of(files.TOOLS, code)))]),
        _section("Technology skills", [_items(_technologies(tables.of(files.TECHNOLOGY, code)))]),
        *(_preparation(tables.zones.get(row["Job Zone"]), row["Job Zone"]) for row in tables.of(files.ZONES, code)),
        *(_shares(heading, asked, scale, tables.of(files.EDUCATION, code), tables) for scale, heading, asked in _SCALES),
        _section("Related occupations", [_items(list(filter(None, related))[:_RELATED])]),
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


def _rated(heading: str, rows: Sequence[Record], scale: str, least: float, lead: str) -> str:
    """Elements rated at least so high on a scale, the highest first; O*NET gives the level of some as well, on scale LV."""
    scored = [(float(row["Data Value"]), row["Element Name"]) for row in rows if row["Scale ID"] == scale]
    kept = sorted((pair for pair in scored if pair[0] >= least), key=lambda pair: (-pair[0], pair[1]))
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


def _preparation(zone: Record | None, number: str) -> str:
    """What an occupation's job zone means, else its number on the scale."""
    if zone is None:
        return _section(
            "Preparation needed", [f"Job Zone {number} of 5, from 1 (little preparation) to 5 (extensive preparation)."]
        )
    return _section("Preparation needed", [f"{zone['Name']}.", _items([f"{name}: {zone[key]}" for name, key in _ZONE])])


def _shares(heading: str, asked: str, scale: str, rows: Sequence[Record], tables: Tables) -> str:
    """What workers answered on one scale: the commonest answer in a sentence, then all that are not rare, as a table."""
    shares = [
        (float(row["Data Value"]), tables.categories.get((scale, row["Category"]), ""))
        for row in rows
        if row["Scale ID"] == scale
    ]
    kept = sorted(((share, name) for share, name in shares if share >= _FEW and name), key=lambda pair: -pair[0])
    if not kept:
        return ""
    most = f"Asked for {asked}, {kept[0][0]:g}% of workers, the most, said: {kept[0][1].rstrip('.')}."
    lines = [f"| {name.replace('|', '/')} | {share:g}% |" for share, name in kept]
    return _section(heading, [most, "\n".join(["| What workers said | Share of workers |", "|---|---|", *lines])])
