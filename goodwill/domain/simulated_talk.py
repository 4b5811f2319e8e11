"""What is said and promised in the simulated firm: contacts in the customers' words, and promises as they stand."""

from goodwill.domain.dice import Dice
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.records import PromiseKind, broken_as
from goodwill.domain.simulated_cast import ACCOUNTING, LOGISTICS, SITES, STAFF, TONGUE_OF, TOUCHPOINTS, ZONE
from goodwill.domain.simulated_firm import SimulatedCustomer, SimulatedInteraction, SimulatedPromise, stand
from goodwill.domain.simulated_seasons import DAY, Almanac
from goodwill.domain.simulated_truth import SHARE_CALL_BROKEN, SHARE_INTERNAL_BROKEN
from goodwill.domain.simulated_words import Tongue
from goodwill.domain.targets import LateRule, Outcome

WARNING, ANSWER, APOLOGY = range(3)
HOUR = 60
_POINTS = [[n for n, point in enumerate(TOUCHPOINTS) if point.site == site] for site in range(len(SITES))]
_UNITS = [site.unit for site in SITES]
Asked = tuple[str, int, int, int, int]
"""What a unit asks another for: the words, who owes, who is owed, and the hours between which the promise lies."""


class Talk:
    """The contacts and promises of a block; moments come as minutes of the almanac, and none later than now is told."""

    def __init__(self, dice: Dice, almanac: Almanac, customers: list[SimulatedCustomer]) -> None:
        self.dice, self.almanac, self.customers = dice, almanac, customers
        self.interactions: list[SimulatedInteraction] = []
        self.promises: list[SimulatedPromise] = []
        self.speakers: dict[int, list[int]] = {}
        for number, customer in enumerate(customers):
            for organisation in customer.speaks_for:
                self.speakers.setdefault(organisation, []).append(number)

    def tongue_of(self, customer: int) -> Tongue:
        """The language a customer speaks."""
        return TONGUE_OF[self.customers[customer].language]

    def say(
        self,
        customer: int,
        words: str,
        minute: int,
        *,
        site: int,
        order: int | None = None,
        is_ours: bool = False,
        is_mailing: bool = False,
    ) -> int:
        """Record a contact and say at which position; one of an organisation's people speaks for it."""
        random = self.dice.random
        points, staff = _POINTS[site], STAFF[_UNITS[site]]
        touchpoint = points[int(random() * len(points))]
        person = staff[int(random() * len(staff))]
        speakers = self.speakers.get(customer)
        contact = speakers[int(random() * len(speakers))] if speakers else None
        organisations = self.customers[customer].speaks_for
        if organisations:
            customer, contact = organisations[0], customer
        self.interactions.append(
            SimulatedInteraction(
                customer,
                contact,
                person,
                touchpoint,
                order,
                Channel.EMAIL if is_mailing else TOUCHPOINTS[touchpoint].channel,
                Direction.TO_CUSTOMER if is_ours else Direction.FROM_CUSTOMER,
                self.almanac.moment(minute),
                words,
                is_mailing,
            )
        )
        return len(self.interactions) - 1

    def tell(self, customer: int, which: int, minute: int, *, site: int, order: int | None = None) -> None:
        """Our side speaks: a warning, an answer or an apology."""
        if minute <= self.almanac.now:
            self.say(customer, self.tongue_of(customer).tells[which], minute, site=site, order=order, is_ours=True)

    def ask(self, customer: int, minute: int, *, site: int, order: int | None) -> None:
        """Somebody calls, writes or comes in; half of them are promised an answer."""
        dice, tongue = self.dice, self.tongue_of(customer)
        if dice.random() < 0.5:
            self.say(customer, tongue.chats[int(dice.random() * len(tongue.chats))], minute, site=site, order=order)
            return
        words, what = tongue.asks[int(dice.random() * len(tongue.asks))]
        self.promise_answer(
            self.say(customer, words, minute, site=site, order=order), what, minute, hours=(4, 24, 24, 48)
        )

    def promise_answer(self, interaction: int, what: str, made: int, *, hours: tuple[int, ...], money: int = 0) -> bool:
        """A promise spoken in a contact, which is kept or broken by chance; True where it is broken."""
        dice = self.dice
        hour = hours[int(dice.random() * len(hours))]
        is_late, is_warned = dice.random() < SHARE_CALL_BROKEN, dice.random() < 0.4
        shift = dice.expovariate(1 / 10)
        due = made + hour * HOUR
        acted = due + int((0.5 + shift) * HOUR) if is_late else due - int(hour * min(0.9, shift / 20) * HOUR)
        warned = due - hour * HOUR // 4 if is_late and is_warned else None
        self.call(interaction, what, made, due, acted, warned, money=money)
        return is_late

    def call(
        self,
        interaction: int,
        what: str,
        made: int,
        due: int,
        acted: int | None,
        warned: int | None,
        *,
        money: int = 0,
    ) -> None:
        """A promise made in a contact, and what the customer is told of it."""
        said = self.interactions[interaction]
        site = TOUCHPOINTS[said.touchpoint].site or 0
        self.add(
            PromiseKind.CLAIM_ANSWER if money else PromiseKind.CALL,
            what=what,
            customer=said.customer,
            # the contact knows the order; a carrier's report is about deliveries alone
            interaction=interaction,
            site=site,
            person=said.person,
            unit=_UNITS[site],
            made=made,
            zone=SITES[site].zone,
            promised=due,
            due=due,
            warned=warned,
            acted=acted,
            money=money,
        )
        if warned is not None:
            self.tell(said.customer, WARNING, warned, site=site, order=said.order)
        if acted is not None:
            self.tell(said.customer, ANSWER, acted, site=site, order=said.order)

    def request(self, asked: Asked, made: int, *, money: int = 0) -> tuple[int, int, bool]:
        """A unit promises something to another: when it is due, when it comes, and whether too late."""
        what, maker, to, soonest, latest = asked
        dice = self.dice
        due = made + (soonest + int(dice.random() * (latest - soonest + 1))) * HOUR
        is_late = dice.random() < SHARE_INTERNAL_BROKEN
        if is_late:
            acted = due + HOUR + int(dice.expovariate(1 / 20) * HOUR)
        else:
            acted = made + int((due - made) * (0.2 + 0.8 * dice.random()))
        self.owe(what, maker, to, made, due, acted, money=money)
        return due, acted, is_late

    def owe(self, what: str, maker: int, to: int, made: int, due: int, acted: int | None, *, money: int = 0) -> None:
        """Write down a promise between units."""
        staff = STAFF[maker]
        self.add(
            PromiseKind.INTERNAL_REQUEST,
            what=what,
            to_unit=to,
            person=staff[int(self.dice.random() * len(staff))],
            unit=maker,
            made=made,
            zone=ZONE,
            promised=due,
            due=due,
            acted=acted,
            money=money,
        )

    def add(
        self,
        kind: PromiseKind,
        *,
        unit: int,
        made: int,
        zone: str,
        promised: int,
        due: int,
        promised_day: int | None = None,
        what: str = "",
        customer: int | None = None,
        to_unit: int | None = None,
        order: int | None = None,
        interaction: int | None = None,
        site: int | None = None,
        person: int | None = None,
        warned: int | None = None,
        acted: int | None = None,
        withdrawn: int | None = None,
        money: int = 0,
    ) -> SimulatedPromise:
        """Write down a promise as it stands now; with a `promised_day` it is kept or broken by that day."""
        almanac = self.almanac
        moment, dates, now = almanac.moment, almanac.dates, almanac.now
        by_day = promised_day is not None
        is_over = withdrawn is None and acted is not None and acted <= now
        due_at = moment(due)
        warned_at = moment(warned) if warned is not None and (not is_over or warned <= now) else None
        outcome = Outcome.OPEN
        if is_over and acted is not None:
            is_kept = acted < due if by_day else acted <= due
            outcome = Outcome.KEPT if is_kept else broken_as(due_at, warned_at, is_history=False)
        promise = SimulatedPromise(
            kind=kind,
            unit=unit,
            made_at=moment(made),
            zone=zone,
            late_rule=LateRule.END_OF_DAY if by_day else LateRule.MOMENT,
            promised_at=moment(promised),
            promised_on=dates[almanac.day_of(promised, zone) if promised_day is None else promised_day],
            due_at=due_at,
            what=what,
            customer=customer,
            to_unit=to_unit,
            order=order,
            interaction=interaction,
            site=site,
            person=person,
            warned_at=warned_at,
            acted_at=None if acted is None else moment(acted),
            acted_on=None if acted is None else dates[almanac.day_of(acted, zone)],
            withdrawn_at=None if withdrawn is None else moment(withdrawn),
            money_waiting_minor=0 if is_over else money,
            outcome=outcome,
        )
        self.promises.append(promise if is_over else stand(promise, moment(now)))
        return self.promises[-1]


def loose_ends(talk: Talk) -> None:
    """What is open today, so that there is always something of each kind to see."""
    now = talk.almanac.now
    for which, (nth, made, due, warned, money) in enumerate(
        (
            (3, 30, -5, None, 0),
            (11, 50, -20, -26, 0),
            (17, 3, 2, None, 0),
            (23, 2, 30, None, 0),
            (31, 70, -3, None, 8_200),
            (47, 20, 40, None, 14_900),
            (59, 26, 3, -1, 4_900),
        )
    ):
        customer = nth % len(talk.customers)
        tongue = talk.tongue_of(customer)
        words, what = tongue.asks[which % len(tongue.asks)]
        begun = now - made * HOUR
        said = talk.say(customer, words, begun, site=talk.customers[customer].site)
        talk.call(
            said, what, begun, now + due * HOUR, None, None if warned is None else now + warned * HOUR, money=money
        )
    for what, maker, to, made, due, money in (
        ("Credit note for the returned pendants", ACCOUNTING, 1, 30, -4, 41_800),
        ("Match the card payments of the week", ACCOUNTING, 2, 20, 3, 0),
        ("Two reading chairs for the showroom", LOGISTICS, 0, 5, 44, 77_800),
    ):
        talk.owe(what, maker, to, now - made * HOUR, now + due * HOUR, None, money=money)


def mailing(talk: Talk, many: int) -> None:
    """A mass mailing a month ago: advertising, never counted as care."""
    sent = talk.almanac.now - 30 * DAY - talk.almanac.now % DAY + 9 * HOUR
    for customer in range(0, len(talk.customers), max(1, len(talk.customers) // many)):
        talk.say(customer, "The spring lamps are here.", sent, site=2, is_ours=True, is_mailing=True)
