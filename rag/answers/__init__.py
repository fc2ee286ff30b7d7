"""Units with their chances to quotes, or to an abstention.

Takes a `Question`, its `Scope` and the hits of a search, and gives a `Draft`. `conversation` tells which career a follow-up is
about where none is named. Hits are `evidence` in their groups, the scorer's logits become `chances`, `spans` says how much is
quoted and `citation` quotes it; where the guides do not answer, `abstention` says so and `nearness` shows what came near.
`comparison` puts several drafts side by side, `routing` answers what needs no search, `lacking` tells what was asked for that the
guides lack and `partly` says so of a place or a year, `suggestions` offers what to ask next; `wording` says what we say
ourselves, from `words.toml`.
May import the root's values, `rag.text`, `rag.models`, `rag.retrieval`, `rag.questions`, `rag.guides` and `rag.index`.
"""
