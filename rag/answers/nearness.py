"""What to show of the guides where they do not answer: the passages that came nearest, and the words that make them near."""

from collections.abc import Sequence

from rag.answers.chances import Chances
from rag.answers.citation import Quote, holding, quotes
from rag.answers.evidence import Evidence
from rag.answers.spans import extent
from rag.guides.passages import own_path
from rag.questions.question import Question
from rag.text.words import WORD, stem, stems

MOST = 3


def nearest(question: Question, evidence: Sequence[Evidence], chances: Chances, share: float) -> tuple[Quote, ...]:
    """The likeliest part, up to `share`, of each of the few likeliest passages of different groups."""
    wanted = frozenset(stems(question.text))
    found: list[Quote] = []
    for at in chances.order:
        one = evidence[at]
        if any(quote.passage.group == one.passage.group for quote in found):
            continue
        likeliest = one.passage.units[int(chances.units[at].argmax())]
        its = quotes(one.group, extent(one, chances.units[at], share), float(chances.passages[at]))
        found.append(_with_why(holding(its, likeliest), wanted))
        if len(found) == MOST:
            break
    return tuple(found)


def _with_why(quote: Quote, wanted: frozenset[str]) -> Quote:
    """A quote with its own words that the question has too, else the heading it stands under."""
    shared = [match.group() for match in WORD.finditer(quote.text) if stem(match.group().lower()) in wanted]
    why = ", ".join(dict.fromkeys(shared)) or own_path(quote.passage.path, quote.passage.career)[-1]
    return Quote(quote.document, quote.passage, quote.units, quote.score, why=why)
