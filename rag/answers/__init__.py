"""Units with their chances to quotes, or to an abstention."""
