"""Addresses, as their forms need them."""

from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.reads.labels import label
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer


def one(viewer: Viewer, address_id: int) -> tuple[Address, str] | None:
    """An address and whose it is; None where the customer is not the viewer's to see."""
    address = Address.objects.filter(pk=address_id).first()
    whose = label_of_customer(viewer, address.customer_id) if address else None
    return (address, whose) if address is not None and whose is not None else None


def label_of_customer(viewer: Viewer, customer_id: int) -> str | None:
    """The name of a customer to whom the viewer may add; None where there is none, or the person was erased."""
    if not viewer.may(May.SEE_CUSTOMERS):
        return None
    rows = Customer.objects.visible_to(viewer).filter(erased_at__isnull=True)
    customer = rows.filter(pk=customer_id).first()
    return label(customer) if customer else None
