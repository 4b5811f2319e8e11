"""Loyalty as evidence: three signs, four reasons to stay without it, each apart; no figure sums them up.

What satisfaction customers had with single purchases is here only as a gate: a bad year rules loyalty out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

YEAR = timedelta(days=365)
SPREAD = timedelta(days=183)
"""Answers closer together than half a year are about one bad spell, not about a bad year."""
FEWEST = 3
"""Purchases that make a year of answers."""
TOLERATED = Decimal("0.8")
"""Buying down by more than a fifth while a rival was cheaper is a fall."""


class Standing(StrEnum):
    """What acts say of one sign."""

    SHOWN = "shown"
    NOT_SHOWN = "not_shown"
    NOT_TESTED = "not_tested"


class Loyalty(StrEnum):
    """What may be said of a customer's loyalty; repeat buying is not among what says it."""

    SHOWN = "shown"
    PARTLY_SHOWN = "partly_shown"
    NOT_SHOWN = "not_shown"
    NOT_TESTED = "not_tested"
    RULED_OUT = "ruled_out"


class Year(StrEnum):
    """How the customer's purchases of the last year went, over time and not one by one."""

    SATISFIED = "satisfied"
    ONE_BAD = "one_bad"
    DISSATISFIED = "dissatisfied"
    UNKNOWN = "unknown"


class Hold(StrEnum):
    """What keeps a customer who is not loyal."""

    NO_ALTERNATIVE = "no_alternative"
    NO_DIFFERENCE = "no_difference"
    FEAR_OF_CHANGE = "fear_of_change"
    BEST_TERMS = "best_terms"


class Move(StrEnum):
    """What a rival, or we ourselves, may do that ends a hold."""

    RIVAL_OPENS = "rival_opens"
    RIVAL_OFFERS_NEW = "rival_offers_new"
    RIVAL_STANDS_OUT = "rival_stands_out"
    RIVAL_OFFERS_TRIAL = "rival_offers_trial"
    RIVAL_GUARANTEES = "rival_guarantees"
    PEER_REPORTS_WELL = "peer_reports_well"
    RIVAL_CUTS_PRICES = "rival_cuts_prices"
    RIVAL_CHANGES_TERMS = "rival_changes_terms"
    WE_CHANGE_PRICES = "we_change_prices"
    WE_CHANGE_TERMS = "we_change_terms"


TRIGGERS: Mapping[Move, Hold] = {
    Move.RIVAL_OPENS: Hold.NO_ALTERNATIVE,
    Move.RIVAL_OFFERS_NEW: Hold.NO_ALTERNATIVE,
    Move.RIVAL_STANDS_OUT: Hold.NO_DIFFERENCE,
    Move.RIVAL_OFFERS_TRIAL: Hold.FEAR_OF_CHANGE,
    Move.RIVAL_GUARANTEES: Hold.FEAR_OF_CHANGE,
    Move.PEER_REPORTS_WELL: Hold.FEAR_OF_CHANGE,
    Move.RIVAL_CUTS_PRICES: Hold.BEST_TERMS,
    Move.RIVAL_CHANGES_TERMS: Hold.BEST_TERMS,
    Move.WE_CHANGE_PRICES: Hold.BEST_TERMS,
    Move.WE_CHANGE_TERMS: Hold.BEST_TERMS,
}


class Basis(StrEnum):
    """What a score of a hold rests on."""

    SURVEY = "survey"
    BEHAVIOUR = "behaviour"


@dataclass(frozen=True, slots=True)
class Range:
    """A figure with its 95 % interval. Raises ValueError where the ends do not hold it."""

    value: Decimal
    low: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        """Refuse an interval that is none."""
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.low} to {self.high} does not hold {self.value}")


@dataclass(frozen=True, slots=True)
class Rating:
    """One answer about one purchase, from 0 to 10. Raises ValueError off the scale."""

    on: date
    value: Decimal

    def __post_init__(self) -> None:
        """Refuse an answer off the scale."""
        if not 0 <= self.value <= 10:
            raise ValueError(f"{self.value} is not from 0 to 10")


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: how it stands, the day of the latest act behind it, and the doubt where there is a figure."""

    standing: Standing
    last_on: date | None = None
    doubt: Range | None = None


@dataclass(frozen=True, slots=True)
class Signs:
    """The three signs of loyalty, side by side."""

    forgives: Sign
    recommends: Sign
    ignores_price_cuts: Sign

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How each stands, in that order."""
        return self.forgives.standing, self.recommends.standing, self.ignores_price_cuts.standing


@dataclass(frozen=True, slots=True)
class Score:
    """One hold's own score from 0 to 1. From behaviour alone it is a prior and must be shown as one."""

    score: Range
    basis: Basis

    @property
    def is_prior(self) -> bool:
        """True where nobody was asked."""
        return self.basis is Basis.BEHAVIOUR


@dataclass(frozen=True, slots=True)
class Picture:
    """One customer's loyalty to one object (brand, product, firm, a person here), as of a day.

    `orders` is how often they bought, which reads as nothing by itself. The holds stand apart; none is chosen.
    """

    object: str
    as_of: date
    orders: int
    signs: Signs
    year: Year
    holds: Mapping[Hold, Score] = field(default_factory=dict)

    @property
    def loyalty(self) -> Loyalty:
        """What may be said; see `judge`."""
        return judge(self.signs, self.year)


def judge(signs: Signs, year: Year) -> Loyalty:
    """What may be said of loyalty from its signs, where the year does not rule it out.

    It is shown by all three signs from a customer who is satisfied over the year, or is forgiving one bad purchase;
    some of them, or all without anybody having asked how satisfied, show it in part. How often somebody buys is no
    argument of this.
    """
    if year is Year.DISSATISFIED:
        return Loyalty.RULED_OUT
    standings = signs.standings
    shown = standings.count(Standing.SHOWN)
    if shown == len(standings) and year is not Year.UNKNOWN:
        return Loyalty.SHOWN
    if shown:
        return Loyalty.PARTLY_SHOWN
    return Loyalty.NOT_SHOWN if Standing.NOT_SHOWN in standings else Loyalty.NOT_TESTED


def sum_up_year(ratings: Sequence[Rating], *, as_of: date) -> Year:
    """How the purchases of the year up to `as_of` went: the middle of the scale parts satisfied from not.

    Dissatisfied takes three or more answers over half a year or longer whose mean is below the middle. A purchase
    below the middle is otherwise one bad one: a test of forgiveness, not the end of loyalty.
    """
    known = [rating for rating in ratings if as_of - YEAR < rating.on <= as_of]
    if not known:
        return Year.UNKNOWN
    days = [rating.on for rating in known]
    middle, total = Decimal(5), sum((rating.value for rating in known), Decimal(0))
    if len(known) >= FEWEST and max(days) - min(days) >= SPREAD and total < middle * len(known):
        return Year.DISSATISFIED
    return Year.ONE_BAD if any(rating.value < middle for rating in known) else Year.SATISFIED


def see_forgiveness(failures: Sequence[date], orders: Sequence[date], *, within: timedelta) -> Sign:
    """Whether the customer bought again `within` so long after each of our failures; not tested without one.

    A failure whose time is not over yet counts only once they bought: pass only failures that are old enough.
    """
    if not failures:
        return Sign(Standing.NOT_TESTED)
    answers = [[day for day in orders if failed < day <= failed + within] for failed in failures]
    if not all(answers):
        return Sign(Standing.NOT_SHOWN, last_on=max(failures))
    return Sign(Standing.SHOWN, last_on=max(min(days) for days in answers))


def see_recommendation(buyers: Sequence[date] | None) -> Sign:
    """Whether somebody the customer sent bought: the days of their first purchases; None where nobody keeps count."""
    if buyers is None:
        return Sign(Standing.NOT_TESTED)
    return Sign(Standing.SHOWN, last_on=max(buyers)) if buyers else Sign(Standing.NOT_SHOWN)


def see_indifference(inside: Sequence[date], ratio: Range | None) -> Sign:
    """Whether the customer bought on while rivals were cheaper: the days `inside`, and the rate beside other days.

    `ratio` is None where rivals made no offer in the window, or there is no other day to set beside. Having bought is
    an act; not having bought says something only where the interval leaves one out.
    """
    if ratio is None:
        return Sign(Standing.NOT_TESTED)
    last = max(inside, default=None)
    if ratio.high < 1:
        return Sign(Standing.NOT_SHOWN, last_on=last, doubt=ratio)
    is_shown = last is not None and ratio.value >= TOLERATED
    return Sign(Standing.SHOWN if is_shown else Standing.NOT_TESTED, last_on=last, doubt=ratio)


def watch(move: Move, held: Mapping[str, Hold]) -> tuple[str, ...]:
    """The customers, by key in order, whose hold this move may end."""
    return tuple(sorted(key for key, hold in held.items() if hold is TRIGGERS[move]))
