"""The OpenAPI document, held to by machine: no fault, and no answer that it does not describe."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from goodwill.config.wsgi import application
from tests.api.operations import DOCUMENT, rows_of
from tests.api.programs import secret_of
from tests.cast import Cast

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
OPERATIONS = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
quickly = settings(
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """The connection outlives each request, as in Django's own test client: the test's transaction is on it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def headers(cast: Cast) -> dict[str, str]:
    """Those of a program of the head: what it may not do, nobody may."""
    return {"Authorization": f"Bearer {secret_of(cast.head)}"}


@schema.parametrize()
@settings(quickly, max_examples=6)
def test_every_operation_answers_as_its_document_says(case: Any, headers: dict[str, str]) -> None:
    # What fits the types may still be refused: a moment that has passed is 422, whatever its format.
    case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])


@pytest.fixture
def rows(cast: Cast) -> dict[str, int]:
    """A row for every number that an address, a query or a body may name."""
    return rows_of(cast)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_every_operation_answers_about_rows_that_exist(
    operation: Any, rows: dict[str, int], headers: dict[str, str]
) -> None:
    answered: set[int] = set()

    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    @settings(quickly, max_examples=6)
    def ask(case: Any) -> None:
        for given_ids in (case.path_parameters, case.query, case.body if isinstance(case.body, dict) else {}):
            for name in set(given_ids or ()) & set(rows):
                given_ids[name] = rows[name]
        response = case.call(headers=headers)
        answered.add(response.status_code)
        checks = [
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ]
        case.validate_response(response, checks=checks)

    ask()
    assert answered & {200, 201, 409, 422}, f"only {answered}: the rows were not reached"


def test_the_document_is_openapi_3_1_and_says_what_every_operation_may_answer() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    operations = [
        (method, operation) for methods in DOCUMENT["paths"].values() for method, operation in methods.items()
    ]
    assert len(operations) == len(OPERATIONS) >= 25
    for method, operation in operations:
        said = {int(status) for status in operation["responses"]}
        assert {400, 401, 403, 404, 422, 429, 500, 503} <= said, operation["operationId"]
        keys = [one["name"] for one in operation["parameters"] if one["in"] == "header" and one["required"]]
        if method != "get":
            assert {409, 411, 413} <= said
            assert keys == ["Idempotency-Key"], operation["operationId"]
        assert operation["description"].endswith("`")
        assert operation["security"] == [{"token": []}]
