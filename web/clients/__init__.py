"""Other programs in the forms that they speak already: OpenAI's clients. May import all of `web` but `app`."""
