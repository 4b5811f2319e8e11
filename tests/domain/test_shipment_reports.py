"""What a driver says at the door, and what that does to a promise."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain.records import Cause
from goodwill.domain.refusals import Reason
from goodwill.domain.shipment_reports import (
    CAUSES,
    SKEW,
    Condition,
    Effect,
    ReportOutcome,
    SlipCause,
    effect_of,
    expected_after,
    expected_until,
    moment_of,
    slip,
)

BERLIN = ZoneInfo("Europe/Berlin")
PLACED = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
DELIVERED, LATE, DAMAGED = ReportOutcome


def test_the_tap_counts_however_late_it_arrives() -> None:
    tapped = NOW - timedelta(hours=7)
    assert moment_of(tapped, NOW, earliest=PLACED) == tapped


def test_a_clock_that_runs_a_little_ahead_is_forgiven_but_nothing_happens_in_the_future() -> None:
    assert moment_of(NOW + SKEW, NOW, earliest=PLACED) == NOW


def test_a_moment_further_ahead_is_refused() -> None:
    assert moment_of(NOW + SKEW + timedelta(seconds=1), NOW, earliest=PLACED) is Reason.IN_THE_FUTURE


def test_nothing_is_delivered_before_it_was_ordered() -> None:
    assert moment_of(PLACED - timedelta(seconds=1), NOW, earliest=PLACED) is Reason.BEFORE_IT_WAS_MADE
    assert moment_of(PLACED, NOW, earliest=PLACED) == PLACED


def test_a_moment_without_its_offset_says_nothing() -> None:
    assert moment_of(NOW.replace(tzinfo=None), NOW, earliest=PLACED) is Reason.NOT_A_MOMENT


@given(st.timedeltas(min_value=timedelta(days=-30), max_value=timedelta(days=30)))
def test_an_accepted_moment_lies_between_the_order_and_now(away: timedelta) -> None:
    moment = moment_of(NOW + away, NOW, earliest=PLACED)
    assert isinstance(moment, Reason) or PLACED <= moment <= NOW


@pytest.mark.parametrize(
    ("outcome", "more", "effect"),
    [
        (DELIVERED, {}, Effect.FULFILS),
        (LATE, {}, Effect.ENDANGERS),
        (DAMAGED, {"is_accepted": True, "condition": Condition.CRUSHED}, Effect.FULFILS),
        (DAMAGED, {"is_accepted": False, "condition": Condition.CRUSHED}, Effect.ENDANGERS),
        (DAMAGED, {"is_accepted": True, "condition": Condition.MISSING_PARTS}, Effect.FULFILS),
    ],
)
def test_each_outcome_does_its_own_thing_to_a_delivery(
    outcome: ReportOutcome, more: dict[str, object], effect: Effect
) -> None:
    assert effect_of(outcome, kind="delivery", **more) is effect  # type: ignore[arg-type]


def test_what_lacks_a_part_was_not_delivered_in_full() -> None:
    short = {"kind": "delivery_in_full", "is_accepted": True}
    assert effect_of(DAMAGED, condition=Condition.MISSING_PARTS, **short) is Effect.ENDANGERS  # type: ignore[arg-type]
    assert effect_of(DAMAGED, condition=Condition.WET, **short) is Effect.FULFILS  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", [DELIVERED, LATE])
def test_what_is_settled_is_neither_delivered_nor_late_again(outcome: ReportOutcome) -> None:
    settled = effect_of(outcome, kind="delivery", is_settled=True, is_fulfilled=True)
    assert settled is Reason.ALREADY_SETTLED


def test_damage_found_after_the_delivery_is_noted_and_only_then() -> None:
    found = {"kind": "delivery", "condition": Condition.SPOILED, "is_settled": True}
    assert effect_of(DAMAGED, is_accepted=True, is_fulfilled=True, **found) is Effect.NOTES  # type: ignore[arg-type]
    for accepted, fulfilled in ((False, True), (True, False)):
        effect = effect_of(DAMAGED, is_accepted=accepted, is_fulfilled=fulfilled, **found)  # type: ignore[arg-type]
        assert effect is Reason.ALREADY_SETTLED


def test_late_counts_from_the_promised_moment_and_from_now_once_that_has_passed() -> None:
    due = NOW + timedelta(hours=1)
    assert expected_after(30, due_at=due, said_at=NOW) == due + timedelta(minutes=30)
    assert expected_after(30, due_at=NOW - timedelta(hours=1), said_at=NOW) == NOW + timedelta(minutes=30)


def test_until_is_the_next_time_the_clock_shows_it_where_it_was_promised() -> None:
    said = datetime(2026, 3, 4, 15, tzinfo=UTC)  # 16:00 in Berlin
    assert expected_until(time(17, 30), said_at=said, zone=BERLIN) == datetime(2026, 3, 4, 16, 30, tzinfo=UTC)
    assert expected_until(time(9), said_at=said, zone=BERLIN) == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert expected_until(time(16), said_at=said, zone=BERLIN) > said


def test_a_slip_lies_ahead_and_after_the_due_moment() -> None:
    due = NOW + timedelta(hours=1)
    assert slip(NOW, due_at=due, said_at=NOW) is Reason.IN_THE_PAST
    assert slip(due, due_at=due, said_at=NOW) is Reason.STILL_IN_TIME
    assert slip(due + timedelta(minutes=1), due_at=due, said_at=NOW) is None


def test_every_cause_of_a_driver_is_one_that_a_customer_may_be_told() -> None:
    assert set(CAUSES) == set(SlipCause)
    assert set(CAUSES.values()) <= set(Cause)
