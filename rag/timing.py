"""How long each stage of an answer takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

_times: ContextVar[dict[str, float] | None] = ContextVar("stages", default=None)


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Collect the milliseconds of the stages that run inside, by name, those of nested questions included."""
    times: dict[str, float] = {}
    token, began = _times.set(times), perf_counter()
    try:
        yield times
    finally:
        times["total"] = round(1000 * (perf_counter() - began), 3)
        _times.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Time what runs inside as (more of) a stage; costs about a microsecond where nobody collects."""
    began = perf_counter()
    try:
        yield
    finally:
        times = _times.get()
        if times is not None:
            times[name] = round(times.get(name, 0.0) + 1000 * (perf_counter() - began), 3)
