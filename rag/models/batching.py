"""An encoder that many threads share: questions that arrive while it is busy are encoded together."""

from collections.abc import Sequence
from threading import Event, Lock

from rag.datatypes import Encoder, Encoding

# Eight questions of 12 tokens take 13 ms together and 31 ms one by one (one thread, fp32); past that little is won.
MAX_BATCH = 16


class _Waiting:
    """Texts that a thread wants encoded, and what became of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.woken = Event()
        self.encodings: list[Encoding] | None = None
        self.error: Exception | None = None

    def result(self) -> list[Encoding]:
        if self.error is not None:
            raise self.error
        return self.encodings or []


class SharedEncoder:
    """Texts to encodings by another encoder, one batch at a time.

    Whoever finds the encoder idle encodes for all who wait, then hands over to the first who came meanwhile: a lone
    question waits for nobody, and there is no timer to set.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._guard = Lock()
        self._queue: list[_Waiting] = []
        self._busy = False

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Texts to encodings in the same order."""
        mine = _Waiting(texts)
        with self._guard:
            self._queue.append(mine)
            leads, self._busy = not self._busy, True
        if not leads:
            mine.woken.wait()
        if mine.encodings is None and mine.error is None:
            self._lead()
        return mine.result()

    def _lead(self) -> None:
        with self._guard:
            batch, self._queue = self._queue[:MAX_BATCH], self._queue[MAX_BATCH:]
        try:
            encodings = self._encoder.encode([text for waiting in batch for text in waiting.texts])
            for waiting in batch:
                waiting.encodings, encodings = encodings[: len(waiting.texts)], encodings[len(waiting.texts) :]
        except Exception as error:  # whatever it was, it is raised in each thread that waits
            for waiting in batch:
                waiting.error = error
        finally:
            with self._guard:
                following = self._queue[:1]
                self._busy = bool(following)
            for waiting in [*batch, *following]:
                waiting.woken.set()
