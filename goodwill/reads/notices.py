"""Notices: how many one has not read, which they are, and what each is about as far as one may see it now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Max

from goodwill.domain.next_acts import NextAct, next_act
from goodwill.domain.notices import Kind, Wishes
from goodwill.domain.quiet_hours import clock_of
from goodwill.domain.records import Side
from goodwill.domain.roles import May
from goodwill.domain.targets import LateRule, Outcome, Standing
from goodwill.domain.viewers import Viewer
from goodwill.reads import leaves
from goodwill.reads.labels import label
from goodwill.reads.notice_words import reason, sentence
from goodwill.reads.promised import promised
from goodwill.store.customers import Customer
from goodwill.store.imports import Import
from goodwill.store.notices import Notice, NoticePlan
from goodwill.store.orders import Order
from goodwill.store.promises import Promise

SIZE = 25
LATEST = 7
MOST = 99
"""Beyond so many the bell says 99+, and nobody counts on."""


class Which(StrEnum):
    """Which of one's notices."""

    UNREAD = "unread"
    ALL = "all"


class Act(StrEnum):
    """The next act that a notice leads to."""

    WARN = "warn"
    PROMISE = "promise"
    CUSTOMER = "customer"
    ORDER = "order"
    IMPORT = "import"
    LIST = "list"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice as it is shown. `is_hidden`: its subject is gone, or not the reader's to see any more, and nothing
    of it is here. By the day rule `due_on` is what was named, else `due_at`; `is_settled`: it was settled unread."""

    id: int
    kind: Kind
    code: str
    why: str
    count: int
    entry_id: int
    made_at: datetime
    is_unread: bool
    is_settled: bool
    is_hidden: bool
    said: str
    because: str
    act: Act
    customer: str = ""
    customer_id: int | None = None
    what: str = ""
    due_at: datetime | None = None
    due_on: date | None = None
    promise_id: int | None = None
    order_id: int | None = None
    order_number: str = ""
    import_id: int | None = None


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page of notices, with the cursors that turn it; `newest_id` is the newest that the reader saw."""

    lines: tuple[NoticeLine, ...]
    next: str = ""
    previous: str = ""
    newest_id: int = 0


def unread(viewer: Viewer) -> int:
    """How many notices the viewer has not read, at most one more than MOST (one query over an index)."""
    return Notice.objects.of(viewer).unread().order_by()[: MOST + 1].count()


def latest(viewer: Viewer, *, most: int = LATEST) -> tuple[NoticeLine, ...]:
    """The newest notices not read (at most five queries)."""
    return shown(viewer, list(Notice.objects.of(viewer).unread().order_by("-id")[:most]))


def page(
    viewer: Viewer,
    which: Which = Which.UNREAD,
    kind: Kind | None = None,
    *,
    after: str = "",
    before: str = "",
    size: int = SIZE,
) -> NoticePage:
    """The viewer's notices, newest first (at most six queries)."""
    rows = Notice.objects.of(viewer)
    if which is Which.UNREAD:
        rows = rows.unread()
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    leaf = leaves.turn([leaves.Segment(rows, "id", True)], size=size, after=after, before=before)
    newest = Notice.objects.of(viewer).aggregate(newest=Max("pk"))["newest"]
    return NoticePage(shown(viewer, leaf.rows), leaf.next, leaf.previous, newest or 0)


def one(viewer: Viewer, notice_id: int) -> NoticeLine | None:
    """One of the viewer's notices; None where there is none (any more)."""
    row = Notice.objects.of(viewer).filter(pk=notice_id).first()
    return None if row is None else shown(viewer, [row])[0]


def marked(viewer: Viewer, at: datetime) -> int:
    """How many notices the viewer marked as read at this moment: what an undo would bring back."""
    return Notice.objects.of(viewer).filter(seen_at=at).count()


def wishes(viewer: Viewer) -> Wishes:
    """How the viewer wants to be told; the usual where nothing was chosen."""
    plan = NoticePlan.objects.filter(person_id=viewer.person_id or 0).first() or NoticePlan()
    return Wishes(
        {kind: plan.way(kind) for kind in Kind},
        plan.digest_at,
        clock_of(plan.quiet_from_minute),
        clock_of(plan.quiet_until_minute),
        plan.rests_on_days_off,
    )


def shown(viewer: Viewer, rows: Sequence[Notice]) -> tuple[NoticeLine, ...]:
    """These notices with what the viewer may see of their subjects now (at most four queries)."""
    promise_ids = _ids(row.promise_id for row in rows)
    customer_ids = _ids(row.customer_id for row in rows if row.promise_id is None)
    order_ids = _ids(row.order_id for row in rows)
    import_ids = _ids(row.import_id for row in rows)
    promises = Promise.objects.visible_to(viewer).select_related("customer") if promise_ids else Promise.objects.none()
    sees_customers = bool(customer_ids) and viewer.may(May.SEE_CUSTOMERS)
    customers = Customer.objects.visible_to(viewer) if sees_customers else Customer.objects.none()
    orders = Order.objects.visible_to(viewer) if order_ids else Order.objects.none()
    sees_imports = bool(import_ids) and viewer.may(May.IMPORT)
    known = _Known(
        promises={row.pk: row for row in promises.filter(pk__in=promise_ids)},
        customers={row.pk: row for row in customers.filter(pk__in=customer_ids, erased_at__isnull=True)},
        orders=dict(orders.filter(pk__in=order_ids).values_list("pk", "number")),
        imports=set(Import.objects.filter(pk__in=import_ids).values_list("pk", flat=True)) if sees_imports else set(),
        may_settle=viewer.may(May.SETTLE_PROMISES),
    )
    return tuple(_line(row, known) for row in rows)


@dataclass(frozen=True, slots=True)
class _Known:
    promises: dict[int, Promise]
    customers: dict[int, Customer]
    orders: dict[int, str]
    imports: set[int]
    may_settle: bool


def _line(row: Notice, known: _Known) -> NoticeLine:
    kind = Kind(row.kind)
    promise = known.promises.get(row.promise_id or 0)
    if row.promise_id is not None:
        customer = promise.customer if promise else None
    else:
        customer = known.customers.get(row.customer_id or 0)
    is_import = kind is Kind.IMPORT_ENDED and row.import_id in known.imports
    is_hidden = row.count == 1 and customer is None and not is_import
    number = known.orders.get(row.order_id or 0, "")
    by_day = promise is not None and promise.late_rule == LateRule.END_OF_DAY.value
    return NoticeLine(
        id=row.pk,
        kind=kind,
        code="" if is_hidden else row.code,
        why="" if is_hidden else row.why,
        count=row.count,
        entry_id=row.entry_id,
        made_at=row.made_at,
        is_unread=row.seen_at is None and row.done_at is None,
        is_settled=row.seen_at is None and row.done_at is not None,
        is_hidden=is_hidden,
        said="" if is_hidden else sentence(kind, row.code, row.count),
        because="" if is_hidden else reason(row.why, row.count),
        act=Act.NOTHING if is_hidden else _act(row, kind, promise, number, may_settle=known.may_settle),
        customer=label(customer) if customer else "",
        customer_id=customer.pk if customer else None,
        what=promised(promise.kind, promise.what) if promise else "",
        due_at=promise.due_at if promise and not by_day else None,
        due_on=promise.promised_on if promise and by_day else None,
        promise_id=promise.pk if promise else None,
        order_id=row.order_id if number else None,
        order_number=number,
        import_id=row.import_id if is_import else None,
    )


def _act(row: Notice, kind: Kind, promise: Promise | None, number: str, *, may_settle: bool) -> Act:
    if row.count > 1:
        return Act.LIST
    if kind is Kind.IMPORT_ENDED:
        return Act.IMPORT
    if promise is None:
        return Act.ORDER if kind is Kind.RATED_LOW and number else Act.CUSTOMER
    is_owed = promise.settled_at is None and promise.side == Side.OURS.value
    standing = Standing.LATE if promise.outcome != Outcome.OPEN else Standing(promise.standing or Standing.ON_TIME)
    warn = next_act(standing, is_warned=promise.warned_at is not None) is NextAct.WARN
    return Act.WARN if may_settle and is_owed and warn and kind is not Kind.PROMISE_CHANGED else Act.PROMISE


def _ids(values: Iterable[int | None]) -> list[int]:
    return sorted({value for value in values if value is not None})
