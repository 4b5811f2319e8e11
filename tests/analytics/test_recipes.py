"""What the estimators read of the lake: delivered orders as purchases, and as stays that end in silence."""

from datetime import date, timedelta
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodwill.analytics import lifetime_files, survival_files, trial_files
from goodwill.analytics.recipes import follow_stays, sum_purchases
from goodwill.analytics.results import Reason, Refused

FIRST = date(2025, 1, 1)
UNTIL = FIRST + timedelta(days=60)


def orders(*rows: tuple[int, int, str, str, int, int]) -> ibis.expr.types.Table:
    """Customer, day of the year, status, currency, exponent, minor units."""
    who, days, statuses, currencies, exponents, sums = zip(*rows, strict=True)
    return ibis.memtable(
        {
            "customer_id": list(who),
            "placed_on": [FIRST + timedelta(days=day) for day in days],
            "status": list(statuses),
            "currency": list(currencies),
            "exponent": list(exponents),
            "items_minor": list(sums),
        }
    )


def delivered(*days: int) -> ibis.expr.types.Table:
    return orders(*((1, day, "delivered", "EUR", 2, 100) for day in days))


def test_only_delivered_orders_are_purchases_in_major_units() -> None:
    rows = sum_purchases(
        orders(
            (1, 0, "delivered", "EUR", 2, 12_345),
            (2, 1, "canceled", "EUR", 2, 1),
            (3, 2, "delivered", "JPY", 0, 500),
            (4, 3, "delivered", "KWD", 3, 1_500),
            (5, 4, "delivered", "CLF", 4, 25_000),
        )
    )
    found = sorted((row["customer"], row["amount"], row["currency"]) for row in rows.to_pyarrow().to_pylist())
    assert found == [(1, 123.45, "EUR"), (3, 500.0, "JPY"), (4, 1.5, "KWD"), (5, 2.5, "CLF")]


def test_purchases_in_two_currencies_are_refused_where_amounts_are_added_up() -> None:
    both = sum_purchases(orders((1, 0, "delivered", "EUR", 2, 1), (2, 1, "delivered", "JPY", 0, 5)))
    bad = lifetime_files.read(both, lifetime_files.Layout(), with_amount=True)
    assert isinstance(bad, Refused)
    assert (bad.reason, bad.column) == (Reason.MIXED_CURRENCIES, "currency")
    assert not isinstance(lifetime_files.read(both, lifetime_files.Layout(), with_amount=False), Refused)


def stay(*days: int, silence: int = 10) -> dict[str, Any]:
    found: list[dict[str, Any]] = follow_stays(delivered(*days), until=UNTIL, silence=silence).to_pyarrow().to_pylist()
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("days", "left"),
    [
        ((0, 5, 51), 15),
        ((0, 10, 20, 30, 40, 51), 50),
        ((45, 51), None),
        ((45, 50), 60),
        ((0, 10, 20, 30, 40, 50, 60), None),
    ],
)
def test_a_customer_leaves_when_silence_is_over_for_the_first_time(days: tuple[int, ...], left: int | None) -> None:
    found = stay(*days)
    assert found["joined"] == FIRST + timedelta(days=days[0])
    assert found["left"] == (None if left is None else FIRST + timedelta(days=left))
    assert found["cohort"] == "2025"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.integers(1, 30))
def test_stays_are_those_found_by_walking_through_the_days(days: list[int], silence: int) -> None:
    bought = set(days)
    left = None
    for day in range(min(days), 61):
        if day - max(one for one in bought if one <= day) >= silence:
            left = FIRST + timedelta(days=day)
            break
    assert stay(*days, silence=silence)["left"] == left


def test_what_is_bought_after_the_window_is_not_seen() -> None:
    assert stay(0, 55, 70, silence=70)["left"] is None


def test_a_table_is_read_by_kind_as_a_file_is_by_words() -> None:
    table = ibis.memtable(
        {
            "who": ["a", "b"],
            "joined": [FIRST, FIRST],
            "left": [None, FIRST + timedelta(days=3)],
            "arm": ["x", "y"],
            "paid": [True, False],
            "sum": ["1.5", "2"],
            "said": ["2025-01-01", "2025-01-02"],
        },
        schema={"who": "string", "joined": "date", "left": "date", "arm": "string", "paid": "boolean",
                "sum": "string", "said": "string"},
    )  # fmt: skip
    known = survival_files.read(table, {"customer": "who"}, UNTIL)
    assert not isinstance(known, Refused)
    assert [float(day) for day in known.cohorts["all"][0]] == [3.0, 60.0]
    for outcome in ("paid", "sum"):
        columns = {"arm": "arm", "outcome": outcome, "entered": "said"}
        assert not isinstance(trial_files.read(table, trial_files.Layout(columns)), Refused)
    for column, reason in (("entered", Reason.NOT_A_DATE), ("outcome", Reason.NOT_A_NUMBER)):
        bad = trial_files.read(table, trial_files.Layout({"arm": "arm", "outcome": "sum", column: {
            "entered": "paid", "outcome": "joined"}[column]}))  # fmt: skip
        assert isinstance(bad, Refused)
        assert bad.reason is reason
    absent = [
        survival_files.read(table, {"customer": "nobody"}),
        trial_files.read(table, trial_files.Layout({"arm": "nobody"})),
        lifetime_files.read(table, lifetime_files.Layout({"customer": "nobody"}), with_amount=False),
    ]
    assert [one.reason for one in absent if isinstance(one, Refused)] == [Reason.NO_COLUMN] * 3
