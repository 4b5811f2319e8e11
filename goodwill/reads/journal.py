"""The journal: everything that happened, newest first, for those who may see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet

from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.reads.labels import label_of
from goodwill.store.calendars import Calendar
from goodwill.store.customers import Customer
from goodwill.store.feeds import Feed
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from goodwill.store.sites import Site
from goodwill.store.tags import OwnField, Tag
from goodwill.store.touchpoints import Touchpoint
from goodwill.store.units import Unit
from goodwill.store.webhooks import Webhook

PAGE = 50
_IDS = ("customer_id", "order_id", "promise_id", "import_id", "policy_id")
_PEOPLE = ("person_id", "person_was", "owner_id", "owner_was", "deputy_id", "deputy_was", "was", "now")
_CUSTOMERS = ("other_id", "user_id", "user_was")
_NAMED: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (Calendar, "name", ("calendar_id",)),
    (Feed, "name", ("feed_id",)),
    (OwnField, "label", ("field_id", "field_ids")),
    (Site, "name", ("site_id",)),
    (Tag, "name", ("tag_id",)),
    (Touchpoint, "name", ("touchpoint_id",)),
    (Unit, "name", ("unit_id", "unit_was")),
    (Webhook, "name", ("webhook_id",)),
)
"""Facts that are ids of rows with a name that anybody of the firm may know."""


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
    where the viewer may see that customer, else "" (the number in `customer_id` says no more than the journal).
    `names` are the names of the ids among the facts, by the fact, as far as there is one that the viewer may see."""

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
    names: dict[str, str]


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
        Person.objects.get_queryset()
        .filter(pk__in={r.actor_id for r in rows if r.actor_id} | _ids(rows, _PEOPLE))
        .values_list("pk", "name")
    )
    seen = Customer.objects.visible_to(viewer).filter(
        pk__in={r.customer_id for r in rows if r.customer_id} | _ids(rows, _CUSTOMERS)
    )
    customers = {
        pk: label_of(name=name, number=number, external_key=key, is_erased=erased is not None, customer_id=pk)
        for pk, name, number, key, erased in seen.values_list("pk", "name", "number", "external_key", "erased_at")
    }
    names = dict.fromkeys(_PEOPLE, people) | dict.fromkeys(_CUSTOMERS, customers) | _names(rows)
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
            names=_named(row.facts, names),
        )
        for row in rows
    )


def _names(rows: list[JournalEntry]) -> dict[str, dict[int, str]]:
    """Names by fact and id: one query for each sort of row that the page names, none for the others."""
    found: dict[str, dict[int, str]] = {}
    for model, column, facts in _NAMED:
        if ids := _ids(rows, facts):
            named = dict(model._default_manager.filter(pk__in=ids).values_list("pk", column))
            found |= dict.fromkeys(facts, named)
    return found


def _ids(rows: list[JournalEntry], facts: tuple[str, ...]) -> set[int]:
    return {pk for row in rows for name in facts for pk in _several(row.facts.get(name))}


def _several(value: Any) -> list[int]:
    """One id or a list of them; whatever else an entry carries under this name is none."""
    values = value if isinstance(value, list) else [value]
    return [pk for pk in values if isinstance(pk, int) and not isinstance(pk, bool)]


def _named(facts: dict[str, Any], names: dict[str, dict[int, str]]) -> dict[str, str]:
    said = {
        name: ", ".join(names[name][pk] for pk in _several(value) if pk in names[name])
        for name, value in facts.items()
        if name in names
    }
    return {name: text for name, text in said.items() if text}
