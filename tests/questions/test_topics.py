"""The topics hold together, and an operator's synonyms go on top of the built-in ones."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.questions.topics import FACETS, PHRASES, SYNONYMS, facets_of, read_synonyms
from rag.text.words import stem


def test_every_facet_can_be_named_and_asked() -> None:
    for facet in FACETS.values():
        assert facet.ask.count("{a_role}") == 1 and facet.ask.endswith("?")
        assert facet.name and facet.name == facet.name.lower()
        assert facet.stems == frozenset(map(stem, facet.terms))


def test_phrases_and_synonyms_agree_with_the_topics() -> None:
    assert set(PHRASES.values()) <= set(FACETS)
    assert all(side == side.lower() and side.strip() == side for pair in SYNONYMS.items() for side in pair)


def test_facets_are_found_by_stem() -> None:
    assert facets_of({stem("wages")}) == facets_of(frozenset([stem("earning")])) == {"salary"}
    assert facets_of({stem("qualifications")}) == {"education", "requirements"}
    assert facets_of({stem("bread")}) == frozenset()


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
