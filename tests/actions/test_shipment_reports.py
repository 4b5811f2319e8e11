"""A driver's report: what it does to the promise, the shipment, the journal, and for whom."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodwill.actions import corrections, erasures, photos, shipment_reports, sweeps
from goodwill.actions.shipment_reports import Said
from goodwill.domain.records import Correction
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.shipment_reports import Condition, ReportOutcome, SlipCause
from goodwill.domain.viewers import NOBODY, OPERATOR, Viewer
from goodwill.reads import today
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Shipment
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from goodwill.store.shipment_reports import ShipmentPhoto, ShipmentReport
from goodwill.store.touchpoints import Touchpoint
from tests.cast import NOW, Cast, make_unit
from tests.rounds import delivery, make_driver, picture

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DELIVERED = Said("k-1", ReportOutcome.DELIVERED)
LATE = Said("k-2", ReportOutcome.LATE, cause=SlipCause.TRUCK, minutes=30)
DAMAGED = Said("k-3", ReportOutcome.DAMAGED, condition=Condition.SPOILED, is_accepted=True)


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Photos of a test lie in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path
    yield tmp_path / "photos"


@pytest.fixture
def driver(cast: Cast) -> Person:
    return make_driver(cast)


def report(promise: Promise, said: Said, by: Viewer, *, at: datetime = NOW) -> ShipmentReport:
    done = shipment_reports.report(promise.pk, said, by=by, at=at)
    assert isinstance(done, ShipmentReport), done
    promise.refresh_from_db()
    return done


def refused(promise: Promise, said: Said, by: Viewer, *, at: datetime = NOW) -> Refusal:
    before = JournalEntry.objects.count()
    done = shipment_reports.report(promise.pk, said, by=by, at=at)
    assert isinstance(done, Refusal), done
    assert JournalEntry.objects.count() == before, "a refused report left a trace"
    return done


def kinds(promise: Promise) -> list[str]:
    return list(JournalEntry.objects.filter(promise_id=promise.pk).order_by("id").values_list("kind", flat=True))


# ---------------------------------------------------------------- delivered


def test_delivered_keeps_the_promise_at_the_moment_of_the_tap(cast: Cast, driver: Person) -> None:
    promise = delivery(cast)
    tapped = NOW - HOUR
    told = report(promise, replace(DELIVERED, said_at=tapped), cast.viewer(driver))
    assert (promise.outcome, promise.acted_at) == ("kept", tapped)
    assert (told.said_at, told.received_at, told.effect) == (tapped, NOW, "fulfils")
    assert told.shipment is not None and told.shipment.delivered_at == tapped
    assert kinds(promise) == ["promise_kept", "shipment_reported"]
    entry = JournalEntry.objects.get(kind="shipment_reported")
    assert (entry.at, entry.recorded_at, entry.actor_id) == (tapped, NOW, driver.pk)
    assert entry.facts["delay_seconds"] == 3600


def test_a_tap_in_time_keeps_it_though_the_clock_broke_it_before_there_was_a_signal(cast: Cast, driver: Person) -> None:
    promise = delivery(cast)
    sweeps.check([promise.pk], at=promise.due_at + HOUR)
    promise.refresh_from_db()
    assert promise.outcome == "broken_silent"
    report(promise, replace(DELIVERED, said_at=promise.due_at), cast.viewer(driver), at=promise.due_at + 2 * HOUR)
    assert promise.outcome == "kept"
    assert kinds(promise) == ["promise_broken", "promise_corrected", "promise_kept", "shipment_reported"]


def test_cold_pizza_is_a_failure_of_52_minutes_in_the_books(cast: Cast, driver: Person) -> None:
    Touchpoint.objects.create(name="At the door", channel="delivery", site=cast.elsewhere)
    everywhere = Touchpoint.objects.create(name="Any door", channel="delivery")
    door = Touchpoint.objects.create(name="The shop's doors", channel="delivery", site=cast.shop)
    promise = delivery(cast, due_at=datetime(2026, 3, 4, 18, tzinfo=UTC))
    at = promise.due_at + timedelta(minutes=52)
    told = report(promise, replace(DAMAGED, words="It is cold."), cast.viewer(driver), at=at)
    assert (promise.outcome, promise.settled_at) == ("broken_silent", at)
    late = JournalEntry.objects.get(kind="promise_fulfilled_late")
    assert late.facts["late_seconds"] == 52 * 60
    said = Interaction.objects.get()
    assert (said.words, said.channel, said.touchpoint, said.order) == ("It is cold.", "delivery", door, promise.order)
    assert told.interaction == said
    assert door.pk > everywhere.pk


def test_the_same_key_is_the_same_report(cast: Cast, driver: Person) -> None:
    promise, by = delivery(cast), cast.viewer(driver)
    first = report(promise, DELIVERED, by)
    again = report(promise, replace(DELIVERED, photos=(picture(),)), by, at=NOW + HOUR)
    assert first == again
    assert ShipmentReport.objects.count() == 1 and len(kinds(promise)) == 2
    assert not ShipmentPhoto.objects.exists()


def test_a_spent_key_is_not_good_for_another_stop(cast: Cast, driver: Person) -> None:
    by = cast.viewer(driver)
    report(delivery(cast), DELIVERED, by)
    assert refused(delivery(cast), DELIVERED, by).reason is Reason.ALREADY_USED


def test_two_drivers_may_have_made_the_same_key(cast: Cast, driver: Person) -> None:
    other = make_driver(cast, "other@vektor.example", "Odd Other")
    report(delivery(cast), DELIVERED, cast.viewer(driver))
    report(delivery(cast), DELIVERED, cast.viewer(other))
    assert ShipmentReport.objects.count() == 2


def test_delivered_twice_is_refused_the_second_time(cast: Cast, driver: Person) -> None:
    promise, by = delivery(cast), cast.viewer(driver)
    report(promise, DELIVERED, by)
    assert refused(promise, replace(DELIVERED, key="k-9"), by).reason is Reason.ALREADY_SETTLED


@pytest.mark.parametrize(
    ("said_at", "reason"),
    [
        (NOW + timedelta(minutes=3), Reason.IN_THE_FUTURE),
        (NOW - timedelta(days=3), Reason.BEFORE_IT_WAS_MADE),
        (NOW.replace(tzinfo=None), Reason.NOT_A_MOMENT),
    ],
)
def test_an_impossible_moment_is_refused(cast: Cast, driver: Person, said_at: datetime, reason: Reason) -> None:
    done = refused(delivery(cast), replace(DELIVERED, said_at=said_at), cast.viewer(driver))
    assert done == Refusal(reason, "said_at")


def test_a_correction_takes_the_delivery_off_the_shipment_too(cast: Cast, driver: Person) -> None:
    promise, by = delivery(cast), cast.viewer(driver)
    told = report(promise, DELIVERED, by)
    corrections.correct(promise.pk, Correction.NOT_SETTLED, by=by, at=NOW + timedelta(minutes=1))
    promise.refresh_from_db()
    assert promise.settled_at is None
    assert told.shipment is not None
    told.shipment.refresh_from_db()
    assert told.shipment.delivered_at is None
    report(promise, replace(DELIVERED, key="k-8"), by, at=NOW + HOUR)
    assert promise.outcome == "kept"


def test_an_order_without_shipments_and_a_promise_without_an_order_are_delivered_all_the_same(
    cast: Cast, driver: Person
) -> None:
    by = cast.viewer(driver)
    bare = delivery(cast)
    Shipment.objects.all().delete()
    assert report(bare, DELIVERED, by).shipment is None
    spoken = delivery(cast, order=None)
    assert report(spoken, replace(DELIVERED, key="k-7"), by).shipment is None
    assert (bare.outcome, spoken.outcome) == ("kept", "kept")


# ---------------------------------------------------------------- late


def test_a_slip_warns_nobody_but_asks_the_owner_to(cast: Cast, driver: Person) -> None:
    promise = delivery(cast, due_at=NOW + 20 * HOUR)
    told = report(promise, LATE, cast.viewer(driver))
    assert (promise.outcome, promise.standing, promise.warned_at) == ("open", "at_risk", None)
    assert told.expected_at == promise.due_at + timedelta(minutes=30)
    assert kinds(promise) == ["promise_at_risk", "shipment_reported"]
    row = next(row for row in today.page(cast.viewer(cast.manager), at=NOW).rows if row.promise_id == promise.pk)
    assert (row.standing, row.act) == ("at_risk", "warn")


def test_the_honest_slip_warns_at_the_moment_of_the_call(cast: Cast, driver: Person) -> None:
    due = datetime(2026, 3, 5, 11, tzinfo=UTC)
    promise = delivery(cast, due_at=due)
    waiting = cast.promise(depends_on=promise, due_at=due + 4 * HOUR)
    called = due - timedelta(hours=19, minutes=30)
    said = replace(LATE, said_at=called, until=time(14), minutes=None, told="The truck broke down.")
    report(promise, said, cast.viewer(driver), at=called + 2 * HOUR)
    waiting.refresh_from_db()
    assert (promise.warned_at, promise.standing, waiting.standing) == (called, "at_risk", "at_risk")
    warned = JournalEntry.objects.get(kind="promise_warned")
    assert (warned.facts["lead_seconds"], warned.facts["cause"]) == (int(19.5 * 3600), "carrier")
    assert (warned.at, warned.recorded_at) == (called, called + 2 * HOUR)
    Promise.objects.filter(pk=promise.pk).update(wakes_at=due)
    sweeps.check([promise.pk], at=due + timedelta(seconds=1))
    promise.refresh_from_db()
    assert promise.outcome == "broken_warned"


def test_a_call_in_time_that_is_heard_of_after_the_break_was_no_silence(cast: Cast, driver: Person) -> None:
    promise = delivery(cast)
    called = promise.due_at - HOUR
    sweeps.check([promise.pk], at=promise.due_at + HOUR)
    said = replace(LATE, said_at=called, told="Traffic.")
    report(promise, said, cast.viewer(driver), at=promise.due_at + 2 * HOUR)
    assert promise.outcome == "broken_warned"
    corrected = JournalEntry.objects.get(kind="promise_corrected")
    assert corrected.facts["why"] == "warned_in_time"


def test_a_sweep_does_not_forget_what_the_driver_said(cast: Cast, driver: Person) -> None:
    promise = delivery(cast, due_at=NOW + 30 * HOUR, wakes_at=NOW)
    waiting = cast.promise(depends_on=promise, due_at=NOW + 40 * HOUR, wakes_at=NOW, made_at=NOW - HOUR)
    report(promise, LATE, cast.viewer(driver))
    sweeps.check([promise.pk, waiting.pk], at=NOW)
    promise.refresh_from_db()
    waiting.refresh_from_db()
    assert (promise.standing, waiting.standing) == ("at_risk", "at_risk")
    Promise.objects.filter(pk=waiting.pk).update(wakes_at=NOW, standing="on_time")
    sweeps.check([waiting.pk], at=NOW)
    waiting.refresh_from_db()
    assert waiting.standing == "at_risk"


@pytest.mark.parametrize(
    ("more", "reason", "field"),
    [
        ({"cause": None}, Reason.REQUIRED, "cause"),
        ({"minutes": None}, Reason.REQUIRED, "until"),
        ({"minutes": 7}, Reason.REQUIRED, "until"),
        ({"minutes": None, "until": time(10, 30)}, Reason.STILL_IN_TIME, "until"),
    ],
)
def test_a_slip_without_its_cause_or_its_time_is_none(
    cast: Cast, driver: Person, more: dict[str, Any], reason: Reason, field: str
) -> None:
    assert refused(delivery(cast), replace(LATE, **more), cast.viewer(driver)) == Refusal(reason, field)


def test_a_day_slips_by_days(cast: Cast, driver: Person) -> None:
    end = datetime(2026, 3, 4, 23, tzinfo=UTC)
    promise = delivery(cast, due_at=end, late_rule="end_of_day", target_kind="day", promised_on=date(2026, 3, 4))
    told = report(promise, replace(LATE, minutes=1440), cast.viewer(driver))
    assert told.expected_at == end + timedelta(days=1)


# ---------------------------------------------------------------- damaged


def test_refused_goods_are_still_owed(cast: Cast, driver: Person) -> None:
    promise = delivery(cast, due_at=NOW + 20 * HOUR)
    told = report(promise, replace(DAMAGED, is_accepted=False), cast.viewer(driver))
    assert (promise.outcome, promise.standing, promise.settled_at) == ("open", "at_risk", None)
    assert told.shipment is not None and told.shipment.delivered_at is None
    assert (told.condition, told.is_accepted) == ("spoiled", False)
    assert JournalEntry.objects.get(kind="promise_at_risk").facts["because"] == "damaged"


def test_damage_found_after_the_delivery_is_noted_with_the_words(cast: Cast, driver: Person) -> None:
    promise, by = delivery(cast), cast.viewer(driver)
    report(promise, DELIVERED, by)
    told = report(promise, replace(DAMAGED, words="Cold!"), by, at=NOW + timedelta(minutes=5))
    assert (told.effect, promise.outcome) == ("notes", "kept")
    assert Interaction.objects.get().words == "Cold!"


@pytest.mark.parametrize(("more", "field"), [({"condition": None}, "condition"), ({"is_accepted": None}, "accepted")])
def test_damage_says_what_and_whether_it_was_taken(
    cast: Cast, driver: Person, more: dict[str, Any], field: str
) -> None:
    assert refused(delivery(cast), replace(DAMAGED, **more), cast.viewer(driver)) == Refusal(Reason.REQUIRED, field)


# ---------------------------------------------------------------- photos


def test_photos_are_kept_under_names_that_nobody_guesses(cast: Cast, driver: Person, files: Path) -> None:
    told = report(delivery(cast), replace(DAMAGED, photos=(picture(place=True), picture("PNG"))), cast.viewer(driver))
    rows = list(told.photos.all())
    assert len(rows) == 2
    for row in rows:
        content = (files / row.name).read_bytes()
        assert len(content) == row.size
        assert b"Berta" not in content
        assert len(row.name) == 48 + len(".jpg")
    entry = JournalEntry.objects.get(kind="shipment_reported")
    assert entry.facts["photos"] == 2
    assert not any(row.name in json.dumps(entry.facts) for row in rows)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ((picture(),) * 5, Reason.TOO_MANY_PHOTOS),
        ((picture(), b"no photo"), Reason.NOT_A_PHOTO),
        ((b"\0\0\0\x18ftypheic",), Reason.HEIC_PHOTO),
        ((b"\xff" * (10 * 1024 * 1024 + 1),), Reason.PHOTO_TOO_LARGE),
    ],
)
def test_with_a_bad_photo_nothing_is_written(
    cast: Cast, driver: Person, files: Path, sent: tuple[bytes, ...], reason: Reason
) -> None:
    promise = delivery(cast)
    assert refused(promise, replace(DELIVERED, photos=sent), cast.viewer(driver)).reason is reason
    promise.refresh_from_db()
    assert promise.outcome == "open"
    assert not files.exists() or not list(files.iterdir())


def test_a_fault_leaves_no_file_behind(
    cast: Cast, driver: Person, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(shipment_reports, "_note", fail)
    with pytest.raises(OSError, match="full"):
        shipment_reports.report(
            delivery(cast).pk, replace(DELIVERED, photos=(picture(),)), by=cast.viewer(driver), at=NOW
        )
    assert not list(files.iterdir()) and not ShipmentReport.objects.exists()


def test_erasing_a_customer_erases_their_door(
    cast: Cast, driver: Person, files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    promise = delivery(cast)
    report(promise, replace(DAMAGED, is_accepted=False, words="My door", photos=(picture(),)), cast.viewer(driver))
    other = delivery(cast, cast.outsider)
    report(other, replace(DAMAGED, key="k-5", photos=(picture(),)), cast.viewer(driver))
    with django_capture_on_commit_callbacks(execute=True):
        erasures.erase(cast.buyer.pk, by=cast.viewer(cast.head), at=NOW)
    kept = ShipmentPhoto.objects.get()
    assert kept.report.promise == other
    assert [path.name for path in files.iterdir()] == [kept.name]
    again = replace(DAMAGED, key="k-6", photos=(picture(),))
    assert refused(promise, again, cast.viewer(driver)).reason is Reason.ERASED
    report(promise, replace(DELIVERED, key="k-4"), cast.viewer(driver))


def test_a_backup_brings_no_erased_photo_back(files: Path) -> None:
    files.mkdir(parents=True)
    (files / "loose.jpg").write_bytes(b"old")
    assert photos.forget_loose(files.parent) == 1
    assert not list(files.iterdir())
    assert photos.forget_loose(files / "nowhere") == 0


# ---------------------------------------------------------------- who


def test_only_those_who_owe_it_report_on_it(cast: Cast, driver: Person) -> None:
    promise = delivery(cast)
    for who in (cast.stranger, cast.accountant):
        assert refused(promise, DELIVERED, cast.viewer(who)) == Refusal(Reason.NOT_FOUND)
    for viewer in (cast.viewer(cast.administrator), NOBODY, OPERATOR, cast.customer):
        assert refused(promise, DELIVERED, viewer).reason is Reason.NOT_ALLOWED
    assert refused(promise, replace(DELIVERED, key=""), cast.viewer(driver)) == Refusal(Reason.REQUIRED, "key")


@pytest.mark.parametrize("fields", [{"kind": "call"}, {"side": "theirs"}])
def test_a_call_is_not_delivered(cast: Cast, fields: dict[str, Any]) -> None:
    promise = delivery(cast, **fields)
    assert refused(promise, DELIVERED, cast.viewer(cast.head)).reason is Reason.NOT_A_CHOICE


def test_the_journal_knows_no_word_of_the_customer(cast: Cast, driver: Person) -> None:
    report(delivery(cast), replace(DAMAGED, words="Xantippe says no"), cast.viewer(driver))
    assert "Xantippe" not in json.dumps([entry.facts for entry in JournalEntry.objects.all()])


def test_a_delivery_of_another_site_is_not_this_logistics(cast: Cast, driver: Person) -> None:
    far = delivery(cast, cast.outsider, site=cast.elsewhere)
    assert refused(far, DELIVERED, cast.viewer(driver)) == Refusal(Reason.NOT_FOUND)
    unit = make_unit("Far logistics", cast.elsewhere)
    taken = delivery(cast, unit=unit)
    assert refused(taken, DELIVERED, cast.viewer(driver)) == Refusal(Reason.NOT_FOUND)


def test_a_report_asks_the_database_a_bounded_number_of_things(cast: Cast, driver: Person) -> None:
    promise, by = delivery(cast), cast.viewer(driver)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        report(promise, DELIVERED, by)
    assert len(asked) < 35
