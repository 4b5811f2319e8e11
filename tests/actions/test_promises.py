"""Making promises: who may, in which form, by which calendar; and what the journal keeps of it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from goodwill.actions import promises
from goodwill.actions.promises import Draft
from goodwill.domain.money import Money
from goodwill.domain.records import PromiseKind, Side
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.targets import BusinessDays, Day, Moment, Seconds
from goodwill.domain.viewers import NOBODY
from goodwill.store.calendars import CalendarVersion
from goodwill.store.journal import JournalEntry
from goodwill.store.policies import PolicyVersion
from goodwill.store.promises import Promise
from tests.cast import NOW, Cast

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 5, 11, 0, tzinfo=UTC)
DRAFT = Draft(PromiseKind.CALL, "call back about the jacket", Moment(NOON))


def made(cast: Cast, draft: Draft = DRAFT) -> Promise:
    promise = promises.make(cast.buyer.pk, draft, by=cast.viewer(cast.agent), at=NOW)
    assert isinstance(promise, Promise), promise
    return promise


def test_a_promise_is_owed_by_whoever_makes_it_and_watched_from_then_on(cast: Cast) -> None:
    promise = made(cast)
    assert (promise.person, promise.site, promise.outcome, promise.standing) == (
        cast.agent, cast.shop, "open", "on_time",
    )  # fmt: skip
    assert (promise.due_at, promise.promised_on, promise.late_rule) == (NOON, date(2026, 3, 5), "moment")
    assert NOW < promise.wakes_at <= NOON  # type: ignore[operator]


def test_a_promised_day_ends_with_that_day_in_the_zone_of_the_site(cast: Cast) -> None:
    promise = made(cast, replace(DRAFT, target=Day(date(2026, 3, 29))))
    assert promise.due_at == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)
    assert (promise.promised_on, promise.late_rule, promise.target_kind) == (date(2026, 3, 29), "end_of_day", "day")


def test_working_time_is_counted_by_the_calendar_of_the_site(cast: Cast) -> None:
    # Wednesday 10:00 in Berlin, open 9 to 17: seven hours today, one tomorrow
    assert made(cast, replace(DRAFT, target=Seconds(8 * 3600))).due_at == datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    promise = made(cast, replace(DRAFT, target=BusinessDays(3)))
    assert promise.due_at == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    assert (promise.target_kind, promise.target_count, promise.calendar) == ("business_days", 3, cast.calendar)


def test_the_country_s_own_holidays_close_the_calendar(cast: Cast) -> None:
    CalendarVersion.objects.update(country="HU", zone="Europe/Budapest")
    christmas = datetime(2026, 12, 23, 10, 0, tzinfo=UTC)
    later = promises.make(
        cast.buyer.pk, replace(DRAFT, target=BusinessDays(1)), by=cast.viewer(cast.agent), at=christmas
    )
    assert isinstance(later, Promise)
    assert later.promised_on > date(2026, 12, 26)


def test_the_policy_in_force_on_the_day_is_the_one_that_judges(cast: Cast) -> None:
    assert made(cast).policy is None
    PolicyVersion.objects.create(from_on=date(2026, 3, 5), late_rule="moment")
    old = PolicyVersion.objects.create(from_on=date(2026, 1, 1), at_risk_share_micro=1_000_000)
    promise = made(cast)
    assert (promise.policy, promise.standing) == (old, "at_risk")


def test_the_journal_keeps_codes_and_moments_but_no_word_of_the_promise(cast: Cast) -> None:
    promise = made(cast, replace(DRAFT, money_waiting=Money(120_000, "EUR")))
    entry = JournalEntry.objects.get(kind="promise_made")
    assert (entry.promise_id, entry.customer_id, entry.actor_id) == (promise.pk, cast.buyer.pk, cast.agent.pk)
    assert entry.facts["due_at"] == NOON.isoformat()
    assert entry.facts["money"] == {"amount": "1200.00", "currency": "EUR"}
    assert "jacket" not in json.dumps(entry.facts) and cast.buyer.name not in json.dumps(entry.facts)


def test_a_unit_can_be_owed_and_can_owe(cast: Cast) -> None:
    promise = promises.make(
        cast.shop_unit.customer_id,
        replace(DRAFT, kind=PromiseKind.INTERNAL_REQUEST, unit_id=cast.back_unit.pk),
        by=cast.viewer(cast.agent),
        at=NOW,
    )
    assert isinstance(promise, Promise)
    assert (promise.customer.kind, promise.unit, promise.person) == ("unit", cast.back_unit, None)


def test_what_the_customer_owes_is_owed_by_nobody_here(cast: Cast) -> None:
    promise = made(cast, replace(DRAFT, side=Side.THEIRS, what="send the measurements"))
    assert (promise.side, promise.person, promise.unit) == ("theirs", None, None)


def test_a_promise_about_an_order_belongs_to_the_order_s_site(cast: Cast) -> None:
    order = cast.order(site=cast.elsewhere)
    promise = promises.make(cast.buyer.pk, replace(DRAFT, order_id=order.pk), by=cast.viewer(cast.head), at=NOW)
    assert isinstance(promise, Promise)
    assert (promise.site, promise.order) == (cast.elsewhere, order)


def test_one_who_owes_a_customer_something_may_promise_more(cast: Cast) -> None:
    viewer = cast.viewer(cast.accountant)
    assert promises.make(cast.buyer.pk, DRAFT, by=viewer, at=NOW) == Refusal(Reason.NOT_FOUND, "customer")
    cast.promise(person=cast.accountant)
    assert isinstance(promises.make(cast.buyer.pk, DRAFT, by=viewer, at=NOW), Promise)


def test_neither_the_stranger_nor_the_customer_nor_nobody_can_promise(cast: Cast) -> None:
    for viewer, reason in (
        (cast.viewer(cast.stranger), Reason.NOT_FOUND),
        (cast.customer, Reason.NOT_ALLOWED),
        (cast.viewer(cast.administrator), Reason.NOT_ALLOWED),
        (NOBODY, Reason.NOT_ALLOWED),
    ):
        refusal = promises.make(cast.buyer.pk, DRAFT, by=viewer, at=NOW)
        assert isinstance(refusal, Refusal) and refusal.reason is reason
    assert not Promise.objects.exists() and not JournalEntry.objects.exists()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"what": "  "}, Refusal(Reason.REQUIRED, "what")),
        ({"what": "x" * 501}, Refusal(Reason.TOO_LONG, "what", (("most", "500"),))),
        ({"target": Moment(NOW)}, Refusal(Reason.IN_THE_PAST, "due")),
        ({"target": Day(date(2026, 3, 3))}, Refusal(Reason.IN_THE_PAST, "due")),
        ({"target": Seconds(0)}, Refusal(Reason.UNREACHABLE_CALENDAR, "due")),
        ({"person_id": 999_999}, Refusal(Reason.NOT_FOUND, "person")),
        ({"unit_id": 999_999}, Refusal(Reason.NOT_FOUND, "unit")),
        ({"site_id": 999_999}, Refusal(Reason.NOT_FOUND, "site")),
        ({"order_id": 999_999}, Refusal(Reason.NOT_FOUND, "order")),
        ({"interaction_id": 999_999}, Refusal(Reason.NOT_FOUND, "interaction")),
        ({"depends_on_id": 999_999}, Refusal(Reason.NOT_FOUND, "depends_on")),
    ],
)
def test_a_promise_that_cannot_be_is_refused_with_its_field(
    cast: Cast, change: dict[str, object], refusal: Refusal
) -> None:
    assert promises.make(cast.buyer.pk, replace(DRAFT, **change), by=cast.viewer(cast.agent), at=NOW) == refusal  # type: ignore[arg-type]
    assert not Promise.objects.exists() and not JournalEntry.objects.exists()


def test_an_order_of_somebody_else_cannot_be_promised_on(cast: Cast) -> None:
    order = cast.order(customer=cast.outsider)
    refusal = promises.make(cast.buyer.pk, replace(DRAFT, order_id=order.pk), by=cast.viewer(cast.head), at=NOW)
    assert refusal == Refusal(Reason.NOT_FOUND, "order")


def test_nothing_is_promised_to_the_erased(cast: Cast) -> None:
    cast.buyer.erased_at = NOW
    cast.buyer.save()
    assert promises.make(cast.buyer.pk, DRAFT, by=cast.viewer(cast.head), at=NOW) == Refusal(Reason.ERASED, "customer")


def test_two_promises_of_the_same_words_are_two_promises(cast: Cast) -> None:
    assert made(cast).pk != made(cast).pk
    assert JournalEntry.objects.filter(kind="promise_made").count() == 2
