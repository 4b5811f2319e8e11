"""Tallies by month never say anything else than the rows, whatever happened since they were counted."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from goodwill.actions import upkeep
from goodwill.domain.reports import NONE, Grouping, Question, Rule
from goodwill.domain.viewers import Viewer
from goodwill.reads import month_counts, reports
from goodwill.store import month_triggers
from goodwill.store.month_tallies import MonthTally, StaleMonth
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from tests.cast import NOW, Cast

OUTCOMES = ("kept", "broken_warned", "broken_silent", "broken_unrecorded", "withdrawn", "open", "broken_silent_owed")


def _promise(cast: Cast, dice: random.Random) -> Promise:
    due = NOW + timedelta(days=dice.randint(-70, 20), hours=dice.randint(-12, 12))
    outcome = dice.choice(OUTCOMES)
    is_owed = outcome in ("open", "broken_silent_owed")
    outcome = outcome.removesuffix("_owed")
    acted = (
        None if is_owed or outcome == "withdrawn" else due + timedelta(hours=dice.choice((-400, -30, -1, 1, 30, 300)))
    )
    site = dice.choice((cast.shop, cast.elsewhere, None))
    customer = dice.choice((cast.buyer, cast.outsider))
    return cast.promise(
        customer,
        person=dice.choice((cast.agent, cast.mate, None)),
        site=site,
        side=dice.choice(("ours", "ours", "ours", "theirs")),
        order=cast.order(customer, site=site or cast.shop),
        made_at=due - timedelta(days=20),
        promised_at=due - timedelta(hours=dice.choice((0, 5))),
        promised_on=(due - timedelta(hours=5)).date(),
        due_at=due,
        acted_at=acted,
        acted_on=acted.date() if acted else None,
        warned_at=due - timedelta(hours=30) if outcome == "broken_warned" else None,
        settled_at=None if is_owed else (acted or due),
        outcome=outcome,
        is_history=dice.random() < 0.3,
        wakes_at=None,
    )


def _happens(cast: Cast, dice: random.Random) -> None:
    """Something that changes what a report says, or that must not."""
    there = list(Promise.objects.order_by("pk"))
    one = dice.choice(there) if there else None
    choice = dice.randrange(8)
    if one is None or choice <= 2:
        _promise(cast, dice)
    elif choice == 3:
        one.delete()
    elif choice == 4:
        Promise.objects.filter(pk=one.pk).update(
            promised_on=one.promised_on + timedelta(days=dice.choice((-31, -1, 1, 40))), standing="late"
        )
    elif choice == 5:
        Promise.objects.filter(pk=one.pk).update(
            outcome="kept", acted_at=one.due_at, acted_on=one.due_at.date(), settled_at=one.due_at
        )
    elif choice == 6 and one.order is not None:
        scale = dice.choice((5, 5, 10))
        Rating.objects.create(order=one.order, customer=one.customer, overall=dice.randint(1, scale), scale=scale)
    else:
        rating = Rating.objects.order_by("?").first()
        if rating is not None:
            if dice.random() < 0.5:
                rating.delete()
            else:
                rating.overall = dice.randint(1, rating.scale)
                rating.save()


def _questions(dice: random.Random) -> list[Question]:
    plain = [Question(at=NOW, rule=rule, by=by) for rule in Rule for by in (None, *Grouping)]
    first = date(2026, 2, 1)
    narrowed = [
        replace(dice.choice(plain), from_on=first, to_on=date(2026, 2, 28)),
        replace(dice.choice(plain), from_on=date(2026, 1, 17)),
        replace(dice.choice(plain), to_on=date(2026, 3, 10)),
        replace(dice.choice(plain), within=((Grouping.MONTH, "2026-02"),)),
        replace(dice.choice(plain), within=((Grouping.SITE, NONE),)),
        replace(dice.choice(plain), within=((Grouping.DELAY_BUCKET, "1-3 late"),)),
        replace(dice.choice(plain), as_of=NOW - timedelta(days=20)),
    ]
    return [*plain, *narrowed]


@pytest.fixture
def from_rows(monkeypatch: pytest.MonkeyPatch) -> Callable[[Viewer, Question], dict[str, Any]]:
    """The report counted from the rows alone."""

    def ask(viewer: Viewer, question: Question) -> dict[str, Any]:
        with monkeypatch.context() as patch:
            patch.setattr(month_counts, "split", lambda *_: None)
            return reports.promises(viewer, question).as_json()

    return ask


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(2))
def test_tallies_and_rows_agree_after_everything_that_can_happen(
    cast: Cast, from_rows: Callable[[Viewer, Question], dict[str, Any]], seed: int
) -> None:
    dice = random.Random(seed)
    asking = [
        cast.operator,
        cast.viewer(cast.agent),
        cast.viewer(cast.manager),
        cast.viewer(cast.stranger),
        cast.customer,
    ]
    for _ in range(6):
        for _ in range(dice.randint(1, 8)):
            _happens(cast, dice)
        if dice.random() < 0.7:
            upkeep.count_months_anew()
            if dice.random() < 0.5:
                _happens(cast, dice)
        for question in dice.sample(_questions(dice), 12):
            for viewer in dice.sample(asking, 2):
                assert reports.promises(viewer, question).as_json() == from_rows(viewer, question), question


@pytest.mark.django_db
def test_months_that_hold_are_not_counted_from_the_rows(cast: Cast) -> None:
    cast.promise(promised_on=date(2026, 2, 10))
    upkeep.count_months_anew()
    question = Question(at=NOW, by=Grouping.MONTH)
    told = month_counts.split(cast.operator, question, Promise.objects.none())
    assert told is not None
    assert told.rest == ()
    assert upkeep.count_months_anew() == 0


@pytest.mark.django_db
def test_a_standing_that_changes_leaves_the_month_as_counted(cast: Cast) -> None:
    row = cast.promise()
    upkeep.count_months_anew()
    Promise.objects.filter(pk=row.pk).update(standing="late", wakes_at=None, version=7)
    assert not StaleMonth.objects.exists()


@pytest.mark.django_db
def test_a_database_that_lost_its_triggers_gets_them_back_and_counts_everything_anew(cast: Cast) -> None:
    cast.promise()
    upkeep.count_months_anew()
    month_triggers.forget_months(connection)
    cast.promise()
    assert not StaleMonth.objects.exists()
    assert upkeep.watch_months() is True
    assert upkeep.watch_months() is False
    assert upkeep.count_months_anew() == 1
    assert reports.promises(cast.operator, Question(at=NOW)).total.open == 2


@pytest.mark.django_db(transaction=True)
def test_counting_a_month_never_loses_a_change_that_ends_after_it(cast: Cast) -> None:
    """The slow one writes before the count and ends after it: its mark must outlive the count."""
    if connection.vendor == "sqlite":
        return_to = cast.promise()
        upkeep.count_months_anew()
        return_to.delete()
        assert StaleMonth.objects.count() == 1  # writers queue up: there is no slower one
        return
    cast.promise()
    wrote, may_end = Event(), Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                cast.promise()
                wrote.set()
                assert may_end.wait(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        assert wrote.wait(30)
        assert upkeep.count_months_anew() == 1
        assert MonthTally.objects.filter(rule="own", scale=0).get().n == 1
        may_end.set()
        running.result(30)
    assert StaleMonth.objects.count() == 1
    assert reports.promises(cast.operator, Question(at=datetime.now(UTC))).total.open == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_count_at_once(cast: Cast) -> None:
    if connection.vendor == "sqlite":
        upkeep.count_months_anew()  # emptying the tables after another test marks months, too
        assert upkeep.count_months_anew() == 0
        return
    cast.promise()

    def other() -> int:
        try:
            return upkeep.count_months_anew()
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        assert upkeep.count_months_anew() == 1
        assert pool.submit(other).result(30) == 0
