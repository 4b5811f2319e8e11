"""Tallies by month never say anything else than the rows, whatever happened since they were counted."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from goodwill.actions import upkeep
from goodwill.domain.reports import NONE, Grouping, Question, Rule
from goodwill.domain.viewers import Viewer
from goodwill.reads import month_counts, reports
from goodwill.store import month_triggers
from goodwill.store.addresses import Address
from goodwill.store.month_tallies import MonthTally, StaleMonth
from goodwill.store.orders import Order, OrderLine, Shipment
from goodwill.store.products import Category, Product, Seller
from goodwill.store.promises import Promise
from goodwill.store.sites import Site
from tests.cast import NOW, Cast
from tests.reads.happenings import happens, wares


def _questions(dice: random.Random) -> list[Question]:
    plain = [Question(at=NOW, rule=rule, by=by) for rule in Rule for by in (None, *Grouping)]
    first = date(2026, 2, 1)
    category, seller = str(Category.objects.order_by("pk")[0].pk), str(Seller.objects.order_by("pk")[0].pk)
    through_order = [
        ((Grouping.CATEGORY, dice.choice((category, NONE))),),
        ((Grouping.SELLER, dice.choice((seller, f"0{seller}", NONE))), (Grouping.MONTH, "2026-02")),
        ((Grouping.CARRIER, dice.choice(("Blitz", NONE))), (Grouping.SITE, str(Site.objects.order_by("pk")[0].pk))),
        ((Grouping.REGION, dice.choice(("North", NONE))),),
        ((Grouping.REGION, "South"), (Grouping.CARRIER, "Post")),
    ]
    narrowed = [
        *(replace(dice.choice(plain), within=within) for within in through_order),
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
def from_rows(monkeypatch: pytest.MonkeyPatch) -> Callable[[Viewer, Question], reports.Report]:
    """The report counted from the rows alone."""

    def ask(viewer: Viewer, question: Question) -> reports.Report:
        with monkeypatch.context() as patch:
            patch.setattr(month_counts, "split", lambda *_: None)
            return reports.promises(viewer, question)

    return ask


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_tallies_and_rows_agree_after_everything_that_can_happen(
    cast: Cast, from_rows: Callable[[Viewer, Question], reports.Report], seed: int
) -> None:
    dice = random.Random(seed)
    wares(cast)
    asking = [
        cast.operator,
        cast.viewer(cast.agent),
        cast.viewer(cast.manager),
        cast.viewer(cast.stranger),
        cast.customer,
    ]
    for _ in range(6):
        for _ in range(dice.randint(1, 8)):
            happens(cast, dice)
        if dice.random() < 0.7:
            upkeep.count_months_anew()
            if dice.random() < 0.5:
                happens(cast, dice)
        for question in dice.sample(_questions(dice), 20):
            for viewer in dice.sample(asking, 2):
                assert reports.promises(viewer, question) == from_rows(viewer, question), question


_LINES, _SENT = OrderLine.objects.filter, Shipment.objects.filter
_COUNTED: dict[str, tuple[Grouping, Callable[[Order], object]]] = {
    "a line is added": (
        Grouping.SELLER,
        lambda order: OrderLine.objects.create(
            order=order,
            position=9,
            unit_price_micro=1,
            total_minor=1,
            seller=Seller.objects.get(name="Maker of Chairs"),
        ),
    ),
    "a line goes": (Grouping.CATEGORY, lambda order: _LINES(order=order).delete()),
    "a line is another maker's": (Grouping.SELLER, lambda order: _LINES(order=order).update(seller=None)),
    "a line is of something else": (Grouping.CATEGORY, lambda order: _LINES(order=order).update(product=None)),
    "a product moves": (Grouping.CATEGORY, lambda _: Product.objects.update(category=None)),
    "it is sent": (Grouping.CARRIER, lambda order: Shipment.objects.create(order=order, position=2, carrier="Post")),
    "another carries it": (Grouping.CARRIER, lambda order: _SENT(order=order).update(carrier="Post")),
    "it is not sent": (Grouping.CARRIER, lambda order: _SENT(order=order).delete()),
    "it goes elsewhere": (Grouping.REGION, lambda order: Order.objects.filter(pk=order.pk).update(address=None)),
    "a region is corrected": (Grouping.REGION, lambda _: Address.objects.update(region="West")),
    "an address goes": (Grouping.REGION, lambda _: Address.objects.all().delete()),
}
_UNCOUNTED: dict[str, Callable[[Order], object]] = {
    "a price": lambda order: _LINES(order=order).update(unit_price_micro=5, total_minor=7),
    "a delivery": lambda order: _SENT(order=order).update(delivered_at=NOW),
    "a status": lambda order: Order.objects.filter(pk=order.pk).update(status="delivered", paid_minor=3),
    "a street": lambda _: Address.objects.update(city="Elsewhere"),
    "a product's name": lambda _: Product.objects.update(name="Another"),
    "an order without promises": lambda order: OrderLine.objects.create(
        order=Order.objects.exclude(pk=order.pk).get(), position=1, unit_price_micro=1, total_minor=1
    ),
}


@pytest.fixture
def sent(cast: Cast) -> Order:
    """An order of a lamp, sent to the North and promised for February; months are counted. Another has no promise."""
    wares(cast)
    order = cast.order(address=Address.objects.get(region="North"))
    OrderLine.objects.create(
        order=order,
        position=1,
        product=Product.objects.get(name="Lamps of wood"),
        seller=Seller.objects.get(name="Maker of Lamps"),
        unit_price_micro=1,
        total_minor=1,
    )
    Shipment.objects.create(order=order, carrier="Blitz")
    cast.promise(order=order, promised_on=date(2026, 2, 10))
    cast.order(number="without")
    upkeep.count_months_anew()
    return order


@pytest.mark.django_db
@pytest.mark.parametrize("change", _COUNTED)
def test_what_changes_a_group_marks_the_months_of_its_promises(
    cast: Cast, sent: Order, from_rows: Callable[[Viewer, Question], reports.Report], change: str
) -> None:
    by, happens = _COUNTED[change]
    before = reports.promises(cast.operator, Question(at=NOW, by=by))
    happens(sent)
    assert [mark.month for mark in StaleMonth.objects.all()] == [date(2026, 2, 1)]
    after = reports.promises(cast.operator, Question(at=NOW, by=by))
    assert after == from_rows(cast.operator, Question(at=NOW, by=by)) != before
    upkeep.count_months_anew()
    assert reports.promises(cast.operator, Question(at=NOW, by=by)) == after


@pytest.mark.django_db
@pytest.mark.parametrize("change", _UNCOUNTED)
def test_what_changes_no_group_marks_nothing(sent: Order, change: str) -> None:
    _UNCOUNTED[change](sent)
    assert not StaleMonth.objects.exists()


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
        assert MonthTally.objects.get(rule="own", grouping="delay_bucket", scale=0).n == 1
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
