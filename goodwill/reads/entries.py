"""Entries: what quick entry offers: customers by name, touchpoints, and who was meant by what was typed."""

from dataclasses import dataclass

from goodwill.domain.roles import May
from goodwill.domain.search_words import fold
from goodwill.domain.viewers import Viewer
from goodwill.reads import search
from goodwill.reads.labels import label
from goodwill.store.customers import Customer
from goodwill.store.promises import Promise
from goodwill.store.touchpoints import Touchpoint

OWED = 100
OFFERED = 6


@dataclass(frozen=True, slots=True)
class Known:
    """A customer that may be meant; `hint` tells namesakes apart."""

    id: int
    label: str
    hint: str = ""


def customer(viewer: Viewer, customer_id: int) -> Known | None:
    """A customer by id, where this viewer may write about them."""
    found = Customer.objects.visible_to(viewer).filter(pk=customer_id).first()
    if found is None:
        return next((one for one in owed(viewer) if one.id == customer_id), None)
    return Known(found.pk, label(found))


def owed(viewer: Viewer) -> list[Known]:
    """The customers to whom this viewer owes something: all that those see who do not see customers."""
    rows = Promise.objects.visible_to(viewer).owed().order_by("due_at", "id")
    ids = list(dict.fromkeys(rows.values_list("customer_id", flat=True)[:OWED]))
    by_id = Customer.objects.in_bulk(ids)
    return [Known(customer_id, label(by_id[customer_id])) for customer_id in ids]


def meant(viewer: Viewer, typed: str) -> tuple[Known | None, list[Known]]:
    """Who is meant by a typed name or number: the one whom it names exactly, or else those whom it may mean."""
    offered = [Known(one.id, one.label, one.hint) for one in search.find_customers(viewer, typed, limit=OFFERED)]
    exact = [one for one in offered if fold(one.label) == fold(typed.strip()) or one.hint == typed.strip()]
    return (exact[0], offered) if len(exact) == 1 else (None, offered)


def touchpoints(viewer: Viewer) -> list[tuple[int, str]]:
    """The touchpoints in use, those of the viewer's own sites first."""
    if not viewer.may(May.RECORD):
        return []
    rows = list(Touchpoint.objects.filter(is_active=True).order_by("name", "id"))
    rows.sort(key=lambda row: row.site_id not in viewer.site_ids)
    return [(row.pk, row.name) for row in rows]
