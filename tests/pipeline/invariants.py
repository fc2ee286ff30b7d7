"""What every answer holds to, whatever was asked of whichever guides."""

import hashlib

from rag.answers.suggestions import MOST, MOST_LISTED
from rag.pipeline import Pipeline
from rag.reply import Answer, Citation, Turn


def ask(pipeline: Pipeline, question: str, *earlier: str, documents: list[str] | None = None) -> Answer:
    """The answer to a question after earlier ones, checked."""
    answer = pipeline.ask(question, [Turn(one) for one in earlier], documents)
    check(answer, pipeline)
    return answer


def check(answer: Answer, pipeline: Pipeline) -> None:
    """Assert what must be true of any answer of a pipeline."""
    assert bool(answer.text) == bool(answer.citations) == (answer.status == "answered")
    assert (answer.message is None) == (answer.status == "answered")
    assert answer.cause is None or answer.status != "answered"
    assert answer.cause is not None or answer.status in ("answered", "routed")
    for citations in (answer.citations, answer.nearest):
        assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
        for citation in citations:
            _check_citation(citation, pipeline)
    assert not answer.nearest or answer.status == "not_found"
    _check_text(answer)
    assert (answer.confidence is None) == (answer.basis != "score") and answer.basis is not None
    if answer.confidence:
        reached = answer.confidence.value >= answer.confidence.threshold - 1e-4  # it is told to four places
        assert 0 <= answer.confidence.value <= 1 and (reached or answer.status == "not_found")
    most = MOST_LISTED if any(one.label for one in answer.related) else MOST + 1
    assert len(answer.related) <= most and len(set(answer.related)) == len(answer.related)
    assert all(one.document_id in pipeline.index.documents for one in answer.related)


def _check_citation(citation: Citation, pipeline: Pipeline) -> None:
    text = citation.document.text
    assert citation.document is pipeline.index.documents[citation.document.id]
    assert text[citation.start : citation.end] == citation.quote == citation.quote.strip() != ""
    assert hashlib.sha256(text.encode()).hexdigest() == citation.document.sha256
    assert citation.parts and all(citation.start <= part.start < part.end <= citation.end for part in citation.parts)
    assert citation.passage in pipeline.index.passages and citation.passage.document_id == citation.document.id
    assert 0 <= citation.score <= 1 and sum(part.best for part in citation.parts) <= 1


def _check_text(answer: Answer) -> None:
    """The text is the quotes, one after the other, and the cells of a table are some of them."""
    quotes = {citation.number: citation.quote for citation in answer.citations}
    assert [segment.number for segment in answer.segments] == list(quotes)
    assert "\n\n".join(quotes[segment.number] for segment in answer.segments) == answer.text
    assert all(answer.text[segment.start : segment.end] == quotes[segment.number] for segment in answer.segments)
    if answer.comparison:
        cells = [number for _, row in answer.comparison.rows for number in row]
        assert {number for number in cells if number} == set(quotes)
        assert all(len(row) == len(answer.comparison.columns) for _, row in answer.comparison.rows)
