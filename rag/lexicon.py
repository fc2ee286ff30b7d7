"""The lexicon: general English of the career domain, read once from lexicon.toml."""

import tomllib
from pathlib import Path
from typing import Any

_DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))

ROLE_NOUNS = frozenset(_DATA["role_nouns"].split())
GENERIC_ROLES = frozenset(_DATA["generic_roles"].split())
NOT_ROLES = frozenset(_DATA["not_roles"].split())
