"""The conversation an address holds, and its turns answered in order."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from rag.errors import QuestionError, StoreError
from rag.questions.checking import fault_of
from rag.text.cleaning import clean
from web.addresses import ask_address
from web.page.turns import ShownTurn, make_turn
from web.problems import Problem
from web.schemas import MAX_TURNS
from web.service import Service

log = logging.getLogger("verbatim.web")


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions, oldest first. `problem` says what is wrong with `value`, the last thing typed, if it is no question."""

    questions: tuple[str, ...]
    value: str = ""
    problem: str = ""

    @classmethod
    def of(cls, typed: Sequence[str]) -> "Conversation":
        """The conversation of an address's `q` values; earlier values that are no questions are passed over."""
        cleaned = [clean(value) for value in typed]
        earlier = tuple(question for question in cleaned[:-1] if not fault_of(question))
        last = cleaned[-1] if cleaned else ""
        problem = fault_of(last)
        return cls(earlier, last, problem) if problem else cls((*earlier, last))


@dataclass(frozen=True, slots=True)
class Fault:
    """A question without an answer, and why; `status` is the page's status code."""

    question: str
    heading: str
    sentence: str
    href: str
    link: str
    soft: bool = False
    status: int = 200
    draft: str = ""


def answered(service: Service, questions: Sequence[str]) -> tuple[list[ShownTurn], Fault | None]:
    """A turn for each question, up to the first that has none, and that one's fault."""
    turns: list[ShownTurn] = []
    for at, question in enumerate(questions):
        earlier = questions[:at]
        if at == MAX_TURNS:
            return turns, _full(question)
        try:
            turns.append(answered_turn(service, question, earlier))
        except (Problem, StoreError, QuestionError) as error:
            status = error.status if isinstance(error, Problem) else 422 if isinstance(error, QuestionError) else 503
            return turns, _failed(questions, question, str(error), status)
        except Exception:
            # A page without script has to say something too; the log says what happened, without the question.
            log.exception("A question failed")
            return turns, _failed(questions, question, "Something failed on the server.", 500)
    return turns, None


def answered_turn(service: Service, question: str, earlier: Sequence[str]) -> ShownTurn:
    """The turn of one question that follows `earlier`."""
    return make_turn(service.ask_from_thread(question, earlier), earlier)


def _full(question: str) -> Fault:
    sentence = f"A page holds {MAX_TURNS} questions. This one starts a new page, without the ones before it."
    return Fault(question, "This page is full", sentence, ask_address([question]), "Ask it on a new page", soft=True)


def _failed(questions: Sequence[str], question: str, reason: str, status: int) -> Fault:
    sentence = f"{reason} Your question is back in the box below."
    return Fault(
        question, "The answer didn’t arrive", sentence, ask_address(questions), "Try again", status=status, draft=question
    )
