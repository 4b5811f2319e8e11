"""Reports on orders, lead times, money and ratings."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from goodwill.domain.reports import Question
from goodwill.reads import deliveries_report, money_report, ratings_report
from goodwill.store.orders import Order, Payment
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from tests.cast import NOW, Cast

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(*parts: int) -> datetime:
    """A reading of the clock on the wall in Berlin."""
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)  # type: ignore[arg-type, misc]


def delivered(cast: Cast, placed: datetime, promised: datetime, acted: datetime, **fields: Any) -> None:
    """An order delivered, with its promise by the day rule."""
    zone = ZoneInfo(fields.get("zone", "Europe/Berlin"))
    defaults: dict[str, Any] = {
        "kind": "delivery",
        "order": cast.order(placed_at=placed),
        "made_at": placed,
        "late_rule": "end_of_day",
        "promised_at": promised,
        "promised_on": promised.astimezone(zone).date(),
        "due_at": promised,
        "acted_at": acted,
        "acted_on": acted.astimezone(zone).date(),
        "settled_at": acted,
        "outcome": "kept",
        "wakes_at": None,
    }
    cast.promise(**defaults | fields)


@pytest.mark.django_db
def test_orders_are_counted_by_status_most_first(cast: Cast) -> None:
    for status in ("shipped", "delivered", "shipped"):
        cast.order(status=status)
    cast.order(site=cast.elsewhere, customer=cast.outsider, status="lost")
    assert deliveries_report.order_statuses(cast.viewer(cast.agent)).as_json() == {
        "n": 3,
        "statuses": [{"status": "shipped", "n": 2}, {"status": "delivered", "n": 1}],
    }
    assert deliveries_report.order_statuses(cast.viewer(cast.stranger)).statuses == (("lost", 1),)
    assert deliveries_report.order_statuses(cast.customer).statuses == ()


@pytest.mark.django_db
def test_a_night_in_which_clocks_change_is_as_long_as_the_wall_says(cast: Cast) -> None:
    """29 March 2026: 20:00 to 08:00 is half a day to the customer and eleven hours to the sun."""
    delivered(cast, berlin(2026, 3, 28, 20), berlin(2026, 3, 30), berlin(2026, 3, 29, 8))
    times = deliveries_report.lead_times(cast.operator)
    assert (times.n, times.to_deliver, times.early) == (1, 0.5, 1)
    assert times.promised == pytest.approx(28 / 24)


@pytest.mark.django_db
def test_a_midnight_that_does_not_exist_still_means_midnight(cast: Cast) -> None:
    """Clocks in São Paulo sprang from 00:00 to 01:00 on 15 October 2017."""
    zone = ZoneInfo("America/Sao_Paulo")
    placed = datetime(2017, 10, 14, tzinfo=zone).astimezone(UTC)
    promised = datetime(2017, 10, 15, tzinfo=zone).astimezone(UTC)
    delivered(
        cast, placed, promised, placed, zone="America/Sao_Paulo",
        promised_on=date(2017, 10, 15), acted_on=date(2017, 10, 14),
    )  # fmt: skip
    assert deliveries_report.lead_times(cast.operator).promised == 1


@pytest.mark.django_db
def test_lead_times_are_medians_of_what_the_viewer_sees(cast: Cast) -> None:
    for days in (1, 2, 9, 10):
        delivered(cast, NOW - timedelta(days=20), NOW, NOW - timedelta(days=20 - days))
    times = deliveries_report.lead_times(cast.viewer(cast.agent))
    assert (times.n, times.to_deliver) == (4, 5.5)
    nothing = deliveries_report.lead_times(cast.viewer(cast.stranger))
    assert nothing.as_json() == {
        "n": 0,
        "median_days": {
            "purchase_to_delivered": None,
            "purchase_to_promised": None,
            "delivered_before_promised": None,
        },
    }


@pytest.mark.django_db
def test_lead_times_are_those_of_reading_each_clock_row_by_row(cast: Cast) -> None:
    """Beside the plain way, to the last bit, in zones that change their clocks at midnight and at night."""
    dice = random.Random(7)
    begun = datetime(2016, 9, 1, tzinfo=UTC)
    for name in ("Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Asia/Tokyo"):
        zone = ZoneInfo(name)
        for _ in range(40):
            placed = begun + timedelta(days=dice.randrange(500), microseconds=dice.choice((0, dice.randrange(10**12))))
            day = placed.date() + timedelta(days=dice.randrange(1, 60))
            due = datetime.combine(day, time.min, zone).astimezone(UTC) + timedelta(hours=dice.choice((0, 0, 7)))
            acted = placed + timedelta(seconds=dice.randrange(60 * 86_400))
            delivered(cast, placed, due, acted, zone=name, promised_on=day)
    skipped = datetime(2017, 10, 15, tzinfo=ZoneInfo("America/Sao_Paulo")).astimezone(UTC)
    for on in (date(2017, 10, 14), date(2017, 10, 15)):
        delivered(cast, begun, skipped, skipped, zone="America/Sao_Paulo", promised_on=on)
    for viewer in (cast.operator, cast.viewer(cast.agent)):
        times = deliveries_report.lead_times(viewer)
        assert (times.to_deliver, times.promised, times.early) == tuple(map(median, zip(*plain_days(), strict=True)))


def plain_days() -> Iterator[tuple[float, float, float]]:
    """Each delivered order's three lengths, by reading its clock."""
    for promise in Promise.objects.select_related("order"):
        zone = ZoneInfo(promise.zone)
        assert promise.order and promise.acted_at and promise.acted_on
        placed, acted, due = (
            at.astimezone(zone).replace(tzinfo=None)
            for at in (promise.order.placed_at, promise.acted_at, promise.promised_at)
        )
        midnight = datetime.combine(promise.promised_on, time.min)
        if promise.promised_at == midnight.replace(tzinfo=zone).astimezone(UTC):
            due = midnight
        early = (promise.promised_on - promise.acted_on).days
        yield (acted - placed) / timedelta(days=1), (due - placed) / timedelta(days=1), early


@pytest.mark.django_db
def test_money_is_summed_by_currency_and_differences_are_counted(cast: Cast) -> None:
    def paid(order: Order, *amounts: int) -> None:
        for place, amount in enumerate(amounts):
            Payment.objects.create(
                order=order, position=place, kind="voucher" if place else "card", amount_minor=amount
            )

    sums: dict[str, Any] = {"line_count": 1, "payment_count": 1}
    paid(cast.order(items_minor=1_000, freight_minor=200, paid_minor=1_200, **sums), 1_000, 200)
    paid(cast.order(items_minor=1_000, freight_minor=200, paid_minor=1_100, **sums), 1_100)
    cast.order(items_minor=0, paid_minor=500)
    paid(cast.order(items_minor=700, paid_minor=700, currency="HUF", **sums), 700)
    euros, forints = money_report.money(cast.viewer(cast.agent)).as_json()["currencies"]
    assert euros == {
        "orders": 3,
        "items": {"amount": "20.00", "currency": "EUR"},
        "freight": {"amount": "4.00", "currency": "EUR"},
        "paid": {"amount": "28.00", "currency": "EUR"},
        "orders_differing": 1,
        "orders_incomplete": 1,
        "payments": [
            {"kind": "card", "n": 2, "paid": {"amount": "21.00", "currency": "EUR"}},
            {"kind": "voucher", "n": 1, "paid": {"amount": "2.00", "currency": "EUR"}},
        ],
    }
    assert forints["paid"] == {"amount": "7.00", "currency": "HUF"}
    assert money_report.money(cast.viewer(cast.stranger)).currencies == ()


@pytest.mark.django_db
def test_ratings_are_counted_with_what_they_lack(cast: Cast) -> None:
    first, second = cast.order(external_key="o1"), cast.order(external_key="o2")
    cast.order()
    asked_at = berlin(2026, 3, 28, 20)

    def rate(order: Order, score: int, words: str, key: str, hours: int | None) -> None:
        Rating.objects.create(
            order=order, customer=order.customer, overall=score, scale=5, words=words, source="x",
            external_key=f"{key}/{order.external_key}", asked_at=asked_at,
            answered_at=None if hours is None else asked_at + timedelta(hours=hours),
        )  # fmt: skip

    rate(first, 5, "good", "r1", 11)
    rate(second, 1, "  ", "r1", 11)
    rate(second, 2, "", "r2", None)
    cast.promise(order=first, outcome="kept", acted_at=NOW, acted_on=NOW.date(), settled_at=NOW, wakes_at=None)
    cast.promise(order=second, outcome="broken_silent", broken_at=NOW, acted_at=NOW, acted_on=NOW.date(), wakes_at=None)
    cast.promise(order=second, wakes_at=None)
    said = ratings_report.ratings(cast.viewer(cast.agent), Question(at=NOW)).as_json()
    assert said == {
        "n": 3,
        "source_keys": 2,
        "orders": 3,
        "orders_with_several": 1,
        "orders_without": 1,
        "with_words": 1,
        "share_with_words": 0.333333,
        "median_hours_to_answer": 12.0,
        "kept": [{"scale": 5, "n": 1, "mean": 5.0, "shares": {"5": 1.0}}],
        "broken": [{"scale": 5, "n": 2, "mean": 1.5, "shares": {"1": 0.5, "2": 0.5}}],
    }
    assert ratings_report.ratings(cast.operator, Question(at=NOW)).as_json() == said
    nothing = ratings_report.ratings(cast.viewer(cast.stranger), Question(at=NOW)).as_json()
    assert (nothing["n"], nothing["share_with_words"], nothing["median_hours_to_answer"]) == (0, None, None)


@pytest.mark.django_db
def test_ratings_are_those_of_looking_at_each(cast: Cast) -> None:
    """Beside the plain way, for somebody who sees all and somebody who sees some."""
    dice = random.Random(11)
    orders = [cast.order(external_key=f"o{n}") for n in range(12)]
    orders += [cast.order(external_key=f"p{n}", site=cast.elsewhere, customer=cast.outsider) for n in range(5)]
    for n in range(40):
        asked_at = berlin(2026, 3, 20) + timedelta(microseconds=dice.randrange(20 * 86_400 * 10**6))
        wait = timedelta(microseconds=dice.randrange(5 * 86_400 * 10**6))
        order = dice.choice(orders)
        Rating.objects.create(
            order=order, customer=order.customer, source="x", words=dice.choice(("", " ", "fine")),
            external_key=dice.choice(("", f"r{n // 2}/{order.external_key}")), asked_at=asked_at,
            answered_at=dice.choice((None, asked_at + wait, asked_at + wait)),
        )  # fmt: skip
    for viewer in (cast.operator, cast.viewer(cast.agent), cast.viewer(cast.stranger)):
        said = ratings_report.ratings(viewer, Question(at=NOW))
        seen = list(Order.objects.visible_to(viewer).prefetch_related("ratings").select_related("site"))
        given = [(rating, order) for order in seen for rating in order.ratings.all()]
        numbers = Counter(order.pk for _, order in given)
        hours = [
            (read(rating.answered_at, order) - read(rating.asked_at, order)) / timedelta(hours=1)
            for rating, order in given
            if rating.answered_at
        ]
        assert (said.n, said.orders, said.orders_none) == (len(given), len(seen), len(seen) - len(numbers))
        assert said.orders_several == sum(n > 1 for n in numbers.values())
        assert said.with_words == sum(bool(rating.words.strip(" ")) for rating, _ in given)
        keys = {rating.external_key.rpartition("/")[0] for rating, _ in given if rating.external_key}
        assert said.source_keys == len(keys)
        assert said.hours == (median(hours) if hours else None)


def read(at: datetime | None, order: Order) -> datetime:
    """The reading of the clock where the order was placed."""
    assert at is not None
    return at.astimezone(ZoneInfo(order.site.zone)).replace(tzinfo=None)
