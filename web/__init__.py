"""The page and the API over `rag`: routes, templates, static files. Nothing here decides what an answer is."""
