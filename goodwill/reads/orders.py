"""Orders: the list, its export, and the page of one order with its sums reconciled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Case, QuerySet, Value, When

from goodwill.domain.imports import OF_THE_ORDER
from goodwill.domain.money import MICRO, Money
from goodwill.domain.own_fields import FieldNoun
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.reads import choices, leaves, sight, timelines
from goodwill.reads.customer_pages import OwnValue, Related, own_values, related
from goodwill.reads.labels import label
from goodwill.store.customers import Customer
from goodwill.store.interactions import Interaction
from goodwill.store.orders import Order, OrderLine, Payment, Shipment
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from goodwill.store.tags import Tag

PAGE = 50
LINES = 500


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of orders is narrowed to; days are of the viewer's zone, both included."""

    site_id: int | None = None
    status: str = ""
    since: date | None = None
    until: date | None = None
    tag_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the list: its sum by the lines, and what was paid."""

    id: int
    number: str
    customer_id: int
    customer: str
    site: str
    status: str
    placed_at: datetime
    total: Money
    paid: Money


@dataclass(frozen=True, slots=True)
class OrderList:
    """A page of the list, newest first, with its cursors; `customer` and `tag` name what it is narrowed to."""

    rows: tuple[OrderRow, ...]
    next: str = ""
    previous: str = ""
    customer: str = ""
    tag: str = ""


def page(viewer: Viewer, filters: Filters, *, after: str = "", before: str = "") -> OrderList:
    """A page of the orders this viewer sees."""
    if not viewer.may(May.SEE_CUSTOMERS):
        return OrderList(())
    leaf = leaves.turn(_segments(viewer, filters), size=PAGE, after=after, before=before)
    customer = (
        Customer.objects.visible_to(viewer).filter(pk=filters.customer_id).first() if filters.customer_id else None
    )
    tag = Tag.objects.filter(pk=filters.tag_id).values_list("name", flat=True).first() if filters.tag_id else None
    return OrderList(
        tuple(_row(row) for row in leaf.rows),
        next=leaf.next,
        previous=leaf.previous,
        customer=label(customer) if customer else "",
        tag=tag or "",
    )


def export(viewer: Viewer, filters: Filters) -> Iterator[OrderRow]:
    """Every order of the list in constant memory; nothing for whoever may not export."""
    if not viewer.may(May.EXPORT):
        return
    for rows in leaves.walk(_segments(viewer, filters)):
        for row in rows:
            yield _row(row)


def statuses(viewer: Viewer) -> list[str]:
    """The firm's words for the state of an order: those of its latest two thousand."""
    if not viewer.may(May.SEE_CUSTOMERS):
        return []
    latest = Order.objects.order_by("-placed_at", "-id").values_list("status", flat=True)[:2000]
    return sorted({status for status in latest if status})


_WHOLE_LAST = Case(When(position=OF_THE_ORDER, then=Value(1)), default=Value(0))
"""What belongs to the order as a whole stands below its goods."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its figures in readable units; `product` is its name, or its category and key."""

    row: OrderLine
    product: str
    category: str
    seller: str
    quantity: Decimal
    unit_price: Decimal
    total: Money
    freight: Money


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Three ways to the same sum. They may differ; then the page says by how much and does not hide it.

    `lines` is the sum of the lines, `stated` what the order itself says, `paid` the sum of the payments.
    """

    lines: Money
    lines_freight: Money
    stated: Money
    paid: Money
    has_lines: bool
    has_payments: bool

    @property
    def lines_total(self) -> Money:
        """Lines and freight."""
        return self.lines + self.lines_freight

    @property
    def lines_less_stated(self) -> Money:
        """Lines and freight less what the order says."""
        return self.lines_total - self.stated

    @property
    def paid_less_stated(self) -> Money:
        """Paid less what the order says."""
        return self.paid - self.stated

    @property
    def agrees(self) -> bool:
        """True when all that is known comes to one sum."""
        return (not self.has_lines or self.lines_less_stated.minor == 0) and (
            not self.has_payments or self.paid_less_stated.minor == 0
        )


@dataclass(frozen=True, slots=True)
class OrderPage:
    """What the page of an order shows."""

    order: Order
    buyer: Related | None
    user: Related | None
    destination: str
    lines: tuple[Line, ...]
    shipments: tuple[Shipment, ...]
    payments: tuple[tuple[Payment, Money], ...]
    sums: Reconciliation
    promises: tuple[Promise, ...]
    ratings: tuple[Rating, ...]
    interactions: tuple[Interaction, ...]
    tags: tuple[choices.Choice, ...]
    own: tuple[OwnValue, ...]
    moments: tuple[timelines.Moment, ...]


def one(viewer: Viewer, order_id: int) -> OrderPage | None:
    """The page of an order; None where it is not the viewer's to see."""
    if not viewer.may(May.SEE_CUSTOMERS):
        return None
    rows = Order.objects.visible_to(viewer).select_related("customer", "user", "site", "address")
    order = rows.filter(pk=order_id).first()
    if order is None:
        return None
    lines = list(
        OrderLine.objects.filter(order=order)
        .select_related("product__category", "seller")
        .order_by(_WHOLE_LAST, "position")[:LINES]
    )
    payments = list(Payment.objects.filter(order=order).order_by("position"))
    currency = order.currency
    place = order.address
    town = " ".join(part for part in (place.postcode, place.city) if part) if place else ""
    parts = (place.value, town, place.region, place.country) if place else ()
    return OrderPage(
        order=order,
        buyer=related(viewer, order.customer),
        user=related(viewer, order.user),
        destination=", ".join(part for part in parts if part),
        lines=tuple(_line(row, currency) for row in lines),
        shipments=tuple(Shipment.objects.filter(order=order).order_by("position")),
        payments=tuple((row, Money(row.amount_minor, currency)) for row in payments),
        sums=Reconciliation(
            lines=Money(sum(row.total_minor for row in lines), currency),
            lines_freight=Money(sum(row.freight_minor for row in lines), currency),
            stated=Money(order.items_minor + order.freight_minor, currency),
            paid=Money(sum(row.amount_minor for row in payments), currency),
            has_lines=bool(lines),
            has_payments=bool(payments),
        ),
        promises=tuple(
            Promise.objects.visible_to(viewer)
            .filter(order=order)
            .select_related("person", "unit")
            .order_by("due_at", "id")[:100]
        ),
        ratings=tuple(Rating.objects.filter(order=order).order_by("-answered_at", "-id")[:100]),
        interactions=tuple(
            Interaction.objects.visible_to(viewer)
            .filter(order=order)
            .select_related("person", "touchpoint")
            .order_by("-at", "-id")[:30]
        ),
        tags=tuple(choices.Choice(tag.pk, tag.name) for tag in order.tags.all()),
        own=own_values(viewer, FieldNoun.ORDER, order.own),
        moments=timelines.of_order(viewer, order.pk),
    )


def _line(row: OrderLine, currency: str) -> Line:
    product = row.product
    category = product.category.name if product and product.category else ""
    return Line(
        row=row,
        product=(product.name or product.external_key[:8]) if product else "",
        category=category,
        seller=row.seller.name if row.seller else "",
        quantity=(Decimal(row.quantity_micro) / MICRO).normalize(),
        unit_price=Decimal(row.unit_price_micro) / MICRO,
        total=Money(row.total_minor, currency),
        freight=Money(row.freight_minor, currency),
    )


def _row(row: Order) -> OrderRow:
    return OrderRow(
        row.pk,
        row.number,
        row.customer_id,
        label(row.customer),
        row.site.name,
        row.status,
        row.placed_at,
        Money(row.items_minor + row.freight_minor, row.currency),
        Money(row.paid_minor, row.currency),
    )


def _segments(viewer: Viewer, filters: Filters) -> list[leaves.Segment[Order]]:
    rows: QuerySet[Order] = Order.objects.visible_to(viewer).select_related("customer", "site")
    few = sight.few_orders(viewer)
    if few is not None:
        rows = rows.filter(pk__in=few)
    zone = ZoneInfo(viewer.zone)
    if filters.site_id is not None:
        rows = rows.filter(site_id=filters.site_id)
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.since is not None:
        rows = rows.filter(placed_at__gte=datetime.combine(filters.since, time.min, zone))
    if filters.until is not None and filters.until < date.max:
        rows = rows.filter(placed_at__lt=datetime.combine(filters.until + timedelta(days=1), time.min, zone))
    if filters.tag_id is not None:
        rows = rows.filter(tags=filters.tag_id)
    if filters.customer_id is not None:
        rows = rows.filter(customer_id=filters.customer_id)
    return [leaves.Segment(rows, "placed_at", True)]
