"""The promise report: rules, groupings, the past, and who sees what."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from goodwill.actions import upkeep
from goodwill.domain.reports import NONE, Figure, Grouping, Question, Rule
from goodwill.domain.viewers import Viewer
from goodwill.reads import report_rows, reports
from goodwill.reads.reports import Line, Ratings
from goodwill.store.addresses import Address
from goodwill.store.orders import Order, OrderLine, Shipment
from goodwill.store.products import Category, Product, Seller
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from tests.cast import NOW, Cast

DUE = datetime(2026, 2, 10, 23, 0, tzinfo=UTC)
"""Midnight in Berlin: the end of 10 February 2026 there."""
ASKED = Question(at=NOW)


@pytest.fixture(params=["from the rows", "from the tallies"], autouse=True)
def counted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every report twice: while its months are stale, and after they were counted."""
    if request.param == "from the tallies":
        ask = reports.promises

        def after_counting(viewer: Viewer, question: Question) -> reports.Report:
            upkeep.count_months_anew()
            return ask(viewer, question)

        monkeypatch.setattr(reports, "promises", after_counting)


def promised(cast: Cast, acted_at: datetime | None, **fields: Any) -> Promise:
    """A delivery promised for noon of 10 February by the day rule, over before this house watched it."""
    late = acted_at is not None and acted_at >= DUE
    outcome = "open" if acted_at is None else ("broken_unrecorded" if late else "kept")
    defaults: dict[str, Any] = {
        "kind": "delivery",
        "made_at": DUE - timedelta(days=20),
        "late_rule": "end_of_day",
        "promised_at": DUE - timedelta(hours=12),
        "promised_on": date(2026, 2, 10),
        "due_at": DUE,
        "acted_at": acted_at,
        "acted_on": None if acted_at is None else (acted_at + timedelta(hours=1)).date(),
        "settled_at": acted_at,
        "broken_at": DUE if late else None,
        "outcome": outcome,
        "standing": "",
        "wakes_at": None,
        "is_history": True,
    }
    return cast.promise(**defaults | fields)


def lines(viewer: Viewer, by: Grouping, question: Question = ASKED) -> dict[str | None, Line]:
    """The report's lines by their names."""
    return {line.label: line for line in reports.promises(viewer, replace(question, by=by)).lines}


def rate(order: Order, *scores: int, scale: int = 5, answered_at: datetime | None = None) -> None:
    """Ratings of an order."""
    for score in scores:
        Rating.objects.create(order=order, customer=order.customer, overall=score, scale=scale, answered_at=answered_at)


@pytest.mark.django_db
def test_n_is_kept_and_broken_and_nothing_else(cast: Cast) -> None:
    promised(cast, DUE - timedelta(hours=1))
    promised(cast, DUE)
    promised(cast, None)
    promised(cast, None, outcome="withdrawn", settled_at=DUE)
    promised(cast, DUE, outcome="broken_warned", warned_at=DUE - timedelta(hours=30))
    promised(cast, DUE, outcome="broken_silent")
    answer = reports.promises(cast.operator, ASKED)
    total = answer.total
    assert (total.n, total.kept, total.broken) == (4, 1, 3)
    assert (total.broken_warned, total.broken_silent, total.broken_unrecorded) == (1, 1, 1)
    assert (total.withdrawn, total.open) == (1, 1)
    assert answer.warned_lead == timedelta(hours=30)


@pytest.mark.django_db
def test_what_customers_promise_us_is_not_counted(cast: Cast) -> None:
    promised(cast, DUE, side="theirs")
    assert reports.promises(cast.operator, ASKED).total.n == 0


@pytest.mark.django_db
def test_the_moment_rule_is_stricter_than_the_day_rule(cast: Cast) -> None:
    promised(cast, DUE - timedelta(hours=13))
    promised(cast, DUE - timedelta(hours=12))
    promised(cast, DUE - timedelta(hours=11))
    assert reports.promises(cast.operator, replace(ASKED, rule=Rule.END_OF_DAY)).total.broken == 0
    by_moment = reports.promises(cast.operator, replace(ASKED, rule=Rule.MOMENT)).total
    assert (by_moment.kept, by_moment.broken_unrecorded) == (2, 1)
    assert set(Promise.objects.values_list("outcome", flat=True)) == {"kept"}


@pytest.mark.django_db
def test_the_day_rule_counts_the_day_in_the_zone_of_the_promise(cast: Cast) -> None:
    """Half an hour after midnight in Berlin it is still the day before in UTC."""
    promised(cast, DUE + timedelta(minutes=30))
    assert reports.promises(cast.operator, replace(ASKED, rule=Rule.END_OF_DAY)).total.broken == 1


@pytest.mark.django_db
def test_a_promise_nobody_fulfilled_is_broken_by_the_other_rules_once_its_time_has_passed(cast: Cast) -> None:
    """A call due at 08:30 UTC today, read at 09:00: past its moment, not past its day."""
    due = NOW - timedelta(minutes=30)
    cast.promise(due_at=due, outcome="broken_silent", broken_at=due)
    read = {rule: reports.promises(cast.operator, replace(ASKED, rule=rule)).total for rule in Rule}
    assert (read[Rule.OWN].broken, read[Rule.MOMENT].broken) == (1, 1)
    assert (read[Rule.END_OF_DAY].broken, read[Rule.END_OF_DAY].open) == (0, 1)
    tomorrow = replace(ASKED, rule=Rule.END_OF_DAY, at=NOW + timedelta(days=1))
    assert reports.promises(cast.operator, tomorrow).total.broken_silent == 1


@pytest.mark.django_db
def test_history_that_nobody_fulfilled_stays_open_by_every_rule(cast: Cast) -> None:
    promised(cast, None, standing="late")
    for rule in Rule:
        total = reports.promises(cast.operator, replace(ASKED, rule=rule)).total
        assert (total.n, total.open) == (0, 1)


@pytest.mark.django_db
def test_a_warning_counts_by_the_other_rules_when_it_came_before_the_named_moment(cast: Cast) -> None:
    promised(cast, DUE - timedelta(hours=1), warned_at=DUE - timedelta(hours=20), is_history=False)
    promised(cast, DUE - timedelta(hours=1), warned_at=DUE - timedelta(hours=2), is_history=False)
    total = reports.promises(cast.operator, replace(ASKED, rule=Rule.MOMENT)).total
    assert (total.broken_warned, total.broken_silent) == (1, 1)


@pytest.mark.django_db
def test_the_past_is_read_as_it_stood_then(cast: Cast) -> None:
    promised(cast, DUE + timedelta(days=5))
    promised(cast, DUE - timedelta(days=5))
    promised(cast, None, outcome="withdrawn", settled_at=DUE - timedelta(days=1))
    question = replace(ASKED, by=Grouping.DELAY_BUCKET)

    def at(moment: datetime, rule: Rule = Rule.OWN) -> tuple[int, int, int, int]:
        total = reports.promises(cast.operator, replace(question, as_of=moment, rule=rule)).total
        return total.kept, total.broken, total.withdrawn, total.open

    assert at(DUE - timedelta(days=30)) == (0, 0, 0, 0)
    assert at(DUE - timedelta(days=10)) == (0, 0, 0, 3)
    assert at(DUE - timedelta(days=5)) == (1, 0, 0, 2)
    assert at(DUE - timedelta(days=1)) == (1, 0, 1, 1)
    assert at(DUE) == (1, 1, 1, 0)
    for rule in (Rule.END_OF_DAY, Rule.MOMENT):
        assert at(DUE - timedelta(days=1), rule) == (1, 0, 1, 1)
        assert at(DUE + timedelta(days=5), rule) == (1, 1, 1, 0)


@pytest.mark.django_db
def test_every_rating_row_of_an_order_counts_on_the_side_of_its_promise(cast: Cast) -> None:
    good, bad = cast.order(), cast.order()
    promised(cast, DUE - timedelta(hours=1), order=good)
    promised(cast, DUE, order=bad)
    rate(good, 5, 4)
    rate(bad, 1)
    Rating.objects.create(order=bad, customer=bad.customer, product_score=5, scale=5)
    for by in (None, *Grouping):
        total = reports.promises(cast.operator, replace(ASKED, by=by)).total
        assert total.ratings_kept == Ratings(2, Decimal("4.5"))
        assert total.ratings_broken == Ratings(1, Decimal(1))


@pytest.mark.django_db
def test_ratings_on_the_rarer_scale_are_left_out_and_the_scale_is_named(cast: Cast) -> None:
    order = cast.order()
    promised(cast, DUE - timedelta(hours=1), order=order)
    rate(order, 4, 5)
    rate(order, 9, scale=10)
    answer = reports.promises(cast.operator, ASKED)
    assert answer.scale == 5
    assert answer.total.ratings_kept == Ratings(2, Decimal("4.5"))


@pytest.mark.django_db
def test_ratings_given_later_are_not_known_yet_in_the_past(cast: Cast) -> None:
    order = cast.order()
    promised(cast, DUE - timedelta(hours=1), order=order)
    rate(order, 2, answered_at=DUE + timedelta(days=2))
    rate(order, 4, answered_at=DUE)
    then = reports.promises(cast.operator, replace(ASKED, as_of=DUE + timedelta(days=1)))
    assert then.total.ratings_kept == Ratings(1, Decimal(4))


@pytest.mark.django_db
def test_an_order_of_several_sellers_and_categories_counts_once_in_each(cast: Cast) -> None:
    order = cast.order()
    rate(order, 3)
    promised(cast, DUE, order=order)
    shoes, hats = Category.objects.create(name="shoes"), Category.objects.create(name="hats")
    first, second = Seller.objects.create(name="First"), Seller.objects.create(name="Second")
    goods = [(shoes, first), (shoes, first), (hats, second)]
    for place, (category, seller) in enumerate(goods):
        product = Product.objects.create(category=category)
        OrderLine.objects.create(
            order=order, position=place, product=product, seller=seller, unit_price_micro=1, total_minor=1
        )
    for place, carrier in enumerate(("Swift", "Swift", "Slow")):
        Shipment.objects.create(order=order, position=place, carrier=carrier)
    for by, names in (
        (Grouping.CATEGORY, {"shoes", "hats"}),
        (Grouping.SELLER, {"First", "Second"}),
        (Grouping.CARRIER, {"Swift", "Slow"}),
    ):
        found = lines(cast.operator, by)
        assert set(found) == names
        assert {(line.n, line.broken, line.ratings_broken.n) for line in found.values()} == {(1, 1, 1)}
        assert reports.promises(cast.operator, replace(ASKED, by=by)).total.n == 1


@pytest.mark.django_db
def test_groups_are_named_and_those_without_one_stand_last(cast: Cast) -> None:
    there = Address.objects.create(customer=cast.buyer, kind="postal", region="SP")
    promised(cast, DUE, order=cast.order(address=there))
    promised(cast, DUE - timedelta(days=1))
    promised(cast, DUE - timedelta(days=1), site=None)
    answer = reports.promises(cast.operator, replace(ASKED, by=Grouping.REGION))
    assert [(line.key, line.label, line.n) for line in answer.lines] == [("SP", "SP", 1), (NONE, None, 2)]
    assert [(line.label, line.n) for line in lines(cast.operator, Grouping.SITE).values()] == [("Shop", 2), (None, 1)]
    assert set(lines(cast.operator, Grouping.MONTH)) == {"2026-02"}


@pytest.mark.django_db
def test_delay_buckets_stand_in_order_and_the_unfulfilled_apart(cast: Cast) -> None:
    for days in (-20, -3, 0, 2, 5, 9):
        promised(cast, DUE - timedelta(hours=1) + timedelta(days=days))
    promised(cast, None)
    found = reports.promises(cast.operator, replace(ASKED, by=Grouping.DELAY_BUCKET)).lines
    assert [(line.label, line.kept, line.broken, line.open) for line in found] == [
        ("15+ days early", 1, 0, 0),
        ("1-14 early", 1, 0, 0),
        ("on the day", 1, 0, 0),
        ("1-3 late", 0, 1, 0),
        ("4-7 late", 0, 1, 0),
        ("8+ late", 0, 1, 0),
        (None, 0, 0, 1),
    ]


@pytest.mark.django_db
def test_due_days_bound_the_question_with_both_ends_included(cast: Cast) -> None:
    promised(cast, DUE)
    day = date(2026, 2, 10)
    assert reports.promises(cast.operator, replace(ASKED, from_on=day, to_on=day)).total.n == 1
    assert reports.promises(cast.operator, replace(ASKED, from_on=day + timedelta(days=1))).total.n == 0
    assert reports.promises(cast.operator, replace(ASKED, to_on=day - timedelta(days=1))).total.n == 0


@pytest.mark.django_db
@pytest.mark.parametrize("by", list(Grouping))
def test_every_line_opens_to_exactly_the_promises_it_counts(cast: Cast, by: Grouping) -> None:
    seller = Seller.objects.create(name="Seller")
    product = Product.objects.create(category=Category.objects.create(name="hats"))
    there = Address.objects.create(customer=cast.buyer, kind="postal", region="SP")
    for days in (-30, -3, 0, 2, 5, 40):
        order = cast.order(address=there if days > 0 else None)
        if days < 3:
            OrderLine.objects.create(
                order=order, position=1, product=product if days else None, seller=seller if days else None,
                unit_price_micro=1, total_minor=1,
            )  # fmt: skip
            Shipment.objects.create(order=order, carrier="Swift" if days < 0 else "")
        promised(cast, DUE - timedelta(hours=1) + timedelta(days=days), order=order)
    promised(cast, None, site=None)
    question = replace(ASKED, by=by)
    answer = reports.promises(cast.operator, question)
    assert sum(line.n + line.open for line in answer.lines) >= 7
    for line in answer.lines:
        for figure in Figure:
            behind = list(report_rows.every(cast.operator, question.narrowed(by, line.key), figure))
            assert len(behind) == getattr(line, figure.value), (line.key, figure)
            assert {row.reading for row in behind} <= set(figure.outcomes)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("by", "key"), [(Grouping.SITE, "x"), (Grouping.MONTH, "2026-13"), (Grouping.DELAY_BUCKET, "soon")]
)
def test_a_key_that_cannot_exist_is_refused(cast: Cast, by: Grouping, key: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        reports.promises(cast.operator, ASKED.narrowed(by, key))


@pytest.mark.django_db
def test_each_sees_the_promises_of_own_sites_only(cast: Cast) -> None:
    promised(cast, DUE, person=None)
    promised(cast, DUE, person=None, customer=cast.outsider, site=cast.elsewhere)
    seen = {
        name: reports.promises(viewer, replace(ASKED, by=Grouping.SITE))
        for name, viewer in {
            "agent": cast.viewer(cast.agent),
            "mate": cast.viewer(cast.mate),
            "stranger": cast.viewer(cast.stranger),
            "head": cast.viewer(cast.head),
            "administrator": cast.viewer(cast.administrator),
            "accountant": cast.viewer(cast.accountant),
            "customer": cast.customer,
        }.items()
    }
    assert {name: answer.total.n for name, answer in seen.items()} == {
        "agent": 1, "mate": 1, "stranger": 1, "head": 2, "administrator": 0, "accountant": 0, "customer": 0,
    }  # fmt: skip
    assert [line.label for line in seen["agent"].lines] == ["Shop"]
    assert [line.label for line in seen["stranger"].lines] == ["Elsewhere"]
    assert not list(
        report_rows.every(cast.viewer(cast.stranger), ASKED.narrowed(Grouping.SITE, str(cast.shop.pk)), Figure.N)
    )


@pytest.mark.django_db
def test_rows_are_paged_there_and_back_without_loss(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_rows, "PAGE", 3)
    for days in (0, 0, 0, 0, 1, 2, 2, 3):
        due = DUE + timedelta(days=days)
        promised(cast, due, promised_on=date(2026, 2, 10) + timedelta(days=days))
    page = report_rows.page(cast.operator, ASKED, Figure.BROKEN)
    assert page.before is None
    there = [row.cursor for row in page.rows]
    while page.after:
        page = report_rows.page(cast.operator, ASKED, Figure.BROKEN, after=page.after)
        there += [row.cursor for row in page.rows]
    assert there == [row.cursor for row in report_rows.every(cast.operator, ASKED, Figure.BROKEN)]
    back = [row.cursor for row in page.rows]
    while page.before:
        page = report_rows.page(cast.operator, ASKED, Figure.BROKEN, before=page.before)
        back = [row.cursor for row in page.rows] + back
    assert back == there
    assert report_rows.total(cast.operator, ASKED, Figure.BROKEN) == 8


@pytest.mark.django_db
def test_the_wire_shape_is_the_agreed_one(cast: Cast) -> None:
    order = cast.order()
    promised(cast, DUE, order=order)
    rate(order, 2)
    question = replace(ASKED, by=Grouping.MONTH, within=((Grouping.SITE, str(cast.shop.pk)),), from_on=date(2026, 1, 1))
    said = reports.promises(cast.operator, question).as_json()
    same = {
        "n": 1, "kept": 0, "broken": 1, "broken_warned": 0, "broken_silent": 0, "broken_unrecorded": 1,
        "withdrawn": 0, "open": 0,
        "share_broken": {"value": 1.0, "low": 0.206549, "high": 1.0, "level": 0.95, "method": "wilson"},
        "ratings": {"kept": {"n": 0, "mean": None}, "broken": {"n": 1, "mean": 2.0}},
    }  # fmt: skip
    assert said == {
        "as_of": NOW.isoformat(),
        "rule": "own",
        "filters": {"site": "Shop", "from": "2026-01-01"},
        **same,
        "by": [{"key": "2026-02", **same}],
    }


@pytest.mark.django_db
def test_nothing_has_no_share(cast: Cast) -> None:
    said = reports.promises(cast.operator, ASKED).as_json()
    assert said["share_broken"] is None
    assert said["ratings"]["kept"] == {"n": 0, "mean": None}
