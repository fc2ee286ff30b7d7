"""Judged questions and SQuAD questions put to real indexes."""

import json
from pathlib import Path

import pytest

from rag.cli import main
from rag.errors import JudgementError
from rag.evaluation.judgements import Evidence, Judged, read_judged
from rag.evaluation.trials import alone, each_alone, squad, trial, trials
from rag.pipeline import Pipeline
from rag.settings import Settings, read_settings
from tests.handmade import link_index

ROOT = Path(__file__).parent.parent
LIGHT = {
    "Lighthouse": [("The lamp of the lighthouse on Gull Rock was lit in 1851.", "When was the lamp on Gull Rock lit?", "1851")],
    "Rye_bread": [("Rye bread is baked for two hours in a stone oven.", "How long is rye bread baked?", "two hours")],
    "Kite": [("A kite needs wind of eight knots to fly.", "How much wind does a kite need?", "eight knots")],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    data = [
        {
            "title": title,
            "paragraphs": [
                {"context": text, "qas": [{"question": question, "answers": [{"text": answer}]}]}
                for text, question, answer in its
            ],
        }
        for title, its in LIGHT.items()
    ]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": data}))
    return path


def test_the_current_index_is_asked(pipeline: Pipeline) -> None:
    judged = [one for one in read_judged(ROOT / "judgements/career_dev.jsonl") if one.id == "c073"]
    [row] = trial(pipeline, judged)
    assert (row.answered, row.fact_recall, row.hit, row.verbatim) == (True, 1.0, True, row.quotes)


def test_a_file_is_asked_of_its_own_guide(guides_settings: Settings, tmp_path: Path) -> None:
    link_index(guides_settings.index, tmp_path / "index")  # whose embeddings are taken over
    judged = read_judged(ROOT / "judgements/paralegal.jsonl")
    found = alone(judged, [ROOT / "judgements" / "guides"], tmp_path / "corpus", tmp_path / "index")
    assert list(found.index.documents) == ["paralegal"]
    [row] = trial(found, [one for one in judged if one.id == "p012"])
    assert (row.answered, row.fact_recall, row.hit) == (True, 1.0, True)


def test_a_guide_that_is_nowhere_is_named(tmp_path: Path) -> None:
    judged = [Judged("q", "What?", "ood", False, document="none.txt")]
    with pytest.raises(JudgementError, match=r"No guide none\.txt"):
        alone(judged, [ROOT / "judgements" / "guides"], tmp_path, tmp_path)
    with pytest.raises(JudgementError, match="questions name none"):
        alone([Judged("q", "What?", "ood", False)], [ROOT / "judgements" / "guides"], tmp_path / "corpus", tmp_path)


def test_each_question_is_asked_of_the_guides_it_is_about(tmp_path: Path) -> None:
    folder = tmp_path / "guides"
    folder.mkdir()
    (folder / "keeper.md").write_text(
        "# Lamp Keeper\n\nA Lamp Keeper keeps lamps.\n\n## Pay\n\nA Lamp Keeper earns $9 an hour.\n"
    )
    (folder / "ringer.md").write_text(
        "# Bell Ringer\n\nA Bell Ringer rings bells.\n\n## Pay\n\nA Bell Ringer earns $7 an hour.\n"
    )
    (folder / "other.md").write_text("# Kite Maker\n\nA Kite Maker makes kites.\n")
    nine, seven = (Evidence("$9 an hour"),), (Evidence("$7 an hour"),)
    asked = [
        Judged("q1", "How much does a Lamp Keeper earn?", "number", True, evidence=nine, document="keeper.md"),
        Judged("q2", "How much does a Bell Ringer earn?", "number", True, evidence=seven, document="ringer.md"),
        Judged("q3", "What does a Kite Maker do?", "near_domain", False),
    ]
    keeper, ringer, nobody = each_alone(asked, [folder], tmp_path / "work")
    assert (keeper.hit, ringer.hit, nobody.answered) == (True, True, False)
    assert "$9" in keeper.text and "$7" in ringer.text


def test_sets_are_asked_of_their_corpus_and_files_of_the_current_index(settings: Settings, tmp_path: Path) -> None:
    index = tmp_path / "index"
    link_index(settings.index, index)
    (tmp_path / "lamps" / "corpus").mkdir(parents=True)
    (tmp_path / "lamps" / "corpus" / "keeper.md").write_text("# Lamp Keeper\n\nA Lamp Keeper keeps lamps in harbours.\n")
    line = {"id": "k1", "guide": "keeper.md", "question": "What does a Lamp Keeper do?", "type": "definition", "answerable": True}
    (tmp_path / "lamps" / "questions.jsonl").write_text(json.dumps(line | {"evidence": ["keeps lamps in harbours"]}))
    (tmp_path / "seed.jsonl").write_text(json.dumps(line | {"id": "s1", "answerable": False, "guide": ""}))
    found = trials([tmp_path / "lamps", tmp_path / "seed.jsonl"], [], read_settings(index=index))
    assert list(found) == ["lamps", "seed"]
    assert (found["lamps"][0].hit, found["seed"][0].answered) == (True, False)


def test_squad_paragraphs_are_found_and_other_articles_refused(file: Path, tmp_path: Path) -> None:
    found, refused = squad(file, tmp_path / "work", halve=True)
    assert (found.n, found.mrr, found.recall_at_1) == (2, 1.0, 1.0)
    assert refused is not None
    assert (refused.inside, refused.outside, refused.outside_answered) == (2, 1, 0.0)


def test_a_pool_is_searched_and_not_asked(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "pool.json"
    other.write_text(
        json.dumps({"data": [{"title": "Gulls", "paragraphs": [{"context": "Gulls nest on Gull Rock.", "qas": []}]}]})
    )
    found, refused = squad(file, tmp_path / "work", [other])
    assert (found.n, found.mrr, refused) == (3, 1.0, None)


def test_the_command_prints_the_table(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "some.jsonl").write_text("".join((ROOT / "judgements/career_dev.jsonl").read_text().splitlines(True)[:4]))
    with pytest.raises(SystemExit) as done:
        main(["evaluate", str(tmp_path / "some.jsonl"), "--index", str(settings.index)])
    assert done.value.code == 0
    assert capsys.readouterr().out.splitlines()[0].split()[:4] == ["type", "n", "ansbl", "fact"]


def test_the_command_wants_questions(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["evaluate", "--index", str(settings.index)])
    assert done.value.code == 2
    assert "--squad FILE" in capsys.readouterr().err
