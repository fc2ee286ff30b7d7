"""How good answers are, and whether an index is sound."""
