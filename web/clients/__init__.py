"""Other programs ask too: each protocol that they speak is one module, imported only where it is switched on, and its answers are
those of POST /ask. May import all of `web` but `page`, `app` and `server`.
"""
