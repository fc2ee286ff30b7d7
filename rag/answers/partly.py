"""Answers to part of a question: a year, a unit of time or a place that it asks for and that the quotes are not of, and the
line, in our words, that says so. Only what is plain to see is told: what the guide has nowhere, a unit beside a sum of money."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from rag.answers.citation import DATED, Quote
from rag.answers.draft import Draft
from rag.datatypes import Partial
from rag.guides.passages import own_path
from rag.questions.question import Question

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ASKED_YEAR = re.compile(r"\b(?:in|for|of|by) ((?:19|20)\d\d)\W*$")  # further on it is a circumstance, and so is a place
_PER = re.compile(r"(?:\b(?:per|an?)\s+|/\s?)(hour|day|week|month|year)\b|\b(hour|dai|week|month|year)ly\b", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:hours|days|nights|weeks|months)\b", re.IGNORECASE)  # "how many days a year" asks for no sum of money
_PLACE = re.compile(r"\b(?:in|at|near|around) (?:the )?([A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*)\W*$")


def qualified(question: Question, draft: Draft) -> Draft:
    """A draft with what its question asks for beside what the quotes are of; where these don't say of what they are, with a
    remark that the guide doesn't mention it."""
    if draft.status != "answered" or draft.table or draft.partial or not draft.quotes:
        return draft
    for asked, given in _missed(question.text, draft.quotes):
        if given:
            return replace(draft, partial=Partial(asked, given))
        guides = "guide doesn’t" if len({quote.document.id for quote in draft.quotes}) == 1 else "guides don’t"
        return replace(draft, remarks=(f"The {guides} mention {_named(asked)}.", *draft.remarks))
    return draft


def _missed(question: str, quotes: tuple[Quote, ...]) -> Iterator[tuple[str, str]]:
    """What a question asks for that quotes are not of, with what they are of, or "" where they don't say."""
    said = " ".join([*(quote.text for quote in quotes), *(" ".join(quote.passage.path) for quote in quotes)])
    headed = next((match[1] for quote in quotes for match in map(DATED.search, reversed(_own(quote))) if match), "")
    whole = {quote.document.id: quote.document.text for quote in quotes}.values()
    years = frozenset(_YEAR.findall(said))
    dated = headed or (min(years) if len(years) == 1 else "")
    if dated and (year := _ASKED_YEAR.search(question)) and not any(year[1] in text for text in whole):
        yield year[1], dated
    units = [] if _COUNTED.search(question) else [_unit(match) for match in _PER.finditer(question)]
    paid = [_unit(match) for match in _PER.finditer(said)]
    known = {_unit(match) for text in whole for match in _PER.finditer(text)}
    if any(unicodedata.category(character) == "Sc" for character in said) and units and paid and not set(units) & known:
        yield f"{_article(units[0])} {units[0]}", f"{_article(paid[0])} {paid[0]}"
    for match in _PLACE.finditer(question):
        if not any(_says(text, word) for text in whole for word in match[1].split()):
            yield match[1], headed


def _says(text: str, word: str) -> bool:
    """Whether a text has a word; of initials, as they are written: "US" is not "us"."""
    return re.search(rf"\b{re.escape(word)}\b", text, re.NOFLAG if word.isupper() else re.IGNORECASE) is not None


def _own(quote: Quote) -> tuple[str, ...]:
    return own_path(quote.passage.path, quote.passage.career)


def _unit(match: re.Match[str]) -> str:
    """A unit of time as a noun."""
    return (match[1] or match[2]).lower().replace("dai", "day")


def _article(unit: str) -> str:
    return "an" if unit == "hour" else "a"


def partly(partial: Partial, quoted: str) -> str:
    """What stands above the quotes of a partial answer; `quoted` are their words, which are figures or not."""
    asked, given = _named(partial.asked), _named(partial.given)
    if any(character.isdigit() for character in quoted):
        return f"The guides give no figures for {asked}. They give these for {given}."
    return f"The guides don’t say this for {asked}. They say it for {given}."


def _named(phrase: str) -> str:
    """A phrase as it stands after "for": one that begins with initials takes an article ("the UK", "the US market, 2024")."""
    first = phrase.split(" ")[0].strip(",.")
    return f"the {phrase}" if len(first) > 1 and first.isalpha() and first.isupper() else phrase
