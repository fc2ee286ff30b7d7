"""The O*NET text database to one Markdown guide an occupation."""

from dataclasses import dataclass
from pathlib import Path

from rag.errors import CorpusError
from rag.guides import onetfiles as files
from rag.guides.onetguide import written
from rag.text.cleaning import slug
from rag.text.roles import singular_title


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: the guides, the optional files that were not there, those that were and are not read, and how many
    rows had an unknown occupation."""

    guides: tuple[Path, ...]
    missing: tuple[str, ...]
    unknown: int
    unread: tuple[str, ...] = ()


def import_onet(folder: Path, into: Path) -> Imported:
    """Write a Markdown guide into a folder for each occupation of the O*NET text database in another, and report them.

    Only "Occupation Data.txt" must be there. Raises CorpusError for a missing file or column, or a value that is no number."""
    if not (folder / files.OCCUPATIONS).is_file():
        raise CorpusError(f"{folder} holds no {files.OCCUPATIONS!r}; unpack the text version of the O*NET database there.")
    present = [name for name in files.COLUMNS if (folder / name).is_file() and (folder / name).stat().st_size]
    read = {name: list(files.rows_of(folder / name, files.COLUMNS[name])) for name in present}
    occupations = {row[files.CODE]: row for row in read.pop(files.OCCUPATIONS)}
    categories = {(row["Scale ID"], row["Category"]): row["Category Description"] for row in read.pop(files.CATEGORIES, [])}
    zones = {row["Job Zone"]: row for row in read.pop(files.ZONE_MEANINGS, [])}
    titles = {code: singular_title(row["Title"]) for code, row in occupations.items()}
    tables = files.Tables({name: files.by_code(rows) for name, rows in read.items()}, categories, zones, titles)
    into.mkdir(parents=True, exist_ok=True)
    guides = []
    for code, occupation in sorted(occupations.items()):
        guide = into / f"{slug(occupation['Title'])}-{slug(code)}.md"
        guide.write_text(written(occupation, tables), encoding="utf-8", newline="\n")
        guides.append(guide)
    unknown = sum(row[files.CODE] not in occupations for rows in read.values() for row in rows)
    unread = sorted(file.name for file in folder.glob("*.txt") if file.name not in files.COLUMNS)
    return Imported(tuple(guides), tuple(name for name in files.COLUMNS if name not in present), unknown, tuple(unread))
