import pytest

from rag.datatypes import Block, Document, Passage
from rag.errors import CorpusError
from rag.guides.coverage import coverage, covered
from tests.handmade import BAKER, document, plan


def test_every_character_of_a_guide_is_accounted_for() -> None:
    file = plan({"baker.md": "---\ntitle: Baker\n---\n" + BAKER}).corpus[0]
    assert (file.path, file.passages, file.share) == ("baker.md", 2, 1.0)
    assert file.characters == file.covered == len(BAKER) + 21


def test_markers_and_marks_count_and_lost_words_do_not() -> None:
    text = "Steps\n\n1. Knead the dough\n\nlost words\n***\n"
    blocks = (Block("heading", 0, 5), Block("item", 10, 25, marker="1."))
    made = Document("a", "a.txt", "", text, "", blocks)
    assert covered(made) == len(text) - len("lostwords")


def test_a_guide_that_would_lose_text_is_named() -> None:
    text = "word " * 50
    passage = Passage("a/1", "a", None, ("A",), 0, 0, 0, 200, ())
    made = Document("a", "a.txt", "", text, "", (Block("paragraph", 0, 200),))
    with pytest.raises(CorpusError, match=r"a\.txt \(210 of 250 characters in blocks, 84\.0%\)"):
        coverage([made], [passage])


def test_a_guide_without_a_passage_is_named() -> None:
    with pytest.raises(CorpusError, match=r"only\.md \(no passage\)"):
        coverage([document("only.md", "# Only a title\n")], [])
