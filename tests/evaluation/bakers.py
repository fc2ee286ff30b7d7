"""A guide about bakers and butchers, questions judged by hand, and answers that quote it."""

from rag.datatypes import Document, Passage
from rag.evaluation.grading import Grade, careers_at, grade
from rag.evaluation.judgements import Evidence, Judged
from rag.reply import Answer, Citation, Confidence, IndexInfo, Segment, Status

# Offsets:  0         1         2         3         4         5
#           0123456789012345678901234567890123456789012345678901
TEXT = "Bakers earn $10. Bakers rise at 3. Butchers earn $20."
DOCUMENT = Document("food", "jobs/food.txt", "Food", TEXT, "")
OTHER = Document("other", "other.txt", "Other", TEXT, "")
DOCUMENTS = {"food": DOCUMENT, "other": OTHER}
BAKER = Passage("food-0", "food", "Baker", ("Food", "Baker"), 0, 0, 0, 34, ())
BUTCHER = Passage("food-1", "food", "Butcher", ("Food", "Butcher"), 1, 0, 35, 53, ())
EARN = Evidence(TEXT[:16], 0, 16, guide="food.txt")
RISE = Evidence(TEXT[17:34], 17, 34, guide="food.txt")
BUTCHERS = Evidence(TEXT[35:], 35, 53, guide="food.txt")
PAY = Judged("q1", "What do bakers earn?", "number", True, "Baker", (EARN,), (RISE,), ("$10",), document="food.txt")
NOBODY = Judged("q2", "What do smiths earn?", "near_domain", False)


def cite(*spans: tuple[int, int], document: Document = DOCUMENT, status: Status = "answered", chance: float = 1.0) -> Answer:
    """An answer that quotes stretches of a document."""
    citations = tuple(
        Citation(number, document, BAKER if start < 34 else BUTCHER, start, end, 1.0, ())
        for number, (start, end) in enumerate(spans, 1)
    )
    segments, at = [], 0
    for citation in citations:
        segments.append(Segment(at, at + len(citation.quote), citation.number))
        at += len(citation.quote) + 2
    text = "\n\n".join(citation.quote for citation in citations)
    info = IndexInfo("i", "", 1, 2, "model")
    return Answer(status, "", "", info, Confidence(chance, 0.5), text, tuple(segments), citations)


def graded(answer: Answer | None, question: Judged = PAY, milliseconds: float = 1.0) -> Grade:
    """The grade of an answer to a question about the guide."""
    return grade(question, answer, milliseconds, careers_at(DOCUMENTS, [BAKER, BUTCHER]))
