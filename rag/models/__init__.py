"""The networks; nothing else loads one.

Takes texts and gives encodings (`encoder`), shared by threads (`batching`) and remembered (`caching`); takes a question with
passages and gives how well each answers (`scorer`, or `similarity` where none was fitted to the encoder). `sources` finds a model
by its name, `joining` puts one together that comes in parts, `tuning` adds what was learned here to it, `export` makes graphs of
it, `quantising` and `rounding` make them small, `exports` keeps those whose `parity` with the model was proven; `networks` are
the two that are asked.
May import the root's values and `rag.text`.
"""

MAX_TOKENS = 256  # tokens that an encoder reads of a text, its two marks included
TEXT_TOKENS = MAX_TOKENS - 2
