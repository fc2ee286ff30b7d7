"""What follows a quote that ends in a colon, over guides made by hand."""

from pathlib import Path

from rag.reply import Answer
from tests.handmade import pipeline_of

HEADED = (
    "# Baker\n\nA Baker bakes. Their day holds these parts:\n\n### Night\n\n- Knead the dough\n- Heat the oven\n\n"
    "### Morning\n\n- Sell the bread\n\n## Pay\n\nLittle.\n"
)
BARE = "# Pilot\n\nA Pilot flies planes. They need:\n\n# Sailor\n\nA Sailor sails.\n"


def asked(folder: Path, text: str, question: str) -> Answer:
    answer = pipeline_of(folder, {"guide.md": text}).ask(question)
    assert answer.status == "answered"
    for segment, citation in zip(answer.segments, answer.citations, strict=True):
        assert answer.text[segment.start : segment.end] == citation.document.text[citation.start : citation.end]
    return answer


def test_the_headed_lists_below_a_colon_are_quoted_with_their_headings(tmp_path: Path) -> None:
    answer = asked(tmp_path, HEADED, "What does a Baker do?")
    assert [citation.quote.splitlines()[0] for citation in answer.citations] == [
        "A Baker bakes. Their day holds these parts:",
        "Night",
        "Morning",
    ]
    assert answer.text.endswith("- Sell the bread") and "Little" not in answer.text


def test_words_that_lead_in_to_nothing_are_left_out(tmp_path: Path) -> None:
    assert asked(tmp_path, BARE, "What does a Pilot do?").text == "A Pilot flies planes."
