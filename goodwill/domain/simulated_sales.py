"""Purchases of the simulated firm as its books know them: orders, promises, ratings, and what was said around them."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from goodwill.domain.dice import Dice, weighted
from goodwill.domain.records import PromiseKind
from goodwill.domain.simulated_buyers import Purchase, reduced
from goodwill.domain.simulated_cast import ACCOUNTING, LOGISTICS, SITES, TAGS, UNITS
from goodwill.domain.simulated_firm import SimulatedOrder, SimulatedRating
from goodwill.domain.simulated_seasons import DAY
from goodwill.domain.simulated_tables import COLUMNS, Row, failure_rows
from goodwill.domain.simulated_talk import APOLOGY, HOUR, WARNING, Asked, Talk
from goodwill.domain.simulated_truth import (
    DAMAGED_SCORES,
    PRODUCT_SCORES,
    SCORES,
    SHARE_RATED,
    WEAK_PRODUCT,
    WEAK_SCORES,
)
from goodwill.domain.simulated_ways import CAUSES, DEFERRAL_RATE, EXTRA_MINOR, SHARE_DEFERRED, SHARE_EXTRA
from goodwill.domain.simulated_words import PRODUCTS
from goodwill.domain.sites import Mode

FIRST_NUMBER = 10_001
LETTERS = ("S", "G", "W", "R")
SHARE_ASKED, SHARE_CLAIMED, SHARE_INTERNAL = 0.3, 0.6, 0.07
"""Purchases around which the customer contacts us; damaged ones that are claimed; those that need another unit."""
_WEAK = next(n for n, (_, name, _) in enumerate(PRODUCTS) if name == WEAK_PRODUCT)
_FREIGHT = (490, 790, 1290)


def cumulated(weights: Sequence[int]) -> list[int]:
    """Weights as the bounds that `score` looks up."""
    return list(accumulate(weights))


_SERVICE = {ending: cumulated(weights) for ending, weights in SCORES.items()}
_PRODUCT, _WEAKER, _BROKEN = cumulated(PRODUCT_SCORES), cumulated(WEAK_SCORES), cumulated(DAMAGED_SCORES)


def score(dice: Dice, bounds: Sequence[int]) -> int:
    """A score from 1 to 10, by cumulated weights."""
    return bisect_right(bounds, dice.random() * bounds[-1]) + 1


class Sales:
    """The sales of a block as they are told, in order of time."""

    def __init__(self, talk: Talk, first: int) -> None:
        self.talk, self.first = talk, first
        self.orders: list[SimulatedOrder] = []
        self.ratings: list[SimulatedRating] = []
        self.truth: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        self.firsts: dict[int, str] = {}
        """The number of each customer's first order."""

    def tell(self, purchase: Purchase) -> None:
        """Write a purchase down, with its promise, its rating, and what follows from it."""
        talk, buyer = self.talk, purchase.buyer
        almanac, random, now = talk.almanac, talk.dice.random, talk.almanac.now
        site = SITES[buyer.site]
        position = len(self.orders)
        number = f"{LETTERS[buyer.site]}-{self.first + position + FIRST_NUMBER}"
        customer = talk.customers[buyer.customer]
        self.firsts.setdefault(buyer.customer, number)
        delivered = None if purchase.is_cancelled or purchase.delivered > now else purchase.delivered
        handed_over = max(purchase.placed + 20, purchase.delivered - (2 + int(random() * 29)) * HOUR)
        cancelled = purchase.placed + (1 + int(random() * 20)) * HOUR if purchase.is_cancelled else None
        has_left = handed_over <= now and not purchase.is_cancelled
        is_withdrawn = cancelled is not None and cancelled <= now
        lines = tuple((n, quantity, reduced(price, purchase.discount)) for n, quantity, price in purchase.lines)
        freight = 0 if purchase.carrier == "Collected" else _FREIGHT[int(random() * 3)]
        total = sum(quantity * price for _, quantity, price in lines) + freight
        paid = total - (500 if random() < 0.01 else 0)
        ways = ("card", "voucher") if site.mode is Mode.WEB_SHOP else ("card", "transfer", "cash")
        promised = almanac.clock(site.zone, purchase.promised_day, 18 * HOUR)
        status = "cancelled" if is_withdrawn else "delivered" if delivered else "shipped" if has_left else "placed"
        order = SimulatedOrder(
            number=number,
            customer=buyer.customer,
            user=None,
            site=buyer.site,
            placed_at=almanac.moment(purchase.placed),
            status=status,
            lines=lines,
            freight_minor=freight,
            paid_minor=paid,
            payment=ways[int(random() * len(ways))],
            carrier=purchase.carrier,
            promised_at=almanac.moment(promised),
            handed_over_at=almanac.moment(handed_over) if has_left else None,
            delivered_at=None if delivered is None else almanac.moment(delivered),
            tags=(int(random() * len(TAGS)),) if random() < 0.05 else (),
            own={"gift": True} if random() < 0.08 else {},
        )
        self.orders.append(order)
        is_silent = purchase.is_late and purchase.warned is None
        warned = None if purchase.is_cancelled else purchase.warned
        talk.add(
            PromiseKind.REPAIR if site.mode is Mode.SERVICE else PromiseKind.DELIVERY,
            customer=buyer.customer,
            order=position,
            site=buyer.site,
            unit=site.unit if purchase.carrier in ("Collected", "Own fitter") else LOGISTICS,
            made=purchase.placed,
            zone=site.zone,
            promised=promised,
            promised_day=purchase.promised_day,
            due=purchase.due,
            warned=warned,
            acted=None if purchase.is_cancelled else purchase.delivered,
            withdrawn=cancelled if is_withdrawn else None,
            money=paid if site.mode is Mode.WHOLESALE else 0,
        )
        if warned is not None:
            talk.tell(buyer.customer, WARNING, warned, site=buyer.site, order=position)
        if delivered is not None and random() < SHARE_RATED:
            self._rate(purchase, position, delivered)
        if purchase.failed is not None:
            self._fail(purchase, purchase.failed, position, is_silent=is_silent)
        if random() < SHARE_ASKED:
            asked = purchase.placed + int((random() * 15 - 3) * DAY)
            if 0 <= asked <= now:
                talk.ask(buyer.customer, asked, site=buyer.site, order=position if asked > purchase.placed else None)
        if random() < SHARE_INTERNAL:
            self._ask_unit(purchase, number, total)
        self._concede(purchase, number, customer.number, customer.own.get("credit_days", "0"), total)

    def _rate(self, purchase: Purchase, position: int, delivered: int) -> None:
        talk = self.talk
        answered = delivered + (5 + int(talk.dice.random() * 86)) * HOUR
        if answered > talk.almanac.now:
            return
        ending = "kept"
        if purchase.is_late:
            ending = "broken_silent" if purchase.warned is None else "broken_warned"
        goods = _BROKEN if purchase.is_damaged else _WEAKER if purchase.lines[0][0] == _WEAK else _PRODUCT
        scores = score(talk.dice, goods), score(talk.dice, _SERVICE[ending])
        self.ratings.append(SimulatedRating(position, *scores, talk.almanac.moment(answered), ""))

    def _fail(self, purchase: Purchase, failed: int, position: int, *, is_silent: bool) -> None:
        """A failure: the truth of it, the complaint, and the apology where there is one."""
        talk, buyer = self.talk, purchase.buyer
        random, now = talk.dice.random, talk.almanac.now
        number, customer = self.orders[position].number, talk.customers[buyer.customer].number
        failure, apology = failure_rows(purchase, failed, number, customer, talk.almanac)
        self.truth["failures"].append(failure)
        self.truth["apologies"].append(apology)
        told = failed + 10 * HOUR
        if is_silent and told <= now and random() < 1 / 3:
            complains = talk.tongue_of(buyer.customer).complains
            words = complains[int(random() * len(complains))]
            talk.say(buyer.customer, words, told, site=buyer.site, order=position)
        claimed = purchase.delivered + (1 + int(random() * 30)) * HOUR
        if purchase.is_damaged and claimed <= now and random() < SHARE_CLAIMED:
            words, what = talk.tongue_of(buyer.customer).asks[1]
            said = talk.say(buyer.customer, words, claimed, site=buyer.site, order=position)
            talk.promise_answer(said, what, claimed, hours=(24, 48), money=purchase.items_minor)
        if purchase.is_apologised:
            sorry = failed + (12 + int(random() * 24)) * HOUR
            talk.tell(buyer.customer, APOLOGY, sorry, site=buyer.site, order=position)

    def _ask_unit(self, purchase: Purchase, number: str, money: int) -> None:
        """Serving the customer takes something of another unit, which may let its colleagues wait."""
        talk, unit = self.talk, SITES[purchase.buyer.site].unit
        dice, almanac = talk.dice, talk.almanac
        among: tuple[Asked, ...] = (
            (f"Invoice for {number}", ACCOUNTING, unit, 4, 48),
            (f"Credit note for {number}", ACCOUNTING, unit, 24, 72),
            (f"Signed delivery note of {number}", unit, ACCOUNTING, 24, 96),
            (f"Take {number} out of the store", LOGISTICS, unit, 8, 48),
        )
        asked = among[int(dice.random() * len(among))]
        made = purchase.placed + int(dice.random() * 2 * DAY)
        if made > almanac.now:
            return
        due, acted, is_late = talk.request(asked, made, money=money)
        self.truth["internal_requests"].append(
            (
                number,
                UNITS[asked[1]].name,
                UNITS[asked[2]].name,
                asked[0],
                *(almanac.moment(minute) for minute in (made, due, acted)),
                int(is_late),
                weighted(dice, CAUSES) if is_late else "",
                money,
            )
        )

    def _concede(self, purchase: Purchase, number: str, customer: str, credit_days: str, total: int) -> None:
        random, rows = self.talk.dice.random, self.truth["concessions"]
        if purchase.discount:
            rows.append((number, customer, "discount", purchase.list_minor - purchase.items_minor, 0))
        if random() < SHARE_EXTRA:
            rows.append((number, customer, "extra", EXTRA_MINOR, 0))
        if purchase.buyer.is_organisation and random() < SHARE_DEFERRED:
            days = int(credit_days)
            rows.append((number, customer, "deferral", round(total * days / 365 * DEFERRAL_RATE), days))
