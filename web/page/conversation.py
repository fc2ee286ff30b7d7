"""The conversation an address holds, and its turns answered in order."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from rag.errors import QuestionError, StoreError
from rag.questions.checking import fault_of
from rag.text.cleaning import clean
from web.page.turns import ShownTurn, make_turn
from web.page.wording import say
from web.problems import Problem, of_error
from web.schemas import MAX_TURNS
from web.service import Service

log = logging.getLogger("verbatim.web")


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions, oldest first, the last `MAX_TURNS`; `dropped` says that there were others before. `problem` says what is wrong
    with `value`, the last thing typed, if it is no question."""

    questions: tuple[str, ...]
    value: str = ""
    problem: str = ""
    dropped: bool = False

    @classmethod
    def of(cls, typed: Sequence[str]) -> "Conversation":
        """The conversation of an address's `q` values; earlier values that are no questions are passed over."""
        cleaned = [clean(value) for value in typed]
        earlier = tuple(question for question in cleaned[:-1] if not fault_of(question))
        last = cleaned[-1] if cleaned else ""
        problem = fault_of(last)
        questions = earlier if problem else (*earlier, last)
        return cls(questions[-MAX_TURNS:], last if problem else "", problem, len(questions) > MAX_TURNS)


@dataclass(frozen=True, slots=True)
class Fault:
    """A question without an answer, and why; `status` is the page's status code, `again` the conversation to try again."""

    question: str
    sentence: str
    status: int
    again: tuple[str, ...]


def answered(service: Service, questions: Sequence[str]) -> tuple[list[ShownTurn], Fault | None]:
    """A turn for each question, up to the first that has none, and that one's fault."""
    turns: list[ShownTurn] = []
    for at, question in enumerate(questions):
        earlier = questions[:at]
        try:
            turns.append(answered_turn(service, question, earlier))
        except (Problem, StoreError, QuestionError) as error:
            problem = error if isinstance(error, Problem) else of_error(error)
            return turns, _failed(questions, question, problem.detail, problem.status)
        except Exception:
            # A page without script has to say something too; the log says what happened, without the question.
            log.exception("A question failed")
            return turns, _failed(questions, question, say("fault", "failed_why"), 500)
    return turns, None


def answered_turn(service: Service, question: str, earlier: Sequence[str]) -> ShownTurn:
    """The turn of one question that follows `earlier`."""
    return make_turn(service.ask_from_thread(question, earlier), earlier)


def _failed(questions: Sequence[str], question: str, reason: str, status: int) -> Fault:
    return Fault(question, f"{reason} {say('fault', 'in_box')}", status, tuple(questions))
