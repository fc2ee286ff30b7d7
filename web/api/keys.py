"""API keys, kept as hashes: what a caller must send, compared in constant time."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable


def make_key() -> tuple[str, str]:
    """A new key for a caller, and the hash of it for the settings."""
    key = secrets.token_urlsafe(32)
    return key, hash_key(key)


def hash_key(key: str) -> str:
    """A key's sha256 (hex). A key has 256 random bits, so a slow hash would protect nothing more."""
    return hashlib.sha256(key.encode()).hexdigest()


def holds(authorization: str | None, hashes: Iterable[str]) -> bool:
    """Whether an `Authorization` header carries a key whose hash is among `hashes`. Takes as long whichever it is."""
    scheme, _, key = (authorization or "").partition(" ")
    given = hash_key(key.strip()) if scheme.lower() == "bearer" else ""
    matches = [hmac.compare_digest(given, known) for known in hashes]
    return any(matches)
