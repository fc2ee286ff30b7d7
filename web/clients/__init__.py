"""Other programs ask too: what stands in other sites' pages, interfaces made for programs. May import all of `web` but `app`."""
