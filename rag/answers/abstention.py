"""Abstentions: what is said, in our words, where the guides do not answer."""

from rag.answers.chances import Chances
from rag.answers.citation import Quote
from rag.answers.draft import Draft
from rag.answers.wording import counted, say, say_of
from rag.questions.question import Question
from rag.questions.scope import Scope
from rag.reply import Basis

_NAMED = 4  # careers a message names before it counts the rest


def abstain(question: Question, chances: Chances | None, nearest: tuple[Quote, ...], scope: Scope) -> Draft:
    """The abstention from a question, given the chances of an answer, if anything was found, and the passages that came nearest.
    Of a career it is not said that the guides lack what they may have: that misleads, which counts four times as much as to leave
    it open. About no career the chance of an answer says less."""
    confidence = chances.answerable if chances else None
    basis: Basis = "score" if chances else "none"
    if not scope.count:
        return Draft("not_found", basis, confidence, cause="far", message=say("asked", "none"))
    held = [career for career in question.careers if career in scope.careers]
    role = next((career for career in question.careers if question.named), None)
    if not held and (question.unheld or role):
        message = say_of(scope, "role", role=role) if role else _unnamed(question.unheld, chances, nearest, scope)
        return Draft("not_found", basis, confidence, cause="role", message=message, nearest=nearest)
    if held and nearest and chances and chances.unsure:
        message = say_of(scope, "unsure", roles=_roles(held))
        return Draft("not_found", basis, confidence, cause="unsure", message=message, nearest=nearest)
    if held:
        # That it is not there is not said: one of four that are left blank here has an answer.
        message = say_of(scope, "near", roles=_roles(held))
        return Draft("not_found", basis, confidence, cause="near", message=message, nearest=nearest)
    covered = [say_of(scope, "covered", careers=counted(scope.careers, _NAMED))] if scope.careers else []
    message = " ".join([say_of(scope, "far", n=scope.count), *covered])
    return Draft("not_found", basis, confidence, cause="far", message=message, nearest=nearest)


def _unnamed(role: str | None, chances: Chances | None, nearest: tuple[Quote, ...], scope: Scope) -> str:
    """What is said of a role that no career is called: guides may have it under another name (of 238 judged ones of five sets 28
    had), so where an answer is likely enough it is told which career came nearest."""
    message = say_of(scope, "unnamed", role=role)
    career = nearest[0].passage.career if nearest and chances and chances.unsure else None
    return " ".join([message, say("unnamed_near", "career", career=career)]) if career else message


def decline(language: str) -> Draft:
    """The abstention from a question in another language."""
    return Draft("not_found", "routing", cause="language", message=say("asked", "language", language=language))


def _roles(held: list[str]) -> str:
    return say("roles", "one" if len(held) == 1 else "many", careers=counted(held, len(held)))
