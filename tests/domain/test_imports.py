"""How an imported promise stands follows from the file alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from goodwill.domain.hours import Calendar
from goodwill.domain.imports import (
    CustomerRecord,
    Ending,
    OrderRecord,
    PromiseRecord,
    Within,
    ending_of,
    promised_within,
)
from goodwill.domain.rows import BadValue, Fault
from goodwill.domain.schedules import schedule_of

HOUR = 3_600
ZONE = ZoneInfo("Europe/Berlin")
PLACED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 5, 23, 0, tzinfo=UTC)
DAY = PromiseRecord(datetime(2026, 3, 4, 23, 0, tzinfo=UTC), date(2026, 3, 5), DUE, "end_of_day", "day")
MOMENT = PromiseRecord(DUE, date(2026, 3, 6), DUE, "moment", "moment")


def ending(
    *,
    status: str = "shipped",
    delivered: datetime | None = None,
    promise: PromiseRecord = DAY,
    as_of: datetime = DUE + timedelta(days=30),
    placed: datetime = PLACED,
) -> Ending:
    on = delivered.astimezone(ZONE).date() if delivered else None
    order = OrderRecord(
        "k",
        "k",
        "c",
        "",
        "",
        "",
        placed,
        None,
        status,
        "EUR",
        promise,
        PLACED + timedelta(hours=4),
        delivered,
        on,
        "",
        "",
    )
    return ending_of(order, promise, ZONE, as_of=as_of)


def test_delivered_on_the_promised_day_is_kept_and_at_its_24_00_is_not() -> None:
    kept = ending(delivered=DUE - timedelta(seconds=1))
    assert (kept.outcome, kept.broken_at, kept.is_history) == ("kept", None, True)
    broken = ending(delivered=DUE)
    assert (broken.outcome, broken.broken_at, broken.settled_at) == ("broken_unrecorded", DUE, DUE)


def test_by_the_moment_a_second_late_is_late() -> None:
    assert ending(delivered=DUE, promise=MOMENT).outcome == "kept"
    assert ending(delivered=DUE + timedelta(seconds=1), promise=MOMENT).outcome == "broken_unrecorded"


@pytest.mark.parametrize(("status", "reason"), [("canceled", "cancelled"), ("unavailable", "unavailable")])
def test_what_will_not_come_is_withdrawn_at_the_last_known_moment_even_if_delivered(status: str, reason: str) -> None:
    withdrawn = ending(status=status, delivered=DUE)
    assert (withdrawn.outcome, withdrawn.withdrawn_reason) == ("withdrawn", reason)
    assert withdrawn.settled_at == PLACED + timedelta(hours=4)


def test_not_delivered_and_over_is_open_and_late_and_nobody_watched() -> None:
    late = ending()
    assert (late.outcome, late.standing, late.wakes_at, late.is_history) == ("open", "late", None, True)


def test_a_delivery_after_the_moment_of_judging_has_not_happened_yet() -> None:
    assert ending(delivered=DUE + timedelta(days=2), as_of=DUE + timedelta(days=1)).outcome == "open"


def test_a_promise_still_to_come_is_watched_and_wakes_when_little_time_is_left() -> None:
    soon = ending(as_of=PLACED)
    assert (soon.standing, soon.is_history) == ("on_time", False)
    assert soon.wakes_at == DUE - (DUE - PLACED) / 4
    near = ending(as_of=DUE - timedelta(hours=1))
    assert (near.standing, near.wakes_at) == ("at_risk", DUE)


def test_an_order_placed_after_its_promise_was_due_is_no_riddle() -> None:
    odd = ending(placed=DUE + timedelta(days=1), as_of=DUE - timedelta(days=1))
    assert (odd.standing, odd.wakes_at) == ("on_time", DUE)


@pytest.mark.parametrize(("status", "reason"), [("failed", "failed"), ("refunded", "refunded")])
def test_what_was_not_paid_or_paid_back_before_it_came_is_withdrawn(status: str, reason: str) -> None:
    found = ending(status=status)
    assert (found.outcome, found.withdrawn_reason) == ("withdrawn", reason)


def test_what_came_before_the_money_went_back_was_kept_or_broken() -> None:
    assert ending(status="refunded", delivered=DUE - timedelta(hours=1)).outcome == "kept"
    assert ending(status="refunded", delivered=DUE + timedelta(hours=1)).outcome == "broken_unrecorded"


def test_days_of_the_calendar_are_counted_from_the_local_day_of_the_order() -> None:
    late_in_berlin = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert promised_within(Within(3), "Shop", late_in_berlin, ZONE) == date(2026, 3, 5)
    assert promised_within(Within(0), "Shop", late_in_berlin, ZONE) == date(2026, 3, 2)


def test_working_days_are_those_of_the_orders_own_site() -> None:
    week = tuple(((9 * HOUR, 17 * HOUR),) if day < 5 else () for day in range(7))
    within = Within(2, {"Shop": schedule_of(Calendar(ZONE, week))})
    friday = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
    assert promised_within(within, "Shop", friday, ZONE) == date(2026, 3, 10)
    assert promised_within(within, "Elsewhere", friday, ZONE) == date(2026, 3, 8), "it works every day"


def test_a_calendar_that_runs_out_of_working_days_promises_nothing() -> None:
    once = Calendar(ZONE, ((),) * 7, special=((date(2028, 6, 1), ((9 * HOUR, 17 * HOUR),)),))
    within = Within(2, {"Shop": schedule_of(once)})
    with pytest.raises(BadValue) as caught:
        promised_within(within, "Shop", PLACED, ZONE)
    assert (caught.value.field, caught.value.fault) == ("placed", Fault.NOT_A_DATE)


@pytest.mark.parametrize(
    ("said", "is_nameless"),
    [
        ({}, True),
        ({"kind": "organisation", "contact_of": "7"}, True),
        ({"name": "Anna"}, False),
        ({"number": "12"}, False),
        ({"emails": ("a@b.example",)}, False),
        ({"phones": ("+3630",)}, False),
    ],
)
def test_a_customer_of_whom_nothing_says_who_it_is_is_nameless(said: dict[str, Any], is_nameless: bool) -> None:
    blank = CustomerRecord("k", "person", "", "", (), (), "", "d")
    assert blank._replace(**said).is_nameless is is_nameless
