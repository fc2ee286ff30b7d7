"""One file's bytes to text and blocks.

Takes the bytes of a guide and its suffix, and gives a `Parsed`: the canonical text, and the `Block`s that the format shows in it.
`parsing.parse` picks the format; each has a module that alone knows its library. `blocks` holds what all formats agree on,
`manuscript` writes the text of a guide that is none itself. To add a format: a module, and a line in `parsing.PARSERS`.
May import the root's values and `rag.text`.
"""
