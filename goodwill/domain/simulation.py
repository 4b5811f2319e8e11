"""A small firm with known truth: one seed gives the same firm; every moment stands relative to `at`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from goodwill.domain.dice import Dice, how_many, weighted
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.records import PromiseKind
from goodwill.domain.simulated_cast import (
    ACCOUNTING,
    LOGISTICS,
    PEOPLE,
    SITES,
    TAGS,
    TOUCHPOINTS,
    UNITS,
    ZONE,
    customers_of,
    staff_of,
)
from goodwill.domain.simulated_firm import (
    SimulatedCustomer,
    SimulatedFirm,
    SimulatedInteraction,
    SimulatedOrder,
    SimulatedPromise,
    SimulatedRating,
    SiteFacts,
    stand,
)
from goodwill.domain.simulated_truth import (
    PRODUCT_SCORES,
    SCORES,
    SHARE_CALL_BROKEN,
    SHARE_CANCELLED,
    SHARE_INTERNAL_BROKEN,
    SHARE_RATED,
    truth,
)
from goodwill.domain.simulated_words import PRODUCTS, TONGUES, Tongue
from goodwill.domain.sites import Mode
from goodwill.domain.targets import LateRule

DAYS = 365


def simulate(dice: Dice, *, at: datetime) -> SimulatedFirm:
    """The firm as it stands at `at`: a year behind it, some promises before it. The same dice give the same firm."""
    at = at.replace(second=0, microsecond=0)
    year = _Year(dice, at, customers_of(dice, at))
    for days_ago in range(DAYS, -1, -1):
        for number, site in enumerate(SITES):
            for _ in range(how_many(dice, site.orders_a_day)):
                year.order(number, site, days_ago)
        for _ in range(how_many(dice, 2.2)):
            year.contact(days_ago)
        if days_ago % 7 in (1, 3, 5):
            year.internal(days_ago)
    year.mailing(120)
    year.loose_ends()
    return SimulatedFirm(
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
        customers=tuple(year.customers),
        orders=tuple(year.orders),
        interactions=tuple(year.interactions),
        promises=tuple(year.promises),
        ratings=tuple(year.ratings),
        truth=truth(),
    )


def _score(dice: Dice, weights: Sequence[int]) -> int:
    return weighted(dice, dict(enumerate(weights, 1)))


@dataclass
class _Year:
    """The firm while it is being drawn."""

    dice: Dice
    at: datetime
    customers: list[SimulatedCustomer]
    orders: list[SimulatedOrder] = field(default_factory=list)
    interactions: list[SimulatedInteraction] = field(default_factory=list)
    promises: list[SimulatedPromise] = field(default_factory=list)
    ratings: list[SimulatedRating] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.of_site = [
            [number for number, c in enumerate(self.customers) if c.site == site and not c.speaks_for]
            for site in range(len(SITES))
        ]

    def moment(self, days_ago: int, zone: str, opens: int, closes: int) -> datetime:
        """A random moment of an opening hour, that many days ago."""
        day = self.at.astimezone(ZoneInfo(zone)).date() - timedelta(days=days_ago)
        minute = self.dice.randint(opens * 60, closes * 60 - 1)
        return self.local(day, zone, minute // 60, minute % 60)

    def local(self, day: date, zone: str, hour: int, minute: int = 0) -> datetime:
        """A local reading as a moment, in UTC: sums of local readings would go astray over a change of the clocks."""
        return datetime.combine(day, time(hour, minute), ZoneInfo(zone)).astimezone(UTC)

    def order(self, number: int, site: SiteFacts, days_ago: int) -> None:
        """One order with its delivery promise, what became of it, and perhaps a rating."""
        dice = self.dice
        own = self.of_site[number]
        # Some customers come often: the square of an even draw leans to the front of the list.
        customer = own[int(len(own) * dice.random() ** 2)]
        opens, closes = (0, 24) if site.mode is Mode.WEB_SHOP else (9, 18)
        placed = self.moment(days_ago, site.zone, opens, closes)
        choices = [n for n, (category, _, _) in enumerate(PRODUCTS) if category in site.categories]
        bulk = 12 if site.mode is Mode.WHOLESALE else 1
        lines = tuple(
            (product, dice.randint(1, 2) * (dice.randint(1, bulk) if bulk > 1 else 1), PRODUCTS[product][2])
            for product in dict.fromkeys(dice.choice(choices) for _ in range(dice.randint(1, 3)))
        )
        carrier = weighted(dice, {name: share for name, (share, _) in site.carriers.items()})
        promised_on = placed.astimezone(ZoneInfo(site.zone)).date() + timedelta(days=dice.randint(*site.lead_days))
        due = self.local(promised_on + timedelta(days=1), site.zone, 0)
        is_late = dice.random() < site.carriers[carrier][1]
        is_warned = dice.random() < site.share_warned
        warned = due - timedelta(hours=min(1 + dice.expovariate(1 / 18), (due - placed) / timedelta(hours=1) - 1))
        shift = 1 + int(dice.expovariate(1 / 3.5)) if is_late else -min(int(dice.expovariate(0.9)), site.lead_days[0])
        delivered = self.local(
            promised_on + timedelta(days=shift), site.zone, dice.randint(10, 17), dice.randint(0, 59)
        )
        delivered = max(delivered, placed + timedelta(minutes=30))
        handed_over = max(placed + timedelta(minutes=20), delivered - timedelta(hours=dice.randint(2, 30)))
        is_cancelled = dice.random() < SHARE_CANCELLED
        cancelled = placed + timedelta(hours=dice.randint(1, 20))
        freight = 0 if carrier == "Collected" else dice.choice((490, 790, 1290))
        total = sum(quantity * price for _, quantity, price in lines)
        underpaid = 500 if dice.random() < 0.01 else 0
        payment = dice.choice(("card", "transfer", "cash") if site.mode is not Mode.WEB_SHOP else ("card", "voucher"))
        is_gift, tagged = dice.random() < 0.08, dice.random() < 0.05
        rated, gap = dice.random() < SHARE_RATED, timedelta(hours=dice.randint(5, 90))
        product_score = _score(dice, PRODUCT_SCORES)
        ending = ("broken_warned" if is_warned else "broken_silent") if is_late else "kept"
        service_score = _score(dice, SCORES[ending])
        if placed > self.at:
            return
        if is_cancelled:
            acted = None
        else:
            acted = delivered if delivered <= self.at else None
        left = handed_over if handed_over <= self.at and not is_cancelled else None
        withdrawn = cancelled if is_cancelled and cancelled <= self.at else None
        status = "cancelled" if withdrawn else "delivered" if acted else "shipped" if left else "placed"
        position = len(self.orders)
        self.orders.append(
            SimulatedOrder(
                number=f"{('S', 'G', 'W', 'R')[number]}-{position + 10_001}",
                customer=customer,
                user=None,
                site=number,
                placed_at=placed,
                status=status,
                lines=lines,
                freight_minor=freight,
                paid_minor=total + freight - underpaid,
                payment=payment,
                carrier=carrier,
                promised_at=self.local(promised_on, site.zone, 18),
                handed_over_at=left,
                delivered_at=acted,
                tags=(0,) if tagged else (),
                own={"gift": "yes"} if is_gift else {},
            )
        )
        unit = site.unit if carrier in ("Collected", "Own fitter") else LOGISTICS
        self.add(
            SimulatedPromise(
                kind=PromiseKind.REPAIR if site.mode is Mode.SERVICE else PromiseKind.DELIVERY,
                customer=customer,
                order=position,
                site=number,
                unit=unit,
                made_at=placed,
                zone=site.zone,
                promised_at=self.local(promised_on, site.zone, 18),
                due_at=due,
                late_rule=LateRule.END_OF_DAY,
                warned_at=warned if is_late and is_warned else None,
                acted_at=acted,
                withdrawn_at=withdrawn,
                money_waiting_minor=total + freight - underpaid if site.mode is Mode.WHOLESALE else 0,
            )
        )
        if acted and rated and acted + gap <= self.at:
            self.ratings.append(SimulatedRating(position, product_score, service_score, acted + gap, ""))
        missed = due + timedelta(hours=10)
        if ending == "broken_silent" and missed <= self.at and not is_cancelled and position % 3 == 0:
            self.say(customer, self.tongue_of(customer).complains[position % 2], missed, order=position, site=number)

    def contact(self, days_ago: int) -> None:
        """Somebody calls, writes or comes in; half of them are promised an answer."""
        dice = self.dice
        customer = int(len(self.customers) * dice.random() ** 1.5)
        who = self.customers[customer]
        site = SITES[who.site]
        begun = self.moment(days_ago, site.zone, 9, 17)
        tongue = self.tongue_of(customer)
        asks = dice.random() < 0.5
        words, what = dice.choice(tongue.asks) if asks else (dice.choice(tongue.chats), "")
        hours, is_late, is_warned = dice.choice((4, 24, 24, 48)), dice.random() < SHARE_CALL_BROKEN, dice.random() < 0.4
        shift = dice.expovariate(1 / 10)
        if begun > self.at:
            return
        interaction = self.say(customer, words, begun, site=who.site)
        if not asks or days_ago < 3:
            return
        due = begun + timedelta(hours=hours)
        acted = due + timedelta(hours=0.5 + shift) if is_late else due - timedelta(hours=hours * min(0.9, shift / 20))
        self.call(interaction, what, due, acted, due - timedelta(hours=hours / 4) if is_late and is_warned else None)

    def internal(self, days_ago: int) -> None:
        """A unit promises something to another: papers from accounting, goods from logistics, figures from sales."""
        dice = self.dice
        made = self.moment(days_ago, ZONE, 9, 16)
        maker, to, what = dice.choice(
            (
                (ACCOUNTING, 1, "Credit note for the returned pendants"),
                (ACCOUNTING, 2, "Match the card payments of the week"),
                (1, ACCOUNTING, "Signed delivery notes of the month"),
                (LOGISTICS, 0, "Two reading chairs for the showroom"),
            )
        )
        due, is_late = made + timedelta(hours=dice.choice((24, 48, 72))), dice.random() < SHARE_INTERNAL_BROKEN
        acted = (
            due + timedelta(hours=1 + dice.expovariate(1 / 20))
            if is_late
            else due - timedelta(hours=dice.randint(1, 20))
        )
        person = dice.choice(staff_of(maker))
        self.add(
            SimulatedPromise(
                kind=PromiseKind.INTERNAL_REQUEST,
                what=what,
                to_unit=to,
                person=person,
                unit=maker,
                made_at=made,
                zone=ZONE,
                promised_at=due,
                due_at=due,
                late_rule=LateRule.MOMENT,
                acted_at=acted,
            )
        )

    def mailing(self, many: int) -> None:
        """A mass mailing: advertising, never counted as care."""
        sent = self.moment(30, ZONE, 9, 10)
        for customer in range(0, len(self.customers), max(1, len(self.customers) // many)):
            words = "The spring lamps are here."
            self.say(customer, words, sent, site=2, direction=Direction.TO_CUSTOMER, is_mailing=True)

    def loose_ends(self) -> None:
        """What is open today, so that there is always something of each kind to see."""
        at = self.at
        hour = timedelta(hours=1)
        for customer, made, due, warned, money in (
            (3, 30 * hour, -5 * hour, None, 0),
            (11, 50 * hour, -20 * hour, -26 * hour, 0),
            (17, 3 * hour, 2 * hour, None, 0),
            (23, 2 * hour, 30 * hour, None, 0),
            (31, 70 * hour, -3 * hour, None, 8_200),
            (47, 20 * hour, 40 * hour, None, 14_900),
            (59, 26 * hour, 3 * hour, -1 * hour, 4_900),
        ):
            who = self.customers[customer]
            tongue = self.tongue_of(customer)
            words, what = tongue.asks[customer % len(tongue.asks)]
            interaction = self.say(customer, words, at - made, site=who.site)
            self.call(interaction, what, at + due, None, at + warned if warned else None, money=money)

    def say(
        self,
        customer: int,
        words: str,
        moment: datetime,
        *,
        site: int,
        order: int | None = None,
        direction: Direction = Direction.FROM_CUSTOMER,
        is_mailing: bool = False,
    ) -> int:
        """Record a contact and say at which position."""
        dice = self.dice
        touchpoint = dice.choice([n for n, t in enumerate(TOUCHPOINTS) if t.site == site])
        channel = Channel.EMAIL if is_mailing else TOUCHPOINTS[touchpoint].channel
        person = dice.choice(staff_of(SITES[site].unit))
        who = self.customers[customer]
        account, contact = (who.speaks_for[0], customer) if who.speaks_for else (customer, None)
        self.interactions.append(
            SimulatedInteraction(
                account, contact, person, touchpoint, order, channel, direction, moment, words, is_mailing
            )
        )
        return len(self.interactions) - 1

    def call(
        self,
        interaction: int,
        what: str,
        due: datetime,
        acted: datetime | None,
        warned: datetime | None,
        money: int = 0,
    ) -> None:
        """A promise spoken in a contact."""
        said = self.interactions[interaction]
        site = TOUCHPOINTS[said.touchpoint].site
        assert site is not None  # noqa: S101  contacts happen at a site's touchpoint
        self.add(
            SimulatedPromise(
                kind=PromiseKind.CLAIM_ANSWER if money else PromiseKind.CALL,
                what=what,
                customer=said.customer,
                order=said.order,
                interaction=interaction,
                site=site,
                person=said.person,
                unit=SITES[site].unit,
                made_at=said.at,
                zone=SITES[site].zone,
                promised_at=due,
                due_at=due,
                late_rule=LateRule.MOMENT,
                warned_at=warned,
                acted_at=acted,
                money_waiting_minor=money,
            )
        )

    def add(self, promise: SimulatedPromise) -> None:
        """Write down a promise as it stands now, with what the customer was told of it."""
        known = stand(promise, self.at)
        self.promises.append(known)
        if known.customer is None or known.site is None:
            return
        if known.warned_at:
            self.tell(known.customer, 0, known.warned_at, known)
        if known.acted_at and known.interaction is not None:
            self.tell(known.customer, 1, known.acted_at, known)

    def tell(self, customer: int, which: int, moment: datetime, promise: SimulatedPromise) -> None:
        """Our side speaks: a warning (0) or an answer (1)."""
        assert promise.site is not None  # noqa: S101  asked before
        words = self.tongue_of(customer).tells[which]
        outward = Direction.TO_CUSTOMER
        self.say(customer, words, moment, site=promise.site, order=promise.order, direction=outward)

    def tongue_of(self, customer: int) -> Tongue:
        """The language a customer speaks."""
        return next(tongue for tongue in TONGUES if tongue.language == self.customers[customer].language)
