from functools import lru_cache

import pytest

from rag.weakmethods import weakly


class Doubler:
    def __init__(self) -> None:
        self.of = lru_cache(maxsize=8)(weakly(self._make))

    def _make(self, number: int) -> int:
        return 2 * number


def test_a_method_is_called_while_its_object_lives_and_named_when_it_is_gone() -> None:
    doubler = Doubler()
    of = doubler.of
    assert (of(3), of(3)) == (6, 6)
    del doubler
    with pytest.raises(ReferenceError, match=r"Doubler\._make"):
        of(4)
