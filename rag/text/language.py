"""A text to the language it is in, if that is plainly not English."""

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Languages with many readers; with fewer to tell apart, a question of three words is enough. None of 3,300 English questions (the
# judged ones and SQuAD's) was taken for another language.
NAMES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
SURE = 0.75
_LOADING = Lock()


def language_of(text: str) -> str | None:
    """The English name of a text's language; None where it may be English or is none of `NAMES`."""
    with _LOADING:
        identifier = _identifier()
    code, probability = identifier.classify(text)
    return NAMES.get(code) if probability >= SURE else None


@cache
def _identifier() -> "LanguageIdentifier":
    # Half a second and 80 MB, which only a server that is asked in another language spends.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["en", *NAMES])
    return identifier
