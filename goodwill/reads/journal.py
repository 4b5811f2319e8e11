"""The journal: everything that happened, newest first, for those who may see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.reads.labels import label_of
from goodwill.store.customers import Customer
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person

PAGE = 50
_IDS = ("customer_id", "order_id", "promise_id", "import_id", "policy_id")


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries: of a kind, by a person, about a customer, written down on a day of the viewer's zone."""

    kind: str = ""
    actor_id: int | None = None
    customer_id: int | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. `actor` is the person's name, "" for the operator and the worker; `customer` the customer's name
    where the viewer may see that customer, else "" (the number in `customer_id` says no more than the journal)."""

    id: int
    kind: str
    at: datetime
    recorded_at: datetime
    actor_id: int | None
    actor: str
    customer_id: int | None
    customer: str
    order_id: int | None
    promise_id: int | None
    import_id: int | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Entries newest first; `after` (older) and `before` (newer) are ids to go on from, None at the ends."""

    lines: tuple[Line, ...]
    before: int | None
    after: int | None


def page(viewer: Viewer, sought: Sought, *, after: int | None = None, before: int | None = None) -> Page:
    """One page of the journal; nothing for whoever may not see it."""
    entries = _entries(viewer, sought)
    if before is not None:
        found = list(entries.filter(pk__gt=before).order_by("pk")[: PAGE + 1])
        rows = found[:PAGE][::-1]
        return Page(
            _lines(viewer, rows), rows[0].pk if len(found) > PAGE else None, rows[-1].pk if rows else None
        )  # fmt: skip
    if after is not None:
        entries = entries.filter(pk__lt=after)
    found = list(entries.order_by("-pk")[: PAGE + 1])
    rows = found[:PAGE]
    return Page(
        _lines(viewer, rows),
        rows[0].pk if after is not None and rows else None,
        rows[-1].pk if len(found) > PAGE else None,
    )


def every(viewer: Viewer, sought: Sought) -> Iterator[dict[str, Any]]:
    """All entries sought, oldest first, as plain values without names, in constant memory."""
    for row in _entries(viewer, sought).order_by("pk").iterator(chunk_size=2_000):
        yield {
            "id": row.pk,
            "kind": row.kind,
            "at": row.at.isoformat(),
            "recorded_at": row.recorded_at.isoformat(),
            "actor_id": row.actor_id,
            **{name: getattr(row, name) for name in _IDS},
            "facts": row.facts,
        }


def people(viewer: Viewer) -> list[tuple[int, str]]:
    """Everyone of the firm, by name, for choosing whose entries to see."""
    if not viewer.may(May.SEE_JOURNAL):
        return []
    return list(Person.objects.order_by("name", "pk").values_list("pk", "name"))


def _entries(viewer: Viewer, sought: Sought) -> QuerySet[JournalEntry]:
    entries = JournalEntry.objects.all()
    if not viewer.may(May.SEE_JOURNAL):
        return entries.none()
    if sought.kind:
        entries = entries.filter(kind=sought.kind)
    if sought.actor_id is not None:
        entries = entries.filter(actor_id=sought.actor_id)
    if sought.customer_id is not None:
        entries = entries.filter(customer_id=sought.customer_id)
    if sought.on is not None:
        begins = datetime.combine(sought.on, time.min, ZoneInfo(viewer.zone))
        ends = datetime.combine(sought.on + timedelta(days=1), time.min, ZoneInfo(viewer.zone))
        entries = entries.filter(recorded_at__gte=begins, recorded_at__lt=ends)
    return entries


def _lines(viewer: Viewer, rows: list[JournalEntry]) -> tuple[Line, ...]:
    people = dict(
        Person.objects.get_queryset().filter(pk__in={r.actor_id for r in rows if r.actor_id}).values_list("pk", "name")
    )
    seen = Customer.objects.visible_to(viewer).filter(pk__in={r.customer_id for r in rows if r.customer_id})
    customers = {
        pk: label_of(name=name, number=number, external_key=key, is_erased=erased is not None, customer_id=pk)
        for pk, name, number, key, erased in seen.values_list("pk", "name", "number", "external_key", "erased_at")
    }
    return tuple(
        Line(
            id=row.pk,
            kind=row.kind,
            at=row.at,
            recorded_at=row.recorded_at,
            actor_id=row.actor_id,
            actor=people.get(row.actor_id or 0, ""),
            customer_id=row.customer_id,
            customer=customers.get(row.customer_id or 0, ""),
            order_id=row.order_id,
            promise_id=row.promise_id,
            import_id=row.import_id,
            facts=row.facts,
        )
        for row in rows
    )
