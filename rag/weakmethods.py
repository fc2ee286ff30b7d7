"""Methods as callbacks that do not keep their object alive."""

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakMethod

T = TypeVar("T")


def weakly(method: Callable[..., T]) -> Callable[..., T]:
    """A bound method, callable for as long as something else holds its object.

    An object that holds its own methods, in a cache or by way of what it calls, is freed by the garbage collector alone: a
    server that takes a new index over would stand still for it (half a second for 30,000 passages), and would never be rid of
    what `gc.freeze` put beyond the collector.
    """
    weak, name = WeakMethod(method), method.__qualname__

    def call(*arguments: Any) -> T:
        alive = weak()
        if alive is None:
            raise ReferenceError(f"The object of {name} is gone.")
        return alive(*arguments)

    return call
