"""Bytes to canonical text."""

import codecs

import pytest

from rag.errors import CorpusError
from rag.text.decoding import decode

TEXT = "Précis: la rémunération d’un chef de projet varie selon l’expérience, la région et le secteur d’activité. Où ? À Orléans."


def test_plain_utf8_is_left_as_it_is() -> None:
    assert decode("Pay: 10–20 €\n".encode()) == "Pay: 10–20 €\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding_and_goes(mark: bytes, encoding: str) -> None:
    assert decode(mark + TEXT.encode(encoding)) == TEXT


def test_an_older_encoding_is_told_from_the_text() -> None:
    assert decode(TEXT.encode("cp1252")) == TEXT
    assert decode("The café manager earns £30k.".encode("cp1252")) == "The café manager earns £30k."
    czech = "Datový inženýr staví datové sklady a potoky dat a dbá na jejich kvalitu a dostupnost. Platy jsou vyšší než průměr."
    assert decode(czech.encode("cp1250")) == czech
    russian = "Инженер по данным строит хранилища и конвейеры данных, а также следит за их качеством и доступностью."
    assert decode(russian.encode("cp1251")) == russian


def test_line_ends_and_combining_marks_are_rewritten() -> None:
    raw = "Re\u0301sume\u0301 one\r\ntwo\rthree cafe\u0301 end"
    assert decode(raw.encode()) == "Résumé one\ntwo\nthree café end"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff", b"te\x00xt", bytes(range(256)) * 4])
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(CorpusError, match="binary data, not text"):
        decode(data)


def test_broken_utf8_is_not_taken_for_another_encoding() -> None:
    with pytest.raises(CorpusError, match="UTF-8 with 1 broken characters, the first after 119; save it again as UTF-8"):
        decode(TEXT.encode()[:-2] + b"\xff.")


def test_a_broken_mark_names_the_byte() -> None:
    with pytest.raises(CorpusError, match="marked as utf-8 but broken at byte 5"):
        decode(codecs.BOM_UTF8 + b"ok\xff")
