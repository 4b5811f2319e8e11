"""Two signs of loyalty counted: friends who were sent and bought, and buying on while rivals are cheaper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import betaincinv, chdtri

from goodwill import __version__
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window
from goodwill.domain.shares import METHOD, Share, share_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation(Result):
    """Customers sent, the share of them who bought (None where nobody was sent), and their purchases a year.

    `purchases_per_year` is of each sender; `n` counts senders.
    """

    sent: int
    bought: int
    share: Interval | None
    purchases: int
    purchases_per_year: Interval

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"sent"`, `"bought"`, `"share"`, `"purchases"` and `"purchases_per_year"`."""
        return {
            **self.facts(), "sent": self.sent, "bought": self.bought, "share": self.share and self.share.as_json(),
            "purchases": self.purchases, "purchases_per_year": self.purchases_per_year.as_json(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Indifference(Result):
    """Purchases on days of rivals' offers and on others, and the rate of the first ÷ that of the second.

    `n` counts purchases.
    """

    inside: int
    inside_days: int
    outside: int
    outside_days: int
    ratio: Interval

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"inside"`, `"inside_days"`, `"outside"`, `"outside_days"` and `"ratio"`."""
        return {
            **self.facts(), "inside": self.inside, "inside_days": self.inside_days, "outside": self.outside,
            "outside_days": self.outside_days, "ratio": self.ratio.as_json(),
        }  # fmt: skip


def recommend(
    purchases: Sequence[int], *, senders: int, years: float, as_of: date, window: Window | None = None
) -> Recommendation | Refused:
    """What customers who were sent to us bought: `purchases` of each of them, none included.

    The question is whether anybody actually recommends us. The population is `senders` customers, watched for `years`
    each, and everybody who named one of them. The method is Wilson's interval for the share who bought and the exact
    Poisson one (Garwood 1936) for purchases. It cannot tell friends who came without a name. Refuses no sender.
    Raises ValueError for a time that is not above zero.
    """
    if not years > 0:
        raise ValueError("customers are watched for a time above zero")
    if senders < 1:
        return Refused(Reason.NO_ROWS)
    counts = np.array(purchases, dtype=np.int64)
    bought, total, time = int(np.sum(counts > 0)), int(np.sum(counts)), senders * years
    share = share_of(bought, len(counts))
    low = float(chdtri(2 * total, 0.975)) / 2 if total else 0.0
    return Recommendation(
        question="Do customers actually send others, and what do those buy?",
        window=window,
        method=Method("share with Wilson's interval, rate with Garwood's", "Wilson 1927; Garwood 1936"),
        n=senders,
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} signs.recommend years={years!r}",
        as_of=as_of,
        sent=len(counts),
        bought=bought,
        share=None if share is None else _told(share),
        purchases=total,
        purchases_per_year=Interval(
            total / time, low / time, float(chdtri(2 * total + 2, 0.025)) / 2 / time, 0.95, "garwood"
        ),
    )


def buy_on(
    purchases: Sequence[date], offers: Sequence[Window], *, watched: Window, as_of: date
) -> Indifference | Refused:
    """How a customer, or customers alike, buy on days of rivals' offers beside other days of the same time.

    The question is whether rivals' price cuts take purchases away. The population is `purchases` within `watched`; the
    days are those of the rivals' calendar, counted once where offers overlap. The method is the ratio of two Poisson
    rates with its exact interval (Clopper & Pearson 1934, given the total). It cannot tell an offer the customer did
    not see, nor a season that offers follow. Refuses a time without a day of offers or without another day, and one
    without a purchase on other days.
    """
    length = (watched.last - watched.first).days + 1
    during = np.zeros(length, dtype=bool)
    for offer in offers:
        start, stop = (offer.first - watched.first).days, (offer.last - watched.first).days + 1
        during[max(0, start) : max(0, stop)] = True
    places = [(day - watched.first).days for day in purchases if watched.first <= day <= watched.last]
    inside = int(np.sum(during[places])) if places else 0
    outside, days = len(places) - inside, int(np.sum(during))
    if days in (0, length):
        return Refused(Reason.NO_CONTROL, value=f"{days} of {length}")
    if not outside:
        return Refused(Reason.NOTHING_BEFORE, value=str(inside))
    scale, total = (length - days) / days, len(places)
    lowest = float(betaincinv(inside, outside + 1, 0.025)) if inside else 0.0
    highest = float(betaincinv(inside + 1, outside, 0.975))
    return Indifference(
        question="Do customers buy on while rivals are cheaper?",
        window=watched,
        method=Method("ratio of purchase rates, exact given the total", "Clopper & Pearson 1934"),
        n=total,
        grade=Grade.BEFORE_AFTER,
        recipe=f"goodwill {__version__} signs.buy_on offers={len(offers)}",
        as_of=as_of,
        inside=inside,
        inside_days=days,
        outside=outside,
        outside_days=length - days,
        ratio=Interval(
            scale * inside / outside, scale * lowest / (1 - lowest), scale * highest / (1 - highest), 0.95,
            "clopper_pearson",
        ),
    )  # fmt: skip


def _told(share: Share) -> Interval:
    return Interval(float(share.value), float(share.low), float(share.high), 0.95, METHOD)
