"""Words, sentences and roles of English, with offsets; knows no guide."""
