"""Abstentions: what is said, in our words, where the guides do not answer."""

from rag.answers.citation import Quote
from rag.answers.draft import Draft
from rag.datatypes import Basis
from rag.questions.question import Question
from rag.questions.scope import Scope

_NAMED = 4  # careers a message names before it counts the rest
# From this probability of an answer it is not said of a career that the guides lack it: where they have it, that misleads, which
# counts four times as much as to leave it open. On the guides kept apart, more than half of what is left blank above it has an
# answer (`rates` in rag/models/scorer/mpnet/scorer.json: .14 of 812 against .25 of 347). About no career it says less.
UNSURE = 0.2


def abstain(question: Question, confidence: float | None, nearest: tuple[Quote, ...], scope: Scope) -> Draft:
    """The abstention from a question, given its probability of an answer and the passages that came nearest to one."""
    basis: Basis = "none" if confidence is None else "score"
    if not scope.count:
        return Draft("not_found", basis, confidence, cause="far", message="None of the guides asked for is here.")
    held = [career for career in question.careers if career in scope.careers]
    role = question.unheld or next((career for career in question.careers if question.named), None)
    if role and not held:
        message = f"{_guides(scope)} {'doesn’t' if scope.is_one else 'don’t'} describe the role of {role}."
        return Draft("not_found", basis, confidence, cause="role", message=message, nearest=nearest)
    if held and nearest and confidence is not None and confidence >= UNSURE:
        known = f"{_guides(scope)} describe{'s' if scope.is_one else ''} {_roles(held)} and may answer this"
        message = f"{known}; what comes nearest is not sure enough to be given as the answer."
        return Draft("not_found", basis, confidence, cause="unsure", message=message, nearest=nearest)
    if held:
        return Draft("not_found", basis, confidence, cause="near", message=_lacking(held, scope), nearest=nearest)
    message = f"Nothing in {scope.guides} answers this.{_covered('It covers' if scope.count == 1 else 'They cover', scope)}"
    return Draft("not_found", basis, confidence, cause="far", message=message, nearest=nearest)


def decline(language: str) -> Draft:
    """The abstention from a question in another language."""
    message = f"This seems to be {language}. The guides are in English, and so are the questions they can answer."
    return Draft("not_found", "routing", cause="language", message=message)


def _guides(scope: Scope) -> str:
    """The guides asked, as a sentence begins."""
    if scope.is_one:
        return "This guide"
    return "The guides" if scope.documents is None else "These guides"


def _covered(who: str, scope: Scope) -> str:
    careers = scope.careers
    more = f" and {len(careers) - _NAMED} more" if len(careers) > _NAMED else ""
    return f" {who} {', '.join(careers[:_NAMED])}{more}." if careers else ""


def _roles(held: list[str]) -> str:
    return f"the role of {held[0]}" if len(held) == 1 else f"the roles of {', '.join(held[:-1])} and {held[-1]}"


def _lacking(held: list[str], scope: Scope) -> str:
    """What the guides describe, and that the answer was not found in it: one of four that are left blank here has one."""
    s, them = ("s", "it") if scope.is_one else ("", "them")
    known = f"{_guides(scope)} describe{s} {_roles(held)}, but nothing was found in {them} that answers this"
    return f"{known}. Rather than guess, this answer is left blank."
