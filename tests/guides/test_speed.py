"""Nothing grows faster than the guide: four times the size takes at most 2.6 times 2.6 the time."""

from collections.abc import Callable

import pytest

from rag.formats.parsing import parse
from rag.guides.corpus import document_of
from rag.guides.outline import outline
from rag.guides.passages import make_passages
from tests.cpu import cpu_seconds

FLOOR = 0.2  # seconds: what takes less says nothing


def aliases(size: int) -> str:
    """An O*NET guide of many names: 107 kB at size 4."""
    names = [f"Assistant Vice President of Human Resources Number {number}" for number in range(450 * size)]
    front = "".join(f"- {name}\n" for name in names)
    return f"---\ntitle: Manager\naliases:\n{front}---\n\n# Manager\n\nManages.\n\n## Other job titles\n\n{front}"


def bare_lines(size: int) -> str:
    """Names in lines of their own, before any prose."""
    return (
        "Manager\n\n"
        + "\n\n".join(f"Vice President Number {number}" for number in range(400 * size))
        + "\n\nA Manager manages.\n"
    )


def one_line(size: int) -> str:
    """Everything in one line, with marks in it: 1.7 MB at size 4 were tried, a tenth of it is here."""
    return "Guide: " + " ".join(
        f"- **Duty {number}**: Keep the books of branch {number}, and close them. ### Pay Wages of grade {number} vary a lot."
        for number in range(400 * size)
    )


def rows(size: int) -> str:
    """A long table."""
    return "# Pay\n\n| Grade | Pay |\n|---|---|\n" + "".join(
        f"| Grade {number} | ${number}.50 |\n" for number in range(500 * size)
    )


def items(size: int) -> str:
    """A long list of sentences, the last one glued to prose."""
    listed = "".join(f"- Mix the dough of batch {number}. It rises.\n" for number in range(400 * size))
    return f"# Baker\n\nDuties:\n\n{listed[:-1]} These duties are many. They never end."


def nested(size: int) -> str:
    """A list in lists."""
    return "# Baker\n\n" + "".join(f"{'  ' * (number % 5)}- Duty number {number}\n" for number in range(500 * size))


def page(size: int) -> str:
    """A page of many small blocks."""
    cells = "".join(f"<tr><td rowspan=2>{number}</td><td>a</td></tr><tr><td>b</td></tr>" for number in range(150 * size))
    lists = "".join(f"<li><span>Duty {number}<ul><li>of hours</li></ul></span></li>" for number in range(150 * size))
    return f"<!doctype html><html><body><main><h1>Baker</h1><ul>{lists}</ul><table>{cells}</table></main></body></html>"


def glued(size: int) -> str:
    """An item that runs on and on, with a capital in every few words."""
    return f"- do the {'Work it is ' * 500 * size}.\n- mix dough\n- heat ovens\n"


def dashes(size: int) -> str:
    """Dashes that may each open an item."""
    return "A " + "– work " * 16_000 * size


def gap(size: int) -> str:
    """White space within a cell, and in HTML among the words of it."""
    space = " " * 400 * size
    return f"| a | b |\n|---|---|\n| x{space}b | c |\n\n<p>a{space}b</p>\n\nMix{space}dough.\n"


def unclosed(size: int) -> str:
    """Marks of HTML that never close."""
    return "Mix dough.\n\n" + "<![CDATA[" * 5_000 * size


def styles(size: int) -> str:
    """Style sheets that hide nothing, and never come to a rule."""
    sheets = "".join(f"<style>{mark * 5_000 * size}</style>" for mark in ("a", "@", "/*"))
    return f"<!doctype html><html><head>{sheets}</head><body><main><h1>Baker</h1><p>A Baker bakes.</p></main></body></html>"


def taken(text: str, suffix: str) -> float:
    """CPU seconds from a file's bytes to its passages."""

    def read() -> None:
        document = document_of("a", f"a{suffix}", parse(text.encode(), suffix))
        make_passages(document, outline(document), lambda words: len(words.split()))

    return cpu_seconds(read)


@pytest.mark.parametrize(
    ("shape", "suffix"),
    [
        (aliases, ".md"),
        (bare_lines, ".txt"),
        (one_line, ".txt"),
        (one_line, ".md"),
        (rows, ".md"),
        (items, ".md"),
        (items, ".txt"),
        (nested, ".md"),
        (page, ".html"),
        (glued, ".md"),
        (dashes, ".txt"),
        (gap, ".md"),
        (unclosed, ".md"),
        (styles, ".html"),
    ],
)
def test_four_times_the_guide_takes_no_more_than_seven_times_as_long(shape: Callable[[int], str], suffix: str) -> None:
    taken(shape(1), suffix)
    small, large = (min(taken(shape(size), suffix) for _ in range(3)) for size in (1, 4))
    assert large <= max(small * 2.6**2, FLOOR), f"{small:.2f} s, then {large:.2f} s"
