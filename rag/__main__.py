"""`python -m rag` is `verbatim`."""

from rag.cli import main

main()
