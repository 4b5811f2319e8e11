"""A driver's round as pages and plain forms, and what a device is told."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from goodwill.store.addresses import Address
from goodwill.store.interactions import Interaction
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from goodwill.store.shipment_reports import ShipmentPhoto, ShipmentReport
from tests.cast import Cast
from tests.rounds import delivery, make_driver, picture

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HOUR = timedelta(hours=1)
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.MEDIA_ROOT = tmp_path
    yield tmp_path / "photos"


@pytest.fixture
def driver(cast: Cast) -> Person:
    return make_driver(cast)


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def stop(cast: Cast, **fields: Any) -> Promise:
    return delivery(cast, at=timezone.now(), **fields)


def send(sender: Person, promise: Promise, **fields: Any) -> Any:
    """What the device sends: JSON is wanted, with the person who tapped."""
    said = {"key": "k-1", "outcome": "delivered", "person": sender.pk} | fields
    return browser(sender).post(f"/shipments/{promise.pk}/report/", said, headers=JSON)


def photo(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("1.jpg", picture(place=True) if content is None else content, "image/jpeg")


# ---------------------------------------------------------------- the page


def test_a_stop_says_who_where_what_and_by_when(cast: Cast, driver: Person) -> None:
    Address.objects.create(customer=cast.buyer, kind="phone", value="+493012345678")
    promise = stop(cast)
    page = browser(driver).get("/shipments/round/").content.decode()
    assert "Berta Buyer" in page and "Lindenstraße 5, 10969 Berlin" in page and "3 items" in page
    assert 'href="tel:+493012345678"' in page and "+49 30 12345678" in page
    assert promise.order is not None and f"Order {promise.order.number}" in page


def test_the_round_is_narrowed_without_scripts_too(cast: Cast, driver: Person) -> None:
    stop(cast)
    stop(cast, customer=cast.outsider)
    page = browser(driver).get("/shipments/round/?q=LINDENSTRASSE otto").content.decode()
    assert "Otto Outside" in page and "Berta Buyer" not in page
    assert "No stop fits these words." in browser(driver).get("/shipments/round/?q=nobody").content.decode()


def test_whoever_may_not_settle_promises_has_no_round(cast: Cast) -> None:
    assert browser(cast.administrator).get("/shipments/round/").status_code == 403


# ---------------------------------------------------------------- plain forms


def test_a_plain_form_delivers_and_comes_back_to_the_round(cast: Cast, driver: Person) -> None:
    promise = stop(cast)
    said = {"outcome": "delivered", "key": "k", "photos": photo()}
    answer = browser(driver).post(f"/shipments/{promise.pk}/report/", said, follow=True)
    assert answer.redirect_chain == [("/shipments/round/", 302)]
    assert "Delivered. Thank you." in answer.content.decode() and "Done today" in answer.content.decode()
    promise.refresh_from_db()
    assert promise.outcome == "kept" and ShipmentPhoto.objects.count() == 1


def test_a_refused_form_keeps_what_was_typed(cast: Cast, driver: Person) -> None:
    promise = stop(cast)
    said = {"outcome": "damaged", "key": "k", "accepted": "no", "words": "All flat & wet", "condition": ""}
    answer = browser(driver).post(f"/shipments/{promise.pk}/report/", said)
    assert answer.status_code == 422
    assert "All flat &amp; wet" in answer.content.decode() and "Please fill this in." in answer.content.decode()
    broken = browser(driver).post(f"/shipments/{promise.pk}/report/", {"outcome": "eaten", "key": "k"})
    assert broken.status_code == 422 and not ShipmentReport.objects.exists()


def test_a_stranger_learns_of_no_stop(cast: Cast) -> None:
    promise = stop(cast)
    said = {"outcome": "delivered", "key": "k"}
    assert browser(cast.stranger).post(f"/shipments/{promise.pk}/report/", said).status_code == 404
    answer = send(cast.stranger, promise)
    assert (answer.status_code, answer.json()["reason"]) == (404, "not_found")


# ---------------------------------------------------------------- the device


def test_a_device_hears_what_came_of_its_report_and_the_same_again(cast: Cast, driver: Person) -> None:
    promise = stop(cast)
    tapped = timezone.now() - HOUR
    first = send(driver, promise, said_at=tapped.isoformat())
    again = send(driver, promise, said_at=tapped.isoformat())
    assert (first.status_code, first.content) == (201, again.content) and again.status_code == 201
    assert first.json()["text"] == "Delivered. Thank you."
    told = ShipmentReport.objects.get()
    assert (told.said_at, told.key) == (tapped, "k-1")


def test_another_report_under_a_spent_key_is_refused(cast: Cast, driver: Person) -> None:
    first, second = stop(cast), stop(cast)
    assert send(driver, first).status_code == 201
    answer = send(driver, second)
    assert (answer.status_code, answer.json()["reason"]) == (409, "already_used")


def test_what_one_driver_tapped_never_arrives_as_another(cast: Cast, driver: Person) -> None:
    other = make_driver(cast, "other@vektor.example", "Odd Other")
    promise = stop(cast)
    answer = send(other, promise, person=driver.pk)
    assert (answer.status_code, answer.json()["reason"]) == (401, "another_person")
    assert not ShipmentReport.objects.exists()


def test_signed_out_a_device_is_led_to_the_sign_in(cast: Cast) -> None:
    answer = Client().post(f"/shipments/{stop(cast).pk}/report/", {"key": "k"}, headers=JSON)
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({"said_at": "2020-01-01T10:00:00+01:00"}, 422, "before_it_was_made"),
        ({"said_at": "2099-01-01T10:00:00+01:00"}, 422, "in_the_future"),
        ({"said_at": "2026-03-04T10:00:00"}, 422, "not_valid"),
        ({"said_at": "2026-99-99T10:00:00+01:00"}, 422, "not_valid"),
        ({"said_at": "noon"}, 422, "not_valid"),
        ({"outcome": "late", "cause": "traffic"}, 422, "required"),
        ({"key": ""}, 422, "not_valid"),
    ],
)
def test_a_device_hears_why_it_was_refused(
    cast: Cast, driver: Person, fields: dict[str, Any], status: int, reason: str
) -> None:
    answer = send(driver, stop(cast), **fields)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)
    assert answer.json()["text"]


@pytest.mark.parametrize(
    ("content", "reason"), [(b"no photo", "not_a_photo"), (b"\0\0\0\x18ftypheic\0\0", "heic_photo")]
)
def test_a_bad_photo_is_refused_in_words(cast: Cast, driver: Person, content: bytes, reason: str) -> None:
    promise = stop(cast)
    answer = send(driver, promise, photos=photo(content))
    assert (answer.status_code, answer.json()["reason"]) == (422, reason)
    promise.refresh_from_db()
    assert promise.outcome == "open"


def test_told_by_the_driver_is_a_warning_in_the_words_of_the_taps(cast: Cast, driver: Person) -> None:
    promise = stop(cast)
    fields = {"outcome": "late", "cause": "traffic", "is_told": "1"}
    assert send(driver, promise, late_by="30", **fields).status_code == 201
    assert Interaction.objects.get().words == "The driver told the customer: late by 30 minutes. Cause: Traffic."
    promise.refresh_from_db()
    assert promise.warned_at is not None
    page = browser(driver).get("/shipments/round/").content.decode()
    assert "warned" in page and "Expected" in page
    assert "<strong>Traffic</strong>" in browser(driver).get(f"/promises/{promise.pk}/").content.decode()
    until = (promise.due_at + HOUR).astimezone(ZoneInfo(promise.zone)).strftime("%H:%M")
    assert send(driver, promise, key="k-2", until=until, **fields).json()["text"].startswith("The warning")


def test_refused_goods_are_shown_as_such(cast: Cast, driver: Person) -> None:
    answer = send(driver, stop(cast), outcome="damaged", condition="wet", accepted="no")
    assert answer.json()["text"] == "Damage written down. The delivery is still owed."
    assert "The customer refused the goods." in browser(driver).get("/shipments/round/").content.decode()
    taken = send(driver, stop(cast), key="k-2", outcome="damaged", condition="wet", accepted="yes")
    assert taken.json()["text"] == "Damage written down. The goods were accepted."
    slip = send(driver, stop(cast), key="k-3", outcome="late", cause="truck", late_by="15")
    assert slip.json()["text"].startswith("Written down.")


# ---------------------------------------------------------------- photos


def test_a_photo_is_shown_to_those_who_see_the_report(cast: Cast, driver: Person) -> None:
    promise = stop(cast)
    send(driver, promise, outcome="damaged", condition="wet", accepted="no", words="Wet!", photos=photo())
    address = f"/shipments/photos/{ShipmentPhoto.objects.get().pk}/"
    for who in (driver, cast.agent, cast.manager, cast.head):
        answer = browser(who).get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Content-Disposition"].startswith("inline; filename=")
        assert answer["X-Content-Type-Options"] == "nosniff" and answer["Cache-Control"] == "private, no-store"
    for who, status in ((cast.stranger, 404), (cast.accountant, 404), (cast.administrator, 403)):
        assert browser(who).get(address).status_code == status
    assert "<strong>Wet</strong>" in browser(driver).get(f"/promises/{promise.pk}/").content.decode()
    for page in (f"/promises/{promise.pk}/", f"/orders/{promise.order_id}/", f"/customers/{cast.buyer.pk}/"):
        assert address in browser(cast.manager).get(page).content.decode(), page


def test_a_photo_whose_file_is_gone_is_not_there(cast: Cast, driver: Person, files: Path) -> None:
    send(driver, stop(cast), photos=photo())
    row = ShipmentPhoto.objects.get()
    (files / row.name).unlink()
    assert browser(driver).get(f"/shipments/photos/{row.pk}/").status_code == 404


# ---------------------------------------------------------------- the worker, and giving


def test_the_worker_looks_after_the_shipments_only() -> None:
    answer = Client().get("/shipments/round-worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8" and answer["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in answer
    assert "worker-src 'self'" in answer["Content-Security-Policy"]


def test_a_delivery_is_given_from_its_page(cast: Cast, driver: Person) -> None:
    promise = stop(cast, person=cast.agent)
    client = browser(cast.agent)
    page = client.get(f"/promises/{promise.pk}/").content.decode()
    assert f'value="person:{driver.pk}"' in page and "Dora Driver" in page
    client.post(f"/promises/{promise.pk}/give/", {"owes": f"person:{driver.pk}", "version": promise.version})
    promise.refresh_from_db()
    assert promise.person_id == driver.pk
    assert "Berta Buyer" in browser(driver).get("/shipments/round/").content.decode()
    wrong = client.post(f"/promises/{promise.pk}/give/", {"owes": "person:0"}, follow=True)
    assert "This is not one of the choices." in wrong.content.decode()
    logistics = driver.assignments.get().unit_id
    client.post(f"/promises/{promise.pk}/give/", {"owes": f"unit:{logistics}"})
    promise.refresh_from_db()
    assert promise.unit_id == logistics and promise.person is None
    assert browser(cast.stranger).post(f"/promises/{promise.pk}/give/", {"owes": ""}).status_code == 404


def test_what_a_driver_gives_away_is_on_another_round(cast: Cast, driver: Person) -> None:
    promise = stop(cast, person=driver)
    other = make_driver(cast, "other@vektor.example", "Odd Other")
    answer = browser(driver).post(f"/promises/{promise.pk}/give/", {"owes": f"person:{other.pk}"})
    assert answer["Location"] == "/shipments/round/"
    assert "Berta Buyer" not in browser(driver).get("/shipments/round/").content.decode()
