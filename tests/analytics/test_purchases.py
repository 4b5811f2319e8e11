"""Transactions to (x, t_x, T): days, first purchases, the window's end, counts."""

from datetime import date

import ibis
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodwill.analytics.purchases import Rows, Unit, check_units, count, count_rows, read_rows, summarise
from goodwill.analytics.results import Reason

UNTIL = date(2024, 3, 31)


def bought(*rows: tuple[str, int, int, float]) -> ibis.expr.types.Table:
    """Rows of customer, month, day, amount."""
    who, months, days, amounts = zip(*rows, strict=True)
    dates = [date(2024, month, day) for month, day in zip(months, days, strict=True)]
    return ibis.memtable({"customer": list(who), "date": dates, "amount": list(amounts)})


BOOK = bought(
    ("a", 1, 1, 10.0), ("a", 1, 1, 5.0), ("a", 1, 8, 20.0), ("a", 1, 8, 4.0), ("a", 3, 1, 30.0), ("a", 4, 1, 99.0),
    ("b", 2, 1, 7.0), ("c", 4, 2, 8.0), ("d", 3, 31, 9.0),
)  # fmt: skip


def test_rows_of_one_day_are_one_purchase_and_the_first_day_is_no_repeat() -> None:
    rows = summarise(BOOK, until=UNTIL).order_by("customer").to_pyarrow().to_pylist()
    assert rows[0] == {"customer": "a", "x": 2, "t_x": 60, "T": 90}
    assert rows[1] == {"customer": "b", "x": 0, "t_x": 0, "T": 59}


def test_customers_who_came_after_the_window_are_not_in_it() -> None:
    customers = summarise(BOOK, until=UNTIL).customer.to_pyarrow().to_pylist()
    assert sorted(customers) == ["a", "b", "d"]


def test_mean_spend_is_that_of_repeat_days_only() -> None:
    rows = summarise(BOOK, until=UNTIL, amount="amount").order_by("customer").to_pyarrow().to_pylist()
    assert rows[0]["m_x"] == pytest.approx((24 + 30) / 2)
    assert rows[1]["m_x"] is None
    assert [(r["x"], r["t_x"], r["T"]) for r in rows] == [(2, 60, 90), (0, 0, 59), (0, 0, 0)]


def test_counting_is_one_expression_and_loses_nobody() -> None:
    twins = bought(("a", 1, 1, 1), ("b", 1, 1, 1), ("c", 2, 1, 1))
    rows = read_rows(count(summarise(twins, until=UNTIL)), Unit.WEEK)
    assert (len(rows), rows.customers, rows.repeaters) == (2, 3, 0)
    assert sorted(rows.T * 7) == [59, 90]
    assert sorted(read_rows(count(summarise(twins, until=UNTIL)), Unit.DAY).T) == [59, 90]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5), st.integers(5, 9)), max_size=40))
def test_unique_rows_with_counts_hold_every_customer(customers: list[tuple[int, int, int]]) -> None:
    rows = [(x, t_x if x else 0, T) for x, t_x, T in customers]
    x, t_x, T = ([row[place] for row in rows] for place in range(3))
    counted = count_rows(x, t_x, T)
    again = sorted(
        tuple(float(value) for value in row[:3])
        for row in zip(counted.x, counted.t_x, counted.T, counted.n, strict=True)
        for _ in range(int(row[3]))
    )
    assert again == sorted(tuple(float(value) for value in row) for row in rows)
    assert len(counted) == len(set(rows))


def test_histories_too_various_for_a_table_are_counted_all_the_same() -> None:
    rng = np.random.default_rng(2)
    T = np.repeat(rng.uniform(10, 40, 300), 2)
    counted = count_rows(np.repeat(np.arange(1, 301), 2), T * np.repeat(rng.random(300), 2), T)
    assert len(counted) == 300
    assert set(counted.n) == {2.0}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((1.0, 5.0, 4.0, 1.0), "must hold"),
        ((-1.0, 1.0, 4.0, 1.0), "must hold"),
        ((1.0, -1.0, 4.0, 1.0), "must hold"),
        ((1.0, 1.0, 4.0, 0.0), "must hold"),
        ((1.0, 1.0, float("nan"), 1.0), "finite"),
        ((0.0, 1.0, 4.0, 1.0), "without a repeat"),
        ((2.0, 0.0, 4.0, 1.0), "without a repeat"),
    ],
)
def test_a_history_that_could_not_have_happened_is_refused(row: tuple[float, ...], words: str) -> None:
    x, t_x, T, n = (np.array([value]) for value in row)
    with pytest.raises(ValueError, match=words):
        Rows(x, t_x, T, n)


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="lengths"):
        Rows(np.zeros(2), np.zeros(2), np.ones(2), np.ones(1))


def test_a_customer_twice_in_a_summary_is_refused_by_name() -> None:
    summary = ibis.memtable({"customer": ["a", "b", "b"], "x": [0, 1, 2]})
    refused = check_units(summary)
    assert refused is not None
    assert (refused.reason, refused.column, refused.value) == (Reason.DUPLICATE_UNITS, "customer", "b")
    assert check_units(summary.filter(summary.x < 2)) is None


def test_a_year_has_its_days_and_weeks() -> None:
    assert Unit.DAY.per_year == pytest.approx(365.2425)
    assert Unit.WEEK.per_year == pytest.approx(52.1775)
