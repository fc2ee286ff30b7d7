"""What a web page says of itself: its title, address, date, language, and the names of what it is about."""

import re
from typing import Any

from htmldate import find_date

from rag.formats.manuscript import Manuscript
from rag.text.cleaning import fold

_SITE = re.compile(r"\s+[|–—·:-]\s+|\s*[|·]\s*")


def said_by(tree: Any, manuscript: Manuscript) -> dict[str, str]:
    """The title and the keys of `Parsed.meta`, from a page's tree and the headings that were read in it."""
    language = tree.get("lang") or tree.get("xml:lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    named = {
        str(meta.get("name") or meta.get("property") or "").lower(): fold(meta.get("content") or "") for meta in tree.iter("meta")
    }
    source = next((link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical"), None) or named.get("og:url")
    said = {
        name: "\n".join(filter(None, map(fold, named.get(name, "").split(","))))
        for name in ("aliases", "careers")
        if name in named
    }
    return said | {
        "language": language or "",
        "source": source if source and source.startswith("http") else "",
        # Only a date that the page states: the extensive search guesses from any number that looks like a year.
        "date": find_date(tree, extensive_search=False, original_date=False) or "",
        "title": _title(tree, named, manuscript),
    }


def _title(tree: Any, named: dict[str, str], manuscript: Manuscript) -> str:
    """The page's only heading of the first rank; else the part of its title that a heading says, or the whole title."""
    first = manuscript.headings(1)
    if len(first) == 1:
        return first[0]
    stated = fold(tree.findtext("head/title") or "") or named.get("og:title", "")
    headings = {heading.casefold(): heading for heading in manuscript.headings()}
    parts = (stated, *_SITE.split(stated))
    return next((headings[part.casefold()] for part in parts if part.casefold() in headings), stated)
