from dataclasses import replace

import pytest

from rag.errors import CorpusError
from rag.index.contents import contents_of
from tests.handmade import BAKER, GUIDES, PILOT, plan


def test_texts_hold_the_heading_path_and_what_a_unit_stands_under() -> None:
    texts = plan({"pilot.md": PILOT + "\nA captain:\n\n- leads the crew\n"}).texts
    assert texts.passages[0] == "Pilot\nA Pilot flies planes."
    assert texts.passages[0][texts.prefixes[0] :] == "A Pilot flies planes."
    assert texts.units[-1].endswith("Pay\nA captain:\nleads the crew")
    assert len(texts.passages) == len(texts.prefixes) == len(texts.passage_keys)
    assert len(texts.units) == len(texts.unit_keys)


def test_the_id_is_that_of_the_content() -> None:
    id = plan().id
    assert len(id) == len("sha256:") + 64
    assert plan().id == id
    assert plan({**GUIDES, "baker.md": BAKER + "- Rest\n"}).id != id
    assert plan({"baker.md": BAKER, "copilot.md": PILOT}).id != id
    assert plan(model_sha256="1" * 64).id != id


def test_a_guide_that_would_lose_text_stops_the_plan() -> None:
    source = plan().source
    cut = replace(source.documents[0], blocks=source.documents[0].blocks[:1])
    with pytest.raises(CorpusError, match=r"baker\.md \("):
        contents_of(replace(source, documents=[cut, source.documents[1]]))
