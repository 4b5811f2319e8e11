"""Excess deal share: worked by hand, the prior, refusals, and the interval's promise."""

from datetime import date

import numpy as np
import pytest

from goodwill.analytics import dependence
from goodwill.analytics.dependence import Dependence, Prior, fit
from goodwill.analytics.results import Reason, Refused
from tests.analytics.designs import bounds, dice

DAY = date(2026, 3, 1)


def estimate(
    customers: list[int], spend: list[float], discounted: list[float], on_deal: list[float]
) -> Dependence | Refused:
    return dependence.estimate(np.array(customers), np.array(spend), np.array(discounted), np.array(on_deal), as_of=DAY)


def test_the_excess_is_what_was_bought_on_deal_less_what_was_on_deal_anyway() -> None:
    others = list(range(1, 11))
    found = estimate([0, 0, *others], [30, 10, *[10.0] * 10], [30, 0, *[10.0, 0.0] * 5], [0.2, 0.6, *[0.3] * 10])
    assert isinstance(found, Dependence)
    assert (found.deal[0], found.available[0], found.excess[0]) == pytest.approx((0.75, 0.3, 0.45))
    assert found.low[0] < found.shrunk[0] < found.high[0]
    assert found.of(0).value == pytest.approx(found.shrunk[0])
    told = found.as_json()
    assert isinstance(told["customers"], list)
    assert (told["n"], told["customers"][0]["deal"]) == (11, 0.75)


def test_few_purchases_are_drawn_further_to_the_prior_than_many() -> None:
    rng = dice("shrinking")
    shares = rng.beta(2, 6, 300)
    purchases = np.where(np.arange(300) < 150, 2, 40)
    customers = np.repeat(np.arange(300), purchases)
    on_deal = (rng.random(len(customers)) < shares[customers]).astype(float)
    found = dependence.estimate(customers, np.ones(len(customers)), on_deal, np.zeros(len(customers)), as_of=DAY)
    assert isinstance(found, Dependence)
    pulled = np.abs(found.shrunk - found.excess)
    assert pulled[:150].mean() > 3 * pulled[150:].mean()


def test_the_prior_is_found_again_and_customers_alike_have_a_narrow_one() -> None:
    rng = dice("prior")
    purchases = rng.integers(5, 40, 5000).astype(float)
    shares = rng.binomial(purchases.astype(int), rng.beta(2, 6, 5000)) / purchases
    prior = fit(shares, purchases)
    assert isinstance(prior, Prior)
    assert prior.a == pytest.approx(2, rel=0.1)
    assert prior.b == pytest.approx(6, rel=0.1)
    same = fit(np.full(20, 0.5), np.full(20, 10.0))
    assert same == Prior(500_000.0, 500_000.0)
    extremes = fit(np.tile([0.0, 1.0], 10), np.full(20, 10.0))
    assert isinstance(extremes, Prior)
    assert 0 < extremes.a < 0.01


def test_what_carries_no_prior_is_refused() -> None:
    assert fit(np.full(9, 0.5), np.ones(9)) == Refused(Reason.TOO_FEW_UNITS, value="9 of 10")
    assert fit(np.zeros(10), np.ones(10)) == Refused(Reason.NO_VARIATION)
    assert fit(np.ones(10), np.ones(10)) == Refused(Reason.NO_VARIATION)
    assert fit(np.tile([0.0, 1.0], 5), np.ones(10)) == Refused(Reason.TOO_FEW_REPEATS)
    assert estimate([0], [1], [1], [0.5]) == Refused(Reason.TOO_FEW_UNITS, value="1 of 10")


def test_money_and_shares_without_meaning_are_refused_by_row() -> None:
    assert estimate([0, 1], [1, 0], [0, 0], [0, 0]) == Refused(Reason.OFF_THE_SCALE, "spend", 2)
    assert estimate([0, 1], [1, 1], [2, 0], [0, 0]) == Refused(Reason.OFF_THE_SCALE, "discounted", 1)
    assert estimate([0, 1], [1, 1], [0, 0], [0, 1.5]) == Refused(Reason.OFF_THE_SCALE, "on_deal", 2)
    with pytest.raises(ValueError, match="each purchase has a customer"):
        estimate([0, 1], [1], [0], [0])
    with pytest.raises(ValueError, match="each customer from 0 on has a purchase"):
        estimate([0, 2], [1, 1], [0, 0], [0, 0])


def test_intervals_hold_the_truth_of_as_many_customers_as_they_say() -> None:
    rng, people = dice("deals"), 4000
    shares = rng.beta(2, 6, people)
    customers = np.repeat(np.arange(people), 12)
    on_deal = (rng.random(len(customers)) < shares[customers]).astype(float)
    available = np.full(len(customers), 0.2)
    found = dependence.estimate(customers, np.full(len(customers), 5.0), 5 * on_deal, available, as_of=DAY)
    assert isinstance(found, Dependence)
    held = np.mean((found.low <= shares - 0.2) & (shares - 0.2 <= found.high))
    low, high = bounds(0.95, people)
    assert low <= held <= high
