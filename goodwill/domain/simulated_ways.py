"""Why customers of the simulated firm stay, and how each reason shows in what they do: the parameters of the truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from goodwill.domain.loyalties import TRIGGERS, Hold, Move


class Bond(StrEnum):
    """What ties a customer to the firm: loyalty, one of the four reasons to be regular without it, or nothing."""

    TRULY_LOYAL = "truly_loyal"
    NO_ALTERNATIVE = Hold.NO_ALTERNATIVE.value
    NO_DIFFERENCE = Hold.NO_DIFFERENCE.value
    FEAR_OF_CHANGE = Hold.FEAR_OF_CHANGE.value
    BEST_TERMS = Hold.BEST_TERMS.value
    OCCASIONAL = "occasional"

    @property
    def loyalty(self) -> str:
        """`truly_loyal`, `regular` (without being loyal) or `occasional`."""
        return self.value if self in (Bond.TRULY_LOYAL, Bond.OCCASIONAL) else "regular"

    @property
    def reason(self) -> str:
        """Why a regular customer stays; empty for the others."""
        return self.value if self.loyalty == "regular" else ""


@dataclass(frozen=True, slots=True)
class Ways:
    """How customers of one bond behave.

    `share` of all buyers. `rate` is the mean of purchases a week of opening time while they are customers, spread
    among them by Gamma(`RATE_SHAPE`); the time between purchases is Gamma with shape `regularity` (1: by chance).
    After each purchase a customer leaves with a chance drawn from Beta(`dropout`). `response` multiplies the rate for
    `RESPONSE_DAYS` after a failure. `deals` is the chance that a purchase is one at a discount. `breadth` is the share
    of the categories of the site that they buy from (at least one). `same_basket` is the chance that the first basket
    is bought again. `wallet` are the Beta parameters of the share of their spend in these categories that they spend
    here; `sensitivity` those of how much a price decides. `sends` is how likely one is, beside others, to have sent
    somebody.
    """

    share: float
    rate: float
    regularity: int
    dropout: tuple[float, float]
    response: float
    deals: float
    breadth: float
    same_basket: float
    wallet: tuple[float, float]
    sensitivity: tuple[float, float]
    sends: float


WAYS: Mapping[Bond, Ways] = {
    Bond.TRULY_LOYAL: Ways(0.22, 0.130, 1, (0.5, 24.0), 1.00, 0.08, 1.0, 0.05, (8.0, 2.0), (2.0, 8.0), 1.0),
    Bond.NO_ALTERNATIVE: Ways(0.15, 0.110, 1, (0.8, 22.0), 0.85, 0.12, 1.0, 0.15, (9.0, 1.5), (3.0, 5.0), 0.03),
    Bond.NO_DIFFERENCE: Ways(0.13, 0.100, 1, (1.2, 20.0), 0.45, 0.18, 0.34, 0.30, (3.0, 5.0), (4.0, 4.0), 0.01),
    Bond.FEAR_OF_CHANGE: Ways(0.13, 0.105, 4, (0.8, 24.0), 0.70, 0.10, 0.67, 0.85, (6.0, 3.0), (2.0, 6.0), 0.02),
    Bond.BEST_TERMS: Ways(0.17, 0.115, 1, (1.0, 18.0), 0.50, 0.62, 0.67, 0.10, (4.0, 4.0), (8.0, 2.0), 0.02),
    Bond.OCCASIONAL: Ways(0.20, 0.035, 1, (2.0, 6.0), 0.30, 0.22, 0.67, 0.05, (1.5, 6.0), (4.0, 3.0), 0.01),
}
RATE_SHAPE = 2.5
RESPONSE_DAYS = 90
"""How long a failure lowers the rate of whoever does not forgive it."""
APOLOGY_SHARE, APOLOGY_EFFECT = 0.5, 0.6
"""Failures that are apologised for, by lot; an apology takes this part of the fall of the rate back."""
SHARE_REFERRED = 0.18
"""New customers whom another customer sent."""
SPEND_SHAPE, SPREAD_SHAPE = 6.0, 4.0
"""Gamma-Gamma: the value of a purchase is Gamma(SPEND_SHAPE, ν), ν of a customer Gamma(SPREAD_SHAPE, …)."""


@dataclass(frozen=True, slots=True)
class RivalMove:
    """What a rival did: from `days_ago` on, for `days`. `leave` is the chance that an active customer held by the
    reason that it ends leaves for good within the first `LEAVE_WITHIN` days; `while_on` multiplies the rate of those
    who stay while it lasts. Others do not react."""

    key: str
    move: Move
    what: str
    days_ago: int
    days: int
    leave: float
    while_on: float

    @property
    def bond(self) -> Bond:
        """Whom it takes."""
        return Bond(TRIGGERS[self.move].value)


LEAVE_WITHIN = 21
MOVES = (
    RivalMove("cut-1", Move.RIVAL_CUTS_PRICES, "A rival cuts prices by 8 % for a fortnight", 560, 14, 0.05, 0.35),
    RivalMove("trial-1", Move.RIVAL_OFFERS_TRIAL, "A rival offers a 30-day trial", 410, 30, 0.25, 0.80),
    RivalMove("cut-2", Move.RIVAL_CUTS_PRICES, "A rival cuts prices by 15 % for a fortnight", 330, 14, 0.10, 0.25),
    RivalMove("award-1", Move.RIVAL_STANDS_OUT, "A rival wins a regional award", 230, 30, 0.22, 0.75),
    RivalMove("open-1", Move.RIVAL_OPENS, "A new shop opens in the district", 140, 60, 0.28, 0.70),
    RivalMove("cut-3", Move.RIVAL_CUTS_PRICES, "A rival cuts prices by 10 % for a fortnight", 75, 14, 0.08, 0.30),
)
MOVES_OF = {bond: tuple(move for move in MOVES if move.bond is bond) for bond in Bond}
"""The moves that each bond reacts to."""


@dataclass(frozen=True, slots=True)
class SimulatedTrial:
    """An initiative tried out: `lift` multiplies the rate of the treated for `TRIAL_DAYS`; `cost_minor` for each of
    them. `is_by_lot` says that chance dealt the arms; else customers chose for themselves. `share` is that treated."""

    key: str
    what: str
    days_ago: int
    lift: float
    cost_minor: int
    share: float
    is_by_lot: bool = True


TRIAL_DAYS = 90
MARGIN = 0.4
"""What is left of a sale: contribution is this part of what the lines say."""
TRIALS = (
    SimulatedTrial("call", "A call by their own salesperson before the season", 240, 1.6, 250, 0.5),
    SimulatedTrial("catalogue", "A printed catalogue by post", 120, 1.0, 280, 0.5),
    SimulatedTrial("save", "A save programme that quiet customers choose to join", 200, 1.0, 600, 0.5, is_by_lot=False),
)
"""The first pays, the second does nothing, the third only looks as if it did: whoever had bought less than usual
joins it, and buys as usual again afterwards."""

SHARE_EXTRA, SHARE_DEFERRED = 0.03, 0.6
"""Purchases with something extra, and purchases of organisations that are paid later."""
EXTRA_MINOR = 95
DEFERRAL_RATE = 0.12
DISCOUNTS = (0.10, 0.15, 0.20)
SEGMENTS: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    "person": {"household": (0.7, 0.9, 0.8), "enthusiast": (0.3, 1.25, 1.5)},
    "organisation": {
        "installer": (0.4, 1.6, 2.6),
        "hospitality": (0.35, 1.1, 5.0),
        "interior_designer": (0.25, 1.3, 3.6),
    },
}
"""Segment → its share of the kind, and factors of the rate and of the spend."""
MEAN_SPEND_MINOR: Mapping[str, int] = {"store": 16_000, "wholesale": 24_000, "web_shop": 9_500, "service": 12_500}
"""The mean value of a purchase, by the mode of the site, before the factor of the segment."""
CAUSES: Mapping[str, float] = {
    "no toner": 0.15,
    "not urgent to us": 0.3,
    "absence": 0.25,
    "wrong papers": 0.2,
    "system down": 0.1,
}
"""Why internal requests are late."""
