"""Clocks: a promise's row as its clock reads it, and when a target typed now would come due."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from goodwill.adapters import schedules
from goodwill.domain.histories import Event, Kind
from goodwill.domain.hours import HoursError
from goodwill.domain.promises import Reading, read_clock
from goodwill.domain.targets import Day, Target, Terms
from goodwill.domain.viewers import Viewer
from goodwill.store.customers import Customer
from goodwill.store.firms import Firm
from goodwill.store.policies import PolicyVersion
from goodwill.store.promises import Promise


def reading(viewer: Viewer, promise: Promise, *, at: datetime) -> Reading | None:
    """What the clock of a promise that this viewer was shown says at a moment; None where its calendar cannot be
    worked with any more."""
    del viewer  # who was given the row may read its clock
    policy = promise.policy or PolicyVersion(from_on=date(1970, 1, 1))
    versions = promise.calendar.facts() if promise.calendar else ()
    record = promise.record()
    try:
        schedule = schedules.of(versions, zone=promise.zone, at=at)
        return read_clock(record.terms(schedule, policy.facts()), record.events(), at=at)
    except HoursError:
        return None


def foresee(viewer: Viewer, target: Target, *, customer_id: int | None = None, at: datetime) -> datetime | None:
    """When this target would come due, promised now to this customer (or to anyone); None where it never would, or
    where that moment has passed."""
    firm = Firm.the()
    customer = None
    if customer_id is not None:
        visible = Customer.objects.visible_to(viewer).select_related("site__calendar")
        customer = visible.filter(pk=customer_id).first()
    site = customer.site if customer else None
    zone = ZoneInfo(site.zone if site else firm.zone if firm else "UTC")
    calendar = (site.calendar if site else None) or (firm.calendar if firm else None)
    if isinstance(target, Day):
        target = Day(target.on, zone)
    try:
        schedule = schedules.of(calendar.facts() if calendar else (), zone=zone.key, at=at)
        read = read_clock(Terms(target, schedule), [Event(at, Kind.START)], at=at)
    except HoursError:
        return None
    return read.due_at if read.due_at is not None and read.due_at > at else None
