"""Words and sentences of a text, with their offsets."""

import re
import unicodedata
from functools import lru_cache

import Stemmer

WORD = re.compile(r"[^\W_]+(?:[.'’&+#/-][^\W_]+)*[+#]*")
_JOINT = re.compile(r"[-/&]")
_STEMMER = Stemmer.Stemmer("english")

# A full stop after one of these does not close a sentence.
_NEVER_LAST = frozenset(["e.g", "i.e", "vs", "cf", "mr", "mrs", "ms", "dr", "prof", "st", "approx", "fig", "vol"])
_ABBREVIATIONS = _NEVER_LAST | {"etc", "al", "sr", "jr", "inc", "ltd", "co", "corp", "dept", "est"}
_BREAK = re.compile(r"[.!?…。！？]+[\"'”’)\]]*(?=\s+|$)|[。！？]+|\n{2,}")

# Function words: they carry grammar, not a subject. The usual closed classes of English (articles, prepositions,
# pronouns, auxiliaries, conjunctions, question words) and a few contractions without their apostrophe.
FUNCTION_WORDS = frozenset(
    """
    a about above across after again against all along also although am among an and another any anybody anyone anything are
    aren't around as at away back be because been before behind being below between both but by can can't cannot could couldn't
    did didn't do does doesn't doing don't done down during each either else ever every everyone everything few for from further
    had has hasn't have haven't having he her here hers him his how however i i'd i'll i'm i've if in instead into is isn't it
    it's its itself just let let's like many may me might mine more most much must my myself neither no nobody none nor not
    nothing now of off often on once one ones only onto or other others our ours out over own per perhaps please quite rather
    really same shall she should shouldn't since so some somebody someone something sometimes still such than that that's the
    their theirs them themselves then there there's these they they're this those though through thus to too toward towards
    under until up upon us very via was wasn't we we're well were weren't what what's when where whether which while who who's
    whom whose why will with within without won't would wouldn't yes yet you you'd you'll you're your yours yourself
    """.split()  # noqa: SIM905
)


def words(text: str) -> list[str]:
    """Lower-case word tokens of a text, in order; "Ph.D.", "C++" and "real-time" stay whole."""
    return [match.group().lower().replace("’", "'") for match in WORD.finditer(text)]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The English (Porter 2) stem of a lower-case word."""
    return str(_STEMMER.stemWord(word))


def content_words(text: str) -> list[str]:
    """The words of a text that are not function words."""
    return [word for word in words(text) if word not in FUNCTION_WORDS]


def stems(text: str) -> list[str]:
    """Stems of a text's content words, hyphens and slashes split so that "decision-making" meets "decision making"."""
    pieces = (piece for word in content_words(text) for piece in _JOINT.split(word))
    return [stem(piece) for piece in pieces if piece and piece not in FUNCTION_WORDS]


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
    following = text[after:end].lstrip()[:1]
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


def clean(text: str) -> str:
    """A question as it will be read: NFC, no control, format or tag characters, white space folded.

    Joiners between letters are kept (U+200C and U+200D shape words in several scripts)."""
    kept = (c if not _unseen(c) else " " if c in "\t\n\r\x0b\x0c\x85" else "" for c in unicodedata.normalize("NFC", text))
    return " ".join("".join(kept).split())


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} and character not in "\u200c\u200d"
