"""One file's bytes to text and blocks."""
