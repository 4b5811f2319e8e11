"""How many kinds of thing a customer buys here, as if all were bought alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import stdtrit

from goodwill import __version__
from goodwill.analytics.ratings import Floats
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window

PURCHASES = 10
"""Purchases that carry an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breadth(Result):
    """exp of the entropy of spend over categories: 1 for one category; the interval is None where none can be told."""

    breadth: float
    interval: Interval | None
    categories: int

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"breadth"`, `"interval"` (or null) and `"categories"`."""
        interval = self.interval and self.interval.as_json()
        return {**self.facts(), "breadth": self.breadth, "interval": interval, "categories": self.categories}


def spread(shares: Floats) -> float:
    """exp(−Σ s ln s) of shares that sum to 1; raises ValueError where they are none."""
    if np.any(shares < 0) or not np.isclose(np.sum(shares), 1):
        raise ValueError("shares are not below zero and sum to one")
    some = shares[shares > 0]
    return float(np.exp(-np.sum(some * np.log(some))))


def measure(
    categories: Sequence[str], spend: Floats, *, as_of: date, window: Window | None = None
) -> Breadth | Refused:
    """How broadly a customer, or customers alike, buy here: a category and the spend for each purchase.

    The question is over how many kinds of thing spend is spread. The population is the purchases over `window`. The
    method is the exponential of Shannon's entropy (Hill 1973) with the delta method's interval over purchases. It
    cannot tell what was bought elsewhere, and reads low where purchases are few. Refuses no purchase, and spend that
    is not above zero, by its row; there is no interval of fewer than ten purchases, or where all weigh the same.
    Raises ValueError for arrays of different lengths.
    """
    if len(categories) != len(spend):
        raise ValueError("each purchase has a category and a spend")
    n = len(spend)
    if not n:
        return Refused(Reason.NO_ROWS)
    wrong = ~(spend > 0)
    if np.any(wrong):
        row = int(np.argmax(wrong))
        return Refused(Reason.MONEY_NEGATIVE if spend[row] < 0 else Reason.MONEY_ZERO, "spend", row + 1)
    names, places = np.unique(np.array(categories), return_inverse=True)
    shares = np.bincount(places, spend) / np.sum(spend)
    breadth = spread(shares)
    entropy = float(np.log(breadth))
    pulls = spend / np.mean(spend) * (-np.log(shares[places]) - entropy)
    error = float(np.std(pulls, ddof=1)) / n**0.5 if n >= PURCHASES else 0.0
    is_told = error > 1e-9
    half = float(stdtrit(max(n - 1, 1), 0.975)) * error
    ends = max(1.0, float(np.exp(entropy - half))), float(np.exp(entropy + half))
    return Breadth(
        question="Over how many kinds of thing is spend spread?",
        window=window,
        method=Method("exponential of Shannon's entropy", "Shannon 1948; Hill 1973"),
        n=n,
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} breadths.measure",
        as_of=as_of,
        reasons=() if is_told else (Reason.TOO_FEW_UNITS if n < PURCHASES else Reason.NO_VARIATION,),
        breadth=breadth,
        interval=Interval(breadth, *ends, 0.95, "delta") if is_told else None,
        categories=len(names),
    )
