"""The service keeps to its own OpenAPI document: made-up requests, good and bad, are answered as it says."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from rag.settings import Settings
from tests.benchmarks.servers import running, verbatim

OPERATIONS = ["POST /ask", "GET /documents", "GET /documents/{document_id}/text", "GET /healthz", "GET /readyz", "GET /metrics"]
# A question's length counts once white space and control characters are folded, which JSON Schema cannot say.
SAID_IN_PROSE: list[Any] = [negative_data_rejection, positive_data_acceptance]
EXAMPLES = 100

pytestmark = pytest.mark.model
Modes = schemathesis.GenerationMode


@pytest.fixture(scope="module")
def described(tiny_settings: Settings) -> Iterator[schemathesis.BaseSchema]:
    with running(verbatim(tiny_settings.index), "What does a Head of Analytics Engineering do?") as server:
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/openapi.json")


def test_the_document_names_every_operation(described: schemathesis.BaseSchema) -> None:
    paths = described.raw_schema["paths"]
    assert sorted(f"{method.upper()} {path}" for path in paths for method in paths[path]) == sorted(OPERATIONS)


@pytest.mark.parametrize(("label", "mode"), [*((label, Modes.POSITIVE) for label in OPERATIONS), (OPERATIONS[0], Modes.NEGATIVE)])
def test_the_service_keeps_to_its_document(described: schemathesis.BaseSchema, label: str, mode: Modes) -> None:
    method, path = label.split()
    operation = described[path][method]

    @hypothesis.settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def call(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(excluded_checks=SAID_IN_PROSE)

    call()
