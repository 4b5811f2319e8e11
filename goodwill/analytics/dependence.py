"""How far customers buy on deals: beyond what was on deal anyway, and beyond what chance makes of a few purchases."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from goodwill import __version__
from goodwill.analytics.ratings import Floats
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window

Places = NDArray[np.intp]
CUSTOMERS = 10
"""Customers that carry a prior."""
_ALIKE = 1e6
"""The prior's weight, in purchases, where customers do not differ more than chance makes them."""


@dataclass(frozen=True, slots=True)
class Prior:
    """A Beta prior over customers: `a` purchases on deal and `b` not, before any is seen."""

    a: float
    b: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dependence(Result):
    """Deal shares by customer, arrays of one length in the order of the customers' places; `n` counts customers.

    `deal` is D, `available` what was on deal anyway, `excess` D* = D − available, `shrunk` D* with D drawn to the
    `prior`, between `low` and `high` at 95 %; −1 to 1.
    """

    prior: Prior
    deal: Floats
    available: Floats
    excess: Floats
    shrunk: Floats
    low: Floats
    high: Floats

    def of(self, customer: int) -> Interval:
        """One customer's shrunk excess deal share, by place."""
        ends = float(self.low[customer]), float(self.high[customer])
        return Interval(float(self.shrunk[customer]), *ends, 0.95, "beta_posterior")

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"prior": {"a", "b"}` and `"customers": [{"deal", "available", …}]`."""
        columns = {
            "deal": self.deal, "available": self.available, "excess": self.excess, "shrunk": self.shrunk,
            "low": self.low, "high": self.high,
        }  # fmt: skip
        rows = [{name: float(column[i]) for name, column in columns.items()} for i in range(len(self.deal))]
        return {**self.facts(), "prior": {"a": self.prior.a, "b": self.prior.b}, "customers": rows}


def fit(shares: Floats, purchases: Floats) -> Prior | Refused:
    """The Beta prior of which customers' deal shares are drawn, each seen in so many purchases.

    The question is how much customers differ beyond chance. The population is the customers. The method is moments
    (Kleinman 1973). It cannot tell two kinds of customer from a wide spread of one. Refuses fewer than ten customers,
    those who all, or none of whom, buy on deal, and those of whom nobody came back.
    """
    if len(shares) < CUSTOMERS:
        return Refused(Reason.TOO_FEW_UNITS, value=f"{len(shares)} of {CUSTOMERS}")
    whole = float(np.sum(purchases))
    mean = float(np.sum(shares * purchases)) / whole
    if not 0 < mean < 1:
        return Refused(Reason.NO_VARIATION)
    chance = mean * (1 - mean)
    apart, free = float(np.sum(purchases * (shares - mean) ** 2)), len(shares) - 1
    repeats = whole - float(np.sum(purchases**2)) / whole - free
    if repeats <= 0:
        return Refused(Reason.TOO_FEW_REPEATS)
    # the share of variance that is between customers: 0 where chance alone made them differ
    between = (apart - chance * free) / (chance * repeats)
    weight = min(1 / between - 1, _ALIKE) if between > 0 else _ALIKE
    return Prior(mean * max(weight, 1e-3), (1 - mean) * max(weight, 1e-3))


def estimate(
    customers: Places, spend: Floats, discounted: Floats, on_deal: Floats, *, as_of: date, window: Window | None = None
) -> Dependence | Refused:
    """Each customer's excess deal share: D* = Σ discounted ÷ Σ spend − Σ spend · (share on deal) ÷ Σ spend.

    The question is who buys for the deal. The population is purchases, a place each: whose (`customers`, from 0 and
    none left out), the `spend`, the part of it `discounted`, and the share of that category's sales on deal that week
    (`on_deal`). D is drawn to a Beta prior fitted across customers, by how many purchases it rests on. It cannot tell
    one who waits for deals from one who happened on them, and takes purchases of one customer to weigh alike. Refuses
    spend that is not above zero, a part that is none, by row; and as `fit`. Raises ValueError for arrays of different
    lengths.
    """
    if not len(customers) == len(spend) == len(discounted) == len(on_deal):
        raise ValueError("each purchase has a customer, a spend, a discounted part and a share on deal")
    wrong = {
        "spend": ~(spend > 0),
        "discounted": ~((discounted >= 0) & (discounted <= spend)),
        "on_deal": ~((on_deal >= 0) & (on_deal <= 1)),
    }
    for column, test in wrong.items():
        if np.any(test):
            return Refused(Reason.OFF_THE_SCALE, column, int(np.argmax(test)) + 1)
    if not np.all(np.bincount(customers)):
        raise ValueError("each customer from 0 on has a purchase")
    purchases, whole = np.bincount(customers).astype(float), np.bincount(customers, spend)
    deal, available = np.bincount(customers, discounted) / whole, np.bincount(customers, spend * on_deal) / whole
    prior = fit(deal, purchases)
    if isinstance(prior, Refused):
        return prior
    a, b = prior.a + deal * purchases, prior.b + (1 - deal) * purchases
    return Dependence(
        question="Who buys for the deal, beyond what was on deal anyway?",
        window=window,
        method=Method("excess deal share, shrunk by a Beta prior of moments", "Kleinman 1973"),
        n=len(deal),
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} dependence.estimate",
        as_of=as_of,
        prior=prior,
        deal=deal,
        available=available,
        excess=deal - available,
        shrunk=a / (a + b) - available,
        low=np.asarray(betaincinv(a, b, 0.025)) - available,
        high=np.asarray(betaincinv(a, b, 0.975)) - available,
    )
