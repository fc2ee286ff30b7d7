"""No guide makes its pages take more than in proportion: CPU time from 50 kB to 400 kB of hostile text, by shape.

An eight times longer text may take 2.6 ** 3 times as long; where all of it takes under a fifth of a second, noise is not counted,
and neither is what threads of other tests do meanwhile.
"""

import hashlib
from collections.abc import Callable
from functools import partial

import pytest

from rag.datatypes import Block, Document, Group, Outline, Section
from rag.text.sentences import sentences
from tests.cpu import cpu_seconds
from web.addresses import Mark
from web.page.assets import render
from web.page.source import excerpt, whole

SMALL, LARGE, MOST, NOISE = 50_000, 400_000, 2.6**3, 0.2
# What is said again and again until the text is long enough: marks that are never closed, that close at once, that nest, runs.
_SHAPES = r"""
**a_ **a** *a_ _a_ __a_ `a_ [a](b []( [ <https://a < \! . ._ ." e.g._ a a_ |_ ( [a](b_"c_ 1._
**a_[b](c_*d_`e ***a_ # 。_ \n \r a\u0301 QUJD _`
"""
SHAPES = _SHAPES.split()


def text_of(shape: str, size: int) -> str:
    unit = shape.replace("_", " ").replace(r"\n", "\n").replace(r"\r", "\r").replace(r"\u0301", "\u0301")
    return "x" + (unit * (size // len(unit) + 1))[: size - 2] + "x"


def paragraph(text: str) -> list[Block]:
    return [Block("paragraph", 0, len(text))]


def rows(text: str) -> list[Block]:
    return [Block("row", at, min(at + 200, len(text))) for at in range(0, len(text), 200)]


def items(text: str) -> list[Block]:
    return [Block("item", at, min(at + 40, len(text)), level=number % 400) for number, at in enumerate(range(0, len(text), 40))]


def seconds(text: str, blocks: list[Block], suffix: str) -> float:
    """CPU time of the guide's page and of the panel, with a mark in the middle of the guide."""
    document = Document("guide", f"guide{suffix}", "Guide", text, hashlib.sha256(text.encode()).hexdigest(), tuple(blocks))
    outline = Outline("Guide", (), (Section(("Guide", "Work"), None, None, (Group(tuple(blocks)),)),))
    mark = Mark(1, len(text) // 2, len(text) // 2 + 40)

    def draw() -> None:
        render("_text.html", {"elements": whole(document, outline, [mark])[0]})
        render("excerpt.html", {"document": document, "excerpt": excerpt(document, outline, mark)})

    return cpu_seconds(draw)


@pytest.mark.parametrize("shape", SHAPES)
def test_marks_of_one_paragraph(shape: str) -> None:
    small, large = (seconds(text, paragraph(text), ".md") for text in (text_of(shape, SMALL), text_of(shape, LARGE)))
    assert large < max(NOISE, MOST * small)


@pytest.mark.parametrize("blocks", [rows, items])
@pytest.mark.parametrize("shape", ["**a_", "aaaa|aaaa_", "a_"])
def test_rows_and_items(shape: str, blocks: Callable[[str], list[Block]]) -> None:
    small, large = (seconds(text, blocks(text), ".md") for text in (text_of(shape, SMALL), text_of(shape, LARGE)))
    assert large < max(NOISE, MOST * small)


def test_equal_headings() -> None:
    def took(count: int) -> float:
        text = "Pay\nMuch.\n" * count
        sections = [
            Section(("Guide", "Pay"), None, Block("heading", at, at + 3, 2), (Group((Block("paragraph", at + 4, at + 9),)),))
            for at in range(0, len(text), 10)
        ]
        document, outline = Document("guide", "guide.md", "Guide", text, "0" * 64), Outline("Guide", (), tuple(sections))
        return cpu_seconds(lambda: render("_text.html", {"elements": whole(document, outline, [])[0]}))

    assert took(20_000) < max(NOISE, MOST * took(2_500))


@pytest.mark.parametrize("shape", [".", "._", "a._", '."', "e.g._", "!", "。", r".\n"])
def test_sentences(shape: str) -> None:
    small, large = (cpu_seconds(partial(sentences, text_of(shape, size))) for size in (SMALL, LARGE))
    assert large < max(NOISE, MOST * small)
