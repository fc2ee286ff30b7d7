"""The words that the service says itself are in one file, all of them are said, and each message fits the guides asked."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.answers import wording
from rag.questions.scope import Scope

FOLDER = Path(wording.__file__).parent
HELD = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))
SAID = re.compile(r"\bsay\(\s*\"(\w+)\", \"(\w+)\"")
SAID_OF = re.compile(r"\bsay_of\(scope, \"(\w+)\"")
CHOSEN = re.compile(r"\bsay\(\"(\w+)\", (?:\"(\w+)\" if .*? else \"(\w+)\"|kind)")


def said() -> Iterator[tuple[str, str | None]]:
    """The section and the name of each message that is said, None for a name that depends on what is told."""
    for path in FOLDER.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        yield from ((match[1], match[2]) for match in SAID.finditer(source))
        yield from ((section, None) for section in SAID_OF.findall(source))
        for match in CHOSEN.finditer(source):
            yield from ((match[1], name) for name in match.groups()[1:] if name or not match[2])


def scope(count: int, chosen: bool) -> Scope:
    return Scope(frozenset(map(str, range(count))) if chosen else None, count, (), None)


def test_all_that_is_said_is_held_and_all_that_is_held_is_said() -> None:
    used = set(said())
    whole = {section for section, name in used if name is None}
    named = {(section, name) for section, name in used if name is not None}
    assert {section for section, _ in used} == set(HELD)
    assert named <= {(section, name) for section, its in HELD.items() for name in its}
    assert {(section, name) for section, its in HELD.items() if section not in whole for name in its} <= named


def test_what_is_said_stands_in_no_code() -> None:
    for path in FOLDER.glob("*.py"):
        code = re.sub(r'"""(?s:.*?)"""|#.*', "", path.read_text(encoding="utf-8"))
        assert [text for text in re.findall(r'"([^"\n]*)"', code) if re.search(r"[A-Z][a-z]+ [a-z]+ ", text)] in (
            [],
            ["How does {held.role} differ from {one.role}?"],  # a question that is offered, and read when it is asked
        ), path.name


@pytest.mark.parametrize(
    ("count", "chosen", "told"),
    [
        (1, True, "Nothing in this guide answers this."),
        (2, True, "Nothing in these 2 guides answers this."),
        (1, False, "Nothing in the guide answers this."),
        (6, False, "Nothing in the 6 guides answers this."),
    ],
)
def test_a_message_fits_the_guides_asked(count: int, chosen: bool, told: str) -> None:
    assert wording.say_of(scope(count, chosen), "far", n=count) == told


@pytest.mark.parametrize(
    ("names", "told"),
    [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), (list("abcde"), "a, b, c and 2 more")],
)
def test_names_are_told_up_to_a_number(names: list[str], told: str) -> None:
    assert wording.counted(names, 3) == told


def test_a_form_that_is_not_held_is_said_as_of_all() -> None:
    assert wording.say_of(scope(2, True), "careers", careers="a") == wording.say_of(scope(1, False), "careers", careers="a")
    with pytest.raises(KeyError):
        wording.say("careers", "none")
