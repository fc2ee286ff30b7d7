"""What is typed to a question that can be asked, or what is to be said of it."""

from rag.errors import QuestionError
from rag.text.cleaning import clean

MAX_CHARS = 400


def check_question(typed: str) -> str:
    """A question cleaned of what cannot be seen. Raises QuestionError where nothing is left or it is too long."""
    asked = clean(typed)
    if wrong := fault_of(asked):
        raise QuestionError(wrong)
    return asked


def fault_of(asked: str) -> str:
    """What to say of cleaned words that are no question; nothing where they are one."""
    if not any(character.isalnum() for character in asked):
        return "Enter a question."
    return too_long(asked) if len(asked) > MAX_CHARS else ""


def too_long(asked: str, name: str = "your question") -> str:
    """What to say of a question over the limit, which its caller calls `name`."""
    return f"Shorten {name} to {MAX_CHARS} characters. It has {len(asked)}."
