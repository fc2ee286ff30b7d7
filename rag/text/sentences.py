"""A text to its sentences, as offsets into it."""

import re

# A full stop after one of these does not close a sentence.
_NEVER_LAST = frozenset(["e.g", "i.e", "vs", "cf", "mr", "mrs", "ms", "dr", "prof", "st", "approx", "fig", "vol"])
_ABBREVIATIONS = _NEVER_LAST | {"etc", "al", "sr", "jr", "inc", "ltd", "co", "corp", "dept", "est"}
# A run of marks is looked at once, from its start: ten thousand dots are no ten thousand runs.
_BREAK = re.compile(r"(?<![.!?…。！？])[.!?…。！？]++[\"'”’)\]]*+(?=\s|$)|[。！？]+|\n{2,}")
_SPACE = re.compile(r"\s*")


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Offsets of the sentences of `text[start:end]`, white space trimmed; abbreviations and decimals do not split."""
    end = len(text) if end is None else end
    found, begin = [], start
    for match in _BREAK.finditer(text, start, end):
        if not _closes(text, match.start(), match.end(), end, match.group()):
            continue
        found.append((begin, match.end()))
        begin = match.end()
    found.append((begin, end))
    return [span for span in (trim(text, *span) for span in found) if span[0] < span[1]]


def _closes(text: str, at: int, after: int, end: int, mark: str) -> bool:
    if len(mark.rstrip("\"'”’)]")) > 1 or mark[0] != ".":
        return True
    before = re.search(r"[\w.'’]+$", text[max(0, at - 24) : at])
    word = before.group().lower() if before else ""
    space = _SPACE.match(text, after, end)
    following = text[space.end() : min(space.end() + 1, end)] if space else ""
    if word == "no" and following.isdigit():
        return False
    if word in _NEVER_LAST or re.fullmatch(r"[a-z]", word):
        return False
    if word in _ABBREVIATIONS or "." in word:
        return following.isupper()
    return not following.islower()


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """`start, end` moved inwards past white space."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def last_seen(text: str, before: int) -> str:
    """The last character before an offset that is no white space, or none."""
    while before and text[before - 1].isspace():
        before -= 1
    return text[max(0, before - 1) : before]
