"""The topics hold together, and an operator's synonyms go on top of the built-in ones."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.questions.topics import ASKING, SYNONYMS, TOPICS, read_synonyms, topics_of
from rag.text.words import stem, stems


def test_every_topic_can_be_named_and_asked() -> None:
    for key, topic in TOPICS.items():
        assert topic.id == key and topic.terms
        assert topic.ask.count("{a_role}") == 1 and topic.ask.endswith("?")
        assert topic.name and topic.name == topic.name.lower()
        assert topic.terms <= ASKING


def test_a_question_for_a_topic_is_about_it() -> None:
    named = {key: topics_of(stems(topic.ask.replace("{a_role}", ""))) for key, topic in TOPICS.items()}
    missed = {key for key, found in named.items() if key not in found}
    assert missed == {"location"}  # "Where does a Baker find work?" is asked in no word of its own


def test_short_forms_are_written_small() -> None:
    assert all(side == side.lower() == side.strip() != "" for pair in SYNONYMS.items() for side in pair)


def test_topics_are_found_by_stem() -> None:
    assert topics_of([stem("wages")]) == topics_of(frozenset([stem("earning")])) == {"salary"}
    assert topics_of([stem("qualifications"), stem("hours")]) == {"education", "hours"}
    assert topics_of([stem("bread")]) == topics_of([]) == frozenset()


def test_an_operator_adds_and_overrides(tmp_path: Path) -> None:
    file = tmp_path / "synonyms.txt"
    file.write_text("# ours\n\nBreadsmith = Baker  # old word\nml = machine language\n", encoding="utf-8")
    read = read_synonyms(file)
    assert (read["breadsmith"], read["ml"]) == ("baker", "machine language")
    assert read == SYNONYMS | {"breadsmith": "baker", "ml": "machine language"}


def test_without_a_file_the_built_in_ones_are_used() -> None:
    assert read_synonyms(None) == SYNONYMS


@pytest.mark.parametrize("line", ["breadsmith baker", "= baker", "breadsmith ="])
def test_a_line_that_is_no_synonym_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "synonyms.txt"
    file.write_text(f"# ours\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"synonyms\.txt, line 2: write `phrase = other phrase`\.$"):
        read_synonyms(file)


@pytest.mark.parametrize("content", [None, b"caf\xe9 = coffee"])
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "synonyms.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"synonyms\.txt cannot be read: .* Fix it or unset VERBATIM_SYNONYMS\.$"):
        read_synonyms(file)
