"""Words, sentences and roles of English, with offsets; knows no guide.

Takes a text, or the bytes of a text file (`decoding`), and gives its `words` and stems, its `sentences`, its `language`, the
`roles` that its titles name, a word in another form (`inflection`), and the text cleaned (`cleaning`).
`wording` reads our own words from a file.
ROLES.md says what roles were learned from. May import the root's values only.
"""
