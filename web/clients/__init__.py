"""Other programs ask too: each protocol that they speak is one module, and its answers are those of POST /ask.

A module is imported only where it is switched on. May import all of `web` but `page`, `app` and `server`.
"""
