"""Cards: a customer written down at one stroke, with addresses and own fields, or not at all."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from goodwill.actions import addresses, customers, own_fields
from goodwill.actions.addresses import AddressFacts
from goodwill.actions.customers import CustomerFacts
from goodwill.domain.customers import AddressKind
from goodwill.domain.refusals import Refusal
from goodwill.domain.viewers import Viewer
from goodwill.store.customers import Customer


@transaction.atomic
def write(
    facts: CustomerFacts,
    reached: Sequence[AddressFacts],
    own: Mapping[str, str],
    *,
    owner_id: int | None = None,
    deputy_id: int | None = None,
    by: Viewer,
    at: datetime,
) -> Customer | Refusal:
    """A new customer with addresses and own fields. A refusal of any part leaves nothing behind; that of an address
    names the kind of address as its field."""
    customer = customers.add(facts, owner_id=owner_id, deputy_id=deputy_id, by=by, at=at)
    if isinstance(customer, Refusal):
        return customer
    for address in reached:
        done = addresses.add(customer.pk, address, by=by, at=at)
        if isinstance(done, Refusal):
            transaction.set_rollback(True)
            return Refusal(done.reason, _field(address.kind, done.field), done.values)
    filled = own_fields.fill_customer(customer.pk, own, by=by, at=at)
    if isinstance(filled, Refusal):
        transaction.set_rollback(True)
    return filled


@transaction.atomic
def rewrite(
    customer_id: int, facts: CustomerFacts, own: Mapping[str, str], *, seen: str = "", by: Viewer, at: datetime
) -> Customer | Refusal:
    """Correct a customer and its own fields together; a refusal of either leaves both as they were."""
    customer = customers.change(customer_id, facts, seen=seen, by=by, at=at)
    if isinstance(customer, Refusal):
        return customer
    filled = own_fields.fill_customer(customer_id, own, by=by, at=at)
    if isinstance(filled, Refusal):
        transaction.set_rollback(True)
    return filled


def _field(kind: AddressKind, field: str) -> str:
    return field if kind is AddressKind.POSTAL and field != "value" else kind.value
