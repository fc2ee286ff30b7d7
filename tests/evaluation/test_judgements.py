"""Judged questions: read, and tied to the guides."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from rag.datatypes import Document
from rag.errors import JudgementError
from rag.evaluation.judgements import Evidence, Judged, locate, read_judged, spans
from rag.guides.corpus import read_corpus
from rag.reply import Turn

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "judgements").glob("*.jsonl"))
SETS = sorted(path for path in (ROOT / "judgements" / "sets").rglob("*.jsonl"))
LOST = {"a336", "a349", "v-vet-nurse-careers-page-04"}  # about the comments below a page, which its parser leaves out
TEXT = "Pay: $10 an hour.\n- Flour\n- Water\nPay: $10 an hour."


@pytest.fixture(scope="module")
def guides() -> dict[str, Document]:
    folders = (ROOT / "judgements" / "guides", ROOT.parent / "corpus", *(ROOT / "judgements" / "sets").glob("*/corpus"))
    return {Path(document.path).name: document for folder in folders for document in read_corpus(folder)}


def guide(text: str = TEXT) -> dict[str, Document]:
    return {"baker.txt": Document("baker", "baker.txt", "", text, "")}


def judged(*evidence: Evidence, any_of: bool = False, document: str = "baker.txt") -> Judged:
    return Judged("q1", "How much?", "number", bool(evidence), evidence=evidence, any_of=any_of, document=document)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_guides_hold_the_evidence(file: Path, guides: dict[str, Document]) -> None:
    for question in locate(read_judged(file), guides):
        text = guides[question.document].text if question.evidence else ""
        for piece in question.evidence + question.related:
            assert text[piece.start : piece.end].split()[0] == piece.text.split()[0]


@pytest.mark.parametrize("file", SETS, ids=lambda file: file.relative_to(ROOT / "judgements" / "sets").as_posix())
def test_the_guides_hold_the_evidence_of_the_sets(file: Path, guides: dict[str, Document]) -> None:
    questions = locate(read_judged(file), guides)
    assert {one.id for one in questions if any(piece.lost for piece in one.evidence)} <= LOST
    assert len({one.id for one in questions}) == len(questions)
    for one in questions:
        assert all(any(fact in piece.text for piece in one.evidence) for fact in one.must_contain), one.id


def test_of_what_is_related_little_is_left_out_by_parsers(guides: dict[str, Document]) -> None:
    related = [piece for file in SETS for one in locate(read_judged(file), guides) for piece in one.related]
    assert sum(piece.lost for piece in related) < 0.01 * len(related)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_file_holds_all_types_and_enough_that_cannot_be_answered(file: Path) -> None:
    questions = read_judged(file)
    types = Counter(question.type for question in questions)
    assert min(types.values()) >= 1 and len(types) == 12
    assert len({question.id for question in questions}) == len(questions)
    assert 0.28 <= sum(not question.answerable for question in questions) / len(questions) <= 0.5


def test_offsets_that_hold_are_kept() -> None:
    [found] = locate([judged(Evidence("Pay: $10 an hour.", 34, 51))], guide())
    assert (found.evidence[0].start, found.evidence[0].end) == (34, 51)


def test_evidence_is_found_by_its_words() -> None:
    [found] = locate([judged(Evidence("Flour Water"))], guide())
    assert TEXT[found.evidence[0].start : found.evidence[0].end] == "Flour\n- Water"


def test_evidence_glued_to_a_heading_is_found() -> None:
    [found] = locate([judged(Evidence("Pay: $10"))], guide("Bakers earnPay: $10an hour"))
    assert (found.evidence[0].start, found.evidence[0].end) == (11, 19)


def test_evidence_that_the_text_has_lost_stays_without_offsets() -> None:
    [found] = locate([judged(Evidence("Sugar"), Evidence("Flour"))], guide())
    assert [piece.lost for piece in found.evidence] == [True, False]


def test_evidence_may_lie_in_another_guide_than_the_question_is_about() -> None:
    guides = guide() | {"miller.txt": Document("miller", "miller.txt", "", "Rye.\nFlour.", "")}
    [found] = locate([judged(Evidence("Flour"), Evidence("Flour", guide="miller.txt"))], guides)
    assert spans(found.evidence) == (("baker.txt", 20, 25), ("miller.txt", 5, 10))
    assert found.guides == {"baker.txt", "miller.txt"}


def test_a_file_that_names_no_guide_gets_the_one_its_offsets_fit() -> None:
    [found] = locate([judged(Evidence("Flour", 20, 25), document="")], {"other.txt": guide("x" * 99)["baker.txt"]} | guide())
    assert found.document == "baker.txt"


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (judged(Evidence("Flour"), document=""), "no guide that holds its evidence"),
        (judged(Evidence("Flour"), document="smith.txt"), "add that guide"),
        (Judged("q1", "How?", "number", True), "disagree"),
    ],
)
def test_a_judgement_that_cannot_hold_is_refused(question: Judged, message: str) -> None:
    with pytest.raises(JudgementError, match=message):
        locate([question], guide())


def test_alternatives_and_groups() -> None:
    a, b, c = Evidence("a", 0, 1, guide="x"), Evidence("b", 2, 3, guide="x"), Evidence("c", 4, 5, guide="y")
    assert judged(a, b).needed == [(("x", 0, 1),), (("x", 2, 3),)]
    assert judged(a, b, any_of=True).needed == [(("x", 0, 1), ("x", 2, 3))]
    grouped = [replace(piece, group=group) for piece, group in ((a, 0), (b, 1), (c, 0))]
    assert judged(*grouped).needed == [(("x", 0, 1), ("y", 4, 5)), (("x", 2, 3),)]
    assert judged().needed == []


def test_a_file_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(
        '\n{"id": "q1", "question": "And?", "type": "followup", "career": null, "answerable": false, "evidence": [],'
        ' "must_contain": [], "any_of": false, "history": [{"question": "Who?"}], "related": [], "notes": "n"}\n'
    )
    assert read_judged(file) == [Judged("q1", "And?", "followup", False, history=(Turn("Who?"),), notes="n")]


def test_evidence_may_be_strings_of_the_guide_or_of_another(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(
        '{"id": "q1", "guide": "baker.txt", "question": "Who?", "type": "list", "answerable": true, "history": [], "evidence":'
        ' ["Flour", {"guide": "miller.txt", "text": "Rye"}], "any_of": true,'
        ' "must_contain": ["Rye"], "related": ["Oats"], "why": "w"}'
    )
    [found] = read_judged(file)
    assert found.evidence == (Evidence("Flour", guide="baker.txt"), Evidence("Rye", guide="miller.txt"))
    assert found.related == (Evidence("Oats", guide="baker.txt"),)
    assert (found.document, found.notes, found.any_of, found.careers_judged) == ("baker.txt", "w", True, False)


@pytest.mark.parametrize(("text", "message"), [("{", "line 1"), ('{"id": "q1"}', "line 1"), ("[]", "line 1"), ("\n", "holds no")])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(text)
    with pytest.raises(JudgementError, match=message):
        read_judged(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(JudgementError, match=r"none\.jsonl cannot be read"):
        read_judged(tmp_path / "none.jsonl")
