"""Share of wallet: allotted by how customers rank the brands they use, or counted against the category's estimate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from scipy.special import stdtrit
from scipy.stats import rankdata

from goodwill import __version__
from goodwill.analytics.ratings import Floats, average
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window

SEVERAL, SET = 0.40, 1.4
"""The rule is used where so large a share of customers uses several brands, or they use so many on average."""
PERIODS = 4
"""Periods that carry a direction with its interval."""


class Direction(StrEnum):
    """Where our share of wallet is going."""

    RISING = "rising"
    DECLINING = "declining"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation(Result):
    """The mean share of wallet of one brand among those who use it; None where the rule may not be used."""

    brand: str
    share: Interval | None
    several: float
    mean_set: float

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"brand"`, `"share"` (or null), `"several"` and `"mean_set"`."""
        share = self.share and self.share.as_json()
        return {
            **self.facts(), "brand": self.brand, "share": share, "several": self.several, "mean_set": self.mean_set,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet(Result):
    """Own spend ÷ category spend by period, and where the share is going while sales go where they go.

    `share_trend` is the change of the share each period, `sales_trend` that of own spend as a part of its mean.
    `is_hidden` where the share falls and sales do not show it. `category_source` and `category_on` say whose estimate
    of the category it is.
    """

    shares: tuple[float, ...]
    share_trend: Interval
    sales_trend: Interval
    direction: Direction
    is_hidden: bool
    category_source: str
    category_on: date

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, and every field by its name."""
        return {
            **self.facts(), "shares": list(self.shares), "share_trend": self.share_trend.as_json(),
            "sales_trend": self.sales_trend.as_json(), "direction": str(self.direction), "is_hidden": self.is_hidden,
            "category_source": self.category_source, "category_on": self.category_on.isoformat(),
        }  # fmt: skip


def allot(ratings: Mapping[str, float]) -> dict[str, float]:
    """One customer's wallet by brand: (1 − rank ÷ (N + 1)) · 2 ÷ N, ties averaged; the shares sum to 1.

    The question is how a customer spreads spending. The population is the N brands the customer uses, each with one
    satisfaction answer. The method is the Wallet Allocation Rule (Keiningham et al. 2011). It cannot tell how far the
    first is from the second. Raises ValueError without a brand.
    """
    if not ratings:
        raise ValueError("a wallet holds one brand or more")
    size = len(ratings)
    ranks = rankdata([-rating for rating in ratings.values()])
    return {name: float((1 - rank / (size + 1)) * 2 / size) for name, rank in zip(ratings, ranks, strict=True)}


def allocate(
    customers: Sequence[Mapping[str, float]], brand: str, *, as_of: date, window: Window | None = None
) -> Allocation | Refused:
    """The mean share of wallet that `brand` has among customers who use it, where the rule may be used at all.

    The question is what part of its users' wallets a brand has. The population is respondents, each with an answer
    for every brand used, over `window`. The method is `allot`, averaged with Student's interval; it is used only where
    40 % use several brands or the mean set is 1.4. It cannot tell the size of a wallet. Refuses fewer than two users.
    """
    users = [allot(ratings)[brand] for ratings in customers if brand in ratings]
    if len(users) < 2:
        return Refused(Reason.TOO_FEW_ANSWERS, brand, value=str(len(users)))
    sizes = np.array([len(ratings) for ratings in customers])
    several, mean_set = float(np.mean(sizes > 1)), float(np.mean(sizes))
    is_usable = several >= SEVERAL or mean_set >= SET
    return Allocation(
        question=f"What part of its users' wallets does {brand} have?",
        window=window,
        method=Method("Wallet Allocation Rule", "Keiningham, Aksoy, Buoye & Cooil 2011"),
        n=len(users),
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} wallets.allocate brand={brand!r}",
        as_of=as_of,
        reasons=() if is_usable else (Reason.FEW_USE_SEVERAL,),
        brand=brand,
        share=average(np.array(users)) if is_usable else None,
        several=several,
        mean_set=mean_set,
    )


def follow(
    own: Floats, category: Floats, *, category_source: str, category_on: date, as_of: date,
    window: Window | None = None,
) -> Wallet | Refused:  # fmt: skip
    """Share of wallet by period, and its direction: it declines where it falls, though our sales be flat.

    The question is whether customers give us less of what they spend. The population is `own` spend and the `category`
    spend estimated by `category_source` on `category_on`, by period in order. The method is the slope over periods
    with Student's interval. It cannot tell errors of the estimate from a change, nor a season from a trend. Refuses
    fewer than four periods, and money that is not above zero. Raises ValueError for arrays of different lengths.
    """
    if len(own) != len(category):
        raise ValueError("own and category spend are of the same periods")
    if len(own) < PERIODS:
        return Refused(Reason.TOO_FEW_UNITS, value=f"{len(own)} of {PERIODS}")
    if not np.all(category > 0):
        return Refused(Reason.MONEY_ZERO, "category", int(np.argmax(~(category > 0))) + 1)
    if not (np.all(own >= 0) and np.any(own > 0)):
        return Refused(Reason.MONEY_NEGATIVE if np.any(own < 0) else Reason.MONEY_ZERO, "own")
    shares = own / category
    share_trend, sales_trend = _slope(shares), _slope(own / np.mean(own))
    direction = Direction.CANNOT_TELL
    if share_trend.high < 0 or share_trend.low > 0:
        direction = Direction.DECLINING if share_trend.high < 0 else Direction.RISING
    return Wallet(
        question="What part of what customers spend in the category do they spend here, and where is it going?",
        window=window,
        method=Method("own ÷ category spend, slope over periods", "Student 1908"),
        n=len(own),
        grade=Grade.BEFORE_AFTER,
        recipe=f"goodwill {__version__} wallets.follow category={category_source!r} of {category_on}",
        as_of=as_of,
        shares=tuple(float(share) for share in shares),
        share_trend=share_trend,
        sales_trend=sales_trend,
        direction=direction,
        is_hidden=direction is Direction.DECLINING and sales_trend.high >= 0,
        category_source=category_source,
        category_on=category_on,
    )


def _slope(values: Floats) -> Interval:
    n = len(values)
    time = np.arange(n) - (n - 1) / 2
    slope = float(time @ values / (time @ time))
    apart = values - np.mean(values) - slope * time
    error = float(apart @ apart / (n - 2) / (time @ time)) ** 0.5
    half = float(stdtrit(n - 2, 0.975)) * error
    return Interval(slope, slope - half, slope + half, 0.95, "student")
