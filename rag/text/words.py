"""A text to its words: in order, without those that only carry grammar, and as stems."""

import re
from functools import lru_cache

import Stemmer

WORD = re.compile(r"[^\W_]+(?:[.'’&+#/-][^\W_]+)*[+#]*")
_JOINT = re.compile(r"[-/&]")
_STEMMER = Stemmer.Stemmer("english")

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
