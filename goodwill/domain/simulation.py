"""A simulated firm with known truth, as a stream of blocks: the same plan gives the same firm."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from goodwill.domain.dice import Dice, weighted
from goodwill.domain.simulated_buyers import Buyer, draw_buyer, entry_day, find_sender
from goodwill.domain.simulated_cast import PEOPLE, SITES, TAGS, TOUCHPOINTS, UNITS, ZONE, draw_organisation, draw_person
from goodwill.domain.simulated_firm import SimulatedBlock, SimulatedCustomer, SimulatedFirm
from goodwill.domain.simulated_lives import live
from goodwill.domain.simulated_sales import Sales
from goodwill.domain.simulated_seasons import DAY, DAYS, Almanac
from goodwill.domain.simulated_tables import Row, customer_row
from goodwill.domain.simulated_talk import Talk, loose_ends, mailing
from goodwill.domain.simulated_trials import trial_rows
from goodwill.domain.simulated_ways import SHARE_REFERRED
from goodwill.domain.simulated_words import PRODUCTS
from goodwill.domain.sites import Mode

SIZES = {"small": 2_400, "medium": 20_000, "large": 200_000}
"""About how many orders."""
LEAST, MOST = 100, 10_000_000
ORDERS_EACH = 6.08
"""About how many orders a buyer has in the two years."""
BUYERS_A_BLOCK = 3_300
SHARE_OF_TWO = 0.1
"""Organisations whose first contact person speaks for another one, too."""
FIRM = SimulatedFirm(
    name="Lantern & Larch",
    currency="EUR",
    zone=ZONE,
    country="HU",
    sites=SITES,
    units=UNITS,
    people=PEOPLE,
    touchpoints=TOUCHPOINTS,
    tags=TAGS,
    products=PRODUCTS,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be drawn: about so many `orders`, up to the minute of `at`. Raises ValueError off the limits.

    Another `most` (buyers of a block) makes another firm.
    """

    orders: int
    at: datetime
    most: int = BUYERS_A_BLOCK

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if not LEAST <= self.orders <= MOST:
            raise ValueError(f"a firm has {LEAST} to {MOST} orders")
        object.__setattr__(self, "at", self.at.replace(second=0, microsecond=0))

    @property
    def buyers(self) -> int:
        """How many customers who buy."""
        return max(1, round(self.orders / ORDERS_EACH))

    @property
    def blocks(self) -> list[int]:
        """The number of buyers of each block, as even as can be."""
        many = -(-self.buyers // self.most)
        return [self.buyers * (n + 1) // many - self.buyers * n // many for n in range(many)]

    @property
    def begun_at(self) -> datetime:
        """When the firm's books begin: before its first customer."""
        return self.at - timedelta(days=DAYS + 420)


def simulate(plan: Plan, dice_of: Callable[[int], Dice]) -> Iterator[SimulatedBlock]:
    """The firm block by block, each with the whole history of its customers; `dice_of` seeds the dice of a block.

    Numbers of customers and orders run on from block to block. Only one block is ever held.
    """
    almanac = Almanac(plan.at, SITES, ZONE)
    customers = orders = 0
    for number, buyers in enumerate(plan.blocks):
        block = _block(dice_of(number), almanac, number, buyers, customers, orders)
        customers += len(block.customers)
        orders += len(block.orders)
        yield block


def _block(
    dice: Dice, almanac: Almanac, number: int, many: int, first_customer: int, first_order: int
) -> SimulatedBlock:
    customers, buyers = _cast(dice, almanac, number, many, first_customer)
    _live(dice, almanac, buyers)
    talk = Talk(dice, almanac, customers)
    sales = Sales(talk, first_order)
    for purchase in sorted((p for buyer in buyers for p in buyer.purchases), key=lambda purchase: purchase.placed):
        sales.tell(purchase)
    if number == 0:
        mailing(talk, 120)
        loose_ends(talk)
    for buyer in buyers:
        _tell_truth(sales.truth, sales.firsts, buyer, customers, almanac)
    for buyer in buyers:
        # buyers and purchases know each other: untied, they are gone with the block
        buyer.purchases.clear()
    return SimulatedBlock(
        number=number,
        customers=customers,
        orders=sales.orders,
        interactions=talk.interactions,
        promises=talk.promises,
        ratings=sales.ratings,
        truth=sales.truth,
    )


def _cast(
    dice: Dice, almanac: Almanac, number: int, many: int, first: int
) -> tuple[list[SimulatedCustomer], list[Buyer]]:
    """The buyers with their faces; each organisation is followed by the people who speak for it."""
    random = dice.random
    shares = {n: site.share for n, site in enumerate(SITES)}
    customers: list[SimulatedCustomer] = []
    buyers: list[Buyer] = []
    organisations = 0
    before: int | None = None
    for _ in range(many):
        site = weighted(dice, shares)
        entered = entry_day(dice)
        position = len(customers)
        is_organisation = SITES[site].mode is Mode.WHOLESALE
        buyer = draw_buyer(dice, position, site, is_organisation, entered)
        buyers.append(buyer)
        known = almanac.spent(site, entered) if entered is not None else 0.0
        place = almanac.place(site, known)
        if entered is None or place is None:
            created = -int((1 + random() * 400) * DAY)
        else:
            # a customer is written down just before the first order
            created = min(place[1], almanac.now) - 1 - int(random() * 60)
        created_at = almanac.moment(created)
        if not is_organisation:
            customers.append(draw_person(dice, first + position, created_at, site))
            continue
        nth = organisations if number == 0 else None
        customers.append(draw_organisation(dice, first + position, created_at, site, nth))
        organisations += 1
        # now and then one person speaks for two organisations
        also = (before,) if before is not None and random() < SHARE_OF_TWO else ()
        for extra in (also, ())[: 1 + int(random() * 2)]:
            speaks_for = (position, *extra)
            organisation = customers[position]
            customers.append(
                draw_person(dice, first + len(customers), created_at, site, speaks_for, organisation=organisation)
            )
        before = position
    return customers, buyers


def _live(dice: Dice, almanac: Almanac, buyers: list[Buyer]) -> None:
    """Let them buy in the order in which they come, so that whoever sends somebody is known by then."""
    senders: list[Buyer] = []
    for buyer in sorted(buyers, key=lambda one: one.entered or 0):
        if buyer.entered is not None and dice.random() < SHARE_REFERRED:
            buyer.referrer = find_sender(dice, senders, int(buyer.entered * DAY))
        live(dice, buyer, almanac)
        senders.append(buyer)


def _tell_truth(
    truth: dict[str, list[Row]],
    firsts: dict[int, str],
    buyer: Buyer,
    customers: list[SimulatedCustomer],
    almanac: Almanac,
) -> None:
    number = customers[buyer.customer].number
    sender = customers[buyer.referrer.customer].number if buyer.referrer else ""
    truth["customers"].append(customer_row(buyer, number, sender, almanac))
    truth["trials"].extend(trial_rows(buyer, number, almanac))
    if buyer.left is not None:
        bond = buyer.bond
        left_at = almanac.moment(buyer.left)
        truth["departures"].append((number, left_at, buyer.left_because, bond.loyalty, bond.reason))
    if buyer.referrer and buyer.customer in firsts:
        truth["referrals"].append((number, sender, buyer.referrer.bond.loyalty, firsts[buyer.customer]))
