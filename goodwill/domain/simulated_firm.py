"""The shapes of a simulated firm. References to customers, orders and contacts are positions in a block's lists."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from goodwill.domain.customers import CustomerKind
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.records import PromiseKind, Record, TargetKind, next_look
from goodwill.domain.roles import Role
from goodwill.domain.sites import Mode
from goodwill.domain.targets import LateRule, Outcome, Policy, Standing


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """A site and its truth: `share` of all buyers; `carriers` maps a carrier to (its share of orders, the probability
    that it is late)."""

    name: str
    mode: Mode
    zone: str
    unit: int
    share: float
    lead_days: tuple[int, int]
    carriers: dict[str, tuple[float, float]]
    share_warned: float
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SimulatedUnit:
    """A department; `sites` are those it serves."""

    name: str
    sites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """A member of staff with one role in one unit (None: the firm)."""

    name: str
    email: str
    language: str
    role: Role
    unit: int | None


@dataclass(frozen=True, slots=True)
class SimulatedTouchpoint:
    """Where customers meet the firm; some have no owner."""

    name: str
    channel: Channel
    owner: int | None
    site: int | None
    tangible: tuple[str, ...]
    intangible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SimulatedCustomer:
    """A person or an organisation; `speaks_for` are organisations whose contact person this is."""

    kind: CustomerKind
    name: str
    number: str
    language: str
    site: int
    owner: int | None
    deputy: int | None
    created_at: datetime
    email: str
    phone: str
    street: str
    city: str
    postcode: str
    country: str
    speaks_for: tuple[int, ...] = ()
    position: str = ""
    tags: tuple[int, ...] = ()
    own: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SimulatedOrder:
    """An order; `lines` are (product, quantity, unit price in minor units). `paid_minor` may differ from the sum."""

    number: str
    customer: int
    user: int | None
    site: int
    placed_at: datetime
    status: str
    lines: tuple[tuple[int, int, int], ...]
    freight_minor: int
    paid_minor: int
    payment: str
    carrier: str
    promised_at: datetime
    handed_over_at: datetime | None
    delivered_at: datetime | None
    tags: tuple[int, ...] = ()
    own: dict[str, bool] = field(default_factory=dict)

    @property
    def items_minor(self) -> int:
        """The sum of the lines."""
        return sum(quantity * price for _, quantity, price in self.lines)


@dataclass(frozen=True, slots=True)
class SimulatedInteraction:
    """A contact in the customer's own words."""

    customer: int
    contact: int | None
    person: int
    touchpoint: int
    order: int | None
    channel: Channel
    direction: Direction
    at: datetime
    words: str
    is_mailing: bool = False


@dataclass(frozen=True, slots=True)
class SimulatedPromise:
    """A promise and how it stands now. Of customer and `to_unit` one is set: units promise to each other."""

    kind: PromiseKind
    unit: int
    made_at: datetime
    zone: str
    late_rule: LateRule
    promised_at: datetime
    promised_on: date
    due_at: datetime
    what: str = ""
    customer: int | None = None
    to_unit: int | None = None
    order: int | None = None
    interaction: int | None = None
    site: int | None = None
    person: int | None = None
    warned_at: datetime | None = None
    acted_at: datetime | None = None
    acted_on: date | None = None
    withdrawn_at: datetime | None = None
    money_waiting_minor: int = 0
    outcome: Outcome = Outcome.OPEN
    standing: Standing | None = None
    wakes_at: datetime | None = None
    at_risk_at: datetime | None = None

    @property
    def settled_at(self) -> datetime | None:
        """When it stopped being owed."""
        return self.withdrawn_at or self.acted_at


def stand(promise: SimulatedPromise, at: datetime) -> SimulatedPromise:
    """The promise as the house would have it at `at`: what lies ahead is not known yet, what came due is judged."""
    acted = promise.acted_at if promise.acted_at and promise.acted_at <= at and not promise.withdrawn_at else None
    warned = promise.warned_at if promise.warned_at and promise.made_at < promise.warned_at <= at else None
    known = replace(promise, acted_at=acted, acted_on=promise.acted_on if acted else None, warned_at=warned)
    if promise.withdrawn_at:
        return replace(known, outcome=Outcome.WITHDRAWN, money_waiting_minor=0)
    record = Record(
        made_at=promise.made_at,
        zone=ZoneInfo(promise.zone),
        late_rule=promise.late_rule,
        target_kind=TargetKind.DAY if promise.late_rule is LateRule.END_OF_DAY else TargetKind.MOMENT,
        target_count=None,
        promised_at=promise.promised_at,
        promised_on=promise.promised_on,
        due_at=promise.due_at,
        warned_at=warned,
    )
    if acted:
        return replace(known, outcome=record.fulfilled_as(acted), money_waiting_minor=0)
    if record.has_come_due(at):
        return replace(known, outcome=record.broken_as(), standing=Standing.LATE)
    risk = timedelta(seconds=Policy().risk_seconds((promise.due_at - promise.made_at).total_seconds()))
    at_risk = min(promise.due_at - risk, warned or promise.due_at)
    is_at_risk = at >= at_risk
    return replace(
        known,
        standing=Standing.AT_RISK if is_at_risk else Standing.ON_TIME,
        at_risk_at=at_risk if is_at_risk else None,
        wakes_at=next_look(at, at_risk, promise.due_at),
    )


@dataclass(frozen=True, slots=True)
class SimulatedRating:
    """What a customer said of a purchase, product and service apart, of ten."""

    order: int
    product: int
    service: int
    answered_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Truth:
    """The probabilities the firm was drawn from: what a good report must find again.

    `share_broken` by site and carrier; `share_warned` (of broken ones) by site; `score` is the mean overall
    rating after a kept, a broken-and-warned and a broken-in-silence delivery; `share_rated` is how many answer.
    """

    share_broken: dict[str, dict[str, float]]
    share_warned: dict[str, float]
    share_call_broken: float
    share_internal_broken: float
    score: dict[str, float]
    share_rated: float


@dataclass(frozen=True, slots=True)
class SimulatedFirm:
    """The firm itself: what stands while its customers come and go."""

    name: str
    currency: str
    zone: str
    country: str
    sites: tuple[SiteFacts, ...]
    units: tuple[SimulatedUnit, ...]
    people: tuple[SimulatedPerson, ...]
    touchpoints: tuple[SimulatedTouchpoint, ...]
    tags: tuple[str, ...]
    products: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class SimulatedBlock:
    """Some of the firm's customers with their whole history, by position in these lists; `truth` are rows by table."""

    number: int
    customers: list[SimulatedCustomer]
    orders: list[SimulatedOrder]
    interactions: list[SimulatedInteraction]
    promises: list[SimulatedPromise]
    ratings: list[SimulatedRating]
    truth: dict[str, list[tuple[Any, ...]]]
