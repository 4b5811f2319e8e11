"""The shapes of a simulated firm. References between things are positions in the firm's lists."""

from dataclasses import dataclass, field
from datetime import date, datetime

from goodwill.domain.customers import CustomerKind
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.roles import Role
from goodwill.domain.sites import Mode
from goodwill.domain.targets import LateRule, Outcome, Standing


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """A site and its truth: `carriers` maps a carrier to (its share of orders, the probability that it is late)."""

    name: str
    mode: Mode
    zone: str
    unit: int
    orders_a_day: float
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
    own: dict[str, str] = field(default_factory=dict)

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

    kind: str
    what: str
    customer: int | None
    to_unit: int | None
    order: int | None
    interaction: int | None
    site: int | None
    person: int | None
    unit: int
    made_at: datetime
    zone: str
    late_rule: LateRule
    promised_at: datetime
    promised_on: date
    due_at: datetime
    outcome: Outcome
    standing: Standing | None
    wakes_at: datetime | None
    warned_at: datetime | None
    acted_at: datetime | None
    settled_at: datetime | None
    money_waiting_minor: int = 0


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

    `share_broken` by site and carrier; `share_warned` (of broken ones) by site; `score` is the mean service rating
    after a kept, a broken-and-warned and a broken-in-silence delivery; `share_rated` is how many answer.
    """

    share_broken: dict[str, dict[str, float]]
    share_warned: dict[str, float]
    share_call_broken: float
    share_internal_broken: float
    score: dict[str, float]
    share_rated: float


@dataclass(frozen=True, slots=True)
class SimulatedFirm:
    """Everything: written down as rows by `actions/demonstrations.py`."""

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
    customers: tuple[SimulatedCustomer, ...]
    orders: tuple[SimulatedOrder, ...]
    interactions: tuple[SimulatedInteraction, ...]
    promises: tuple[SimulatedPromise, ...]
    ratings: tuple[SimulatedRating, ...]
    truth: Truth
