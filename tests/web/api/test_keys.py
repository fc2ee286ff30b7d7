"""API keys are known by their hashes."""

from web.api.keys import hash_key, holds, make_key


def test_a_made_key_is_held_by_its_hash() -> None:
    key, known = make_key()
    assert len(known) == 64
    assert known == hash_key(key)
    assert holds(f"Bearer {key}", [known])
    assert holds(f"bearer  {key} ", ["0" * 64, known])


def test_anything_else_is_not() -> None:
    key, known = make_key()
    for header in (None, "", "Bearer", "Bearer ", key, f"Basic {key}", f"Bearer {known}", f"Bearer {key}x"):
        assert not holds(header, [known])
    assert not holds(f"Bearer {key}", [])
