"""Promise pages: what was promised to whom, how it stands, why, and everything that happened to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from goodwill.domain.entries import Entry
from goodwill.domain.money import Money
from goodwill.domain.promises import Reading
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.reads import clocks, rounds
from goodwill.reads.labels import label
from goodwill.store.customers import Customer
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from goodwill.store.promises import Promise

RELATED = 20
CONTACTS = 8


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of a promise's history, who did it, and what was said (where the viewer may see it)."""

    entry: JournalEntry
    actor: str
    words: str
    photos: tuple[int, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """Codes and moments of the entry."""
        return dict(self.entry.facts)

    @property
    def expected_at(self) -> datetime | None:
        """The new time that a warning named."""
        told = self.entry.facts.get("expected_at")
        return parse_datetime(told) if isinstance(told, str) else None

    @property
    def lead_seconds(self) -> int | None:
        """How long before the due moment a warning came; negative after it."""
        lead = self.entry.facts.get("lead_seconds")
        return lead if isinstance(lead, int) and self.entry.kind == Entry.PROMISE_WARNED else None


@dataclass(frozen=True, slots=True)
class PromisePage:
    """Everything about one promise that the viewer may see. `reading` is what its clock says now."""

    promise: Promise
    customer: str
    sees_customer: bool
    owes: str
    money: Money | None
    reading: Reading | None
    history: tuple[Happening, ...]
    depends_on: Promise | None
    dependants: tuple[Promise, ...]
    replaced_by: Promise | None
    replaces: Promise | None
    contacts: tuple[Interaction, ...]
    may_settle: bool

    @property
    def standing(self) -> str:
        """How it ended, or how it stands while it is owed."""
        row = self.promise
        return row.standing if row.outcome == "open" and row.standing else row.outcome

    @property
    def is_owed(self) -> bool:
        """Whether it is still owed."""
        return self.promise.settled_at is None


def page(viewer: Viewer, promise_id: int, *, at: datetime) -> PromisePage | None:
    """The page of a promise; None where it is not the viewer's to see (about ten queries)."""
    visible = Promise.objects.visible_to(viewer)
    related = ("customer", "person", "unit", "order", "site", "calendar", "policy", "interaction")
    row = visible.select_related(*related).filter(pk=promise_id).first()
    if row is None:
        return None
    sees_customer = viewer.may(May.SEE_CUSTOMERS) and (
        Customer.objects.visible_to(viewer).filter(pk=row.customer_id).exists()
    )
    said = Interaction.objects.visible_to(viewer).filter(customer_id=row.customer_id, at__gte=row.made_at)
    below = visible.filter(depends_on=row).select_related("customer").order_by("due_at", "id")
    return PromisePage(
        promise=row,
        customer=label(row.customer),
        sees_customer=sees_customer,
        owes=row.person.name if row.person else row.unit.name if row.unit else "",
        money=Money(row.money_waiting_minor, row.currency) if row.currency else None,
        reading=clocks.reading(viewer, row, at=at),
        history=_history(viewer, row),
        depends_on=visible.filter(pk=row.depends_on_id).first() if row.depends_on_id else None,
        dependants=tuple(below[:RELATED]),
        replaced_by=visible.filter(pk=row.replaced_by_id).first() if row.replaced_by_id else None,
        replaces=visible.filter(replaced_by=row).first(),
        contacts=tuple(said.care().order_by("-at", "-id")[:CONTACTS]),
        may_settle=viewer.may(May.SETTLE_PROMISES),
    )


def _history(viewer: Viewer, row: Promise) -> tuple[Happening, ...]:
    entries = list(JournalEntry.objects.filter(promise_id=row.pk).order_by("id"))
    actors = dict(
        Person.objects.get_queryset()
        .filter(pk__in={entry.actor_id for entry in entries if entry.actor_id})
        .values_list("pk", "name")
    )
    contact_ids = {told for entry in entries if isinstance(told := entry.facts.get("interaction_id"), int)}
    words = dict(Interaction.objects.visible_to(viewer).filter(pk__in=contact_ids).values_list("pk", "words"))
    reports = [told for entry in entries if isinstance(told := entry.facts.get("report_id"), int)]
    photos = rounds.photos_of(viewer, reports) if reports else {}
    return tuple(
        Happening(
            entry,
            actors.get(entry.actor_id or 0, ""),
            words.get(entry.facts.get("interaction_id") or 0, ""),
            photos.get(entry.facts.get("report_id") or 0, ()),
        )
        for entry in entries
    )
