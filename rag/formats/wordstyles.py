"""What a paragraph of Word and its runs are: the text itself says so, its style, or a style that one is based on."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from docx.oxml.ns import qn

from rag.formats.manuscript import raised
from rag.formats.wordnumbers import value

FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # says again what stands beside it
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"toc (?:\d|heading)|table of (?:figures|authorities)|index \d", re.IGNORECASE)
_DEEPEST = 20  # styles of which each is based on the next: files that people have come to five, a hostile one to any number
_OFF = frozenset(("0", "false", "off"))
_UNSEEN = frozenset(
    (
        *map(qn, ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:txbxContent", "w:instrText", "w:delText", "w:sdtPr", "w:rt")),
        FALLBACK,
    )
)
_BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:ptab"): "\t", qn("w:noBreakHyphen"): "-"}
# What Word's symbol fonts show for the codes that they take.
_SYMBOLS = {"F0B7": "•", "F0A7": "▪", "F0D8": "➢", "F0FC": "✓", "F0FE": "☑", "F0FB": "✗", "F0E0": "→", "F0A0": "€"}


class Run(NamedTuple):
    """A run of text, whether it is bold or struck out, and whether it is the mark of a note."""

    text: str
    bold: bool = False
    struck: bool = False
    marks: bool = False


class Styles:
    """The styles of a document by their ids."""

    def __init__(self, styles: Any) -> None:
        self._styles = {style.get(qn("w:styleId")): style for style in styles.iter(qn("w:style"))}
        self._default = next(
            (
                style
                for style in self._styles.values()
                if style.get(qn("w:default")) == "1" and style.get(qn("w:type")) == "paragraph"
            ),
            None,
        )

    def holders(self, paragraph: Any) -> Iterator[Any]:
        """What may set a paragraph's properties: itself, its style, and the styles that one is based on."""
        yield paragraph
        named = value(paragraph, "w:pPr/w:pStyle")
        yield from self._chain(self._styles.get(named, self._default) if named else self._default)

    def _chain(self, style: Any) -> Iterator[Any]:
        for _ in range(_DEEPEST):
            if style is None:
                return
            yield style
            style = self._styles.get(value(style, "w:basedOn"))

    def names(self, paragraph: Any) -> list[str]:
        """The names of a paragraph's style and those it is based on."""
        return [value(holder, "w:name") or "" for holder in self.holders(paragraph) if holder is not paragraph]

    def rank(self, paragraph: Any) -> int | None:
        """The rank of a heading by its style's name or its outline level: 0 the title's, from 1 those of headings; None for other
        text."""
        for holder in self.holders(paragraph):
            name = value(holder, "w:name") or ""
            if name.lower() == "title":
                return 0
            outline = value(holder, "w:pPr/w:outlineLvl")
            found = _HEADING.fullmatch(name)
            level = int(found.group(1)) if found else int(outline) + 1 if outline else 10
            if level < 10:
                return level
        return None

    def is_contents(self, paragraph: Any) -> bool:
        """Whether a paragraph is an entry of a table of contents or an index."""
        return any(_CONTENTS.fullmatch(name) for name in self.names(paragraph)[:1])

    def runs(self, paragraph: Any) -> list[Run]:
        """What a reader sees of a paragraph, its text boxes apart."""
        above = [holder for holder in self.holders(paragraph) if holder is not paragraph]
        return list(self._runs(paragraph, above, Run("")))

    def _runs(self, element: Any, above: Sequence[Any], form: Run) -> Iterator[Run]:
        tag = element.tag
        if tag in _UNSEEN or not isinstance(tag, str):
            return
        if tag == qn("w:r"):
            if self._is_on(element, above, "w:vanish") or self._is_on(element, above, "w:webHidden"):
                return
            struck = self._is_on(element, above, "w:strike") or self._is_on(element, above, "w:dstrike")
            form = Run(_script(element), self._is_on(element, above, "w:b"), struck)
        if tag in (qn("w:t"), qn("m:t")):
            yield form._replace(text=raised(form.text, element.text or ""))
        elif tag == qn("w:sym"):
            yield form._replace(text=_SYMBOLS.get((element.get(qn("w:char")) or "").upper(), ""))
        elif tag in _BREAKS:
            yield form._replace(text=_BREAKS[tag])
        elif tag in (qn("w:footnoteReference"), qn("w:endnoteReference")):
            yield Run(element.get("shown") or "", marks=True)
        for child in element:
            yield from self._runs(child, above, form)

    def _is_on(self, run: Any, above: Sequence[Any], name: str) -> bool:
        """Whether a run has a property, which each of its styles, and of those of its paragraph `above`, may also take away."""
        style = self._styles.get(value(run, "w:rPr/w:rStyle"))
        for holder in (run, *self._chain(style), *above):
            found = holder.find(qn("w:rPr") + "/" + qn(name))
            if found is not None:
                return found.get(qn("w:val")) not in _OFF
        return False


def _script(run: Any) -> str:
    aligned = value(run, "w:rPr/w:vertAlign") or ""
    return {"superscript": "sup", "subscript": "sub"}.get(aligned, "")


def text_of(runs: Sequence[Run]) -> str:
    """The text of runs that are not struck out."""
    return "".join(run.text for run in runs if not run.struck)
