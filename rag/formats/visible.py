"""What a browser shows of a page: which elements are hidden, and which are furniture, told by structure and place alone."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from rag.formats.manuscript import count_characters, raised

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
INLINE = frozenset(
    """a abbr acronym b bdi bdo big br button cite code data del dfn em font i img ins kbd label mark nobr output q ruby s samp
    slot small span strike strong sub sup time tt u var wbr""".split()  # noqa: SIM905
)
STRUCK = frozenset(("s", "strike", "del"))
_UNSEEN = frozenset(
    """applet area audio base canvas col colgroup datalist embed frame frameset head iframe input link map meta meter noembed
    noframes noscript object option param progress rp rt script select source style svg template textarea title track
    video""".split()  # noqa: SIM905
)
_NOT_SHOWN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0\D*(?:;|$)|opacity\s*:\s*0\s*(?:;|$)"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_STRUCK_STYLE = re.compile(r"line-through", re.IGNORECASE)
_MEDIA = re.compile(r"@[^{}@]*+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE = re.compile(r"(?<![^{}])([^{}]++)\{([^{}]*+)\}")
_SIMPLE = re.compile(r"\s*[a-z]*([.#][\w-]+)\s*", re.IGNORECASE)
_FURNITURE_ROLES = frozenset(
    ("navigation", "menu", "menubar", "search", "dialog", "alertdialog", "toolbar", "tablist", "contentinfo")
)
_SCRIPTS = ("sup", "sub")
_FIELDS = frozenset(("input", "select", "textarea"))
_SHARES = re.compile(r"[?&][\w-]+=https?(?::|%3a)|^mailto:\?", re.IGNORECASE)
_SHORT_FORM, _SHORT_NOTE = 300, 400  # letters: a form or a note that holds more is text of the page


class _Sum:
    """What an element holds: letters in links, in headings and in neither, its links, those into the page or to share it."""

    __slots__ = ("anchors", "buttons", "fields", "headings", "in_links", "links", "loose", "shares", "structure")

    def __init__(self) -> None:
        self.in_links = self.headings = self.loose = 0
        self.links = self.anchors = self.shares = self.buttons = self.fields = self.structure = 0

    def add(self, other: "_Sum") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Visibility:
    """A parsed page, looked over once: then `is_hidden` and `is_furniture` say what a reader does not see, or not as content."""

    def __init__(self, tree: Any) -> None:
        self.body = tree if tree.tag == "body" else tree.find("body")
        self._elements = [element for element in tree.iter() if isinstance(element.tag, str)]
        self._hiding = frozenset(name for style in tree.iter("style") for name in _hiding_names(style.text or ""))
        self._opened = frozenset(
            name.lstrip("#")
            for element in self._elements
            for key in ("aria-controls", "data-target", "data-bs-target")
            for name in (element.get(key) or "").split()
        )
        self._ids = {element.get("id"): element for element in self._elements if element.get("id")}
        self._mains = {element for element in self._elements if element.tag == "main" or element.get("role") == "main"}
        self._sums = self._summed()
        first = next((element for element in self._elements if element.tag == "h1" and not self._within_hidden(element)), None)
        self._above = set(self._elements[: self._elements.index(first)]) if first is not None else set()
        self._headed = any(not self._in(h1, ("header", "nav", "footer")) for h1 in tree.iter("h1") if not self._within_hidden(h1))

    def controlled(self, element: Any) -> Any:
        """The element that a button or tab opens, or None."""
        name = element.get("aria-controls") or element.get("data-bs-target") or element.get("data-target") or ""
        return self._ids.get(name.lstrip("#"))

    def label(self, element: Any) -> Any:
        """The tab that names a panel, or None."""
        return self._ids.get(element.get("aria-labelledby")) if element.get("role") == "tabpanel" else None

    def is_hidden(self, element: Any) -> bool:
        """Whether a browser shows nothing of an element, and no button in the page opens it."""
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            return True
        if element.tag == "dialog" and element.get("open") is None:
            return True
        attribute = element.get("hidden")
        names = [f"#{element.get('id')}", *(f".{name}" for name in (element.get("class") or "").split())]
        hidden = (attribute is not None and attribute != "until-found") or bool(_NOT_SHOWN.search(element.get("style") or ""))
        if not hidden and not self._hiding.intersection(names):
            return False
        return not (element.get("id") in self._opened or element.get("role") == "tabpanel")

    def is_struck(self, element: Any) -> bool:
        """Whether an element is struck through: it is no longer valid."""
        return element.tag in STRUCK or bool(_STRUCK_STYLE.search(element.get("style") or ""))

    def is_furniture(self, element: Any) -> bool:
        """Whether an element is a menu, a page's head or foot, a control, or a note about the page and not of it."""
        tag, role, held = element.tag, element.get("role") or "", self._sums[element]
        if tag in ("nav", "search") or role in _FURNITURE_ROLES:
            return True
        if tag == "button" or role == "button":
            return tag == "button" and not self._in(element, (*HEADINGS, "summary", "li", "dt"))
        outside = not self._in_main(element)
        page_level = outside and not self._in(element, ("article", "section", "main"))
        if (tag == "header" or role == "banner") and page_level:
            return self._headed or not any(element.iter("h1"))
        if tag == "footer" and page_level:
            return True
        letters = held.in_links + held.headings + held.loose
        if tag == "form" and held.fields and not held.structure and not held.headings and letters < _SHORT_FORM:
            return True
        if (
            outside
            and element in self._above
            and not held.headings
            and letters < _SHORT_NOTE
            and element.getparent() is self.body
        ):
            return True
        if tag in INLINE or tag in HEADINGS or tag in ("li", "dt", "dd", "td", "th", "tr", "tbody", "body"):
            return False
        noted = held.buttons and not held.headings and not held.structure and letters < _SHORT_NOTE
        if noted and page_level and (self._mains or element.getparent() is self.body):
            return True
        return self._is_menu(element, held, outside)

    def text(self, element: Any) -> str:
        """All that a browser shows of an element, runs parted at the ends of blocks."""
        return "".join(self._shown(element))

    def _is_menu(self, element: Any, held: _Sum, outside: bool) -> bool:
        """Whether an element holds links and nothing beside them but their headings, where a page has its menus."""
        if not held.links or held.loose or not held.in_links:
            return False
        if held.links > 1 and held.links == held.anchors + held.shares:
            return True
        if self._mains:
            return outside
        return held.links > 1 and not self._is_introduced(element)

    def _is_introduced(self, element: Any) -> bool:
        """Whether a heading or a paragraph stands right before an element: what it lists belongs to the text."""
        before = element.getprevious()
        while before is not None and self.is_hidden(before):
            before = before.getprevious()
        if before is None or (element.tail is None and before.tag == "br"):
            return False
        held = self._sums[before]
        return before.tag in HEADINGS or held.headings > 0 or held.loose > 0

    def _summed(self) -> dict[Any, _Sum]:
        """The sums of all elements, each added to that of its parent when it ends."""
        sums: dict[Any, _Sum] = {element: _Sum() for element in self._elements}
        own = {element: self._own(element) for element in self._elements}
        for element in reversed(self._elements):  # children stand after their parent
            held, parent = sums[element], element.getparent()
            if self.is_hidden(element):
                sums[element] = held = _Sum()
                held.fields = int(element.tag in _FIELDS)
            else:
                held.loose += own[element]
                self._settle(element, held)
            if parent is not None and parent in sums:
                sums[parent].add(held)
                sums[parent].loose += count_characters(element.tail or "")
        return sums

    @staticmethod
    def _own(element: Any) -> int:
        comments = sum(count_characters(child.tail or "") for child in element if not isinstance(child.tag, str))
        return count_characters(element.text or "") + comments

    @staticmethod
    def _settle(element: Any, held: _Sum) -> None:
        """Count an element's letters as what it is: a link's, a heading's or a button's."""
        href = element.get("href") or ""
        if element.tag == "a" and href:
            held.in_links, held.headings, held.loose = held.in_links + held.headings + held.loose, 0, 0
            held.links, held.anchors, held.shares = 1, int(href.startswith("#")), int(bool(_SHARES.search(href)))
        elif element.tag in HEADINGS:
            held.headings, held.in_links, held.loose, held.links = held.in_links + held.headings + held.loose, 0, 0, 0
        elif element.tag == "button":
            held.buttons, held.loose, held.in_links = 1, 0, held.in_links + held.loose
        elif element.tag in ("table", "ul", "ol", "dl", "fieldset", "p"):
            held.structure += element.tag != "p"

    def _in(self, element: Any, tags: tuple[str, ...]) -> bool:
        return next(element.iterancestors(*tags), None) is not None

    def _in_main(self, element: Any) -> bool:
        return element in self._mains or any(ancestor in self._mains for ancestor in element.iterancestors())

    def _within_hidden(self, element: Any) -> bool:
        return any(self.is_hidden(ancestor) for ancestor in element.iterancestors() if ancestor.tag != "html")

    def _shown(self, root: Any) -> Iterator[str]:
        """The text of an element without recursion, so that no depth of a page ends it."""
        skipped: Any = None
        for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event in ("start", "end"):
                inline = element.tag in INLINE and element.tag != "br"
                if skipped is None and not inline:
                    yield "\n"
                if event == "start" and skipped is None:
                    if self.is_hidden(element) or (
                        element.tag == "button" and element is not root and self.is_furniture(element)
                    ):
                        skipped = element
                    elif element.tag in _SCRIPTS and element is not root:
                        skipped = element
                        yield raised(element.tag, self.text(element))
                    else:
                        yield element.text or ""
                elif event == "end" and skipped is element:
                    skipped = None
                if event == "start":
                    continue
            if skipped is None and element is not root:
                yield element.tail or ""


def _hiding_names(style: str) -> Iterator[str]:
    """The classes and ids that a style sheet hides on every screen."""
    last = style.rfind("*/") + 2  # beyond it no comment can end, and none is looked for
    style = re.sub(r"/\*.*?\*/", "", style[:last], flags=re.DOTALL) + style[last:] if last > 1 else style
    for selectors, rules in _RULE.findall(_MEDIA.sub("", style)):
        if re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", rules, re.IGNORECASE):
            yield from (found.group(1) for one in selectors.split(",") if (found := _SIMPLE.fullmatch(one)))
