"""A folder of guides to documents, outlines and passages.

Takes a folder (`corpus`), or the O*NET database to make guides of (`onet`), and gives each guide as a `Document`, its `Outline`
of sections and careers, and its `Passage`s, which are what is embedded, found and quoted. `headings` and `flattened` bring back
the structure that a file lost; `subjects` tell which career a guide is about where no title does; `coverage` tells how much of a
guide's text is held.
May import the root's values, `rag.text`, `rag.formats` and what fits a model's encoder (`rag.models.encoder`).
"""
