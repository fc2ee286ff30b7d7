"""Bytes of a text file to its canonical text."""

import codecs
import re
from contextlib import suppress

from charset_normalizer import from_bytes

from rag.errors import CorpusError
from rag.text.cleaning import as_seen

# The longer marks come first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WINDOWS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "gb2312": "gb18030"}
_BINARY = "binary data, not text; export it as UTF-8 text"
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")  # all that Unicode ends a line with
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes, declared: str | None = None) -> str:
    """The canonical text of a text file's bytes: NFC, lines ended by a line feed, no byte order mark. The encoding is detected;
    one that the file declares is tried first.

    Raises CorpusError for bytes that are no text."""
    raw = _decode(data, declared)
    if "\x00" in raw or len(_CONTROL.findall(raw)) > max(2, len(raw) / 200):
        raise CorpusError(_BINARY)
    return _canonical(raw)


def _decode(data: bytes, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise CorpusError(
                    f"marked as {encoding} but broken at byte {error.start + len(mark)}; save it as UTF-8"
                ) from error
    kin = _as_browsers_read(declared) if declared else None
    # A file that declares one of these and is UTF-8 was declared wrongly: their letters make no UTF-8.
    order = ["utf-8", kin, declared] if kin in _WINDOWS.values() else [kin, "utf-8"]
    for encoding in filter(None, order):
        with suppress(UnicodeDecodeError, LookupError):
            return data.decode(encoding)
    return _guess(data)


def _as_browsers_read(declared: str) -> str:
    """The encoding that browsers take for a declared one (WHATWG): its Windows kin, which has marks where it has controls."""
    with suppress(LookupError):
        return _WINDOWS.get(codecs.lookup(declared).name, declared)
    return declared


def _guess(data: bytes) -> str:
    if b"\x00" in data:
        raise CorpusError(_BINARY)
    mended = data.decode("utf-8", "replace")
    broken = mended.count("\ufffd")
    if sum(character > "\x7f" for character in mended) > 4 * broken:
        raise CorpusError(
            f"UTF-8 with {broken} broken characters, the first after {mended.index(chr(0xFFFD)):,}; save it again as UTF-8"
        )
    matches = list(from_bytes(data))
    if not matches:
        raise CorpusError("text in an encoding that cannot be told; save it as UTF-8")
    # Short Western text fits Windows-1250 and -1252 alike; where nothing tells them apart, the commoner one is it, as on the web.
    best = (matches[0].chaos, matches[0].coherence)
    ties = {name for match in matches if (match.chaos, match.coherence) == best for name in match.could_be_from_charset}
    encoding = "cp1252" if "cp1252" in ties else matches[0].encoding
    return data.decode(encoding)


def _canonical(raw: str) -> str:
    return as_seen(_LINE_END.sub("\n", raw))
