"""Tags: how many customers and orders carry each."""

from dataclasses import dataclass

from django.db.models import Count

from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store.customers import Customer
from goodwill.store.orders import Order
from goodwill.store.tags import Tag


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag with the customers and orders that carry it and that this viewer sees."""

    id: int
    name: str
    customers: int
    orders: int


def page(viewer: Viewer) -> tuple[TagRow, ...]:
    """The tags that anything this viewer sees carries, by name."""
    if not viewer.may(May.SEE_CUSTOMERS):
        return ()
    customers = dict(
        Customer.objects.visible_to(viewer)
        .filter(tags__isnull=False)
        .order_by()
        .values_list("tags")
        .annotate(n=Count("pk"))
    )
    orders = dict(
        Order.objects.visible_to(viewer)
        .filter(tags__isnull=False)
        .order_by()
        .values_list("tags")
        .annotate(n=Count("pk"))
    )
    rows = [
        TagRow(pk, name, customers.get(pk, 0), orders.get(pk, 0))
        for pk, name in Tag.objects.order_by("name").values_list("pk", "name")
    ]
    return tuple(row for row in rows if row.customers or row.orders)
