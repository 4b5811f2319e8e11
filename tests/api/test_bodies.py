"""Whatever is sent: never a fault, never done by halves, and always told which field and what to do."""

from typing import Any

import pytest
from django.test import Client

from goodwill.api import bodies
from goodwill.api.problems import Wrong
from goodwill.store.customers import Customer
from tests.api.programs import Program
from tests.cast import Cast

WHOLE = '"kind": "person", "name": "Nina New"'


def sent(program: Program, body: bytes, **headers: str) -> Any:
    """The answer to these bytes as a new customer."""
    told = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "k1"} | headers
    return program.client.generic("POST", "/api/v1/customers", body, content_type="application/json", headers=told)


@pytest.mark.parametrize(
    ("body", "status", "field", "remedy"),
    [
        (b"", 422, "", "There is no body. Send a JSON object"),
        (b'{"kind": ,', 400, "", "not JSON at line 1, column 10"),
        (b'{"kind":\n "person"', 400, "", "not JSON at line 2"),
        (b"kind=person&name=x", 400, "", "Send UTF-8 JSON"),
        (b"\x1f\x8b\x08\x00", 400, "", "not compressed"),
        ('{"name": "ж"}'.encode("utf-16"), 400, "", "not text in UTF-8"),
        (b"[]", 422, "", "not a JSON object"),
        (b"null", 422, "", "not a JSON object"),
        (f'{{{WHOLE}, "name": "Nora"}}'.encode(), 422, "name", "stands twice"),
        (b'{"\\ud800": 1, "\\ud800": 2}', 422, "?", "stands twice"),
        (f'{{{WHOLE}, "site_id": NaN}}'.encode(), 400, "", "holds NaN"),
        (f'{{{WHOLE}, "site_id": -Infinity}}'.encode(), 400, "", "holds -Infinity"),
        (f'{{{WHOLE}, "site_id": {"9" * 5000}}}'.encode(), 400, "", "more than 400 digits"),
        (f'{{{WHOLE}, "site_id": {"9" * 400}}}'.encode(), 422, "site_id", "less than or equal"),
        (f'{{{WHOLE}, "site_id": "1"}}'.encode(), 422, "site_id", "without quotes"),
        (f'{{{WHOLE}, "site_id": 1.5}}'.encode(), 422, "site_id", "without a point"),
        (f'{{{WHOLE}, "site_id": true}}'.encode(), 422, "site_id", "not a whole number"),
        (f'{{{WHOLE}, "number": 7}}'.encode(), 422, "number", "in quotes"),
        (f'{{{WHOLE}, "number": "a\\u0000"}}'.encode(), 422, "number", "NUL"),
        (f'{{{WHOLE}, "nmae": "x"}}'.encode(), 422, "nmae", "no such field"),
        (b"[" * 200_000 + b"]" * 200_000, 400, "", "nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, "", "nested too deeply"),
        (f'{{{WHOLE}, "number": {"[" * 300}{"]" * 300}}}'.encode(), 422, "number", "not text"),
    ],
)
def test_a_body_that_cannot_be_used_is_told_why(body: bytes, status: int, field: str, remedy: str, cast: Cast) -> None:
    before = Customer.objects.count()
    answer = sent(Program(cast.head), body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    assert answer.json()["field"] == field
    assert remedy in answer.json()["detail"]
    assert Customer.objects.count() == before


def test_a_body_is_read_as_it_was_before() -> None:
    said = {"text": "ж \U0001f600", "number": 9, "half": 1.5, "nothing": None, "list": [{"a": 1}, {"a": 2}]}
    text = '{"text": "ж \\ud83d\\ude00", "number": 9, "half": 1.5, "nothing": null, "list": [{"a": 1}, {"a": 2}]}'
    assert bodies.read(text.encode()) == said
    assert bodies.read(b"\xef\xbb\xbf" + text.encode()) == said
    with pytest.raises(Wrong):
        bodies.read(b'{"list": [{"a": 1, "a": 1}]}')


def test_a_type_that_does_not_fit_is_told_what_to_send_in_its_place(cast: Cast) -> None:
    head = Program(cast.head)
    till = {"name": "Till", "channel": "phone"}
    for change, remedy in (({"tangible": "counter"}, "JSON array"), ({"is_active": "yes"}, "true nor false")):
        answer = head.post("touchpoints", till | change)
        assert (answer.status_code, answer.json()["field"]) == (422, next(iter(change)))
        assert remedy in answer.json()["detail"]
    due = head.post("promises", {"customer_id": cast.buyer.pk, "kind": "call", "what": "ring", "due": {}})
    assert due.json()["detail"].endswith("business_days."), due.json()


def test_a_write_takes_no_parameters_in_its_address(cast: Cast) -> None:
    before = Customer.objects.count()
    answer = Program(cast.head).ask("post", "customers", {"kind": "person", "name": "Nina"}, owner_id="1")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "not_known", "owner_id")
    assert Customer.objects.count() == before


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_parameter_that_stands_twice_does_not_pass_for_the_last(method: str, cast: Cast) -> None:
    answer = Program(cast.head).ask(method, "orders", customer_id=["1", "2"])
    assert answer.status_code == 422
    if method == "get":
        assert (answer.json()["code"], answer.json()["field"]) == ("said_twice", "customer_id")


@pytest.mark.parametrize("path", ["customers", "customers/1", "openapi.json"])
def test_an_address_of_too_many_parameters_is_no_fault(path: str, cast: Cast, settings: Any) -> None:
    program = Program(cast.head)
    many = {f"a{n}": "1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    for method in ("get", "head", "options", "delete"):
        answer = program.ask(method, path, **many)
        assert answer.status_code < 500, (method, answer.content)
    answer = program.get("customers", **many)
    assert (answer.status_code, answer.json()["code"]) == (400, "too_many_parameters")
    written = program.ask("post", "customers", {"kind": "person", "name": "Nina"}, **many)
    assert (written.status_code, written.json()["code"]) == (400, "too_many_parameters")


def test_a_strange_host_name_is_a_problem_for_a_program_and_a_page_for_a_person(cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    told = client.get("/api/v1/customers", headers={"Host": "elsewhere.example"})
    assert (told.status_code, told["Content-Type"]) == (400, "application/problem+json")
    assert (told.json()["code"], told.json()["field"]) == ("unknown_host", "Host")
    assert "GOODWILL_HOSTS" in told.json()["detail"]
    page = client.get("/", headers={"Host": "elsewhere.example"})
    assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")
