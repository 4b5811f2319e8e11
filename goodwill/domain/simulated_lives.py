"""Lives of the simulated buyers: when each buys, how each purchase goes, and what that does to the next."""

from goodwill.domain.dice import Dice
from goodwill.domain.simulated_buyers import Buyer, Purchase, fill_basket, leave_for_rival
from goodwill.domain.simulated_cast import SITES
from goodwill.domain.simulated_firm import SiteFacts
from goodwill.domain.simulated_seasons import DAY, DAYS, PEAK_FACTOR, Almanac
from goodwill.domain.simulated_truth import SHARE_CANCELLED, SHARE_DAMAGED
from goodwill.domain.simulated_ways import (
    APOLOGY_EFFECT,
    APOLOGY_SHARE,
    DISCOUNTS,
    MOVES_OF,
    RESPONSE_DAYS,
    SPEND_SHAPE,
    TRIAL_DAYS,
    TRIALS,
    Bond,
)
from goodwill.domain.sites import Mode

OUTSIDE = frozenset({"Danube Freight", "Parcel Swift"})
"""Carriers that the peak before Christmas makes late."""
_RESPONSE = RESPONSE_DAYS * DAY


def late_chance(site: SiteFacts, carrier: str, *, in_peak: bool) -> float:
    """The true probability that a delivery is late."""
    return site.carriers[carrier][1] * (PEAK_FACTOR if in_peak and carrier in OUTSIDE else 1.0)


def choose_carrier(dice: Dice, site: SiteFacts) -> str:
    """Who brings it: the first of a site's two, or the other one."""
    carriers = list(site.carriers)
    return carriers[0] if dice.random() < site.carriers[carriers[0]][0] else carriers[-1]


def response_of(buyer: Buyer, *, is_apologised: bool) -> float:
    """What a failure does to a buyer's rate; an apology takes a part of the fall back."""
    fall = 1 - buyer.ways.response
    return 1 - fall * (1 - APOLOGY_EFFECT) if is_apologised else 1 - fall


def live(dice: Dice, buyer: Buyer, almanac: Almanac) -> None:
    """Fill in a buyer's purchases up to now, and when and why they left, if they did.

    Purchases come at random in opening time, at the buyer's rate; each is then made with the chance that failures
    still felt and rivals' moves leave, and after each the buyer may be gone for good.
    """
    random, rate, site = dice.random, buyer.rate, buyer.site
    shape = buyer.ways.regularity
    mean = 1 / (rate * shape)
    gone = leave_for_rival(dice, buyer, almanac)
    windows = _rivals(buyer, almanac)
    extra = _extra(dice, buyer, almanac)
    spent, waits = 0.0, 0.0
    if buyer.entered is None:
        # where in a wait the two years begin: each of its stages is as likely
        waits = _gap(dice, 1 + int(random() * shape), mean)
    else:
        spent = almanac.spent(site, buyer.entered)
    while True:
        spent += waits
        while extra and extra[0] < spent:
            place = almanac.place(site, extra.pop(0))
            if place and (gone is None or place[1] <= gone[0]):
                _buy(dice, buyer, almanac, place, windows)
        found = almanac.place(site, spent)
        if found is None or found[1] > almanac.now:
            break
        if gone is not None and found[1] > gone[0]:
            break
        waits = _gap(dice, shape, mean)
        felt = _felt(windows, found[1]) if windows else 1.0
        if felt < 1 and buyer.purchases and random() >= felt:
            continue
        _buy(dice, buyer, almanac, found, windows)
        if random() < buyer.dropout:
            buyer.left, buyer.left_because = found[1], "dropout"
            return
    if gone is not None and gone[0] <= almanac.now and buyer.purchases:
        buyer.left, buyer.left_because = gone


def _gap(dice: Dice, shape: int, mean: float) -> float:
    wait = 0.0
    for _ in range(shape):
        wait += dice.expovariate(1 / mean)
    return wait


def _felt(windows: list[tuple[int, int, float]], minute: int) -> float:
    """The least that any window leaves of the rate at a minute."""
    felt = 1.0
    for begins, ends, part in windows:
        if part < felt and begins <= minute < ends:
            felt = part
    return felt


def _rivals(buyer: Buyer, almanac: Almanac) -> list[tuple[int, int, float]]:
    night = almanac.midnights[SITES[buyer.site].zone]
    return [
        (night[DAYS - move.days_ago], night[DAYS - move.days_ago + move.days], move.while_on)
        for move in MOVES_OF[buyer.bond]
    ]


def _extra(dice: Dice, buyer: Buyer, almanac: Almanac) -> list[float]:
    """Opening time at which what was tried on a buyer makes them buy once more."""
    found: list[float] = []
    for trial, is_treated in zip(TRIALS, buyer.arms, strict=True):
        starts = DAYS - trial.days_ago
        if is_treated and trial.lift > 1 and (buyer.entered or 0) < starts:
            spent, ends = almanac.spent(buyer.site, starts), almanac.spent(buyer.site, starts + TRIAL_DAYS)
            while (spent := spent + dice.expovariate(buyer.rate * (trial.lift - 1))) < ends:
                found.append(spent)
    return found


def _buy(
    dice: Dice,
    buyer: Buyer,
    almanac: Almanac,
    place: tuple[int, int],
    windows: list[tuple[int, int, float]],
) -> None:
    """One purchase with its delivery; a failure opens a window in which the buyer buys less."""
    random, (day, placed), site = dice.random, place, SITES[buyer.site]
    before = buyer.purchases
    if before and random() < buyer.ways.same_basket:
        lines = before[-1].lines
    else:
        lines = fill_basket(dice, buyer, dice.gammavariate(SPEND_SHAPE, 1 / buyer.spend_rate))
    discount = DISCOUNTS[int(random() * len(DISCOUNTS))] if random() < buyer.ways.deals else 0.0
    carrier = choose_carrier(dice, site)
    soonest, latest = site.lead_days
    promised_day = day + soonest + int(random() * (latest - soonest + 1))
    zone = site.zone
    due = almanac.midnights[zone][promised_day + 1]
    chance = late_chance(site, carrier, in_peak=almanac.peak[promised_day])
    is_late, is_warned = random() < chance, random() < site.share_warned
    shift = 1 + min(int(dice.expovariate(1 / 3.5)), 20) if is_late else -min(int(dice.expovariate(0.9)), soonest)
    delivered = almanac.clock(zone, promised_day + shift, 600 + int(random() * 480))
    warned = None
    if is_late and is_warned:
        # hours ahead, but never before the order itself
        warned = due - min(60 + int(dice.expovariate(1 / 1080)), due - placed - 60)
    is_cancelled = random() < SHARE_CANCELLED
    is_damaged = site.mode is not Mode.SERVICE and random() < SHARE_DAMAGED
    delivered = max(delivered, placed + 30)
    failed = None
    if not is_cancelled and (is_late or is_damaged):
        failed = due if is_late else delivered
    is_apologised = failed is not None and random() < APOLOGY_SHARE
    response = 1.0 if failed is None else response_of(buyer, is_apologised=is_apologised)
    if failed is not None and buyer.bond is not Bond.TRULY_LOYAL:
        windows.append((failed, failed + _RESPONSE, response))
    before.append(
        Purchase(
            buyer,
            day,
            placed,
            lines,
            discount,
            carrier,
            promised_day,
            due,
            delivered,
            chance,
            is_late,
            warned,
            is_damaged,
            is_cancelled,
            failed,
            is_apologised,
            response,
        )
    )
