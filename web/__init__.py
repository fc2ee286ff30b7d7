"""The page and the API over `rag`: routes, templates, static files. Nothing here decides what an answer is.

Takes a loaded pipeline, gives an ASGI application (`app.create_app`) and its server (`server.serve`). May import anything of
`rag`; nothing there imports it. In order: values (`addresses` `problems` `private` `votes` `schemas`) < `middleware` < what
routes share (`service` `reloading` `supervised`) < `api` < `clients` < `page` < `app` < `server`.
"""
