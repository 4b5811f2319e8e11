"""Request lines: each request leaves one line with an id, a route, a number; nothing of what was asked."""

import logging
from typing import Any

import pytest
from django.test import Client

from goodwill.web import request_figures
from goodwill.web.request_ids import taken_or_made
from tests.cast import Cast

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
GIVEN = "4f0c2b6e-77aa-4f5e-9d1c-0123456789ab"


def lines(caplog: pytest.LogCaptureFixture) -> list[Any]:
    """The records of requests."""
    return [one for one in caplog.records if one.name == "goodwill.requests"]


def test_a_page_is_named_by_its_route_and_the_person_by_number(
    client: Client, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(cast.head, backend=BACKEND)
    with caplog.at_level(logging.INFO, "goodwill"):
        answer = client.get(f"/customers/{cast.buyer.pk}/?q=Berta", headers={"X-Request-Id": GIVEN})
    assert answer["X-Request-Id"] == GIVEN
    (line,) = lines(caplog)
    assert (line.method, line.route, line.status, line.person) == ("GET", "web:customer", 200, cast.head.pk)
    assert line.duration_ms >= 0
    assert "Berta" not in str(vars(line))


def test_what_does_not_exist_is_named_none_and_files_static(client: Client, db: None, caplog: Any) -> None:
    with caplog.at_level(logging.INFO, "goodwill"):
        client.get("/no/such/anna@vektor.example")
        client.get("/static/dist/goodwill.css")
        client.generic("ANNA", "/sign-in/")
    assert [(line.route, line.status) for line in lines(caplog)][:2] == [("none", 404), ("static", 200)]
    assert lines(caplog)[2].method == "OTHER"


@pytest.mark.parametrize(
    "given", ["", "short1", "x" * 65 + "1", "anna@vektor.example1", "line\nbreak-000000000", "a" * 20]
)
def test_an_id_that_is_not_sane_is_replaced(given: str) -> None:
    made = taken_or_made(given)
    assert made != given
    assert taken_or_made(made) == made


def test_a_fault_has_a_line_and_an_id_too(client: Client, db: None, caplog: Any, monkeypatch: Any) -> None:
    from goodwill.reads import readiness

    def breaks(at: object) -> None:
        raise RuntimeError("Anna")

    monkeypatch.setattr(readiness, "look", breaks)
    client.raise_request_exception = False
    with caplog.at_level(logging.INFO, "goodwill"):
        answer = client.get("/health/ready")
    assert answer.status_code == 500
    assert len(answer["X-Request-Id"]) == 32
    assert lines(caplog)[-1].status == 500


def test_figures_know_routes_and_classes_only(client: Client, db: None) -> None:
    client.get("/no/such/page")
    labels = {sample.labels["route"] for family in request_figures._own.collect() for sample in family.samples}
    assert "none" in labels
    assert not any("/" in label for label in labels)
