"""Paragraphs with known answers: read, written as guides, and measured by hand."""

import json
from pathlib import Path

import pytest

from rag.errors import JudgementError
from rag.evaluation.squad import Question, abstention, answerable, halves, holds_gold, read_squad, retrieval, write_corpus
from rag.guides.corpus import read_corpus

ARTICLES = [
    ("Stone_bridge", ["A bridge of stone stood\nhere. It fell in 1803.", "The new bridge is of steel."]),
    ("Old mill", ["The mill ground rye."]),
    ("Tide", ["The tide comes twice a day."]),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    def asked(number: int) -> list[dict[str, object]]:
        answers = [{"text": "1803", "answer_start": 3}, {"text": "1803", "answer_start": 3}]
        return [
            {"question": f" When {number}? ", "id": "a", "answers": answers, "is_impossible": False},
            {"question": f"Who {number}?", "id": "b", "answers": [], "is_impossible": True},
        ]

    data = [
        {"title": title, "paragraphs": [{"context": text, "qas": asked(number)} for number, text in enumerate(texts)]}
        for title, texts in ARTICLES
    ]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"version": "2.0", "data": data}))
    return path


def test_paragraphs_have_ids_titles_and_questions(file: Path) -> None:
    paragraphs = read_squad(file)
    assert [paragraph.id for paragraph in paragraphs] == ["stone-bridge-001", "stone-bridge-002", "old-mill-001", "tide-001"]
    assert paragraphs[0].title == "Stone bridge"
    assert paragraphs[1].questions == (
        Question("When 1?", ("1803",), "stone-bridge-002"),
        Question("Who 1?", (), "stone-bridge-002"),
    )
    assert [question.text for question in answerable(paragraphs)] == ["When 0?", "When 1?", "When 0?", "When 0?"]


def test_an_article_in_two_files_is_read_once(file: Path) -> None:
    assert len(read_squad(file, file)) == 4


def test_halves_take_turns_by_article(file: Path) -> None:
    first, second = halves(read_squad(file))
    assert {paragraph.title for paragraph in first} == {"Stone bridge", "Tide"}
    assert {paragraph.title for paragraph in second} == {"Old mill"}


def test_paragraphs_become_guides(file: Path, tmp_path: Path) -> None:
    write_corpus(read_squad(file), tmp_path / "corpus")
    documents = read_corpus(tmp_path / "corpus")
    assert [(document.id, document.title) for document in documents] == [
        ("old-mill-001", "Old mill"),
        ("stone-bridge-001", "Stone bridge"),
        ("stone-bridge-002", "Stone bridge"),
        ("tide-001", "Tide"),
    ]
    [block] = documents[1].blocks
    assert documents[1].text[block.start : block.end] == "A bridge of stone stood here. It fell in 1803."


def test_retrieval_by_hand() -> None:
    questions = [Question(f"q{rank}", ("1803",), f"d{rank}") for rank in (1, 2, 6, 11)]
    ranked = [name for number in range(1, 12) for name in (f"d{number}", f"d{number}")]  # two passages a paragraph
    found = retrieval(questions, lambda question: ranked)
    assert (found.n, found.mrr) == (4, (1 + 1 / 2 + 1 / 6) / 4)
    assert (found.recall_at_1, found.recall_at_5, found.recall_at_10) == (1 / 4, 2 / 4, 3 / 4)


def test_abstention_by_hand() -> None:
    inside, outside = [Question(text, ("a",), "d") for text in "abcd"], [Question(text, ("a",), "e") for text in "aefgh"]
    found = abstention(inside, outside, lambda question: question in "abc")
    assert (found.inside, found.inside_answered, found.outside, found.outside_answered) == (4, 3 / 4, 5, 1 / 5)


def test_holds_gold_looks_at_every_answer_and_sentence() -> None:
    assert holds_gold(["x", "The Duke of Paris"], ["london", "duke  of paris"])
    assert not holds_gold([], ["london"]) and not holds_gold(["london"], [])


@pytest.mark.parametrize("text", ["{", '{"data": 3}', '{"data": [{"title": "x"}]}'])
def test_a_file_of_another_shape_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(JudgementError, match=r"bad\.json cannot be read as SQuAD"):
        read_squad(path)
