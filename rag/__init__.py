"""Verbatim: career questions, answered in the guides' own words.

corpus/ -> documents -> outline -> passages -> encoder -> index -> retrieval -> answer -> web
"""
