"""The conversation an address holds, and its turns answered in order."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from rag.errors import QuestionError, StoreError
from rag.questions.checking import fault_of
from rag.text.cleaning import clean
from web.addresses import MAX_TURNS, Thread
from web.page.turns import ShownTurn, make_turn
from web.page.wording import say
from web.problems import Problem, no_guide, of_error
from web.service import Service, Shared

Questions = Annotated[list[str], Query(alias="q")]
log = logging.getLogger("verbatim.web")


async def kept_to(service: Shared, guides: Annotated[list[str], Query(alias="g")] = []) -> tuple[str, ...]:  # noqa: B006
    """The ids of the guides that an address keeps to. Raises Problem 404 where one is not there."""
    if guides and not service.pipeline().index.documents.keys() >= set(guides):
        raise no_guide()
    return tuple(dict.fromkeys(guides))


Guides = Annotated[tuple[str, ...], Depends(kept_to)]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread of at most `MAX_TURNS` questions; `dropped` says that there were others before. `problem` says what is wrong
    with `value`, the last thing typed, if it is no question."""

    thread: Thread
    value: str = ""
    problem: str = ""
    dropped: bool = False

    @classmethod
    def of(cls, typed: Sequence[str], guides: Sequence[str] = ()) -> "Conversation":
        """The conversation of an address's `q` and `g` values; earlier values that are no questions are passed over."""
        cleaned = [clean(value) for value in typed]
        earlier = tuple(question for question in cleaned[:-1] if not fault_of(question))
        last = cleaned[-1] if cleaned else ""
        problem = fault_of(last)
        questions = earlier if problem else (*earlier, last)
        return cls(Thread.of(questions, guides), last if problem else "", problem, len(questions) > MAX_TURNS)


@dataclass(frozen=True, slots=True)
class Fault:
    """A question without an answer, and why; `status` is the page's status code, `again` the conversation to try again."""

    question: str
    sentence: str
    status: int
    again: Thread


def answered(service: Service, thread: Thread) -> tuple[list[ShownTurn], Fault | None]:
    """A turn for each question, up to the first that has none, and that one's fault."""
    turns: list[ShownTurn] = []
    for at, question in enumerate(thread.questions):
        earlier = thread.until(at)
        try:
            turns.append(answered_turn(service, question, earlier))
        except (Problem, StoreError, QuestionError) as error:
            problem = error if isinstance(error, Problem) else of_error(error)
            return turns, _failed(thread, question, problem.detail, problem.status)
        except Exception:
            # A page without script has to say something too; the log says what happened, without the question.
            log.exception("A question failed")
            return turns, _failed(thread, question, say("fault", "failed_why"), 500)
    return turns, None


def answered_turn(service: Service, question: str, earlier: Thread) -> ShownTurn:
    """The turn of one question that follows `earlier`."""
    answer = service.ask_from_thread(question, earlier.questions, earlier.guides or None)
    return make_turn(answer, earlier)


def _failed(thread: Thread, question: str, reason: str, status: int) -> Fault:
    return Fault(question, f"{reason} {say('fault', 'in_box')}", status, thread)
