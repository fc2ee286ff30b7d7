"""The routes for readers: the page and all that it shows."""
