"""A folder of guides to documents, outlines and passages."""
