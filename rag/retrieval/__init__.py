"""Where passages are kept and found.

Takes a question's text and encoding, and gives hits, best first (`search`), out of a `Store` (`store`). One is made of `parts`:
embeddings (`dense`), words (`lexical`) and token states (`tokens`), with the passages as `values` that are decoded when asked
for; they lie in one folder (`local`), or in `postgres`, a `database`. `vocabulary` are the words of all guides.
May import the root's values and `rag.text`; passages are told by their rows, so it knows no guide.
"""
