"""O*NET's tables to guides."""

from pathlib import Path

import pytest

from rag.errors import CorpusError
from rag.guides.corpus import read_corpus
from rag.guides.onet import import_onet
from rag.guides.onetfiles import (
    ABILITIES,
    ACTIVITIES,
    CATEGORIES,
    COLUMNS,
    CONTEXT,
    EDUCATION,
    INTERESTS,
    KNOWLEDGE,
    OCCUPATIONS,
    RELATED,
    SKILLS,
    STYLES,
    TASKS,
    TECHNOLOGY,
    TITLES,
    TOOLS,
    VALUES,
    ZONE_MEANINGS,
    ZONES,
)

CODE = "O*NET-SOC Code"
TABLES: dict[str, list[list[str]]] = {
    OCCUPATIONS: [
        [CODE, "Title", "Description"],
        ["51-3011.00", "Bakers", 'Mix and bake ingredients to produce breads and "other" baked goods.'],
        ["11-1011.00", "Chief Executives", "Determine and formulate policies."],
    ],
    TASKS: [
        [CODE, "Task ID", "Task", "Task Type"],
        ["51-3011.00", "1", "Check equipment.", "Core"],
        ["51-3011.00", "2", "Order supplies.", "Supplemental"],
        ["99-9999.00", "3", "Nothing known.", "Core"],
    ],
    SKILLS: [
        [CODE, "Element ID", "Element Name", "Scale ID", "Data Value"],
        ["51-3011.00", "2.A", "Monitoring", "IM", "3.12"],
        ["51-3011.00", "2.B", "Speaking", "IM", "3.50"],
        ["51-3011.00", "2.B", "Speaking", "LV", "4.00"],
        ["51-3011.00", "2.C", "Programming", "IM", "1.25"],
    ],
    KNOWLEDGE: [[CODE, "Element Name", "Scale ID", "Data Value"], ["51-3011.00", "Food Production", "IM", "4"]],
    TECHNOLOGY: [
        [CODE, "Example", "Commodity Title", "Hot Technology"],
        *(["51-3011.00", f"Tool {number}", "Spreadsheet software", "N"] for number in range(1, 15)),
    ],
    TITLES: [
        [CODE, "Alternate Title", "Short Title"],
        ["51-3011.00", "Bread Maker", "n/a"],
        ["51-3011.00", "Hand, Bakery", ""],
        ["51-3011.00", "Bakers", ""],
    ],
    EDUCATION: [
        [CODE, "Element Name", "Scale ID", "Category", "Data Value"],
        ["51-3011.00", "Required Level of Education", "RL", "1", "21.5"],
        ["51-3011.00", "Required Level of Education", "RL", "2", "70.25"],
        ["51-3011.00", "Required Level of Education", "RL", "3", "0"],
    ],
    CATEGORIES: [
        ["Element ID", "Element Name", "Scale ID", "Category", "Category Description"],
        ["2.D.1", "Required Level of Education", "RL", "1", "Less than a High School Diploma"],
        ["2.D.1", "Required Level of Education", "RL", "2", "High School Diploma"],
        ["2.D.1", "Required Level of Education", "RL", "3", "Some College Courses"],
    ],
}


def write(folder: Path, tables: dict[str, list[list[str]]]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        (folder / name).write_text("\r\n".join("\t".join(row) for row in rows) + "\r\n", newline="")
    return folder


def test_each_occupation_is_one_guide(tmp_path: Path) -> None:
    report = import_onet(write(tmp_path / "onet", TABLES), tmp_path / "corpus")
    assert [guide.name for guide in report.guides] == ["chief-executives-11-1011-00.md", "bakers-51-3011-00.md"]
    assert report.missing == (TOOLS, ZONES, ZONE_MEANINGS, ACTIVITIES, ABILITIES, STYLES, INTERESTS, VALUES, CONTEXT, RELATED)
    assert (report.unknown, report.unread) == (1, ())
    text = report.guides[1].read_text()
    assert text.startswith(
        "---\ntitle: Baker\nsource: https://www.onetonline.org/link/summary/51-3011.00\nlanguage: en\n"
        "careers:\n- Baker\naliases:\n- Bakers\n- Bread Maker\n- Hand, Bakery\n---\n\n"
        "# Baker\n\nMix and bake ingredients to produce breads and"
        ' "other" baked goods.\n\n## Other job titles\n\n- Bread Maker\n- Hand, Bakery\n\n'
        "## Tasks\n\n- Check equipment.\n\n### Supplemental tasks\n\n- Order supplies.\n"
    )
    assert "- Speaking: 3.5\n- Monitoring: 3.12\n\n## Knowledge" in text
    assert "Programming" not in text
    assert "- Spreadsheet software: Tool 1, Tool 2" in text
    assert "Tool 12\n- Spreadsheet software: Tool 13, Tool 14\n" in text
    assert (
        "Asked for the level of education that the job requires, 70.25% of workers, the most, said: High School Diploma.\n"
        in text
    )
    assert "| High School Diploma | 70.25% |\n| Less than a High School Diploma | 21.5% |\n\n## Source" in text
    assert "CC BY 4.0 license" in text


def test_the_guides_read_back_with_title_aliases_and_source(tmp_path: Path) -> None:
    import_onet(write(tmp_path / "onet", TABLES), tmp_path / "corpus")
    baker = read_corpus(tmp_path / "corpus")[0]
    assert (baker.id, baker.title, baker.aliases) == ("bakers-51-3011-00", "Baker", ("Bakers", "Bread Maker", "Hand, Bakery"))
    assert baker.source_url == "https://www.onetonline.org/link/summary/51-3011.00"
    rows = [baker.text[block.start : block.end] for block in baker.blocks if block.kind == "row"]
    assert rows == [
        "What workers said | Share of workers",
        "High School Diploma | 70.25%",
        "Less than a High School Diploma | 21.5%",
    ]


def test_what_else_the_database_has_is_read_and_the_rest_is_named(tmp_path: Path) -> None:
    def rated(*rows: tuple[str, str, str]) -> list[list[str]]:
        return [[CODE, "Element Name", "Scale ID", "Data Value"], *(["51-3011.00", *row] for row in rows)]

    more = {
        TOOLS: [[CODE, "Example", "Commodity Title"], ["51-3011.00", "Deck ovens", "Bakery ovens"]],
        ZONES: [[CODE, "Job Zone"], ["51-3011.00", "2"], ["11-1011.00", "5"]],
        ZONE_MEANINGS: [
            ["Job Zone", "Name", "Experience", "Education", "Job Training"],
            ["2", "Job Zone Two: Some Preparation Needed", "Some experience is needed.", "A diploma.", "A few months."],
        ],
        ACTIVITIES: rated(("Handling Objects", "IM", "4.5"), ("Handling Objects", "LV", "5"), ("Thinking", "IM", "2")),
        ABILITIES: rated(("Arm Strength", "IM", "3.6")),
        STYLES: rated(("Dependability", "IM", "4.4")),
        INTERESTS: rated(("Realistic", "OI", "6.33"), ("Artistic", "OI", "2")),
        VALUES: rated(("Support", "EX", "5")),
        CONTEXT: rated(("Spend Time Standing", "CX", "4.9"), ("Spend Time Standing", "CXP", "90")),
        RELATED: [[CODE, "Related O*NET-SOC Code"], ["51-3011.00", "11-1011.00"], ["51-3011.00", "99-9999.00"]],
        "Emerging Tasks.txt": [[CODE, "Task"]],
    }
    report = import_onet(write(tmp_path / "onet", TABLES | more), tmp_path / "corpus")
    assert (report.missing, report.unread) == ((), ("Emerging Tasks.txt",))
    text = report.guides[1].read_text()
    assert "## Tools used\n\n- Bakery ovens: Deck ovens\n" in text
    assert "Job Zone Two: Some Preparation Needed.\n\n- Education: A diploma.\n- Experience: Some experience is needed.\n" in text
    assert "5 (extremely important):\n\n- Handling Objects: 4.5\n\n## Work styles\n" in text
    assert "## Abilities" in text
    assert "- Realistic: 6.33\n\n## Work values" in text
    assert "- Spend Time Standing: 4.9\n\n## Tools" in text
    assert "## Related occupations\n\n- Chief Executive\n\n## Source" in text
    assert "Job Zone 5 of 5" in report.guides[0].read_text()


def test_only_the_occupations_are_needed(tmp_path: Path) -> None:
    report = import_onet(write(tmp_path / "onet", {OCCUPATIONS: TABLES[OCCUPATIONS]}), tmp_path / "corpus")
    assert report.missing == tuple(name for name in COLUMNS if name != OCCUPATIONS)
    assert report.guides[0].read_text().startswith("---\ntitle: Chief Executive\n")
    assert "## Tasks" not in report.guides[0].read_text()


@pytest.mark.parametrize(
    ("name", "rows", "message"),
    [
        (TASKS, [[CODE, "Statement"]], r"Task Statements\.txt lacks the column Task; it has O\*NET-SOC Code, Statement"),
        (SKILLS, [], r"Skills\.txt lacks the column O\*NET-SOC Code, .*; it has none"),
        (TITLES, [[CODE, "Alternate Title"], ["51-3011.00"]], r"Alternate Titles\.txt line 2 has no Alternate Title"),
        (KNOWLEDGE, [TABLES[KNOWLEDGE][0], ["51-3011.00", "Food", "IM", "much"]], r"line 2: Data Value 'much' is not a number"),
    ],
)
def test_bad_tables_are_named(tmp_path: Path, name: str, rows: list[list[str]], message: str) -> None:
    folder = write(tmp_path / "onet", TABLES | {name: rows})
    with pytest.raises(CorpusError, match=message):
        import_onet(folder, tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


def test_a_folder_without_occupations_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"holds no 'Occupation Data\.txt'; unpack the text version"):
        import_onet(tmp_path, tmp_path / "corpus")
