"""Answers to part of a question: the line, in our words, that says what was asked for and what the quotes, or the passages that
came nearest, give instead."""

from rag.answers.wording import say
from rag.reply import Partial


def partly(partial: Partial, quoted: str) -> str:
    """What stands above the quotes of a partial answer or above what came nearest; `quoted` are their words, which are figures or
    not."""
    asked, given = _named(partial.asked), _named(partial.given)
    kind = "figures" if any(character.isdigit() for character in quoted) else "words"
    return say("partly", kind, asked=asked, given=given)


def _named(phrase: str) -> str:
    """A phrase as it stands after "for": one that begins with initials takes an article ("the UK", "the US market, 2024")."""
    first = phrase.split(" ")[0].strip(",.")
    return f"the {phrase}" if len(first) > 1 and first.isalpha() and first.isupper() else phrase
