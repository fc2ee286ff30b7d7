"""An answer as plain text for a program that reads no structure: every quote with its number, then where each stands."""

from collections.abc import Iterator
from urllib.parse import quote

from rag.answers.partly import partly
from rag.reply import Partial
from web.page.wording import say
from web.schemas import AskResponse, CitationModel

GUIDES = "guide:///"  # and a guide's id: the address of its text as a resource


def guide_uri(document_id: str) -> str:
    """The address of a guide's text among the resources."""
    return GUIDES + quote(document_id, safe="")


def told(response: AskResponse) -> str:
    """An answer in words: the quotes under their careers where some are compared, what came near where none answers."""
    return "\n\n".join(_parts(response))


def _parts(response: AskResponse) -> Iterator[str]:
    if response.message:
        yield response.message
    if response.partial and response.answer:
        yield partly(Partial(response.partial.asked, response.partial.given), response.answer.text)
    if response.comparison:
        yield from _compared(response)
    elif answer := response.answer:
        yield from (_numbered(answer.text[one.start : one.end], *one.citation_ids) for one in answer.segments)
    if response.nearest:
        yield f"{say('turn', 'near')}:"
        yield from (f"{near.quote}\n({_place(near)})" for near in response.nearest)
    if response.citations:
        yield "\n".join(f"[{citation.id}] {_place(citation)}" for citation in response.citations)
    if response.related:
        yield "\n".join(["Questions that the guides answer:", *(f"- {one.question}" for one in response.related)])


def _compared(response: AskResponse) -> Iterator[str]:
    """The cells of a comparison, each under its topic and career."""
    quotes = {citation.id: citation.quote for citation in response.citations}
    assert response.comparison
    for row in response.comparison.rows:
        for column, cell in zip(response.comparison.columns, row.cells, strict=True):
            said = _numbered(quotes[cell.citation_id], cell.citation_id) if cell else say("turn", "not_said")
            yield f"{column.title} ({row.aspect}): {said}"


def _numbered(quoted: str, number: int) -> str:
    return f"{quoted} [{number}]"


def _place(citation: CitationModel) -> str:
    page = f"page {citation.page}, " if citation.page else ""
    path = " › ".join(citation.section_path)
    return f"{path}, {page}characters {citation.start}-{citation.end} of {guide_uri(citation.document_id)}"
