"""Front matter of text guides."""

import pytest

from rag.errors import CorpusError
from rag.formats.frontmatter import read_front_matter


def test_known_keys_are_read_and_the_guide_begins_after_them() -> None:
    text = "---\nTitle: Baker\nsource: https://x.example.org/a\ndate: 2024-03-01\nlang: fr\nauthor: me\n---\n# Baker\n"
    meta, start = read_front_matter(text)
    assert meta == {"title": "Baker", "source": "https://x.example.org/a", "date": "2024-03-01", "language": "fr"}
    assert text[start:] == "# Baker\n"


@pytest.mark.parametrize("written", ["[bread maker, 'hand, baker']", "\n  - bread maker\n  - hand, baker"])
def test_aliases_are_one_a_line(written: str) -> None:
    assert read_front_matter(f"---\naliases: {written}\n---\n")[0] == {"aliases": "bread maker\nhand, baker"}


@pytest.mark.parametrize(
    "text", ["# Baker\n", "---\nA line of prose\n---\nmore", "---\ntitle: never closed\n", "--- title: x ---"]
)
def test_a_text_without_front_matter_begins_at_once(text: str) -> None:
    assert read_front_matter(text) == ({}, 0)


def test_broken_front_matter_names_its_line() -> None:
    with pytest.raises(CorpusError, match='not valid YAML at line 3; put a value with a colon in "quotes"'):
        read_front_matter("---\ntitle: Baker\nsource: a: b\n---\n")


def test_no_code_runs_from_front_matter() -> None:
    with pytest.raises(CorpusError, match="not valid YAML at line 2"):
        read_front_matter("---\ntitle: !!python/object/apply:os.getcwd []\n---\n")
