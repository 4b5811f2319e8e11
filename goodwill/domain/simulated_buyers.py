"""Buyers of the simulated firm: what is true of each and stands in no book."""

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

from goodwill.domain.dice import Dice, weighted
from goodwill.domain.simulated_cast import SITES
from goodwill.domain.simulated_seasons import DAYS, Almanac
from goodwill.domain.simulated_ways import (
    LEAVE_WITHIN,
    MEAN_SPEND_MINOR,
    MOVES_OF,
    RATE_SHAPE,
    SEGMENTS,
    SPEND_SHAPE,
    SPREAD_SHAPE,
    TRIALS,
    WAYS,
    Bond,
    Ways,
)
from goodwill.domain.simulated_words import PRODUCTS

SHARE_ESTABLISHED = 0.5
"""Buyers who were customers already when the two years began; the others come ever more densely (growth)."""
_BONDS = list(WAYS)
_BOUNDS = list(accumulate(ways.share for ways in WAYS.values()))
_SENDERS = {bond: ways.sends for bond, ways in WAYS.items()}
_GOODS: tuple[dict[str, list[tuple[int, int]]], ...] = tuple(
    {
        category: sorted((price, n) for n, (kind, _, price) in enumerate(PRODUCTS) if kind == category)
        for category in site.categories
    }
    for site in SITES
)
Lines = tuple[tuple[int, int, int], ...]


@dataclass(slots=True)
class Purchase:
    """One purchase as it truly went, known to its end; moments are minutes of the almanac."""

    buyer: "Buyer"
    day: int
    placed: int
    lines: Lines
    discount: float
    carrier: str
    promised_day: int
    due: int
    delivered: int
    chance_late: float
    is_late: bool
    warned: int | None
    is_damaged: bool
    is_cancelled: bool
    failed: int | None
    """When the customer was failed, if they were: at the due moment, or when a damaged delivery came."""
    is_apologised: bool
    response: float
    """What their rate is multiplied by for the next ninety days."""

    @property
    def list_minor(self) -> int:
        """What the lines would have cost without a discount."""
        return sum(quantity * price for _, quantity, price in self.lines)

    @property
    def items_minor(self) -> int:
        """What the lines say."""
        return sum(quantity * reduced(price, self.discount) for _, quantity, price in self.lines)


@dataclass(slots=True)
class Buyer:
    """A customer who buys. `entered` is a day (None: before the two years), `rate` purchases a day of opening time."""

    customer: int
    site: int
    segment: str
    is_organisation: bool
    bond: Bond
    ways: Ways
    entered: float | None
    rate: float
    dropout: float
    spend_rate: float
    wallet: float
    sensitivity: float
    goods: list[tuple[int, int]]
    prices: list[int]
    categories: int
    referrer: "Buyer | None" = None
    arms: tuple[bool, ...] = ()
    """Whether the lot (or, for the last, their own bent) puts them among the treated of each trial."""
    left: int | None = None
    left_because: str = ""
    purchases: list[Purchase] = field(default_factory=list)

    @property
    def mean_spend_minor(self) -> float:
        """What a purchase of theirs is worth on average, at list prices."""
        return SPEND_SHAPE / self.spend_rate


def reduced(price: int, discount: float) -> int:
    """A unit price after a discount, in minor units."""
    return round(price * (1 - discount)) if discount else price


def draw_buyer(dice: Dice, customer: int, site: int, is_organisation: bool, entered: float | None) -> Buyer:
    """A buyer with everything that is true of them but their history."""
    random = dice.random
    bond = _BONDS[min(bisect_right(_BOUNDS, random()), len(_BONDS) - 1)]
    ways = WAYS[bond]
    segments = SEGMENTS["organisation" if is_organisation else "person"]
    segment = weighted(dice, {name: share for name, (share, _, _) in segments.items()})
    _, often, much = segments[segment]
    mean = MEAN_SPEND_MINOR[SITES[site].mode.value] * much
    categories = list(SITES[site].categories)
    keep = max(1, round(ways.breadth * len(categories)))
    while len(categories) > keep:
        categories.pop(int(random() * len(categories)))
    goods = sorted(good for category in categories for good in _GOODS[site][category])
    return Buyer(
        customer=customer,
        site=site,
        segment=segment,
        is_organisation=is_organisation,
        bond=bond,
        ways=ways,
        entered=entered,
        rate=dice.gammavariate(RATE_SHAPE, ways.rate * often / 7 / RATE_SHAPE),
        dropout=dice.betavariate(*ways.dropout),
        # so that the mean of SPEND_SHAPE / ν over customers is the mean of the segment
        spend_rate=dice.gammavariate(SPREAD_SHAPE, SPEND_SHAPE / (SPREAD_SHAPE - 1) / mean),
        wallet=dice.betavariate(*ways.wallet),
        sensitivity=dice.betavariate(*ways.sensitivity),
        goods=goods,
        prices=[price for price, _ in goods],
        categories=keep,
        arms=tuple(random() < trial.share for trial in TRIALS),
    )


def entry_day(dice: Dice) -> float | None:
    """When a buyer comes first: before the two years, or on a day of them, later ones more likely than earlier."""
    if dice.random() < SHARE_ESTABLISHED:
        return None
    # the density rises from one half to three halves of its mean: the root of u/2 + u²/2 = r
    draw = dice.random()
    return (math.sqrt(0.25 + 2 * draw) - 0.5) * DAYS


def find_sender(dice: Dice, senders: list[Buyer], minute: int) -> Buyer | None:
    """One of these buyers who was a customer at that minute and sends people; None where none is found soon."""
    for _ in range(400 if senders else 0):
        one = senders[int(dice.random() * len(senders))]
        is_here = one.purchases and one.purchases[0].placed < minute and (one.left is None or one.left > minute)
        if is_here and dice.random() < _SENDERS[one.bond]:
            return one
    return None


def leave_for_rival(dice: Dice, buyer: Buyer, almanac: Almanac) -> tuple[int, str] | None:
    """When and for which rival's move a buyer leaves for good, if none of ours makes them leave before."""
    for move in MOVES_OF[buyer.bond]:
        starts = DAYS - move.days_ago
        if (buyer.entered or 0) < starts and dice.random() < move.leave:
            day = starts + dice.random() * LEAVE_WITHIN
            return almanac.midnights[SITES[buyer.site].zone][int(day)] + int(day % 1 * 1440), move.key
    return None


def fill_basket(dice: Dice, buyer: Buyer, value: float) -> Lines:
    """Goods of the buyer's worth about `value`: up to three kinds of things, on average of exactly that value."""
    random, prices = dice.random, buyer.prices
    lines: dict[int, int] = {}
    most = 24 if buyer.is_organisation else 6
    rest = int(value)
    for _ in range(2):
        upper = bisect_right(prices, rest)
        if not upper:
            break
        lower = min(bisect_left(prices, rest / most), upper - 1)
        price, product = buyer.goods[lower + int(random() * (upper - lower))]
        wanted = rest // price
        quantity = wanted if lines else max(1, round(wanted * (0.5 + random() / 2)))
        lines[product] = lines.get(product, 0) + quantity
        rest -= quantity * price
    cheapest, product = buyer.goods[0]
    more = int(rest / cheapest + random())
    if more or not lines:
        lines[product] = lines.get(product, 0) + max(more, 1)
    return tuple((product, quantity, PRODUCTS[product][2]) for product, quantity in lines.items())
