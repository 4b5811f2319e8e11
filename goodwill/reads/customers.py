"""Customers: the list, its export, and what the forms show."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from goodwill.adapters import phones
from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.roles import May
from goodwill.domain.search_words import fold
from goodwill.domain.stamps import stamp
from goodwill.domain.viewers import Viewer
from goodwill.reads import leaves, search, sight
from goodwill.reads.labels import label
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer
from goodwill.store.firms import Firm
from goodwill.store.promises import Promise
from goodwill.store.tags import Tag

__all__ = ["CustomerList", "CustomerRow", "Filters", "duplicates", "export", "form", "label", "page"]

PAGE = 50
FOUND = 100
SORTS = ("name", "heard", "quiet", "new")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of customers is narrowed to, and how it is sorted.

    `owner` is a person's id, "me" or "none"; `sort` is name, heard (latest first), quiet (longest unheard first) or
    new (latest added first).
    """

    text: str = ""
    kind: str = ""
    site_id: int | None = None
    owner: str = ""
    tag_id: int | None = None
    sort: str = "name"


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in the list."""

    id: int
    label: str
    kind: str
    number: str
    site: str
    owner: str
    owed: int
    last_heard_at: datetime | None
    created_at: datetime
    is_erased: bool


@dataclass(frozen=True, slots=True)
class CustomerList:
    """A page of the list, with its cursors; `is_cut` says that a search found more than is shown."""

    rows: tuple[CustomerRow, ...]
    next: str = ""
    previous: str = ""
    is_cut: bool = False
    tag: str = ""


def page(viewer: Viewer, filters: Filters, *, after: str = "", before: str = "") -> CustomerList:
    """A page of the customers this viewer sees; a search shows the hundred best and no further page."""
    tag = Tag.objects.filter(pk=filters.tag_id).values_list("name", flat=True).first() if filters.tag_id else None
    if filters.text.strip():
        found, is_cut = search.ranked(viewer, filters.text, limit=FOUND, within=_narrowed(viewer, filters))
        return CustomerList(_rows(viewer, found), is_cut=is_cut, tag=tag or "")
    leaf = leaves.turn(_segments(viewer, filters), size=PAGE, after=after, before=before)
    return CustomerList(_rows(viewer, leaf.rows), next=leaf.next, previous=leaf.previous, tag=tag or "")


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A customer as a line of the export; addresses of one kind stand side by side."""

    customer: Customer
    label: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    places: tuple[str, ...]
    tags: tuple[str, ...]
    own: dict[str, str | bool | None] = field(default_factory=dict)


def export(viewer: Viewer, filters: Filters) -> Iterator[ExportRow]:
    """Every customer of the list, one after another in constant memory; nothing for whoever may not export."""
    if not viewer.may(May.EXPORT):
        return
    if filters.text.strip():
        found, _ = search.ranked(viewer, filters.text, limit=1000, within=_narrowed(viewer, filters))
        yield from _lines(found)
        return
    for rows in leaves.walk(_segments(viewer, filters)):
        yield from _lines(rows)


@dataclass(frozen=True, slots=True)
class CustomerForm:
    """What the form of a customer shows; `seen` is the stamp that the deed compares."""

    customer: Customer
    label: str
    seen: str


def form(viewer: Viewer, customer_id: int) -> CustomerForm | None:
    """The customer as the form shows it; None where it is not the viewer's to see."""
    row = Customer.objects.visible_to(viewer).filter(pk=customer_id).first()
    if row is None:
        return None
    return CustomerForm(row, label(row), stamp(row.kind, row.name, row.number, row.language, row.site_id))


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A customer who may be the same one, and by what: name, number, email or phone."""

    id: int
    label: str
    by: str


def duplicates(
    viewer: Viewer,
    *,
    name: str,
    number: str,
    emails: tuple[str, ...],
    telephones: tuple[str, ...],
    but: int | None = None,
) -> list[Duplicate]:
    """Customers of this viewer with the same e-mail address, telephone, number or name; at most ten."""
    seen = Customer.objects.visible_to(viewer).filter(erased_at__isnull=True)
    if but is not None:
        seen = seen.exclude(pk=but)
    firm = Firm.the()
    country = firm.country if firm else ""
    numbers = tuple(phones.e164(typed, country) or typed for typed in telephones)
    found: dict[int, Duplicate] = {}
    for by, values, kind in (("email", emails, AddressKind.EMAIL), ("phone", numbers, AddressKind.PHONE)):
        for value in values:
            # The words of the search lead to the address: addresses have no index of their own.
            near, _ = search.ranked(viewer, value, limit=20)
            same = Address.objects.filter(customer__in=near, kind=kind.value, value__iexact=value)
            _gather(found, by, seen.filter(pk__in=same.values("customer_id")))
    if number.strip():
        near, _ = search.ranked(viewer, number, limit=20)
        _gather(found, "number", seen.filter(pk__in=[row.pk for row in near], number__iexact=number.strip()))
    folded = fold(name).split()
    if folded:
        near, _ = search.ranked(viewer, name, limit=20)
        _gather(found, "name", [row for row in near if fold(row.name).split() == folded and row.pk != but])
    return list(found.values())[:10]


def _gather(found: dict[int, Duplicate], by: str, rows: "QuerySet[Customer] | list[Customer]") -> None:
    for row in rows:
        found.setdefault(row.pk, Duplicate(row.pk, label(row), by))


def _narrowed(viewer: Viewer, filters: Filters) -> QuerySet[Customer]:
    rows: QuerySet[Customer] = Customer.objects.all()
    if filters.kind in {kind.value for kind in CustomerKind}:
        rows = rows.filter(kind=filters.kind)
    if filters.site_id is not None:
        rows = rows.filter(site_id=filters.site_id)
    if filters.tag_id is not None:
        rows = rows.filter(tags=filters.tag_id)
    if filters.owner == "none":
        rows = rows.filter(owner__isnull=True)
    elif filters.owner == "me":
        rows = rows.filter(Q(owner_id=viewer.person_id) | Q(deputy_id=viewer.person_id))
    elif filters.owner.isdecimal():
        rows = rows.filter(owner_id=int(filters.owner))
    return rows


def _segments(viewer: Viewer, filters: Filters) -> list[leaves.Segment[Customer]]:
    seen: QuerySet[Customer] = Customer.objects.visible_to(viewer)
    few = sight.few_customers(viewer)
    if few is not None:
        seen = seen.filter(pk__in=few)
    rows = (seen & _narrowed(viewer, filters)).select_related("site", "owner")
    heard, never = rows.filter(last_heard_at__isnull=False), rows.filter(last_heard_at__isnull=True)
    match filters.sort:
        case "heard":
            return [leaves.Segment(heard, "last_heard_at", True), leaves.Segment(never, "id", True)]
        case "quiet":
            return [leaves.Segment(never), leaves.Segment(heard, "last_heard_at")]
        case "new":
            return [leaves.Segment(rows, "id", True)]
        case _:
            return [leaves.Segment(rows, "sort_name")]


def _rows(viewer: Viewer, rows: "tuple[Customer, ...] | list[Customer]") -> tuple[CustomerRow, ...]:
    owed = dict(
        Promise.objects.visible_to(viewer)
        .owed()
        .filter(side="ours", customer_id__in=[row.pk for row in rows])
        .order_by()
        .values("customer_id")
        .annotate(n=Count("pk"))
        .values_list("customer_id", "n")
    )
    return tuple(
        CustomerRow(
            id=row.pk,
            label=label(row),
            kind=row.kind,
            number=row.number,
            site=row.site.name if row.site else "",
            owner=row.owner.name if row.owner else "",
            owed=owed.get(row.pk, 0),
            last_heard_at=row.last_heard_at,
            created_at=row.created_at,
            is_erased=row.erased_at is not None,
        )
        for row in rows
    )


def _lines(rows: list[Customer]) -> Iterator[ExportRow]:
    ids = [row.pk for row in rows]
    reached: dict[tuple[int, str], list[str]] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        for address in Address.objects.filter(customer_id__in=part).order_by("id"):
            parts = (address.value, address.postcode, address.city, address.region, address.country)
            shown = ", ".join(part for part in parts if part)
            reached.setdefault((address.customer_id, address.kind), []).append(shown)
    tagged: dict[int, list[str]] = {}
    for customer_id, name in Tag.objects.filter(customers__in=ids).values_list("customers", "name"):
        if name is not None and customer_id is not None:
            tagged.setdefault(customer_id, []).append(name)
    for row in rows:
        yield ExportRow(
            row,
            label(row),
            tuple(reached.get((row.pk, AddressKind.EMAIL.value), ())),
            tuple(reached.get((row.pk, AddressKind.PHONE.value), ())),
            tuple(reached.get((row.pk, AddressKind.POSTAL.value), ())),
            tuple(tagged.get(row.pk, ())),
            row.own,
        )
