"""Methods that no operation is written for: HEAD is GET without its body, OPTIONS tells what an address knows."""

import json
from typing import Any

import pytest
from django.test import Client

from goodwill.api import limits
from goodwill.api.urls import api
from goodwill.domain.tokens import Access
from tests.api.operations import DOCUMENT, OPERATIONS, Operation, rows_of
from tests.api.programs import Program
from tests.cast import Cast

OF_THIS_REQUEST = {"X-Request-Id"}
READS = [operation for operation in OPERATIONS if operation.method == "get"]


def headers_of(answer: Any) -> dict[str, str]:
    """All that is said beside the body, but for what tells two requests apart."""
    return {name: value for name, value in answer.headers.items() if name not in OF_THIS_REQUEST}


def same_without_body(asked: Any, looked: Any) -> None:
    """Both answers are one, and the second has no body."""
    assert looked.status_code == asked.status_code
    assert looked.content == b""
    assert headers_of(looked) == headers_of(asked) | {"Content-Length": str(len(asked.content))}


@pytest.mark.parametrize("operation", READS, ids=str)
def test_head_answers_as_get_does_without_a_body(operation: Operation, cast: Cast) -> None:
    rows = rows_of(cast)
    for program in (Program(cast.head), Program(cast.stranger), Program(cast.head, Access.WRITE_CUSTOMERS)):
        address = operation.address(rows)
        same_without_body(program.get(address), program.ask("head", address))


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("moon", {}, 404),
        ("customers", {"limit": "0"}, 422),
        ("customers", {"custmer_id": "1"}, 422),
        ("orders", {"cursor": "x"}, 404),
        ("customers/1/addresses", {}, 405),
    ],
)
def test_head_meets_the_problems_of_get(path: str, query: dict[str, str], status: int, cast: Cast) -> None:
    program = Program(cast.head)
    looked = program.ask("head", path, **query)
    assert (looked.status_code, looked["Content-Type"]) == (status, "application/problem+json")
    same_without_body(program.get(path, **query), looked)


def test_head_is_let_in_by_a_token_and_counts_as_a_request(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = Client().head("/api/v1/customers")
    assert (stranger.status_code, stranger.content) == (401, b"")
    assert stranger["WWW-Authenticate"].startswith("Bearer")
    monkeypatch.setattr(limits, "take", lambda token_id, at: 17)
    answer = Program(cast.head).ask("head", "customers")
    assert (answer.status_code, answer["Retry-After"]) == (429, "17")


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_options_tells_anybody_the_methods_that_the_document_names(path: str) -> None:
    methods = {method.upper() for method in DOCUMENT["paths"][path]} | {"OPTIONS"}
    allowed = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    address = path.replace("{", "").replace("}", "")
    told = Client().options(address)
    assert (told.status_code, told.content, told["Allow"]) == (204, b"", allowed)
    assert not any(name.startswith("Access-Control") or name == "Content-Type" for name in told.headers)
    refused = Client().delete(address)
    assert (refused.status_code, refused["Allow"], refused.json()["code"]) == (405, allowed, "method_not_allowed")


def test_options_of_an_address_that_is_none_is_a_problem() -> None:
    for path in ("moon", "", "customers/"):
        answer = Client().options(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_address"), path


def test_the_document_is_read_and_not_written() -> None:
    address = "/api/v1/openapi.json"
    same_without_body(Client().get(address), Client().head(address))
    assert Client().options(address)["Allow"] == "GET, HEAD, OPTIONS"
    answer = Client().post(address)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")


def test_the_document_is_made_once_and_says_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "/api/v1/openapi.json"
    first = Client().get(address)
    assert first.json() == json.loads(json.dumps(DOCUMENT))
    monkeypatch.setattr(api, "get_openapi_schema", lambda **_: pytest.fail("made again"))
    assert Client().get(address).content == first.content
