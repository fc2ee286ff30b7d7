"""The routes for readers and all that the page shows: answers laid out, guides, exports. May import all of `web` but `app`."""
