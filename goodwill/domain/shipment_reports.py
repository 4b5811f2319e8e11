"""Shipment reports: what a driver says at the customer's door, and what that does to the promise."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from goodwill.domain.records import Cause, PromiseKind
from goodwill.domain.refusals import Reason

SKEW = timedelta(minutes=2)
"""How far a device's clock may run ahead of ours; beyond it a reported moment lies in the future."""
PHOTOS = 4
"""The most photos of one report."""
CARRIED = frozenset({PromiseKind.DELIVERY.value, PromiseKind.DELIVERY_IN_FULL.value})
"""The kinds of promises that a driver fulfils."""
MINUTES_LATE = (15, 30, 60)
"""How late a driver may say it will be, where a moment was promised."""
DAYS_LATE = (1440, 2880)
"""The same where a day was promised: minutes of one day and of two."""


class ReportOutcome(StrEnum):
    """What happened at the door, or on the way there."""

    DELIVERED = "delivered"
    LATE = "late"
    DAMAGED = "damaged"


class SlipCause(StrEnum):
    """Why a shipment is late, in a driver's words."""

    TRAFFIC = "traffic"
    TRUCK = "truck"
    LOADING = "loading"
    CUSTOMER_ABSENT = "customer_absent"
    OTHER = "other"


class Condition(StrEnum):
    """What was wrong with the goods; other: not one of these, or not said."""

    CRUSHED = "crushed"
    WET = "wet"
    MISSING_PARTS = "missing_parts"
    SPOILED = "spoiled"
    WRONG_GOODS = "wrong_goods"
    OTHER = "other"


class Effect(StrEnum):
    """What a report does to the promise: fulfils it, puts it at risk, or only notes how the goods arrived."""

    FULFILS = "fulfils"
    ENDANGERS = "endangers"
    NOTES = "notes"


CAUSES: dict[SlipCause, Cause] = {
    SlipCause.TRAFFIC: Cause.WEATHER,
    SlipCause.TRUCK: Cause.CARRIER,
    SlipCause.LOADING: Cause.OUR_MISTAKE,
    SlipCause.CUSTOMER_ABSENT: Cause.CUSTOMER,
    SlipCause.OTHER: Cause.NOT_KNOWN_YET,
}
"""The cause of a driver's slip as a warning names it."""


def moment_of(said_at: datetime, received_at: datetime, *, earliest: datetime) -> datetime | Reason:
    """The moment that counts: the one when the driver tapped, however late the report reached us.

    A device's clock may run ahead by SKEW; then the moment of arrival counts, for nothing happens in the future. A
    moment before `earliest` (when the order was placed, or the promise made) is refused.
    """
    if said_at.utcoffset() is None:
        return Reason.NOT_A_MOMENT
    if said_at > received_at + SKEW:
        return Reason.IN_THE_FUTURE
    if said_at < earliest:
        return Reason.BEFORE_IT_WAS_MADE
    return min(said_at, received_at)


def effect_of(
    outcome: ReportOutcome,
    *,
    kind: str,
    condition: Condition | None = None,
    is_accepted: bool = False,
    is_settled: bool = False,
    is_fulfilled: bool = False,
) -> Effect | Reason:
    """What a report does to a promise of this kind, or why it can do nothing any more.

    Goods that the customer took, though damaged, were delivered; goods refused are still owed, and so is what is
    missing from a delivery promised in full. Damage found after the delivery was written down is noted.
    """
    if is_settled:
        is_afterthought = outcome is ReportOutcome.DAMAGED and is_accepted and is_fulfilled
        return Effect.NOTES if is_afterthought else Reason.ALREADY_SETTLED
    if outcome is ReportOutcome.DELIVERED:
        return Effect.FULFILS
    if outcome is ReportOutcome.LATE or not is_accepted:
        return Effect.ENDANGERS
    is_short = kind == PromiseKind.DELIVERY_IN_FULL and condition is Condition.MISSING_PARTS
    return Effect.ENDANGERS if is_short else Effect.FULFILS


def expected_after(minutes: int, *, due_at: datetime, said_at: datetime) -> datetime:
    """When it comes if it is this late: counted from when it is due, or from now once that has passed."""
    return max(due_at, said_at) + timedelta(minutes=minutes)


def expected_until(clock: time, *, said_at: datetime, zone: ZoneInfo) -> datetime:
    """The next time this clock shows in the zone after the moment it was said."""
    local = said_at.astimezone(zone)
    named = datetime.combine(local.date(), clock, zone)
    return named if named > local else datetime.combine(local.date() + timedelta(days=1), clock, zone)


def slip(expected_at: datetime, *, due_at: datetime, said_at: datetime) -> Reason | None:
    """Why this is no slip: it lies in the past, or it would still be in time; None where it is one."""
    if expected_at <= said_at:
        return Reason.IN_THE_PAST
    return Reason.STILL_IN_TIME if expected_at <= due_at else None
