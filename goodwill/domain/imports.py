"""Imports: what a file's rows mean, whatever the file looked like, and how its old promises ended."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from goodwill.domain.hours import HoursError
from goodwill.domain.promises import settle
from goodwill.domain.rows import BadValue, Fault
from goodwill.domain.schedules import Schedule
from goodwill.domain.targets import LateRule, Outcome, Policy, Standing
from goodwill.domain.windows import micros, moment

DELIVERED = "delivered"
REFUNDED = "refunded"
WITHDRAWN = {
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "unavailable": "unavailable",
    "failed": "failed",
    REFUNDED: "refunded",
}
"""Statuses under which nothing will be delivered any more, and the reason each gives."""
OF_THE_ORDER = 0
"""The position of the line that is about no goods."""
NOUNS = (
    "site",
    "category",
    "customer",
    "address",
    "seller",
    "product",
    "order",
    "shipment",
    "promise",
    "order_line",
    "payment",
    "rating",
)
"""What an import makes, in the order in which it can be made."""
# Named tuples, not dataclasses: a hundred thousand of them are made on a slow core.


class CustomerRecord(NamedTuple):
    """A person or an organisation; `key` is the source's own, `contact_of` the key of the organisation."""

    key: str
    kind: str
    name: str
    number: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    contact_of: str
    digest: str

    @property
    def is_nameless(self) -> bool:
        """Whether nothing says who it is."""
        return not (self.name or self.number or self.emails or self.phones)


class AddressRecord(NamedTuple):
    """A postal address of the customer of that key; where it names no country it is in the firm's."""

    key: str
    customer: str
    city: str
    region: str
    postcode: str
    digest: str
    country: str = ""


class CategoryRecord(NamedTuple):
    """A category in the source's word (`key`) and in a readable one."""

    key: str
    name: str


class ProductRecord(NamedTuple):
    """A product; `category` is the category's key, or empty."""

    key: str
    name: str
    category: str
    digest: str


class SellerRecord(NamedTuple):
    """A seller."""

    key: str
    name: str
    city: str
    region: str
    digest: str


class PromiseRecord(NamedTuple):
    """A promised delivery: the moment named, its local day, and when it is over by its own rule."""

    promised_at: datetime
    promised_on: date
    due_at: datetime
    late_rule: str
    target_kind: str


class OrderRecord(NamedTuple):
    """An order with its one shipment and the delivery promised. Moments are in UTC, sums in minor units.

    `customer` is the buyer's key, or empty where `address` (the key of an address) names the buyer.
    """

    key: str
    number: str
    customer: str
    user: str
    address: str
    site: str
    placed_at: datetime
    approved_at: datetime | None
    status: str
    currency: str
    promise: PromiseRecord | None
    handed_over_at: datetime | None
    delivered_at: datetime | None
    delivered_on: date | None
    carrier: str
    digest: str


class LineRecord(NamedTuple):
    """A line of the order of that key; `position` None is the next free one, matched by product, and OF_THE_ORDER what
    belongs to no goods but to the order as a whole: its carriage, a discount, taxes on top."""

    order: str
    position: int | None
    product: str
    seller: str
    quantity_micro: int
    unit_price_micro: int
    total_minor: int
    freight_minor: int
    ship_by_at: datetime | None
    digest: str


class PaymentRecord(NamedTuple):
    """A payment for the order of that key."""

    order: str
    position: int
    kind: str
    instalments: int
    amount_minor: int
    paid_at: datetime | None
    digest: str


class RatingRecord(NamedTuple):
    """What a customer said of the order of that key."""

    key: str
    order: str
    overall: int
    scale: int
    title: str
    words: str
    asked_at: datetime | None
    answered_at: datetime | None
    digest: str


class Parcel(NamedTuple):
    """Everything that one row of a file says."""

    customers: tuple[CustomerRecord, ...] = ()
    addresses: tuple[AddressRecord, ...] = ()
    categories: tuple[CategoryRecord, ...] = ()
    products: tuple[ProductRecord, ...] = ()
    sellers: tuple[SellerRecord, ...] = ()
    orders: tuple[OrderRecord, ...] = ()
    lines: tuple[LineRecord, ...] = ()
    payments: tuple[PaymentRecord, ...] = ()
    ratings: tuple[RatingRecord, ...] = ()


class Within(NamedTuple):
    """A delivery promised so many days after the order where a file names no date.

    With schedules, by the site's name, they are that site's working days; a site without one works every day. Without
    schedules they are days of the calendar.
    """

    days: int
    schedules: Mapping[str, Schedule] | None = None


def promised_within(within: Within, site: str, placed_at: datetime, zone: ZoneInfo) -> date:
    """The local day until whose end a delivery is promised. Raises BadValue where no calendar reaches so far."""
    schedule = within.schedules.get(site) if within.schedules is not None else None
    try:
        if schedule is None:
            return placed_at.astimezone(zone).date() + timedelta(days=within.days)
        return moment(schedule.after_business_days(micros(placed_at), within.days), zone).date()
    except (HoursError, OverflowError):
        raise BadValue("placed", Fault.NOT_A_DATE) from None


class Ending(NamedTuple):
    """How an imported promise stands: the columns that say so."""

    outcome: str
    standing: str
    wakes_at: datetime | None
    broken_at: datetime | None
    acted_at: datetime | None
    acted_on: date | None
    settled_at: datetime | None
    withdrawn_reason: str
    is_history: bool


def ending_of(order: OrderRecord, promise: PromiseRecord, zone: ZoneInfo, *, as_of: datetime) -> Ending:
    """How the delivery promise of an order from a file stands at `as_of`.

    Delivered with a moment: kept or broken, and with no trace of a warning "unrecorded", never silent. Cancelled,
    unavailable, failed, or refunded before it was delivered: withdrawn, at the last moment the file knows of.
    Everything else is open: beyond its due moment it is late and nobody watched it; before that it is watched from
    now on.
    """
    due = promise.due_at
    reason = WITHDRAWN.get(order.status, "")
    # what had been delivered before the money went back was kept or broken, and stays so
    if reason and not (order.status == REFUNDED and order.delivered_at is not None):
        known = [m for m in (order.placed_at, order.approved_at, order.handed_over_at) if m is not None]
        return Ending(Outcome.WITHDRAWN.value, "", None, None, None, None, max(known), reason, True)
    acted = order.delivered_at
    if acted is not None and acted <= as_of:
        promised = promise.promised_on if promise.late_rule == LateRule.END_OF_DAY.value else promise.promised_at
        outcome = settle(promised, acted, zone=zone, rule=LateRule(promise.late_rule))
        broken = due if outcome.is_broken else None
        return Ending(outcome.value, "", None, broken, acted, order.delivered_on, acted, "", True)
    if due <= as_of:
        return Ending(Outcome.OPEN.value, Standing.LATE.value, None, None, None, None, None, "", True)
    risk = Policy().risk_seconds((due - order.placed_at).total_seconds()) if due > order.placed_at else 0
    left = (due - as_of).total_seconds()
    if left <= risk:
        return Ending(Outcome.OPEN.value, Standing.AT_RISK.value, due, None, None, None, None, "", False)
    # the sweep looks again when what is left becomes little
    wakes = due - timedelta(seconds=risk)
    return Ending(Outcome.OPEN.value, Standing.ON_TIME.value, wakes, None, None, None, None, "", False)
