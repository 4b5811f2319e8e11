"""Interactions: a contact is written down, in the customer's own words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from goodwill.domain.contacts import is_heard
from goodwill.domain.entries import Entry
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.customers import Customer
from goodwill.store.interactions import Interaction
from goodwill.store.orders import Order
from goodwill.store.promises import Promise
from goodwill.store.touchpoints import Touchpoint

LONGEST = 4000
_SLACK = timedelta(minutes=5)
"""Clocks of devices differ a little; beyond this a contact lies in the future."""


@dataclass(frozen=True, slots=True)
class Contact:
    """What happened between a customer and us; ids of rows, words as they were said."""

    channel: Channel
    direction: Direction
    words: str
    touchpoint_id: int | None = None
    contact_id: int | None = None
    order_id: int | None = None
    happened_at: datetime | None = None
    is_mailing: bool = False


def reachable(customer_id: int, *, by: Viewer) -> Customer | None:
    """A customer whom this person may write about: one he sees, or one to whom he owes something."""
    seen = Customer.objects.visible_to(by).filter(pk=customer_id).first()
    if seen is not None:
        return seen
    owed = Promise.objects.visible_to(by).owed().filter(customer_id=OuterRef("pk"))
    return Customer.objects.filter(Exists(owed), pk=customer_id).first()


@transaction.atomic
def record(customer_id: int, contact: Contact, *, by: Viewer, at: datetime) -> Interaction | Refusal:
    """Write a contact down; unless it is a mailing, the customer has now heard from us (or we have spoken)."""
    if not by.may(May.RECORD):
        return Refusal(Reason.NOT_ALLOWED)
    customer = reachable(customer_id, by=by)
    if customer is None:
        return Refusal(Reason.NOT_FOUND, "customer")
    if contact.order_id is not None and not (
        Order.objects.visible_to(by).filter(pk=contact.order_id, customer=customer).exists()
    ):
        return Refusal(Reason.NOT_FOUND, "order")
    return write(customer, contact, by=by, at=at)


def write(customer: Customer, contact: Contact, *, by: Viewer, at: datetime) -> Interaction | Refusal:
    """Write a contact down inside the caller's transaction; who may do so, and about which order, was asked before."""
    if not customer.keep():
        return Refusal(Reason.ERASED, "customer")
    words = contact.words.strip()
    if not words:
        return Refusal(Reason.REQUIRED, "words")
    if len(words) > LONGEST:
        return Refusal(Reason.TOO_LONG, "words", (("most", str(LONGEST)),))
    happened_at = contact.happened_at or at
    if happened_at > at + _SLACK:
        return Refusal(Reason.IN_THE_FUTURE, "at")
    touchpoint = None
    if contact.touchpoint_id is not None:
        touchpoint = Touchpoint.objects.filter(pk=contact.touchpoint_id, is_active=True).first()
        if touchpoint is None:
            return Refusal(Reason.NOT_A_CHOICE, "touchpoint")
    if contact.contact_id is not None and not customer.contact_people.filter(person_id=contact.contact_id).exists():
        return Refusal(Reason.NOT_A_CHOICE, "contact")
    channel = Channel(touchpoint.channel) if touchpoint is not None else contact.channel
    written = Interaction.objects.create(
        customer=customer,
        contact_id=contact.contact_id,
        person_id=by.person_id,
        touchpoint=touchpoint,
        order_id=contact.order_id,
        channel=channel.value,
        direction=contact.direction.value,
        at=happened_at,
        words=words,
        is_mailing=contact.is_mailing,
    )
    if is_heard(channel, contact.direction, is_mailing=contact.is_mailing):
        # Only ever forward: a contact written down late is not the last one heard.
        Customer.objects.filter(pk=customer.pk).filter(
            Q(last_heard_at__isnull=True) | Q(last_heard_at__lt=happened_at)
        ).update(last_heard_at=happened_at)
    journal.write(
        Entry.INTERACTION_RECORDED,
        by=by,
        at=happened_at,
        recorded_at=at,
        customer_id=customer.pk,
        order_id=contact.order_id,
        interaction_id=written.pk,
        channel=channel.value,
        direction=contact.direction.value,
        touchpoint_id=contact.touchpoint_id,
        is_mailing=contact.is_mailing,
    )
    return written
