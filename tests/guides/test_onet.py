"""O*NET's tables to guides."""

from pathlib import Path

import pytest

from rag.errors import CorpusError
from rag.guides.corpus import read_corpus
from rag.guides.onet import CATEGORIES, EDUCATION, KNOWLEDGE, OCCUPATIONS, SKILLS, TASKS, TECHNOLOGY, TITLES, import_onet

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
    assert (report.missing, report.unknown) == ((), 1)
    text = report.guides[1].read_text()
    assert text.startswith(
        "---\ntitle: Baker\nsource: https://www.onetonline.org/link/summary/51-3011.00\nlanguage: en\n"
        "aliases:\n- Bakers\n- Bread Maker\n- Hand, Bakery\n---\n\n# Baker\n\nMix and bake ingredients to produce breads and"
        ' "other" baked goods.\n\n## Other job titles\n\n- Bread Maker\n- Hand, Bakery\n\n'
        "## Tasks\n\n- Check equipment.\n\n### Supplemental tasks\n\n- Order supplies.\n"
    )
    assert "- Speaking: 3.5\n- Monitoring: 3.12\n\n## Knowledge" in text
    assert "Programming" not in text
    assert "- Spreadsheet software: Tool 1, Tool 2" in text
    assert "Tool 12\n- Spreadsheet software: Tool 13, Tool 14\n" in text
    assert "| High School Diploma | 70.25% |\n| Less than a High School Diploma | 21.5% |\n\n## Source" in text
    assert "CC BY 4.0 license" in text


def test_the_guides_read_back_with_title_aliases_and_source(tmp_path: Path) -> None:
    import_onet(write(tmp_path / "onet", TABLES), tmp_path / "corpus")
    baker = read_corpus(tmp_path / "corpus")[0]
    assert (baker.id, baker.title, baker.aliases) == ("bakers-51-3011-00", "Baker", ("Bakers", "Bread Maker", "Hand, Bakery"))
    assert baker.source_url == "https://www.onetonline.org/link/summary/51-3011.00"
    rows = [baker.text[block.start : block.end] for block in baker.blocks if block.kind == "row"]
    assert rows == ["Level | Share of workers", "High School Diploma | 70.25%", "Less than a High School Diploma | 21.5%"]


def test_only_the_occupations_are_needed(tmp_path: Path) -> None:
    report = import_onet(write(tmp_path / "onet", {OCCUPATIONS: TABLES[OCCUPATIONS]}), tmp_path / "corpus")
    assert report.missing == (TASKS, SKILLS, KNOWLEDGE, TECHNOLOGY, TITLES, EDUCATION, CATEGORIES)
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
