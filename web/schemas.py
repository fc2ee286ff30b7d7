"""What goes in and out of the API. `AskResponse` also feeds the page and the export, so they can never disagree."""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from uuid import uuid4

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from rag.answers.comparison import MOST_ACROSS
from rag.questions.checking import MAX_CHARS
from rag.reply import Answer, Basis, Citation, Comparison, Confidence, IndexInfo, Partial, Status
from rag.text.cleaning import clean
from web.addresses import MAX_TURNS, UNNUMBERED, Mark, Thread, ask_address, at_quote, guide_address, web_address

MAX_NEAREST = 3
MAX_RELATED = 50  # as many as a list of careers to choose from may hold


class Model(BaseModel):
    """Base of all: members we do not know are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _cleaned(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


Question = Annotated[
    str,
    Field(min_length=1, max_length=MAX_CHARS, examples=["What does a Head of Analytics Engineering do?"]),
    BeforeValidator(_cleaned),
]


class AskedBefore(Model):
    """An earlier question of the conversation."""

    question: Question


class AskRequest(Model):
    """A question, the questions before it (oldest first), and the guides to keep to (all when left out)."""

    question: Question
    history: list[AskedBefore] = Field(default=[], max_length=MAX_TURNS)
    documents: list[str] | None = Field(default=None, min_length=1, description="Ids from GET /documents.")


class SegmentModel(Model):
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    kind: Literal["verbatim", "paraphrase"] = "verbatim"
    citation_ids: list[int] = Field(min_length=1)


class AnswerText(Model):
    """The quotes, joined by blank lines; each segment equals the quote of its citation."""

    text: str = Field(min_length=1)
    segments: list[SegmentModel] = Field(min_length=1)


class CitationModel(Model):
    """One unbroken run of a guide: `quote == text[start:end]` of GET /documents/{document_id}/text. Of a passage that is only
    near, `why` holds the words that make it so."""

    id: int = Field(ge=1)
    document_id: str = Field(min_length=1)
    document_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    title: str = Field(min_length=1)
    section_path: list[str]
    passage_id: str
    quote: str = Field(min_length=1)
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    page: int | None = Field(ge=1)
    score: float = Field(ge=0, le=1)
    url: str
    source_url: str | None
    why: str

    @classmethod
    def of(cls, citation: Citation, cited: bool = True) -> Self:
        """A citation of an answer or, where it is not cited, a passage that came near one: its address gives it no number."""
        document = citation.document
        source = web_address(document.source_url)
        mark = Mark(citation.number if cited else UNNUMBERED, citation.start, citation.end)
        return cls(
            id=citation.number,
            document_id=document.id,
            document_sha256=document.sha256,
            title=document.title,
            section_path=[document.title, *citation.passage.path[1:]],
            passage_id=citation.passage.id,
            quote=citation.quote,
            start=citation.start,
            end=citation.end,
            page=document.page(citation.start),
            score=min(1.0, max(0.0, citation.score)),
            url=guide_address(document.id, [mark], mark.number),
            source_url=at_quote(source, citation.quote) if source else None,
            why=citation.why,
        )


class ConfidenceModel(Model):
    """A fitted probability that the answer holds, and the threshold it had to reach."""

    value: float = Field(ge=0, le=1)
    threshold: float = Field(ge=0, le=1)
    calibration: str | None

    @classmethod
    def of(cls, confidence: Confidence) -> Self:
        return cls(value=confidence.value, threshold=confidence.threshold, calibration=confidence.calibration)


class PartialModel(Model):
    """The place or year that was asked for, and the one that the quotes, or what came nearest, are of instead."""

    asked: str = Field(min_length=1)
    given: str = Field(min_length=1)

    @classmethod
    def of(cls, partial: Partial) -> Self:
        return cls(asked=partial.asked, given=partial.given)


class RelatedModel(Model):
    """A question that has an answer; `label` is what to call it where that is not the question (a career's name), or empty."""

    question: str
    document_id: str | None
    label: str


class Column(Model):
    document_id: str
    title: str


class Cell(Model):
    citation_id: int = Field(ge=1)


class ComparisonRow(Model):
    aspect: str
    cells: list[Cell | None]


class ComparisonModel(Model):
    """A row a topic, a column a career; a cell is the citation that says it, or null where the guides do not."""

    columns: list[Column] = Field(min_length=2, max_length=MOST_ACROSS)
    rows: list[ComparisonRow]

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        return cls(
            columns=[Column(document_id=document_id, title=title) for document_id, title in comparison.columns],
            rows=[
                ComparisonRow(aspect=aspect, cells=[None if number is None else Cell(citation_id=number) for number in numbers])
                for aspect, numbers in comparison.rows
            ],
        )


class Generator(Model):
    mode: Literal["extractive", "llm"] = "extractive"
    model: str | None = None
    fallback: str | None = None


class IndexModel(Model):
    id: str = Field(pattern="^sha256:[0-9a-f]{64}$")
    built_at: datetime
    documents: int = Field(ge=0)
    passages: int = Field(ge=0)
    embedding_model: str

    @classmethod
    def of(cls, info: IndexInfo) -> Self:
        return cls(
            id=info.id,
            built_at=datetime.fromisoformat(info.built_at),
            documents=info.documents,
            passages=info.passages,
            embedding_model=info.embedding_model,
        )


class Links(Model):
    self: str
    feedback: str = "/feedback"


class AskResponse(Model):
    """200 body of POST /ask; `ask_response.schema.json` beside this file is its contract.

    `confidence` is null where the answer carries no fitted probability; `basis` then says what it rests on. `nearest` holds the
    passages that came near where none answers, `partial` what was asked for beside what the quotes give."""

    id: str = Field(pattern="^ans_[0-9a-z]{16,32}$")
    object: Literal["answer"] = "answer"
    created_at: datetime
    status: Status
    question: str = Field(min_length=1, max_length=MAX_CHARS)
    standalone_question: str
    answer: AnswerText | None
    message: str | None
    citations: list[CitationModel]
    confidence: ConfidenceModel | None
    basis: Basis | None
    nearest: list[CitationModel] = Field(max_length=MAX_NEAREST)
    partial: PartialModel | None
    related: list[RelatedModel] = Field(max_length=MAX_RELATED)
    comparison: ComparisonModel | None
    conversation_id: str | None = None
    generator: Generator = Generator()
    index: IndexModel
    timings_ms: dict[str, float]
    links: Links

    @classmethod
    def of(cls, answer: Answer, earlier: Thread = Thread()) -> Self:  # noqa: B008
        """The response for an answer to the last question of a conversation; `earlier` is the conversation before it."""
        segments = [SegmentModel(start=s.start, end=s.end, citation_ids=[s.number]) for s in answer.segments]
        return cls(
            id=f"ans_{uuid4().hex}",
            created_at=datetime.now(UTC),
            status=answer.status,
            question=answer.question,
            standalone_question=answer.standalone,
            answer=AnswerText(text=answer.text, segments=segments) if segments else None,
            message=answer.message,
            citations=[CitationModel.of(citation) for citation in answer.citations],
            confidence=ConfidenceModel.of(answer.confidence) if answer.confidence else None,
            basis=answer.basis,
            nearest=[CitationModel.of(citation, cited=False) for citation in answer.nearest[:MAX_NEAREST]],
            partial=PartialModel.of(answer.partial) if answer.partial else None,
            related=[
                RelatedModel(question=one.question, document_id=one.document_id, label=one.label)
                for one in answer.related[:MAX_RELATED]
            ],
            comparison=ComparisonModel.of(answer.comparison) if answer.comparison else None,
            index=IndexModel.of(answer.index),
            timings_ms={"total": 0.0, **answer.timings_ms},
            links=Links(self=ask_address(earlier.then(answer.question))),
        )
