"""Timelines: what happened with a customer, newest first, as far as the viewer may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from goodwill.domain.entries import Entry
from goodwill.domain.roles import May, Scope
from goodwill.domain.viewers import Viewer
from goodwill.reads import leaves, rounds
from goodwill.store.customers import Customer
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order
from goodwill.store.people import Person
from goodwill.store.promises import Promise

PAGE = 20
_LOOKS = 5
"""A page is filled in so many looks at most; whoever may see next to nothing gets a short page and goes on."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry with the words that belong to it: an interaction's, a promise's, an order's number."""

    entry: JournalEntry
    actor: str
    words: str = ""
    direction: str = ""
    channel: str = ""
    touchpoint: str = ""
    promise: str = ""
    order_number: str = ""
    photos: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """A stretch of a timeline; `older` and `newer` are cursors, "" at the ends."""

    moments: tuple[Moment, ...]
    older: str = ""
    newer: str = ""


def of_customer(viewer: Viewer, customer_id: int, *, after: str = "", before: str = "") -> Timeline | None:
    """A customer's timeline; None where the customer is not the viewer's to see. Entries about orders, promises
    and contacts that the viewer may not see are as if absent."""
    if not viewer.may(May.SEE_CUSTOMERS) or not Customer.objects.visible_to(viewer).filter(pk=customer_id).exists():
        return None
    return _turn(viewer, JournalEntry.objects.filter(customer_id=customer_id), after, before)


def of_order(viewer: Viewer, order_id: int) -> tuple[Moment, ...]:
    """The latest twenty entries about one order; none where it is not the viewer's to see."""
    order = Order.objects.visible_to(viewer).filter(pk=order_id).only("customer_id").first()
    if order is None:
        return ()
    rows = JournalEntry.objects.filter(customer_id=order.customer_id, order_id=order_id).order_by("-at", "-id")[:PAGE]
    return _moments(viewer, list(rows))


def _turn(viewer: Viewer, rows: QuerySet[JournalEntry], after: str, before: str) -> Timeline:
    segments = [leaves.Segment(rows, "at", True)]
    moments: list[Moment] = []
    newer = older = ""
    for look in range(_LOOKS):
        leaf = leaves.turn(segments, size=PAGE, after=after, before=before)
        seen = _moments(viewer, leaf.rows)
        moments = [*seen, *moments] if before else [*moments, *seen]
        if look == 0:
            newer, older = leaf.previous, leaf.next
        elif before:
            newer = leaf.previous
        else:
            older = leaf.next
        onward = leaf.previous if before else leaf.next
        if len(moments) >= PAGE or not onward:
            break
        after, before = ("", onward) if before else (onward, "")
    return Timeline(tuple(moments), older=older, newer=newer)


def _moments(viewer: Viewer, entries: Sequence[JournalEntry]) -> tuple[Moment, ...]:
    contacts = {
        row.pk: row
        for row in Interaction.objects.visible_to(viewer)
        .filter(pk__in=_ids(_contact_of(entry) for entry in entries))
        .select_related("touchpoint")
    }
    promises = {
        row.pk: row
        for row in Promise.objects.visible_to(viewer)
        .filter(pk__in=_ids(entry.promise_id for entry in entries))
        .only("pk", "what")
    }
    orders = dict(
        Order.objects.visible_to(viewer)
        .filter(pk__in=_ids(entry.order_id for entry in entries))
        .values_list("pk", "number")
    )
    reports = {entry.pk: _report_of(entry) for entry in entries}
    photos = rounds.photos_of(viewer, _ids(reports.values()))
    actors = dict(
        Person.objects.get_queryset().filter(pk__in=_ids(entry.actor_id for entry in entries)).values_list("pk", "name")
    )
    moments = []
    for entry in entries:
        contact_id = _contact_of(entry)
        hidden = (
            (entry.promise_id is not None and entry.promise_id not in promises)
            or (entry.promise_id is None and entry.order_id is not None and entry.order_id not in orders)
            or (entry.promise_id is None and contact_id is not None and contact_id not in contacts)
        )
        # Whoever sees everything also sees what is left of rows that an import took back.
        if hidden and viewer.scope is not Scope.ALL:
            continue
        contact = contacts.get(contact_id) if contact_id is not None and entry.promise_id is None else None
        promise = promises.get(entry.promise_id) if entry.promise_id is not None else None
        moments.append(
            Moment(
                entry,
                actor=actors.get(entry.actor_id, "") if entry.actor_id is not None else "",
                words=contact.words if contact else "",
                direction=contact.direction if contact else "",
                channel=contact.channel if contact else "",
                touchpoint=contact.touchpoint.name if contact and contact.touchpoint else "",
                promise=promise.what if promise else "",
                order_number=orders.get(entry.order_id, "") if entry.order_id is not None else "",
                photos=photos.get(reports[entry.pk] or 0, ()),
            )
        )
    return tuple(moments)


def _contact_of(entry: JournalEntry) -> int | None:
    value = entry.facts.get("interaction_id")
    return value if isinstance(value, int) else None


def _report_of(entry: JournalEntry) -> int | None:
    value = entry.facts.get("report_id") if entry.kind == Entry.SHIPMENT_REPORTED else None
    return value if isinstance(value, int) else None


def _ids(values: Iterable[int | None]) -> list[int]:
    return sorted({value for value in values if value is not None})
