"""Customer pages: everything about one customer, as far as the viewer may see it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Max, QuerySet, Sum

from goodwill.adapters import phones
from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.money import Money
from goodwill.domain.own_fields import FieldKind, FieldNoun
from goodwill.domain.roles import May, Scope
from goodwill.domain.viewers import Viewer
from goodwill.reads import choices, leaves
from goodwill.reads.labels import label
from goodwill.store.addresses import Address
from goodwill.store.customers import ContactPerson, Customer
from goodwill.store.orders import Order
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from goodwill.store.tags import OwnField

SHOWN = 8
ADDRESSES = 12
OWED = 10
PAST = 25
_MOST_USED = 1000
_PARTS = ("product", "service", "overall")
_ENDS = ("kept", "broken_warned", "broken_silent", "broken_unrecorded", "withdrawn")


@dataclass(frozen=True, slots=True)
class AddressLine:
    """One way to reach a customer; `shown` is spaced for reading."""

    row: Address
    shown: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another customer and how the two belong together."""

    id: int
    label: str
    position: str = ""


@dataclass(frozen=True, slots=True)
class OwnValue:
    """An own field and its value (text, canonical number, ISO day, yes or no, or None)."""

    field: OwnField
    value: str | bool | None

    @property
    def on(self) -> date | None:
        """The day, where the field holds one."""
        if self.field.kind != FieldKind.DATE.value or not isinstance(self.value, str):
            return None
        return date.fromisoformat(self.value)

    @property
    def amount(self) -> Decimal | None:
        """The number, where the field holds one."""
        if self.field.kind != FieldKind.NUMBER.value or not isinstance(self.value, str):
            return None
        return Decimal(self.value)

    @property
    def places(self) -> int:
        """Decimal places of the number as it was typed."""
        return len(str(self.value).partition(".")[2])


@dataclass(frozen=True, slots=True)
class Sums:
    """Orders of one currency: how many, what they come to by their lines, and what was paid."""

    currency: str
    n: int
    ordered: Money
    paid: Money

    @property
    def difference(self) -> Money:
        """Paid less ordered."""
        return self.paid - self.ordered


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The mean of one kind of rating (product, service or overall) on one scale, over n ratings."""

    part: str
    mean: Decimal
    n: int
    scale: int


@dataclass(frozen=True, slots=True)
class OrderLink:
    """An order in a list; `other` is the buyer or the user, where that is somebody else."""

    id: int
    number: str
    placed_at: datetime
    status: str
    site: str
    total: Money
    other: Related | None = None


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """What the page of a customer shows. Counts and sums are over the rows that this viewer sees; `is_partial` says
    that there may be others."""

    customer: Customer
    label: str
    emails: tuple[AddressLine, ...]
    telephones: tuple[AddressLine, ...]
    places: tuple[AddressLine, ...]
    addresses_beyond: int
    contact_people: tuple[Related, ...]
    organisations: tuple[Related, ...]
    tags: tuple[choices.Choice, ...]
    own: tuple[OwnValue, ...]
    sums: tuple[Sums, ...]
    last_order_at: datetime | None
    orders: tuple[OrderLink, ...]
    orders_beyond: int
    used: tuple[OrderLink, ...]
    owed: tuple[Promise, ...]
    owed_n: int
    theirs_n: int
    ends: tuple[tuple[str, int], ...]
    judged_n: int
    satisfaction: tuple[Satisfaction, ...]
    is_partial: bool

    @property
    def address_groups(self) -> tuple[tuple[AddressLine, ...], ...]:
        """Telephones, e-mail addresses and places, in the order in which they are used."""
        return (self.telephones, self.emails, self.places)


def page(viewer: Viewer, customer_id: int) -> CustomerPage | None:
    """The page of a customer; None where the customer is not the viewer's to see (some twenty queries)."""
    if not viewer.may(May.SEE_CUSTOMERS):
        return None
    rows = Customer.objects.visible_to(viewer).select_related("owner", "deputy", "site", "unit")
    customer = rows.filter(pk=customer_id).first()
    if customer is None:
        return None
    addresses = {kind: _addresses(customer, kind) for kind in AddressKind}
    orders = Order.objects.visible_to(viewer).filter(customer=customer)
    sums, last_order_at = _sums(orders)
    listed = orders.select_related("site", "user").order_by("-placed_at", "-id")[:SHOWN]
    promises = Promise.objects.visible_to(viewer).filter(customer=customer)
    owed = promises.owed().filter(side="ours")
    counted = dict(promises.filter(side="ours").order_by().values_list("outcome").annotate(n=Count("pk")))
    ends = tuple((outcome, counted.get(outcome, 0)) for outcome in _ENDS)
    n = sum(one.n for one in sums)
    return CustomerPage(
        customer=customer,
        label=label(customer),
        emails=addresses[AddressKind.EMAIL][0],
        telephones=addresses[AddressKind.PHONE][0],
        places=addresses[AddressKind.POSTAL][0],
        addresses_beyond=sum(beyond for _, beyond in addresses.values()),
        contact_people=_related(viewer, customer, "organisation"),
        organisations=_related(viewer, customer, "person"),
        tags=tuple(choices.Choice(tag.pk, tag.name) for tag in customer.tags.all()),
        own=own_values(viewer, FieldNoun.CUSTOMER, customer.own),
        sums=sums,
        last_order_at=last_order_at,
        orders=_links(viewer, listed, "user"),
        orders_beyond=max(0, n - SHOWN),
        used=_links(viewer, _used(viewer, customer), "customer"),
        owed=tuple(owed.select_related("person", "unit", "order").order_by("due_at", "id")[:OWED]),
        owed_n=owed.count(),
        theirs_n=promises.owed().filter(side="theirs").count(),
        ends=ends,
        judged_n=sum(n for outcome, n in ends if outcome != "withdrawn"),
        satisfaction=_satisfaction(viewer, customer),
        is_partial=viewer.scope is Scope.UNIT and not _answers_for(viewer, customer),
    )


@dataclass(frozen=True, slots=True)
class PastPromises:
    """The promises of a customer, latest first, with their cursors."""

    customer: Customer
    label: str
    rows: tuple[Promise, ...]
    next: str = ""
    previous: str = ""


def promises(
    viewer: Viewer, customer_id: int, *, outcome: str = "", after: str = "", before: str = ""
) -> PastPromises | None:
    """Every promise to a customer, of one outcome where one is given; None where the customer is not to be seen."""
    customer = Customer.objects.visible_to(viewer).filter(pk=customer_id).first()
    if customer is None or not viewer.may(May.SEE_CUSTOMERS):
        return None
    rows = Promise.objects.visible_to(viewer).filter(customer=customer, side="ours")
    if outcome:
        rows = rows.filter(outcome=outcome)
    rows = rows.select_related("person", "unit", "order")
    leaf = leaves.turn([leaves.Segment(rows, "made_at", True)], size=PAST, after=after, before=before)
    return PastPromises(customer, label(customer), leaf.rows, leaf.next, leaf.previous)


def own_values(viewer: Viewer, noun: FieldNoun, own: dict[str, str | bool]) -> tuple[OwnValue, ...]:
    """The firm's own fields of a noun, each with its value."""
    return tuple(OwnValue(field, own.get(field.key)) for field in choices.own_fields(viewer, noun))


def related(viewer: Viewer, other: Customer | None, position: str = "") -> Related | None:
    """Another customer by name; None where it is not the viewer's to see."""
    if other is None or not Customer.objects.visible_to(viewer).filter(pk=other.pk).exists():
        return None
    return Related(other.pk, label(other), position)


def _answers_for(viewer: Viewer, customer: Customer) -> bool:
    return viewer.person_id in (customer.owner_id, customer.deputy_id)


def _addresses(customer: Customer, kind: AddressKind) -> tuple[tuple[AddressLine, ...], int]:
    """The latest addresses of a kind, and how many more there are: imports bring one with every order."""
    rows = Address.objects.filter(customer=customer, kind=kind.value)
    found = list(rows.order_by("-id")[:ADDRESSES])
    beyond = rows.count() - ADDRESSES if len(found) == ADDRESSES else 0
    lines: dict[str, AddressLine] = {}
    for row in reversed(found):
        place = " ".join(part for part in (row.postcode, row.city) if part)
        parts = (row.value, place, row.region, row.country)
        shown = phones.readable(row.value) if kind is AddressKind.PHONE else ", ".join(p for p in parts if p)
        lines.setdefault(shown, AddressLine(row, shown))
    return tuple(lines.values()), beyond


def _sums(orders: QuerySet[Order]) -> tuple[tuple[Sums, ...], datetime | None]:
    rows = (
        orders.order_by()
        .values("currency")
        .annotate(
            n=Count("pk"),
            items=Sum("items_minor"),
            freight=Sum("freight_minor"),
            paid=Sum("paid_minor"),
            last=Max("placed_at"),
        )
    )
    sums = sorted(
        (
            Sums(
                row["currency"],
                row["n"],
                Money(int(row["items"] + row["freight"]), row["currency"]),
                Money(int(row["paid"]), row["currency"]),
            )
            for row in rows
        ),
        key=lambda one: -one.n,
    )
    return tuple(sums), max((row["last"] for row in rows), default=None)


def _related(viewer: Viewer, customer: Customer, side: str) -> tuple[Related, ...]:
    """Who speaks for this organisation, or for which organisations this person speaks."""
    if customer.kind == CustomerKind.UNIT.value:
        return ()
    other = "person" if side == "organisation" else "organisation"
    rows = ContactPerson.objects.filter(**{side: customer}).select_related(other)
    seen = set(
        Customer.objects.visible_to(viewer).filter(pk__in=rows.values(f"{other}_id")).values_list("pk", flat=True)
    )
    found = [(getattr(row, other), row.position) for row in rows]
    return tuple(
        Related(one.pk, label(one), position)
        for one, position in sorted(found, key=lambda pair: (pair[0].sort_name, pair[0].pk))
        if one.pk in seen
    )


def _links(viewer: Viewer, orders: QuerySet[Order], other: str) -> tuple[OrderLink, ...]:
    rows = list(orders)
    ids = [getattr(row, f"{other}_id") for row in rows if getattr(row, f"{other}_id") is not None]
    seen = set(Customer.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    links = []
    for row in rows:
        whom: Customer | None = getattr(row, other)
        links.append(
            OrderLink(
                row.pk,
                row.number,
                row.placed_at,
                row.status,
                row.site.name,
                Money(row.items_minor + row.freight_minor, row.currency),
                Related(whom.pk, label(whom)) if whom is not None and whom.pk in seen else None,
            )
        )
    return tuple(links)


def _satisfaction(viewer: Viewer, customer: Customer) -> tuple[Satisfaction, ...]:
    """Means by part and scale: product and service stay apart, and nothing is mixed into one figure (I2)."""
    rated = Rating.objects.filter(customer=customer)
    if viewer.scope is Scope.UNIT and not _answers_for(viewer, customer):
        rated = rated.filter(order__site_id__in=viewer.site_ids)
    found = []
    scales = (
        rated.order_by()
        .values_list("scale")
        .annotate(
            product_n=Count("product_score"),
            product=Sum("product_score"),
            service_n=Count("service_score"),
            service=Sum("service_score"),
            overall_n=Count("overall"),
            whole=Sum("overall"),
        )
    )
    for scale, product_n, product, service_n, service, overall_n, overall in scales:
        parts = (("product", product_n, product), ("service", service_n, service), ("overall", overall_n, overall))
        found += [Satisfaction(part, Decimal(total) / n, n, scale) for part, n, total in parts if n]
    return tuple(sorted(found, key=lambda one: _PARTS.index(one.part)))


def _used(viewer: Viewer, customer: Customer) -> QuerySet[Order]:
    """The latest orders that this customer uses and somebody else bought.

    Sorted here: asked for the latest, a database would walk every order of the firm by date.
    """
    rows = Order.objects.visible_to(viewer).filter(user=customer).exclude(customer=customer).order_by()
    latest = sorted(rows.values_list("placed_at", "pk")[:_MOST_USED], reverse=True)[:SHOWN]
    found = Order.objects.filter(pk__in=[pk for _, pk in latest])
    return found.select_related("site", "customer").order_by("-placed_at", "-id")
