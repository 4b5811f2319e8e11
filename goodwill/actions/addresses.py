"""Addresses: added, corrected, removed; a customer has several of each kind."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from goodwill.actions import customers
from goodwill.adapters import phones
from goodwill.domain.customers import AddressKind
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer
from goodwill.store.firms import Firm

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
_LIMITS = {"value": 254, "city": 120, "region": 64, "postcode": 16}


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """An address as typed. `value` is the e-mail address, the telephone number, or street and house."""

    kind: AddressKind
    value: str
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@transaction.atomic
def add(customer_id: int, facts: AddressFacts, *, by: Viewer, at: datetime) -> Address | Refusal:
    """One more way to reach a customer; the same address twice is once."""
    customer = customers.lock(customer_id, by)
    if isinstance(customer, Refusal):
        return customer
    values = read(facts)
    if isinstance(values, Refusal):
        return values
    same = Address.objects.filter(customer=customer, kind=facts.kind.value, **values).first()
    if same is not None:
        return same
    address = Address.objects.create(customer=customer, kind=facts.kind.value, **values)
    _note("added", address, customer, by=by, at=at)
    return address


@transaction.atomic
def correct(address_id: int, facts: AddressFacts, *, by: Viewer, at: datetime) -> Address | Refusal:
    """Write an address anew; it stays the same kind."""
    found = _lock(address_id, by)
    if isinstance(found, Refusal):
        return found
    address, customer = found
    if facts.kind.value != address.kind:
        return Refusal(Reason.NOT_A_CHOICE, "kind")
    values = read(facts)
    if isinstance(values, Refusal):
        return values
    if all(getattr(address, field) == value for field, value in values.items()):
        return address
    for field, value in values.items():
        setattr(address, field, value)
    address.save(update_fields=list(values))
    _note("corrected", address, customer, by=by, at=at)
    return address


@transaction.atomic
def remove(address_id: int, *, by: Viewer, at: datetime) -> Customer | Refusal:
    """Take an address away; orders that went there stay."""
    found = _lock(address_id, by)
    if isinstance(found, Refusal):
        return found
    address, customer = found
    removed_id = address.pk
    address.delete()
    address.pk = removed_id
    _note("removed", address, customer, by=by, at=at)
    return customer


def read(facts: AddressFacts) -> dict[str, str] | Refusal:
    """The address as it is kept: e-mail in lower case, telephone in E.164 where it can be read."""
    value = " ".join(facts.value.split())
    typed = {
        "value": value,
        "city": " ".join(facts.city.split()),
        "region": facts.region.strip(),
        "postcode": facts.postcode.strip(),
        "country": facts.country.strip().upper(),
    }
    for field, most in _LIMITS.items():
        if len(typed[field]) > most:
            return Refusal(Reason.TOO_LONG, field, (("most", str(most)),))
    if facts.kind is AddressKind.POSTAL:
        if not any(typed.values()):
            return Refusal(Reason.REQUIRED, "value")
        if typed["country"] and not re.fullmatch(r"[A-Z]{2}", typed["country"]):
            return Refusal(Reason.NOT_A_CHOICE, "country")
        return typed
    if not value:
        return Refusal(Reason.REQUIRED, "value")
    if facts.kind is AddressKind.EMAIL:
        if not _EMAIL.fullmatch(value):
            return Refusal(Reason.NOT_AN_ADDRESS, "value")
        return {"value": value.lower()}
    if sum(c.isdigit() for c in value) < 3:
        return Refusal(Reason.NOT_A_TELEPHONE, "value")
    firm = Firm.the()
    return {"value": phones.e164(value, firm.country if firm else "") or value}


def _lock(address_id: int, by: Viewer) -> tuple[Address, Customer] | Refusal:
    address = Address.objects.filter(pk=address_id).first()
    customer = customers.lock(address.customer_id if address else 0, by)
    if isinstance(customer, Refusal):
        return customer
    assert address is not None  # noqa: S101 - a customer was found by it
    return address, customer


def _note(act: str, address: Address, customer: Customer, *, by: Viewer, at: datetime) -> None:
    journal.write(
        Entry.CUSTOMER_CHANGED,
        by=by,
        at=at,
        customer_id=customer.pk,
        fields=["address"],
        act=act,
        address_id=address.pk,
        address_kind=address.kind,
    )
    customers.index_words([customer.pk])
