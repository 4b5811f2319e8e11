"""Promises: which wake, which are shown in a list, and everything about one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from goodwill.domain.money import Money
from goodwill.domain.roles import Scope
from goodwill.domain.targets import Outcome, Standing
from goodwill.domain.viewers import Viewer
from goodwill.reads import leaves
from goodwill.reads.labels import label
from goodwill.store.few_rows import without_helpers
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from goodwill.store.units import Unit

SIZE = 50

Place = tuple[datetime, int]
"""Where a row stands in a list by due (or waking) moment: the moment and the id."""


def waking(at: datetime, *, after: Place | None = None, most: int) -> list[Place]:
    """The next promises to look at by `at`, in the order of their moments; asked by the worker, for everyone."""
    rows = Promise.objects.waking(at).filter(settled_at__isnull=True)
    if after is not None:
        rows = rows.filter(Q(wakes_at__gt=after[0]) | Q(wakes_at=after[0], id__gt=after[1]))
    return [(wakes, row_id) for wakes, row_id in rows.values_list("wakes_at", "id")[:most] if wakes is not None]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which promises a list shows. `state` is "owed" (not settled yet, the late ones included), "all", "broken" (in
    any way), or one outcome; days are those promised."""

    state: str = "owed"
    standing: str = ""
    site_id: int | None = None
    owes: str = ""
    side: str = "ours"
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise in a list."""

    row: Promise
    customer: str
    owes: str
    money: Money | None

    @property
    def standing(self) -> str:
        """How it ended, or how it stands; "warned" for what may slip and was told to the customer."""
        if self.row.outcome != Outcome.OPEN or not self.row.standing:
            return self.row.outcome
        return "warned" if self.row.warned_at and self.row.standing != Standing.LATE else self.row.standing


@dataclass(frozen=True, slots=True)
class PromiseList:
    """A page of a list, with the cursors that turn it."""

    lines: tuple[PromiseLine, ...]
    next: str = ""
    previous: str = ""


def listing(viewer: Viewer, filters: Filters, *, after: str = "", before: str = "", size: int = SIZE) -> PromiseList:
    """The promises of this viewer that fit: what is owed by when it is due, all else newest promised day first."""
    # A whole day's promises are sorted for its first fifty, and PostgreSQL would call helpers for so many.
    with without_helpers():
        leaf = leaves.turn([_segment(viewer, filters)], size=size, after=after, before=before)
    return PromiseList(tuple(_line(row) for row in leaf.rows), leaf.next, leaf.previous)


def export(viewer: Viewer, filters: Filters) -> Iterator[PromiseLine]:
    """All of them, in the order of the list, in constant memory."""
    for rows in leaves.walk([_segment(viewer, filters)]):
        yield from (_line(row) for row in rows)


def _segment(viewer: Viewer, filters: Filters) -> leaves.Segment[Promise]:
    rows = Promise.objects.visible_to(viewer).filter(side=filters.side)
    rows = rows.select_related("customer", "person", "unit", "order", "site")
    if filters.standing:
        rows = rows.owed().filter(standing=filters.standing)
    if filters.site_id is not None:
        rows = rows.filter(site_id=filters.site_id)
    whose, _, number = filters.owes.partition(":")
    if filters.owes == "me" and viewer.person_id is not None:
        rows = rows.filter(person_id=viewer.person_id)
    elif whose in ("person", "unit") and number.isdecimal():
        rows = rows.filter(**{f"{whose}_id": int(number)})
    if filters.from_on is not None:
        rows = rows.filter(promised_on__gte=filters.from_on)
    if filters.to_on is not None:
        rows = rows.filter(promised_on__lte=filters.to_on)
    if filters.state == "owed":
        return leaves.Segment(rows.owed(), "due_at")
    if filters.state == "broken":
        rows = rows.filter(outcome__in=[outcome.value for outcome in Outcome if outcome.is_broken])
    elif filters.state in set(Outcome):
        rows = rows.filter(outcome=filters.state)
    return leaves.Segment(rows, "promised_on", descending=True)


def _line(row: Promise) -> PromiseLine:
    owes = row.person.name if row.person else row.unit.name if row.unit else ""
    return PromiseLine(row, label(row.customer), owes, _money(row))


def _money(row: Promise) -> Money | None:
    return Money(row.money_waiting_minor, row.currency) if row.currency and row.money_waiting_minor else None


def owners(viewer: Viewer) -> list[tuple[str, str]]:
    """Who may owe something, as values of `Filters.owes` and names: units first, then people."""
    units = Unit.objects.order_by("name", "id").values_list("pk", "name")
    people = Person.objects.get_queryset().active().order_by("name", "id").values_list("pk", "name")
    if viewer.scope is not Scope.ALL:
        units = units.filter(pk__in=viewer.unit_ids)
        people = people.filter(Q(assignments__unit_id__in=viewer.unit_ids) | Q(pk=viewer.person_id)).distinct()
    return [(f"unit:{pk}", name) for pk, name in units] + [(f"person:{pk}", name) for pk, name in people]
