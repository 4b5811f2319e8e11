"""Labels: the name of a customer as every screen and command shows it."""

from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodwill.domain.labels import short_key


class Named(Protocol):
    """Whatever carries a customer's name, number and outside key."""

    pk: int
    name: str
    number: str
    external_key: str
    erased_at: datetime | None


def label(customer: Named) -> str:
    """The display name, in the active language: the name; "Erased person"; or "Customer 7c396fd4…" by number or key."""
    return label_of(
        name=customer.name,
        number=customer.number,
        external_key=customer.external_key,
        is_erased=customer.erased_at is not None,
        customer_id=customer.pk,
    )


def label_of(*, name: str, number: str, external_key: str, is_erased: bool, customer_id: int) -> str:
    """The same from loose values, for reads that fetch columns instead of rows."""
    if is_erased:
        return pgettext("instead of a name", "Erased person")
    if name:
        return name
    return _("Customer %(key)s") % {"key": short_key(number or external_key or str(customer_id))}
