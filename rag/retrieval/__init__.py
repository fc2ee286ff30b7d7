"""Where passages are kept and found.

Takes a question's text and encoding, and gives hits, best first (`search`), out of a `Store` (`store`), which `local` makes of
embeddings (`dense`), words (`lexical`) and token states (`tokens`) in one folder. `vocabulary` are the words of all guides.
May import the root's values and `rag.text`; passages are told by their rows, so it knows no guide.
"""
