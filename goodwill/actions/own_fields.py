"""Own fields: defined by the firm, filled in on customers and orders."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from goodwill.actions import customers, orders
from goodwill.domain import own_fields
from goodwill.domain.entries import Entry
from goodwill.domain.own_fields import FieldKind, FieldNoun
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.customers import Customer
from goodwill.store.orders import Order
from goodwill.store.tags import OwnField

LONGEST_LABEL = 80
MOST_CHOICES = 100


@transaction.atomic
def define(
    noun: FieldNoun, label: str, kind: FieldKind, choices: Sequence[str] = (), *, by: Viewer, at: datetime
) -> OwnField | Refusal:
    """A new field on customers or on orders, last in order."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    label, offered = " ".join(label.split()), _offered(choices)
    wrong = _wrong(noun, label, kind, offered, except_id=None)
    if wrong is not None:
        return wrong
    there = OwnField.objects.filter(noun=noun.value)
    field = OwnField.objects.create(
        noun=noun.value,
        key=own_fields.key_of(label, frozenset(there.values_list("key", flat=True))),
        label=label,
        kind=kind.value,
        choices=offered if kind is FieldKind.CHOICE else [],
        position=(there.aggregate(last=Max("position"))["last"] or 0) + 1,
    )
    journal.write(Entry.OWN_FIELD_CHANGED, by=by, at=at, act="defined", noun=noun.value, field_id=field.pk)
    return field


@transaction.atomic
def redefine(field_id: int, label: str, choices: Sequence[str] = (), *, by: Viewer, at: datetime) -> OwnField | Refusal:
    """Another label or other choices; values that were given stay as they are, and so does the kind."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    field = OwnField.objects.select_for_update().filter(pk=field_id).first()
    if field is None:
        return Refusal(Reason.NOT_FOUND)
    label, kind = " ".join(label.split()), FieldKind(field.kind)
    offered = _offered(choices) if kind is FieldKind.CHOICE else []
    wrong = _wrong(FieldNoun(field.noun), label, kind, offered, except_id=field.pk)
    if wrong is not None:
        return wrong
    if (field.label, field.choices) == (label, offered):
        return field
    field.label, field.choices = label, offered
    field.save(update_fields=["label", "choices"])
    journal.write(Entry.OWN_FIELD_CHANGED, by=by, at=at, act="redefined", noun=field.noun, field_id=field.pk)
    return field


@transaction.atomic
def withdraw(field_id: int, *, by: Viewer, at: datetime) -> bool | Refusal:
    """Take a field off every form and page. Values that were given stay in the rows and in the full export."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    field = OwnField.objects.filter(pk=field_id).first()
    if field is None:
        return False
    field.delete()
    journal.write(Entry.OWN_FIELD_CHANGED, by=by, at=at, act="withdrawn", noun=field.noun, field_id=field_id)
    return True


@transaction.atomic
def fill_customer(customer_id: int, typed: Mapping[str, str], *, by: Viewer, at: datetime) -> Customer | Refusal:
    """Write down the values of these fields (by key, as typed) on a customer; keys not given stay as they are."""
    customer = customers.lock(customer_id, by)
    if isinstance(customer, Refusal):
        return customer
    wrong = _fill(customer, FieldNoun.CUSTOMER, typed, {"customer_id": customer.pk}, by=by, at=at)
    return customer if wrong is None else wrong


@transaction.atomic
def fill_order(order_id: int, typed: Mapping[str, str], *, by: Viewer, at: datetime) -> Order | Refusal:
    """The same on an order."""
    order = orders.lock(order_id, by)
    if isinstance(order, Refusal):
        return order
    about = {"customer_id": order.customer_id, "order_id": order.pk}
    wrong = _fill(order, FieldNoun.ORDER, typed, about, by=by, at=at)
    return order if wrong is None else wrong


def _fill(
    row: Customer | Order,
    noun: FieldNoun,
    typed: Mapping[str, str],
    about: Mapping[str, int],
    *,
    by: Viewer,
    at: datetime,
) -> Refusal | None:
    values, changed = dict(row.own), []
    for field in OwnField.objects.filter(noun=noun.value, key__in=list(typed)):
        value = own_fields.read(FieldKind(field.kind), typed[field.key], field.choices)
        if isinstance(value, Reason):
            # A choice that is no longer offered may stay where it was given.
            if value is not Reason.NOT_A_CHOICE or values.get(field.key) != typed[field.key]:
                most = (("most", str(own_fields.LONGEST)),) if value is Reason.TOO_LONG else ()
                return Refusal(value, f"own_{field.key}", most)
            continue
        if values.get(field.key) == value:
            continue
        changed.append(field.pk)
        values[field.key] = value
        if value is None:
            del values[field.key]
    if changed:
        row.own = values
        row.save(update_fields=["own"])
        journal.write(Entry.OWN_FIELD_CHANGED, by=by, at=at, act="filled", noun=noun.value, field_ids=changed, **about)
    return None


def _offered(choices: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(plain for choice in choices if (plain := " ".join(choice.split()))))


def _wrong(
    noun: FieldNoun, label: str, kind: FieldKind, offered: Sequence[str], *, except_id: int | None
) -> Refusal | None:
    if not label:
        return Refusal(Reason.REQUIRED, "label")
    if len(label) > LONGEST_LABEL:
        return Refusal(Reason.TOO_LONG, "label", (("most", str(LONGEST_LABEL)),))
    others = OwnField.objects.filter(noun=noun.value, label__iexact=label)
    if (others if except_id is None else others.exclude(pk=except_id)).exists():
        return Refusal(Reason.ALREADY_USED, "label")
    if kind is FieldKind.CHOICE:
        if len(offered) < 2:
            return Refusal(Reason.REQUIRED, "choices")
        if len(offered) > MOST_CHOICES or any(len(choice) > LONGEST_LABEL for choice in offered):
            return Refusal(Reason.TOO_LONG, "choices", (("most", str(LONGEST_LABEL)),))
    return None
