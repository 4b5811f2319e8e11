"""Orders: who uses what was bought. Everything else of an order comes with an import."""

from datetime import datetime

from django.db import transaction

from goodwill.actions import customers
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.orders import Order


def lock(order_id: int, by: Viewer) -> Order | Refusal:
    """The order, locked for a change by this viewer; refused where it is not the viewer's to see or to change."""
    if not (by.may(May.RECORD) and by.may(May.SEE_CUSTOMERS)):
        return Refusal(Reason.NOT_ALLOWED)
    order = Order.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=order_id).first()
    return order or Refusal(Reason.NOT_FOUND)


@transaction.atomic
def name_user(order_id: int, user_id: int | None, *, by: Viewer, at: datetime) -> Order | Refusal:
    """Say who uses what the buyer bought (S2.4: both are heard); the buyer, or nobody, clears it."""
    order = lock(order_id, by)
    if isinstance(order, Refusal):
        return order
    if user_id == order.customer_id:
        user_id = None
    if user_id is not None:
        user = customers.lock(user_id, by)
        if isinstance(user, Refusal):
            return Refusal(user.reason, "user", user.values)
    before = order.user_id
    if before == user_id:
        return order
    order.user_id = user_id
    order.save(update_fields=["user"])
    journal.write(
        Entry.ORDER_CHANGED,
        by=by,
        at=at,
        customer_id=order.customer_id,
        order_id=order.pk,
        fields=["user"],
        user_id=user_id,
        user_was=before,
    )
    return order
