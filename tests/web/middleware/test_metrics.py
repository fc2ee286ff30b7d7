"""Metrics say how many questions came to what, and which index they were answered from."""

from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from rag.reply import Answer, Confidence, IndexInfo
from web.middleware.metrics import Metrics


def values(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(metrics.render().decode())
    return {(sample.name, tuple(sample.labels.values())): sample.value for family in families for sample in family.samples}


def info(id: str) -> IndexInfo:
    return IndexInfo(id, (datetime.now(UTC) - timedelta(hours=1)).isoformat(), 1, 2, "model")


def answer(status: str) -> Answer:
    return Answer(status, "q", "q", info("a"), Confidence(0.5, 0.5), timings_ms={"encode": 3.0})  # type: ignore[arg-type]


def test_answers_are_counted_by_status_and_cache() -> None:
    metrics = Metrics()
    metrics.answered(answer("answered"), from_cache=False)
    metrics.answered(answer("answered"), from_cache=True)
    metrics.answered(answer("not_found"), from_cache=False)
    seen = values(metrics)
    assert seen["verbatim_asks_total", ("answered",)] == 2
    assert seen["verbatim_asks_total", ("not_found",)] == 1
    assert (seen["verbatim_cache_total", ("hit",)], seen["verbatim_cache_total", ("miss",)]) == (1, 2)
    assert (seen["verbatim_stage_seconds_count", ("encode",)], seen["verbatim_stage_seconds_sum", ("encode",)]) == (2, 0.006)


def test_index_and_its_age_follow_a_switch() -> None:
    metrics = Metrics()
    metrics.serve(info("a"))
    metrics.serve(info("b"))
    seen = values(metrics)
    assert (seen["verbatim_index_info", ("a",)], seen["verbatim_index_info", ("b",)]) == (0, 1)
    assert 3600 <= seen["verbatim_index_age_seconds", ()] < 3660


def test_queue_depth_is_the_last_one_told() -> None:
    metrics = Metrics()
    for depth in (1, 2, 1):
        metrics.depth(depth)
    assert values(metrics)["verbatim_queue_depth", ()] == 1
