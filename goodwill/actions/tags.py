"""Tags: put on customers and orders, and taken off."""

from datetime import datetime

from django.db import transaction

from goodwill.actions import customers, orders
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.customers import Customer
from goodwill.store.orders import Order
from goodwill.store.tags import Tag

LONGEST = 40


@transaction.atomic
def put_on_customer(customer_id: int, name: str, *, by: Viewer, at: datetime) -> Tag | Refusal:
    """Tag a customer; a word that is new becomes a tag, whatever its case; twice is once."""
    customer = customers.lock(customer_id, by)
    return customer if isinstance(customer, Refusal) else _put(customer, name, by=by, at=at)


@transaction.atomic
def put_on_order(order_id: int, name: str, *, by: Viewer, at: datetime) -> Tag | Refusal:
    """Tag an order, in the same way."""
    order = orders.lock(order_id, by)
    return order if isinstance(order, Refusal) else _put(order, name, by=by, at=at)


@transaction.atomic
def take_off_customer(customer_id: int, tag_id: int, *, by: Viewer, at: datetime) -> bool | Refusal:
    """Take a tag off a customer; False where it was not on. A tag that nothing carries any more goes."""
    customer = customers.lock(customer_id, by)
    return customer if isinstance(customer, Refusal) else _take(customer, tag_id, by=by, at=at)


@transaction.atomic
def take_off_order(order_id: int, tag_id: int, *, by: Viewer, at: datetime) -> bool | Refusal:
    """Take a tag off an order, in the same way."""
    order = orders.lock(order_id, by)
    return order if isinstance(order, Refusal) else _take(order, tag_id, by=by, at=at)


def _put(row: Customer | Order, name: str, *, by: Viewer, at: datetime) -> Tag | Refusal:
    name = " ".join(name.split()).strip(",;#")
    if not name:
        return Refusal(Reason.REQUIRED, "tag")
    if len(name) > LONGEST:
        return Refusal(Reason.TOO_LONG, "tag", (("most", str(LONGEST)),))
    tag = Tag.objects.filter(name__iexact=name).order_by("pk").first() or Tag.objects.get_or_create(name=name)[0]
    if row.tags.filter(pk=tag.pk).exists():
        return tag
    row.tags.add(tag)
    _note("put", tag.pk, row, by=by, at=at)
    return tag


def _take(row: Customer | Order, tag_id: int, *, by: Viewer, at: datetime) -> bool:
    if not row.tags.filter(pk=tag_id).exists():
        return False
    row.tags.remove(tag_id)
    _note("taken", tag_id, row, by=by, at=at)
    forget_unused([tag_id])
    return True


def forget_unused(tag_ids: list[int]) -> None:
    """Delete those of these tags that no customer and no order carries."""
    Tag.objects.filter(pk__in=tag_ids, customers__isnull=True, orders__isnull=True).delete()


def _note(act: str, tag_id: int, row: Customer | Order, *, by: Viewer, at: datetime) -> None:
    about = (
        {"customer_id": row.pk} if isinstance(row, Customer) else {"customer_id": row.customer_id, "order_id": row.pk}
    )
    journal.write(Entry.TAG_CHANGED, by=by, at=at, act=act, tag_id=tag_id, **about)
