"""The networks; nothing else loads one. Takes texts and gives encodings; imports root values and `text`."""

MAX_TOKENS = 256  # tokens that an encoder reads of a text, its two marks included
TEXT_TOKENS = MAX_TOKENS - 2
