"""Today: the customers we owe something, worst first; and those who have not heard from us for longest."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Count, Q, Sum

from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.money import Money
from goodwill.domain.next_acts import NextAct, next_act
from goodwill.domain.records import Side
from goodwill.domain.roles import Role, Scope
from goodwill.domain.targets import LateRule, Standing
from goodwill.domain.viewers import Viewer
from goodwill.reads import leaves
from goodwill.reads.labels import label
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer
from goodwill.store.promises import Promise, PromiseQuerySet

SIZE = 25
UNHEARD = 10


class Whose(StrEnum):
    """Whose promises: what I owe or whose customer I answer for, what my units owe, or all that I may see."""

    MINE = "mine"
    UNIT = "unit"
    EVERYONE = "everyone"


class Kind(StrEnum):
    """Which customers: all, those outside the firm, or the firm's own units."""

    ALL = ""
    EXTERNAL = "external"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class OwedRow:
    """One customer we owe something: the promise that is due first, and what waits beside it.

    `more` counts the customer's further owed promises, `money` is what waits on all of them, by currency. By the day
    rule (`is_day`) `promised_on` is what was named, else `due_at`. `owner` is who owes it, or who answers for the
    customer.
    """

    promise_id: int
    version: int
    customer_id: int
    customer: str
    is_unit: bool
    kind: str
    what: str
    order_number: str
    more: int
    due_at: datetime
    promised_on: date
    is_day: bool
    standing: Standing
    is_warned: bool
    owner: str
    money: tuple[Money, ...]
    phone: str
    act: NextAct


@dataclass(frozen=True, slots=True)
class Unheard:
    """A customer and when we were last heard from; None: never."""

    customer_id: int
    customer: str
    owner: str
    last_heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Today:
    """A page of rows, with the cursors that turn it."""

    rows: tuple[OwedRow, ...]
    next: str = ""
    previous: str = ""


def page(
    viewer: Viewer,
    *,
    at: datetime,
    whose: Whose = Whose.EVERYONE,
    kind: Kind = Kind.ALL,
    after: str = "",
    before: str = "",
    size: int = SIZE,
) -> Today:
    """The customers we owe something, as far as the viewer may see, by their earliest promise (five queries)."""
    owed = _owed(viewer, whose, kind)
    worst = owed.worst_of_customer()
    cursors = {"after": after, "before": before}
    found = {
        row.pk
        for branch in _branches(viewer, whose, kind)
        for row in leaves.turn(
            [leaves.Segment(worst.filter(branch).only("pk", "due_at"), "due_at")], size=size + 1, **cursors
        ).rows
    }
    rows = Promise.objects.filter(pk__in=found).select_related("customer__owner", "person", "unit", "order")
    leaf = leaves.turn([leaves.Segment(rows, "due_at")], size=size, **cursors)
    return Today(_rows(leaf.rows, owed, at=at), next=leaf.next, previous=leaf.previous)


def unheard(viewer: Viewer, *, limit: int = UNHEARD) -> tuple[Unheard, ...]:
    """Customers outside the firm by how long ago they heard from us: the longest first, the never heard last."""
    outside = (
        Customer.objects.visible_to(viewer)
        .filter(erased_at__isnull=True)
        .exclude(kind=CustomerKind.UNIT.value)
        .select_related("owner")
    )
    rows = list(outside.filter(last_heard_at__isnull=False).order_by("last_heard_at", "id")[:limit])
    if len(rows) < limit:
        rows += outside.filter(last_heard_at__isnull=True).order_by("id")[: limit - len(rows)]
    return tuple(Unheard(row.pk, label(row), row.owner.name if row.owner else "", row.last_heard_at) for row in rows)


def _owed(viewer: Viewer, whose: Whose, kind: Kind) -> PromiseQuerySet:
    """Everything that a view shows something of."""
    owed = Promise.objects.visible_to(viewer).owed().exclude(side=Side.THEIRS.value)
    if whose is Whose.MINE:
        mine = Q(customer__owner_id=viewer.person_id) | Q(customer__deputy_id=viewer.person_id)
        owed = owed.filter(_by(viewer) | (mine if viewer.person_id is not None else Q(pk__in=[])))
    elif whose is Whose.UNIT:
        owed = owed.filter(_by(viewer) | Q(unit_id__in=viewer.unit_ids) | Q(site_id__in=viewer.site_ids))
    if kind is Kind.EXTERNAL:
        owed = owed.exclude(customer_id__in=_units())
    elif kind is Kind.INTERNAL:
        owed = owed.filter(customer_id__in=_units())
    return owed


def _branches(viewer: Viewer, whose: Whose, kind: Kind) -> Sequence[Q]:
    """The ways in which a promise comes into the view, each of which an index walks in the order of due moments.

    Asked all at once, the database would walk everything that is owed by anyone until a page is full.
    """
    if kind is Kind.INTERNAL:
        return [Q(customer_id=unit) for unit in _units()]
    if whose is Whose.MINE:
        return [_by(viewer), *_answered_for(viewer)]
    by_unit = [Q(unit_id=unit) for unit in viewer.unit_ids]
    of_unit = by_unit + [Q(site_id=site) for site in viewer.site_ids]
    if whose is Whose.UNIT:
        return [_by(viewer), *of_unit]
    match viewer.scope:
        case Scope.ALL:
            return [Q()]
        case Scope.UNIT:
            return [_by(viewer), *_answered_for(viewer), *of_unit]
        case Scope.OWN:
            return [_by(viewer), *_answered_for(viewer), *by_unit]
        case Scope.OWED:
            # Of a site without a name, logistics owes the deliveries: `visible_to` leaves no others.
            return [_by(viewer), *(of_unit if Role.LOGISTICS in viewer.roles else by_unit)]
        case Scope.NOTHING:
            return []


def _by(viewer: Viewer) -> Q:
    return Q(pk__in=[]) if viewer.person_id is None else Q(person_id=viewer.person_id)


def _answered_for(viewer: Viewer) -> list[Q]:
    """Of customers whom this viewer owns or deputises for, each by its own index."""
    if viewer.person_id is None:
        return []
    own = (Customer.objects.filter(owner_id=viewer.person_id), Customer.objects.filter(deputy_id=viewer.person_id))
    return [Q(customer_id__in=customers.values("pk")) for customers in own]


def _units() -> list[int]:
    """The firm's own units, as customers; there are as many as a firm has departments."""
    return list(Customer.objects.filter(unit__isnull=False).values_list("pk", flat=True))


def _rows(promises: Sequence[Promise], owed: PromiseQuerySet, *, at: datetime) -> tuple[OwedRow, ...]:
    ids = [row.customer_id for row in promises]
    counts: dict[int, int] = defaultdict(int)
    money: dict[int, list[Money]] = defaultdict(list)
    waiting = owed.filter(customer_id__in=ids).order_by().values_list("customer_id", "currency")
    for customer_id, currency, n, minor in waiting.annotate(n=Count("pk"), minor=Sum("money_waiting_minor")):
        counts[customer_id] += n
        if currency and minor:
            money[customer_id].append(Money(int(minor), currency))
    phones: dict[int, str] = {}
    reached = Address.objects.filter(customer_id__in=ids, kind=AddressKind.PHONE.value).order_by("id")
    for customer_id, value in reached.values_list("customer_id", "value"):
        phones[customer_id] = value
    return tuple(
        _row(
            row,
            more=counts[row.customer_id] - 1,
            money=money[row.customer_id],
            phone=phones.get(row.customer_id, ""),
            at=at,
        )
        for row in promises
    )


def _row(row: Promise, *, more: int, money: Sequence[Money], phone: str, at: datetime) -> OwedRow:
    # A promise that came due a moment ago may not have been swept yet.
    late = row.due_at < at or row.standing == Standing.LATE
    standing = Standing.LATE if late else Standing(row.standing or Standing.ON_TIME)
    owner = row.person or row.customer.owner
    return OwedRow(
        promise_id=row.pk,
        version=row.version,
        customer_id=row.customer_id,
        customer=label(row.customer),
        is_unit=row.customer.kind == CustomerKind.UNIT.value,
        kind=row.kind,
        what=row.what,
        order_number=row.order.number if row.order else "",
        more=more,
        due_at=row.due_at,
        promised_on=row.promised_on,
        is_day=row.late_rule == LateRule.END_OF_DAY.value,
        standing=standing,
        is_warned=row.warned_at is not None,
        owner=row.unit.name if row.unit and not row.person else owner.name if owner else "",
        money=tuple(money),
        phone=phone,
        act=next_act(standing, is_warned=row.warned_at is not None),
    )
