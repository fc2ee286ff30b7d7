"""Making an index folder and reading one.

Takes a corpus and a model (`building`), and gives a folder that is switched to whole (`builds`), told in a `report`; takes the
folder and gives an `Index` (`index`), its files checked against their `manifest`. `contents` are what a build will hold, `reuse`
takes over what is embedded already, `encoders` keeps one encoder for all builds, `sections` is the table of what may be asked
next, `watching` builds again on change. A `library` is where builds are served from: that folder, or a database that they are
`published` to, whose texts several machines embed (`sharing`, `workers`).
May import the root's values, the settings, `rag.text`, `rag.formats`, `rag.models`, `rag.retrieval`, `rag.questions` and
`rag.guides`.
"""
