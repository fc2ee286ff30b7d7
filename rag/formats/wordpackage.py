"""A Word file's bytes to its document, first mended where Word passes over a fault in silence and python-docx does not."""

import io
import posixpath
import re
import zipfile
from typing import Any
from urllib.parse import unquote

import docx
from lxml import etree

from rag.errors import CorpusError

_ENCRYPTED = b"\xd0\xcf\x11\xe0"  # Word wraps a document with a password, and all of Word 97, in an OLE file
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_TYPES = "[Content_Types].xml"
_KINDS = re.compile(
    rb"application/vnd\.(?:ms-word\.(?:document|template)\.macroEnabled(?:Template)?"
    rb"|openxmlformats-officedocument\.wordprocessingml\.template)\.main\+xml"
)
_DOCUMENT = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def open_word(data: bytes, max_expanded: int) -> Any:
    """The document in a Word file. Raises CorpusError if it is encrypted or unpacks to more than `max_expanded` bytes."""
    if data.startswith(_ENCRYPTED):
        raise CorpusError("locked with a password, or in the old .doc format; save it as .docx without a password")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entries = package.infolist()
        expanded = sum(entry.file_size for entry in entries)
        if expanded > max_expanded:
            raise CorpusError(f"unpacks to {expanded:,} bytes, over {max_expanded:,} (ten times VERBATIM_MAX_FILE_BYTES)")
        names = {entry.filename for entry in entries}
        parts = {name: _mended(name, package.read(name), names) for name in sorted(names)}
    rewritten = io.BytesIO()
    with zipfile.ZipFile(rewritten, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return docx.Document(rewritten)


def _mended(name: str, content: bytes, names: set[str]) -> bytes:
    """A part in the transitional namespaces, as a document that is no template, without relationships to parts not there."""
    if not name.endswith((".xml", ".rels")):
        return content
    content = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", content)
    if name == _TYPES:
        return _KINDS.sub(_DOCUMENT, content)
    return _without_dangling(name, content, names) if name.endswith(".rels") else content


def _without_dangling(name: str, content: bytes, names: set[str]) -> bytes:
    tree = etree.fromstring(content)
    folder = posixpath.dirname(posixpath.dirname(name))
    for relation in list(tree):
        target = unquote((relation.get("Target") or "").split("#")[0])
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        if relation.get("TargetMode") != "External" and path not in names:
            tree.remove(relation)
    written: bytes = etree.tostring(tree)
    return written
