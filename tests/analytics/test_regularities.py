"""Regularity and breadth: worked values, refusals, and the intervals' promise."""

from datetime import date

import numpy as np
import pytest

from goodwill.analytics import breadths, regularities
from goodwill.analytics.breadths import Breadth
from goodwill.analytics.ratings import Floats
from goodwill.analytics.regularities import Regularity, shape
from goodwill.analytics.results import Reason, Refused
from tests.analytics.designs import TRIALS, bounds, dice

DAY = date(2026, 3, 1)


def regular(first: Floats, second: Floats) -> Regularity | Refused:
    return regularities.estimate(first, second, as_of=DAY)


@pytest.mark.parametrize("k", [0.5, 1, 2, 5, 40])
def test_the_variance_of_gamma_times_gives_their_shape_back(k: float) -> None:
    assert shape(1 / (4 * (2 * k + 1))) == pytest.approx(k)


def test_chance_has_a_variance_of_a_twelfth_and_no_shape_is_below_zero() -> None:
    assert shape(1 / 12) == pytest.approx(1.0)
    assert shape(0.26) == 0.0
    with pytest.raises(ValueError, match="above zero"):
        shape(0.0)


def test_times_that_carry_no_shape_are_refused() -> None:
    ones = np.ones(30)
    assert regular(ones[:29], ones[:29]) == Refused(Reason.TOO_FEW_REPEATS, value="29 of 30 pairs")
    assert regular(ones, ones) == Refused(Reason.NO_VARIATION)
    assert regular(np.append(ones, 0), np.append(ones, 0)) == Refused(Reason.NOT_A_NUMBER, row=31)
    assert regular(np.append(ones, -1), np.append(ones, 3)) == Refused(Reason.NOT_A_NUMBER, row=31)
    with pytest.raises(ValueError, match="come in pairs"):
        regular(ones, ones[:2])


@pytest.mark.parametrize("k", [1.0, 4.0])
def test_the_interval_of_k_holds_the_truth_as_often_as_it_says(k: float) -> None:
    times = dice(f"regularity {k}").gamma(k, 1, (2, TRIALS, 400))
    held = 0
    for first, second in zip(*times, strict=True):
        found = regular(first, second)
        assert isinstance(found, Regularity)
        held += found.k.low <= k <= found.k.high
    low, high = bounds(0.95)
    assert low <= held / TRIALS <= high


def test_regularity_tells_its_shape_with_the_facts() -> None:
    rng = dice("one regular")
    found = regular(rng.gamma(6, 1, 500), rng.gamma(6, 1, 500))
    assert isinstance(found, Regularity)
    assert found.k.low > 1
    assert found.as_json()["n"] == 500


def test_breadth_counts_categories_as_if_all_were_bought_alike() -> None:
    assert breadths.spread(np.array([1.0])) == 1.0
    assert breadths.spread(np.full(4, 0.25)) == pytest.approx(4.0)
    assert breadths.spread(np.array([0.5, 0.25, 0.25, 0])) == pytest.approx(2**1.5)
    with pytest.raises(ValueError, match="sum to one"):
        breadths.spread(np.array([0.5, 0.6]))


def broad(categories: list[str], spend: list[float]) -> Breadth | Refused:
    return breadths.measure(categories, np.array(spend), as_of=DAY)


def test_few_purchases_or_equal_ones_have_a_breadth_and_no_interval() -> None:
    few = broad(["tea", "cups", "cake"], [2, 1, 1])
    assert isinstance(few, Breadth)
    assert few.breadth == pytest.approx(2**1.5)
    assert (few.interval, few.reasons) == (None, (Reason.TOO_FEW_UNITS,))
    one = broad(["tea"] * 12, [3.0] * 12)
    assert isinstance(one, Breadth)
    assert (one.breadth, one.interval, one.reasons) == (1.0, None, (Reason.NO_VARIATION,))
    assert one.as_json()["interval"] is None


def test_spend_that_is_none_is_refused_by_its_row() -> None:
    assert broad([], []) == Refused(Reason.NO_ROWS)
    assert broad(["tea", "tea"], [1, 0]) == Refused(Reason.MONEY_ZERO, "spend", 2)
    assert broad(["tea", "tea"], [-1, 0]) == Refused(Reason.MONEY_NEGATIVE, "spend", 1)
    with pytest.raises(ValueError, match="a category and a spend"):
        broad(["tea"], [])


def test_the_interval_of_breadth_holds_the_truth_about_as_often_as_it_says() -> None:
    rng, trials = dice("breadth"), 1000
    shares = np.array([0.6, 0.25, 0.1, 0.05])
    bought = np.array(list("abcd"))[rng.choice(4, (trials, 600), p=shares)]
    spend = rng.gamma(2, 10, (trials, 600))
    truth, held = breadths.spread(shares), 0
    for categories, money in zip(bought, spend, strict=True):
        found = breadths.measure(list(categories), money, as_of=DAY)
        assert isinstance(found, Breadth)
        assert found.interval is not None
        held += found.interval.low <= truth <= found.interval.high
    low, high = bounds(0.95, trials)
    assert low <= held / trials <= high
