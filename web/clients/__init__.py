"""Other programs ask too, each in the form that it speaks already; the answers are those of POST /ask.

`openai` and `widget` are always there, `mcp` only where it is switched on. May import all of `web` but `app` and `server`.
"""
