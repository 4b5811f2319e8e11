"""How long customers stay: survival of cohorts, with those who are still here counted as long as they were watched."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from goodwill import __version__
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
HALF_YEAR = 183.0
"""Days in six months: the first whole day past half of a Gregorian year."""
_ALPHA, _NAME = 0.05, "greenwood_log_log"


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The share S(t) still here after each time at which somebody left, with its interval.

    Arrays of one length: `times`, `at_risk` just before, `left` then, `share`, `error` (Greenwood's), `low`, `high`.
    `followed` holds how long each customer was watched, in order.
    """

    followed: Floats
    times: Floats
    at_risk: Floats
    left: Floats
    share: Floats
    error: Floats
    low: Floats
    high: Floats

    @property
    def n(self) -> int:
        """How many customers."""
        return len(self.followed)

    @property
    def departures(self) -> int:
        """How many of them left."""
        return int(np.sum(self.left))

    def at(self, time: float) -> Interval | None:
        """S(time) with its interval; None beyond the time up to which anybody was followed.

        While nobody has left, the interval is the exact one for as many as were still watched (Clopper & Pearson
        1934), since Greenwood's has no width there.
        """
        is_over = len(self.share) > 0 and self.share[-1] == 0
        if time > self.followed[-1] and not is_over:
            return None
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:
            watched = self.n - int(np.searchsorted(self.followed, time, side="left"))
            return Interval(1.0, (_ALPHA / 2) ** (1 / watched), 1.0, 1 - _ALPHA, "clopper_pearson")
        ends = float(self.low[place]), float(self.high[place])
        return Interval(float(self.share[place]), *ends, 1 - _ALPHA, _NAME)

    def as_json(self) -> dict[str, object]:
        """The wire shape: `{"n", "departures", "points": [{"time", "at_risk", "left", "share", "se", …}]}`."""
        columns = {
            "time": self.times, "at_risk": self.at_risk, "left": self.left, "share": self.share, "se": self.error,
            "low": self.low, "high": self.high,
        }  # fmt: skip
        points = [{name: float(column[i]) for name, column in columns.items()} for i in range(len(self.times))]
        return {"n": self.n, "departures": self.departures, "points": points}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survival(Result):
    """Each cohort's curve, and its share still here after `horizon`; None where nobody was followed so long."""

    curves: Mapping[str, Curve]
    horizon: float
    at_horizon: Mapping[str, Interval | None]

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"horizon"` and `"cohorts": [{"cohort", "at_horizon", …the curve}]`."""
        cohorts = [
            {"cohort": name, "at_horizon": at and at.as_json(), **self.curves[name].as_json()}
            for name, at in self.at_horizon.items()
        ]
        return {**self.facts(), "horizon": self.horizon, "cohorts": cohorts}


def trace(followed: Floats, left: Flags) -> Curve:
    """The survival curve of customers who were `followed` so long, at the end of which they had `left` or not.

    The question is what share stays how long. The population is one row for each customer, watched from the first
    purchase. The method is Kaplan & Meier's (1958), the error Greenwood's (1926), the interval log(−log S). It
    cannot tell why anybody left, and takes those lost from sight to be like the rest. Raises ValueError without a
    customer, for arrays of two lengths, or a time below zero.
    """
    if len(followed) != len(left) or not len(followed):
        raise ValueError("followed and left are of one length, above zero")
    if not np.all((followed >= 0) & np.isfinite(followed)):
        raise ValueError("times are finite and not below zero")
    order = np.sort(followed)
    times, gone = np.unique(followed[left], return_counts=True)
    lost = gone.astype(float)
    at_risk = (len(order) - np.searchsorted(order, times, side="left")).astype(float)
    # the last to leave takes S to 0, where neither logarithm nor error has a value
    share = np.cumprod(1 - lost / at_risk)
    stays = at_risk > lost
    risky = np.where(stays, at_risk - lost, 1.0)
    sums = np.cumsum(np.where(stays, lost / (at_risk * risky), 0.0))
    spread = np.sqrt(sums)
    log = np.log(np.where(stays, share, 0.5))
    theta = float(ndtri(1 - _ALPHA / 2)) * spread / -log
    low = np.where(stays, np.exp(log * np.exp(theta)), 0.0)
    high = np.where(stays, np.exp(log * np.exp(-theta)), 0.0)
    if len(times) and not stays[-1]:
        # nobody is left of the last few: what was possible before they went still is
        high[-1] = high[-2] if len(times) > 1 else 1 - (_ALPHA / 2) ** (1 / at_risk[-1])
    return Curve(order, times, at_risk, lost, share, share * spread, low, high)


def estimate(
    cohorts: Mapping[str, tuple[Floats, Flags]], *, horizon: float = HALF_YEAR, as_of: date,
    window: Window | None = None,
) -> Survival | Refused:  # fmt: skip
    """How long the customers of each cohort stay, and what share of it is still here after `horizon` days.

    The question is which cohorts stay. The population is each cohort's customers, followed until they left or until
    `as_of`. The method is `trace` for each. It cannot tell what makes cohorts differ: they were not dealt. Refuses
    where there is no customer; warns where no cohort, or not every one, was followed as long as `horizon`.
    """
    if not cohorts:
        return Refused(Reason.NO_ROWS)
    curves = {name: trace(*cohort) for name, cohort in cohorts.items()}
    at_horizon = {name: curve.at(horizon) for name, curve in curves.items()}
    return Survival(
        question=f"What share of each cohort is still here after {horizon:g} days?",
        window=window,
        method=Method("Kaplan–Meier with Greenwood's error and the log-log interval",
                      "Kaplan & Meier 1958; Greenwood 1926; Kalbfleisch & Prentice 1980"),
        n=sum(curve.n for curve in curves.values()),
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} survival horizon={horizon!r}",
        as_of=as_of,
        reasons=(Reason.NOT_FOLLOWED_SO_LONG,) if None in at_horizon.values() else (),
        curves=curves,
        horizon=horizon,
        at_horizon=at_horizon,
    )  # fmt: skip
