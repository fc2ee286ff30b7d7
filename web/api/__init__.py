"""The routes for programs: ask, the guides, health and counters, the operator's, votes. May import all of `web` but `page`."""
