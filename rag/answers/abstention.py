"""Abstentions: what is said, in our words, where the guides do not answer."""

import re

from rag.answers.outcomes import Outcome
from rag.answers.scopes import Scope
from rag.answers.spans import Pick
from rag.datatypes import Basis
from rag.questions.careers import Careers
from rag.questions.question import Reading
from rag.questions.topics import FACETS

_NAME = re.compile(r"(?:(?<!^)\b[A-Z][\w’'-]* )*[\w’'-]+$")  # capitalised words in a row, the sentence's first left out
_NAMED = 4  # careers a message names before it counts the rest


def abstain(reading: Reading, value: float | None, best: Pick | None, scope: Scope, careers: Careers) -> Outcome:
    """The abstention from a question, given its probability of an answer, where anything was scored, and what came nearest to
    one."""
    basis: Basis | None = "none" if value is None else None
    held = [career for career in reading.careers if career in scope.profiles.careers]
    strange = reading.unheld if reading.intent == "compare" else None
    role = strange or (reading.careers[0] if reading.careers else reading.unheld)
    if role and (strange or not held):
        near = held or careers.nearest(role, among=frozenset(scope.profiles.careers))
        message = f"{_described(scope)} the role of {role}."
        return Outcome("not_found", None, cause="role", message=message, readings=scope.offers.about(near), basis="routing")
    if held:
        who, s = ("It", "s") if scope.is_one else ("They", "")
        lacks = _missing(reading, best, s, "it" if len(held) == 1 else "them")
        roles = f"the role of {held[0]}" if len(held) == 1 else f"the roles of {', '.join(held[:-1])} and {held[-1]}"
        message = f"{who} describe{s} {roles} but {lacks} Rather than guess, this answer is left blank."
        return Outcome("not_found", value, cause="near", message=message, basis=basis)
    if not scope.count:
        return Outcome("not_found", value, cause="far", message="None of the guides asked for is here.", basis=basis)
    who = "It covers" if scope.count == 1 else "They cover"
    message = f"Nothing in {scope.guides} is about this.{_covered(who, scope)}"
    return Outcome("not_found", value, cause="far", message=message, basis=basis)


def decline(language: str) -> Outcome:
    """The abstention from a question in another language."""
    message = f"This seems to be {language}. The guides are in English, and so are the questions they can answer."
    return Outcome("not_found", None, cause="language", message=message, basis="routing")


def greet(scope: Scope) -> Outcome:
    """The answer to a greeting: what can be asked about."""
    who = "This guide covers" if scope.is_one else "The guides cover"
    message = f"Ask about a career.{_covered(who, scope)}"
    return Outcome("routed", None, cause="greeting", message=message, basis="greeting")


def _described(scope: Scope) -> str:
    if scope.is_one:
        return "This guide doesn’t describe"
    return "The guides don’t describe" if scope.documents is None else "These guides don’t describe"


def _covered(who: str, scope: Scope) -> str:
    careers = scope.profiles.careers
    more = f" and {len(careers) - _NAMED} more" if len(careers) > _NAMED else ""
    return f" {who} {', '.join(careers[:_NAMED])}{more}." if careers else ""


def _missing(reading: Reading, best: Pick | None, s: str, roles: str) -> str:
    """What the guides lack, in a sentence's end: the facet asked about, else the word they say least of, as it was written."""
    terms = list(zip(reading.terms, best.terms() if best else [0.0] * len(reading.terms), strict=True))
    weakest = min(terms, key=lambda pair: pair[1], default=None)
    if weakest is None:
        return f"{'doesn’t' if s else 'don’t'} say this of {roles}."
    term = weakest[0]
    if term.facets:
        return f"give{s} no {FACETS[min(term.facets)].name} for {roles}."
    name = _NAME.search(reading.text, 0, term.end)
    start = name.start() if name and reading.text[term.start].isupper() else term.start
    return f"say{s} nothing of “{reading.text[start : term.end]}”."
