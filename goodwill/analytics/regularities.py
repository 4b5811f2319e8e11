"""How regularly customers buy: from chance (k = 1) towards clockwork."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import ndtri

from goodwill import __version__
from goodwill.analytics.ratings import Floats
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window

PAIRS = 30
"""Pairs of intervals that carry a variance with its doubt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regularity(Result):
    """The shape k of the times between purchases: 1 for chance, more for regular buying; `n` counts pairs."""

    k: Interval

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts and `"k"`."""
        return {**self.facts(), "k": self.k.as_json()}


def shape(variance: float) -> float:
    """k̂ = (1 − 4V) ÷ (8V), of V = Var(ITT₁ ÷ (ITT₁ + ITT₂)); not below 0. Raises ValueError for V not above 0."""
    if not variance > 0:
        raise ValueError("a variance is above zero")
    return max(0.0, (1 - 4 * variance) / (8 * variance))


def estimate(first: Floats, second: Floats, *, as_of: date, window: Window | None = None) -> Regularity | Refused:
    """How regular buying is, from pairs of successive times between purchases (`first`, then `second`).

    The question is whether purchases come by chance or by the clock. The population is disjoint pairs of times of a
    customer, or of customers alike, over `window`. The method is Wheat & Morrison's (1990) for gamma times, the
    interval from the variance's own doubt on the log scale. It cannot tell habit from a subscription. Refuses fewer
    than 30 pairs, a pair of nothing, and pairs that are all alike. Raises ValueError for arrays of different lengths.
    """
    if len(first) != len(second):
        raise ValueError("times come in pairs")
    n = len(first)
    if n < PAIRS:
        return Refused(Reason.TOO_FEW_REPEATS, value=f"{n} of {PAIRS} pairs")
    wrong = (first < 0) | (second < 0) | ~(first + second > 0)
    if np.any(wrong):
        return Refused(Reason.NOT_A_NUMBER, row=int(np.argmax(wrong)) + 1)
    parts = first / (first + second)
    variance = float(np.var(parts, ddof=1))
    if variance < 1e-12:
        return Refused(Reason.NO_VARIATION)
    apart = (parts - np.mean(parts)) ** 2
    half = float(ndtri(0.975) * np.std(apart, ddof=1)) / n**0.5 / variance
    return Regularity(
        question="Do purchases come by chance or by the clock?",
        window=window,
        method=Method("k = (1 − 4V) ÷ (8V)", "Wheat & Morrison 1990"),
        n=n,
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} regularities.estimate",
        as_of=as_of,
        k=Interval(shape(variance), shape(variance * np.exp(half)), shape(variance * np.exp(-half)), 0.95, "log_delta"),
    )
