"""Promises: one is made, in any form, to a customer or to a unit of the firm."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from goodwill.actions.interactions import reachable
from goodwill.adapters import schedules
from goodwill.adapters.places import currencies
from goodwill.domain.entries import Entry
from goodwill.domain.histories import Event, Kind
from goodwill.domain.hours import HoursError
from goodwill.domain.money import Money
from goodwill.domain.promises import Reading, read_clock
from goodwill.domain.records import PromiseKind, Side, TargetKind, next_look
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.targets import BusinessDays, Day, LateRule, Moment, Seconds, Target, Terms
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.calendars import Calendar
from goodwill.store.customers import Customer
from goodwill.store.firms import Firm
from goodwill.store.interactions import Interaction
from goodwill.store.orders import Order
from goodwill.store.people import Person
from goodwill.store.policies import PolicyVersion
from goodwill.store.promises import Promise
from goodwill.store.sites import Site
from goodwill.store.units import Unit

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """A promise as somebody is about to make it. Ids are of rows; the site is found where none is given.

    `target` is a moment, a local day, working seconds or business days. Where neither a person nor a unit is named,
    whoever makes it owes it; with `side` THEIRS the customer does.
    """

    kind: PromiseKind
    what: str
    target: Target
    side: Side = Side.OURS
    person_id: int | None = None
    unit_id: int | None = None
    site_id: int | None = None
    order_id: int | None = None
    interaction_id: int | None = None
    depends_on_id: int | None = None
    money_waiting: Money | None = None


@transaction.atomic
def make(customer_id: int, draft: Draft, *, by: Viewer, at: datetime) -> Promise | Refusal:
    """Make a promise: dated by the calendar in force, judged by the policy in force, watched from now on."""
    if not by.may(May.RECORD):
        return Refusal(Reason.NOT_ALLOWED)
    customer = reachable(customer_id, by=by)
    if customer is None:
        return Refusal(Reason.NOT_FOUND, "customer")
    if not customer.keep():
        return Refusal(Reason.ERASED, "customer")
    what = draft.what.strip()
    if not what:
        return Refusal(Reason.REQUIRED, "what")
    if len(what) > LONGEST:
        return Refusal(Reason.TOO_LONG, "what", (("most", str(LONGEST)),))
    if draft.money_waiting is not None and draft.money_waiting.currency not in dict(currencies("en")):
        return Refusal(Reason.NOT_A_CURRENCY, "money_waiting")
    wrong = _not_found(customer, draft, by=by)
    if wrong is not None:
        return wrong
    if draft.person_id is None and draft.unit_id is None and draft.side is Side.OURS:
        draft = replace(draft, person_id=by.person_id)
    return start(customer, draft, _site(customer, draft, by), by=by, at=at)


def _not_found(customer: Customer, draft: Draft, *, by: Viewer) -> Refusal | None:
    """The first row a draft names that is not there, or not for this person, or not of this customer."""
    named = (
        ("person", draft.person_id, Person.objects.get_queryset().active()),
        ("unit", draft.unit_id, Unit.objects.all()),
        ("site", draft.site_id, Site.objects.filter(is_active=True)),
        ("order", draft.order_id, Order.objects.visible_to(by).filter(customer=customer)),
        ("interaction", draft.interaction_id, Interaction.objects.visible_to(by).filter(customer=customer)),
        ("depends_on", draft.depends_on_id, Promise.objects.visible_to(by).owed()),
    )
    for name, row_id, rows in named:
        if row_id is not None and not rows.filter(pk=row_id).exists():
            return Refusal(Reason.NOT_FOUND, name)
    return None


def _site(customer: Customer, draft: Draft, by: Viewer) -> Site | None:
    """The site a promise belongs to: the one named, the order's, the customer's, or the only one this person serves."""
    if draft.site_id is not None:
        return Site.objects.select_related("calendar").get(pk=draft.site_id)
    if draft.order_id is not None:
        return Order.objects.select_related("site__calendar").get(pk=draft.order_id).site
    if customer.site_id is not None:
        return Site.objects.select_related("calendar").get(pk=customer.site_id)
    if len(by.site_ids) == 1:
        return Site.objects.select_related("calendar").get(pk=next(iter(by.site_ids)))
    return None


def start(customer: Customer, draft: Draft, site: Site | None, *, by: Viewer, at: datetime) -> Promise | Refusal:
    """Write a new promise and its journal entry, inside the caller's transaction; who may do so was asked before."""
    firm = Firm.the()
    zone = ZoneInfo(site.zone if site else firm.zone if firm else "UTC")
    calendar = (site.calendar if site else None) or (firm.calendar if firm else None)
    policy = PolicyVersion.in_force(at.astimezone(zone).date())
    read = read_target(draft.target, calendar, policy, zone=zone, at=at)
    if isinstance(read, Refusal):
        return read
    assert read.due_at is not None  # noqa: S101  read_target refuses a target without a due moment
    due_at = read.due_at.astimezone(UTC)
    money = draft.money_waiting
    promise = Promise.objects.create(
        customer=customer,
        side=draft.side.value,
        kind=draft.kind.value,
        what=draft.what.strip(),
        order_id=draft.order_id,
        interaction_id=draft.interaction_id,
        site=site,
        person_id=draft.person_id,
        unit_id=draft.unit_id,
        depends_on_id=draft.depends_on_id,
        made_at=at,
        zone=zone.key,
        promised_at=due_at,
        promised_on=draft.target.on if isinstance(draft.target, Day) else due_at.astimezone(zone).date(),
        due_at=due_at,
        calendar=calendar,
        policy=policy if policy.pk else None,
        standing=read.standing.value if read.standing else "",
        wakes_at=next_look(at, read.wakes_at, due_at),
        money_waiting_minor=money.minor if money else 0,
        currency=money.currency if money else "",
        **_form(draft.target),
    )
    journal.write(
        Entry.PROMISE_MADE,
        by=by,
        at=at,
        customer_id=customer.pk,
        order_id=promise.order_id,
        promise_id=promise.pk,
        policy_id=promise.policy_id,
        side=promise.side,
        promise_kind=promise.kind,
        person_id=promise.person_id,
        unit_id=promise.unit_id,
        interaction_id=promise.interaction_id,
        depends_on=promise.depends_on_id,
        target_kind=promise.target_kind,
        target_count=promise.target_count,
        late_rule=promise.late_rule,
        calendar_id=promise.calendar_id,
        zone=promise.zone,
        promised_on=promise.promised_on.isoformat(),
        due_at=due_at.isoformat(),
        money=money.as_json() if money else None,
    )
    return promise


def read_target(
    target: Target, calendar: Calendar | None, policy: PolicyVersion, *, zone: ZoneInfo, at: datetime
) -> Reading | Refusal:
    """What the clock says of a target that starts now; a refusal where it has passed or can never come due."""
    try:
        schedule = schedules.of(calendar.facts() if calendar else (), zone=zone.key, at=at)
        if isinstance(target, Day):
            target = Day(target.on, zone)
        read = read_clock(Terms(target, schedule, policy.facts()), [Event(at, Kind.START)], at=at)
    except HoursError:
        return Refusal(Reason.UNREACHABLE_CALENDAR, "due")
    if read.due_at is None or read.due_at <= at:
        return Refusal(Reason.IN_THE_PAST, "due")
    return read


def _form(target: Target) -> dict[str, str | int | None]:
    """The columns that say in which form a time was promised: a named day ends with the day, all else at a moment."""
    kind, count, rule = TargetKind.MOMENT, None, LateRule.MOMENT
    match target:
        case Seconds(seconds):
            kind, count = TargetKind.SECONDS, int(seconds)
        case BusinessDays(days):
            kind, count = TargetKind.BUSINESS_DAYS, days
        case Day():
            kind, rule = TargetKind.DAY, LateRule.END_OF_DAY
        case Moment():
            pass
    return {"target_kind": kind.value, "target_count": count, "late_rule": rule.value}
