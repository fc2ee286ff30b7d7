"""Prometheus metrics of the service, over all its workers where `PROMETHEUS_MULTIPROC_DIR` names a folder they share."""

import os
from datetime import UTC, datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from rag.reply import Answer, IndexInfo

_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5)


class Metrics:
    """The counters of one application."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._asks = Counter("verbatim_asks", "Questions answered, by status", ["status"], registry=registry)
        self._stages = Histogram(
            "verbatim_stage_seconds", "Time of each stage of an answer", ["stage"], buckets=_SECONDS, registry=registry
        )
        self._cache = Counter("verbatim_cache", "Answers looked for in the cache, by result", ["result"], registry=registry)
        self._depth = Gauge(
            "verbatim_queue_depth", "Questions being answered or waiting", registry=registry, multiprocess_mode="livesum"
        )
        self._index = Gauge(
            "verbatim_index_info", "1 for the index that is served", ["id"], registry=registry, multiprocess_mode="livemax"
        )
        self._age = Gauge(
            "verbatim_index_age_seconds", "Age of that index", registry=registry, multiprocess_mode="livemostrecent"
        )
        self._info: IndexInfo | None = None

    def answered(self, answer: Answer, from_cache: bool) -> None:
        """Count an answer, and the time of its stages unless they were spent on an earlier request."""
        self._asks.labels(answer.status).inc()
        self._cache.labels("hit" if from_cache else "miss").inc()
        if not from_cache:
            for stage, milliseconds in answer.timings_ms.items():
                self._stages.labels(stage).observe(milliseconds / 1000)

    def depth(self, questions: int) -> None:
        """Say how many questions are inside."""
        self._depth.set(questions)

    def serve(self, info: IndexInfo) -> None:
        """Say which index is served from now on."""
        if self._info is not None and self._info.id != info.id:
            self._index.labels(self._info.id).set(0)
        self._info = info
        self._index.labels(info.id).set(1)

    def render(self) -> bytes:
        """All metrics in the text format of `content_type`."""
        if self._info is not None:
            self._age.set((datetime.now(UTC) - datetime.fromisoformat(self._info.built_at)).total_seconds())
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
