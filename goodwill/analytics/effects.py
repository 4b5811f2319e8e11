"""Effects: the difference between two arms with its standard error, plain, adjusted for the past, or of a ratio."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from goodwill.analytics.arms import Moments

Floats = NDArray[np.float64]
N = TypeVar("N", float, Floats)


@dataclass(frozen=True, slots=True)
class Side(Generic[N]):
    """One arm: units, the mean of a quantity over them, and its variance. Numbers, or arrays of many trials."""

    n: N
    mean: N
    variance: N


@dataclass(frozen=True, slots=True)
class Difference(Generic[N]):
    """Treated minus control for each unit, its standard error, degrees of freedom, and the units of both arms."""

    effect: N
    se: N
    df: N
    n: N


@dataclass(frozen=True, slots=True)
class Limits(Generic[N]):
    """The two ends of an interval."""

    low: N
    high: N


def take(moments: Moments, weights: Mapping[str, float]) -> Side[float]:
    """One arm's side of a weighted sum of columns."""
    return Side(float(moments.n), moments.mean(weights), moments.variance(weights))


def subtract(treated: Side[N], control: Side[N]) -> Difference[N]:
    """The difference of two means without assuming equal variances.

    The question is how much more a treated unit brings. The population is the two arms' units, over their window. The
    method is Welch's (1947): s² = v₁/n₁ + v₀/n₀ with Satterthwaite's degrees of freedom. It cannot tell effect from
    difference where the arms were not made comparable by chance.
    """
    one, other = treated.variance / treated.n, control.variance / control.n
    squared = one + other
    both = one * one / (treated.n - 1) + other * other / (control.n - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        df = np.where(both > 0, np.divide(squared * squared, np.where(both > 0, both, 1.0)), treated.n + control.n - 2)
    return Difference(treated.mean - control.mean, np.sqrt(squared), df[()], treated.n + control.n)


def bound(difference: Difference[N], *, alpha: float) -> Limits[N]:
    """The fixed interval: right for one look at a sample size chosen beforehand, and for no more than one.

    The question is which effects one look at the data leaves possible. The population is the difference's two arms.
    The method is Student's t with Welch's degrees of freedom, at level 1 − `alpha`. It cannot be looked at twice:
    of A/A trials looked at 41 times, more than a quarter seem to differ.
    """
    half = stdtrit(difference.df, 1 - alpha / 2) * difference.se
    return Limits(difference.effect - half, difference.effect + half)


def find_theta(arms: Iterable[Moments], quantity: Mapping[str, float], before: str) -> float:
    """CUPED's coefficient: how much of a unit's outcome its past foretells; 0 where the past does not vary.

    The question is what to take off each outcome for what the unit did before. The population is all arms' units,
    `before` strictly before assignment. The method is Deng, Xu, Kohavi & Walker's (2013), θ = cov(x, y) / var(x),
    pooled within arms. It cannot be used with a covariate that the treatment may have moved.
    """
    x = {before: 1.0}
    pairs = [(arm.covariance(quantity, x) * (arm.n - 1), arm.variance(x) * (arm.n - 1)) for arm in arms]
    spread = sum(pair[1] for pair in pairs)
    return sum(pair[0] for pair in pairs) / spread if spread > 0 else 0.0


def share_saved(arms: Iterable[Moments], quantity: Mapping[str, float], before: str) -> float:
    """The share of the variance within arms that CUPED takes away, 0 to 1: r² of past and outcome.

    The question is whether asking for the past is worth it. The population is the arms' units. The method is the
    squared correlation within arms (Deng et al. 2013). It cannot tell what another covariate would save.
    """
    known = list(arms)
    theta = find_theta(known, quantity, before)
    plain = sum(arm.variance(quantity) * (arm.n - 1) for arm in known)
    left = sum(arm.variance({**quantity, before: -theta}) * (arm.n - 1) for arm in known)
    return 1 - left / plain if plain > 0 else 0.0


def divide(moments: Moments, numerator: str, denominator: str) -> Side[float]:
    """One arm's side of a ratio of sums, such as contribution for each order.

    The question is what a ratio of two totals is, when units bring several orders each. The population is the arm's
    units. The method is the delta method (Deng, Knoblich & Lu 2018): the variance of (y − R·x) / x̄. It cannot tell
    whether the treatment moved the numerator or the denominator. Raises ZeroDivisionError for a denominator of none.
    """
    below = moments.mean({denominator: 1.0})
    ratio = moments.mean({numerator: 1.0}) / below
    return Side(float(moments.n), ratio, moments.variance({numerator: 1 / below, denominator: -ratio / below}))
