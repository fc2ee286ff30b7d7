"""Responses fit the published schema, and their offsets and addresses hold."""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import ValidationError

from rag.answers.comparison import MOST_ACROSS
from rag.reply import Comparison, Turn
from tests.scenes import SEED, Scenes
from web.addresses import Thread, at_quote
from web.schemas import AskRequest, AskResponse

SCENES = Scenes()
SCHEMA = json.loads((Path(__file__).parent.parent.parent / "web" / "ask_response.schema.json").read_text(encoding="utf-8"))
ANSWERABLE = [question for question in SCENES.scenes if question not in ("slow", "fail")]


@pytest.mark.parametrize("question", [*ANSWERABLE, "Who won the cup?"])
def test_every_answer_fits_the_schema(question: str) -> None:
    answer = SCENES.ask(question, [Turn("Hello")])
    body = json.loads(AskResponse.of(answer, Thread(("Hello",))).model_dump_json())
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(body)
    assert parse_qs(urlsplit(body["links"]["self"]).query)["q"] == ["Hello", question]
    for segment in body["answer"]["segments"] if body["answer"] else ():
        (number,) = segment["citation_ids"]
        citation = body["citations"][number - 1]
        text = SCENES.documents[citation["document_id"]].text
        quoted = body["answer"]["text"][segment["start"] : segment["end"]]
        assert quoted == citation["quote"] == text[citation["start"] : citation["end"]]


def test_a_question_about_all_careers_fits_the_schema_with_as_many_as_it_is_put_to() -> None:
    answer = SCENES.across("Which of these needs no degree?")
    assert answer.comparison is not None
    columns = tuple((SEED, f"Career {number}") for number in range(MOST_ACROSS))
    wide = replace(answer, comparison=Comparison(columns, (("Education", (1, 2, *[None] * (MOST_ACROSS - 2))),)))
    body = json.loads(AskResponse.of(wide).model_dump_json())
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(body)
    assert len(body["comparison"]["columns"]) == len(body["comparison"]["rows"][0]["cells"]) == MOST_ACROSS


def test_the_same_answer_gives_the_same_body_but_for_id_and_time() -> None:
    first, second = (AskResponse.of(SCENES.ask(ANSWERABLE[0])).model_dump() for _ in range(2))
    assert first.pop("id") != second.pop("id")
    for body in (first, second):
        body.pop("created_at")
    assert first == second


def test_a_question_is_cleaned_before_it_is_measured() -> None:
    asked = AskRequest.model_validate(
        {"question": "  caf\u0065\u0301\u200b \U000e0041 " + "x" * 390, "history": [{"question": "a\tb"}]}
    )
    assert asked.question == "caf\u00e9 " + "x" * 390 and asked.history[0].question == "a b"
    for question in ("\u200b \n", "x" * 401):
        with pytest.raises(ValidationError):
            AskRequest.model_validate({"question": question})


def test_source_address_finds_the_quote() -> None:
    assert at_quote("https://a.example/p", "Well-paid, mostly.") == "https://a.example/p#:~:text=Well%2Dpaid%2C%20mostly."
    long = " ".join(f"w{number}" for number in range(20))
    assert at_quote("https://a.example/p#top", long).endswith(
        "#top:~:text=w0%20w1%20w2%20w3%20w4%20w5,w14%20w15%20w16%20w17%20w18%20w19"
    )
