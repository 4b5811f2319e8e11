"""What a carrier's program says of a delivery, over the API."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from goodwill.domain.tokens import Access
from goodwill.store.idempotency import IdemKey
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Shipment
from goodwill.store.promises import Promise
from goodwill.store.shipment_reports import ShipmentReport
from tests.api.programs import Program
from tests.cast import Cast


@pytest.fixture
def carrier(cast: Cast) -> Program:
    """A program that may do nothing but settle promises."""
    return Program(cast.agent, Access.WRITE_PROMISES)


@pytest.fixture
def delivery(cast: Cast) -> Promise:
    """A delivery that is due in two hours, with its shipment under way."""
    order = cast.order()
    Shipment.objects.create(order=order, position=1)
    due = timezone.now() + timedelta(hours=2)
    return cast.promise(kind="delivery", order=order, due_at=due, made_at=timezone.now() - timedelta(days=1))


def ago(minutes: int) -> str:
    return (timezone.now() - timedelta(minutes=minutes)).isoformat()


def test_a_delivered_one_fulfils_the_promise_at_the_moment_it_names(carrier: Program, delivery: Promise) -> None:
    said_at = ago(30)
    answer = carrier.post(f"promises/{delivery.pk}/report", {"outcome": "delivered", "said_at": said_at})
    assert answer.status_code == 201, answer.content
    report = answer.json()
    shipment = Shipment.objects.get()
    assert (report["effect"], report["promise_id"], report["shipment_id"]) == ("fulfils", delivery.pk, shipment.pk)
    delivery.refresh_from_db()
    assert delivery.outcome == "kept"
    assert delivery.acted_at == shipment.delivered_at == datetime.fromisoformat(said_at)
    again = carrier.post(f"promises/{delivery.pk}/report", {"outcome": "delivered"})
    assert (again.status_code, again.json()["code"]) == (409, "already_settled")


@pytest.mark.parametrize(("told", "is_warned"), [("", False), ("a flat tyre, at five", True)])
def test_a_late_one_warns_only_where_the_customer_was_told(
    carrier: Program, delivery: Promise, told: str, is_warned: bool
) -> None:
    later = (delivery.due_at + timedelta(hours=3)).isoformat()
    body = {"outcome": "late", "cause": "truck", "expected_at": later, "told_words": told}
    answer = carrier.post(f"promises/{delivery.pk}/report", body)
    assert (answer.status_code, answer.json()["is_told"], answer.json()["effect"]) == (201, is_warned, "endangers")
    assert datetime.fromisoformat(answer.json()["expected_at"]) == datetime.fromisoformat(later)
    delivery.refresh_from_db()
    assert (delivery.outcome, delivery.warned_at is not None, delivery.standing) == ("open", is_warned, "at_risk")


def test_damaged_goods_that_were_refused_stay_owed(carrier: Program, delivery: Promise) -> None:
    body = {"outcome": "damaged", "condition": "wet", "is_accepted": False, "words": "soaked through"}
    answer = carrier.post(f"promises/{delivery.pk}/report", body)
    assert (answer.status_code, answer.json()["condition"], answer.json()["is_accepted"]) == (201, "wet", False)
    assert answer.json()["interaction_id"] is not None
    assert "soaked" not in answer.content.decode()
    delivery.refresh_from_db()
    assert delivery.settled_at is None


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"outcome": "eaten"}, 422, "outcome"),
        ({"outcome": "late", "expected_at": "2099-01-01T00:00:00Z"}, 422, "cause"),
        ({"outcome": "late", "cause": "truck"}, 422, "expected_at"),
        ({"outcome": "late", "cause": "truck", "expected_at": "soon"}, 422, "expected_at"),
        ({"outcome": "late", "cause": "truck", "expected_at": "2000-01-01T00:00:00Z"}, 422, "expected_at"),
        ({"outcome": "damaged", "is_accepted": True}, 422, "condition"),
        ({"outcome": "damaged", "condition": "wet"}, 422, "is_accepted"),
        ({"said_at": "2098-01-01T00:00:00Z"}, 422, "said_at"),
        ({"said_at": "2000-01-01T00:00:00Z"}, 422, "said_at"),
        ({"photos": []}, 422, "photos"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_reported(
    carrier: Program, delivery: Promise, change: dict[str, Any], status: int, field: str
) -> None:
    entries = JournalEntry.objects.count()
    answer = carrier.post(f"promises/{delivery.pk}/report", {"outcome": "delivered"} | change)
    assert (answer.status_code, answer.json()["field"]) == (status, field), answer.content
    assert not ShipmentReport.objects.exists()
    assert JournalEntry.objects.count() == entries


def test_what_would_still_be_in_time_does_not_slip(carrier: Program, delivery: Promise) -> None:
    sooner = (delivery.due_at - timedelta(minutes=1)).isoformat()
    answer = carrier.post(
        f"promises/{delivery.pk}/report", {"outcome": "late", "cause": "truck", "expected_at": sooner}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "still_in_time")
    assert "in time" in answer.json()["detail"]


def test_only_a_delivery_of_ours_is_reported(cast: Cast, carrier: Program) -> None:
    call = cast.promise(due_at=timezone.now() + timedelta(hours=2))
    answer = carrier.post(f"promises/{call.pk}/report", {"outcome": "delivered"})
    assert (answer.status_code, answer.json()["field"]) == (422, "promise_id")


def test_a_report_repeated_is_one_even_when_its_key_was_forgotten(
    cast: Cast, carrier: Program, delivery: Promise
) -> None:
    path, body = f"promises/{delivery.pk}/report", {"outcome": "damaged", "condition": "wet", "is_accepted": True}
    first = carrier.post(path, body, key="k1")
    assert carrier.post(path, body, key="k1").content == first.content
    IdemKey.objects.all().delete()
    assert carrier.post(path, body, key="k1").json()["id"] == first.json()["id"]
    assert ShipmentReport.objects.count() == 1
    assert Program(cast.agent).post(path, body, key="k1").json()["id"] != first.json()["id"]


def test_the_stranger_reports_nothing(cast: Cast, delivery: Promise) -> None:
    answer = Program(cast.stranger).post(f"promises/{delivery.pk}/report", {"outcome": "delivered"})
    assert answer.status_code == 404
    unable = Program(cast.administrator).post(f"promises/{delivery.pk}/report", {"outcome": "delivered"})
    assert unable.status_code == 403
    assert not ShipmentReport.objects.exists()
