"""Differences between arms: agreement with SciPy, and adjustments that neither add nor lose anything."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from goodwill.analytics import effects
from goodwill.analytics.arms import measure
from tests.analytics.designs import dice

Y = {"y": 1.0}


def test_welch_agrees_with_scipy() -> None:
    rng = dice("welch")
    treated, control = rng.normal(5, 3, 40), rng.normal(4, 1, 90)
    difference = effects.subtract(*(effects.take(measure({"y": arm}), Y) for arm in (treated, control)))
    theirs = ttest_ind(treated, control, equal_var=False)
    ends = theirs.confidence_interval(0.9)
    limits = effects.bound(difference, alpha=0.1)
    assert difference.df == pytest.approx(theirs.df, rel=1e-12)
    assert difference.effect / difference.se == pytest.approx(theirs.statistic, rel=1e-12)
    assert (limits.low, limits.high) == pytest.approx((ends.low, ends.high), rel=1e-12)
    assert difference.n == 130


def test_many_trials_at_once_are_as_many_one_by_one() -> None:
    rng = dice("many at once")
    n, mean, variance = (rng.uniform(10, 20, 6) for _ in range(3))
    sides = [effects.Side(n[half], mean[half], variance[half]) for half in (slice(3), slice(3, 6))]
    both = effects.bound(effects.subtract(*sides), alpha=0.05)
    for i in range(3):
        one = [effects.Side(float(s.n[i]), float(s.mean[i]), float(s.variance[i])) for s in sides]
        assert effects.bound(effects.subtract(*one), alpha=0.05).low == pytest.approx(both.low[i], rel=1e-12)


def test_arms_that_do_not_vary_differ_without_doubt() -> None:
    difference = effects.subtract(effects.Side(5.0, 2.0, 0.0), effects.Side(5.0, 1.0, 0.0))
    assert (difference.effect, difference.se, difference.df) == (1.0, 0.0, 8.0)


def test_cuped_takes_away_the_share_that_the_past_foretells() -> None:
    rng = dice("cuped")
    arms = []
    for lift in (0.5, 0.0):
        x = rng.normal(10, 2, 50_000)
        arms.append(measure({"y": 0.8 * x + lift + rng.normal(0, 1.2, 50_000), "x": x}))
    assert effects.find_theta(arms, Y, "x") == pytest.approx(0.8, abs=0.01)
    assert effects.share_saved(arms, Y, "x") == pytest.approx(0.64, abs=0.01)
    adjusted = {"y": 1.0, "x": -effects.find_theta(arms, Y, "x")}
    plain, cuped = (effects.subtract(*(effects.take(arm, w) for arm in arms)) for w in (Y, adjusted))
    assert cuped.effect == pytest.approx(0.5, abs=0.03)
    assert cuped.se**2 == pytest.approx(0.36 * plain.se**2, rel=0.02)


def test_a_past_that_does_not_vary_takes_nothing_away() -> None:
    arms = [measure({"y": np.array([1.0, 2.0, 4.0]), "x": np.ones(3)})] * 2
    assert effects.find_theta(arms, Y, "x") == 0.0
    assert effects.share_saved(arms, Y, "x") == 0.0


def test_nothing_is_saved_of_an_outcome_that_does_not_vary() -> None:
    arms = [measure({"y": np.ones(3), "x": np.array([1.0, 2.0, 4.0])})] * 2
    assert effects.share_saved(arms, Y, "x") == 0.0


def test_a_ratio_has_the_error_that_many_samples_show() -> None:
    rng = dice("ratio")
    orders = rng.poisson(3, (2000, 400)) + 1.0
    money = orders * rng.gamma(4, 5, (2000, 400))
    sides = [effects.divide(measure({"y": m, "x": o}), "y", "x") for m, o in zip(money, orders, strict=True)]
    spread = np.std([side.mean for side in sides])
    foretold = np.mean([(side.variance / side.n) ** 0.5 for side in sides])
    assert foretold == pytest.approx(spread, rel=0.06)
    assert np.mean([side.mean for side in sides]) == pytest.approx(20, rel=0.01)


def test_a_ratio_to_nothing_is_refused() -> None:
    with pytest.raises(ZeroDivisionError):
        effects.divide(measure({"y": np.ones(3), "x": np.zeros(3)}), "y", "x")
