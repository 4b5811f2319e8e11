"""Plans: published sizes, and the power they promise in simulated trials."""

from math import isclose
from typing import Any

import numpy as np
import pytest

from goodwill.analytics import effects, plans, sequences
from tests.analytics.designs import TRIALS, bounds, dice


def test_ten_percent_more_of_spend_that_varies_17_7_times_its_mean_needs_494_thousand_an_arm() -> None:
    made = plans.plan(mean=0.652789, sd=11.5882, effect=0.0652789, weekly_units=64_000)
    assert made.fixed.per_arm // 1000 == 494
    assert made.cv is not None
    assert made.relative is not None
    assert (int(made.cv * 10) / 10, round(made.relative, 6)) == (17.7, 0.1)
    assert made.fixed.weeks == 16
    assert made.always_valid.per_arm > made.fixed.per_arm


def test_an_apology_voucher_needs_67_thousand_customers_an_arm() -> None:
    # three quarters of a point of retention, where 60 of 100 customers stay
    made = plans.plan(mean=0.6, sd=(0.6 * 0.4) ** 0.5, effect=0.0075)
    assert round(made.fixed.per_arm, -3) == 67_000


def test_a_planned_trial_sees_its_effect_with_the_power_it_promised() -> None:
    made = plans.plan(mean=10, sd=4, effect=0.5)
    n = made.fixed.per_arm
    rng = dice("power of a plan")
    means = rng.normal(0, 4 / n**0.5, (2, TRIALS)) + np.array([[0.5], [0.0]])
    spreads = 16 * rng.chisquare(n - 1, (2, TRIALS)) / (n - 1)
    count = np.full(TRIALS, float(n))
    limits = effects.bound(effects.subtract(*(effects.Side(count, means[i], spreads[i]) for i in (0, 1))), alpha=0.05)
    low, high = bounds(0.8)
    assert low <= np.mean(limits.low > 0) <= high


def test_a_plan_for_looks_at_any_time_has_its_power_by_the_last_one() -> None:
    made = plans.plan(mean=10, sd=4, effect=0.5)
    n = made.always_valid.per_arm
    rng = dice("power of an always-valid plan")
    error = 4 * (2 / n) ** 0.5
    seen = rng.normal(0.5, error, TRIALS)
    half = sequences.widen(error, 2.0 * n, r=sequences.tune(2 * n, alpha=0.05), alpha=0.05)
    low, high = bounds(0.8)
    assert low <= np.mean(seen - half > 0) <= high


def test_weeks_wait_for_the_last_outcome_to_mature() -> None:
    made = plans.plan(mean=10, sd=4, effect=0.5, weekly_units=500, maturity_weeks=4)
    assert made.fixed.weeks == -(-made.fixed.both // 500) + 4
    assert plans.plan(mean=10, sd=4, effect=0.5).as_json()["fixed"] == {**made.fixed.as_json(), "weeks": None}


def test_a_mean_of_nothing_has_no_shares() -> None:
    made = plans.plan(mean=0, sd=4, effect=-0.5)
    assert (made.cv, made.relative) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [{"sd": 0}, {"sd": float("inf")}, {"mean": float("nan")}, {"effect": 0}, {"effect": float("nan")}, {"alpha": 0},
     {"power": 0.01}, {"power": 1}, {"weekly_units": 0}],
)  # fmt: skip
def test_a_plan_of_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        plans.plan(**{"mean": 10, "sd": 4, "effect": 0.5, **wrong})


@pytest.mark.parametrize("planned", [None, 4000.0])
def test_so_many_more_units_are_just_enough(planned: float | None) -> None:
    effect, se, n = 0.4, 0.3, 2000
    more = plans.need(effect=effect, se=se, n=n, alpha=0.05, planned=planned)
    assert more is not None

    def half(units: int) -> float:
        error = se * (n / units) ** 0.5
        if planned is None:
            return float(1.959963984540054 * error)
        return float(sequences.widen(error, float(units), r=sequences.tune(planned, alpha=0.05), alpha=0.05))

    assert half(n + more) < effect
    assert half(n + more - 1) > effect or isclose(half(n + more - 1), effect)


def test_no_number_of_units_shows_an_effect_of_nothing() -> None:
    assert plans.need(effect=0.0, se=0.3, n=2000, alpha=0.05) is None
    assert plans.need(effect=1e-30, se=0.3, n=2000, alpha=0.05) is None
    assert plans.need(effect=1.0, se=float("inf"), n=2000, alpha=0.05) is None


def test_before_a_thousand_units_a_thousand_are_needed_at_least() -> None:
    assert plans.need(effect=9.0, se=0.3, n=400, alpha=0.05, planned=400.0) == 600
