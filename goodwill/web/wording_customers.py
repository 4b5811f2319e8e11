"""Wording of customers and orders: their codes as words in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from goodwill.domain.own_fields import FieldKind, FieldNoun

Words = Promise | str

FIELD_KINDS: dict[FieldKind, Words] = {
    FieldKind.TEXT: pgettext_lazy("kind of field", "Text"),
    FieldKind.NUMBER: pgettext_lazy("kind of field", "Number"),
    FieldKind.DATE: pgettext_lazy("kind of field", "Date"),
    FieldKind.YES_NO: pgettext_lazy("kind of field", "Yes or no"),
    FieldKind.CHOICE: pgettext_lazy("kind of field", "Choice from a list"),
}
FIELD_NOUNS: dict[FieldNoun, Words] = {
    FieldNoun.CUSTOMER: gettext_lazy("Customers"),
    FieldNoun.ORDER: gettext_lazy("Orders"),
}
DUPLICATES: dict[str, Words] = {
    "email": gettext_lazy("the same e-mail address"),
    "phone": gettext_lazy("the same telephone number"),
    "number": gettext_lazy("the same customer number"),
    "name": gettext_lazy("the same name"),
}
RATED: dict[str, Words] = {
    "product": pgettext_lazy("what was rated", "Product"),
    "service": pgettext_lazy("what was rated", "Service"),
    "overall": pgettext_lazy("what was rated", "The purchase as a whole"),
}
# The words that shops use; what a file brings beyond them is shown as it stands.
STATUSES: dict[str, Words] = {
    "created": pgettext_lazy("status of an order", "created"),
    "placed": pgettext_lazy("status of an order", "placed"),
    "approved": pgettext_lazy("status of an order", "approved"),
    "invoiced": pgettext_lazy("status of an order", "invoiced"),
    "processing": pgettext_lazy("status of an order", "in preparation"),
    "shipped": pgettext_lazy("status of an order", "on its way"),
    "delivered": pgettext_lazy("status of an order", "delivered"),
    "canceled": pgettext_lazy("status of an order", "cancelled"),
    "cancelled": pgettext_lazy("status of an order", "cancelled"),
    "unavailable": pgettext_lazy("status of an order", "not available"),
    "refunded": pgettext_lazy("status of an order", "refunded"),
    "failed": pgettext_lazy("status of an order", "not paid"),
    "returned": pgettext_lazy("status of an order", "returned"),
}
PAYMENTS: dict[str, Words] = {
    "credit_card": pgettext_lazy("kind of payment", "credit card"),
    "debit_card": pgettext_lazy("kind of payment", "debit card"),
    "card": pgettext_lazy("kind of payment", "card"),
    "cash": pgettext_lazy("kind of payment", "cash"),
    "transfer": pgettext_lazy("kind of payment", "bank transfer"),
    "boleto": pgettext_lazy("kind of payment", "payment slip"),
    "voucher": pgettext_lazy("kind of payment", "voucher"),
    "not_defined": pgettext_lazy("kind of payment", "not stated"),
}
LANGUAGES: dict[str, Words] = {
    "en": gettext_lazy("English"),
    "ru": gettext_lazy("Russian"),
    "hu": gettext_lazy("Hungarian"),
    "de": gettext_lazy("German"),
}


def status(code: str) -> str:
    """The status of an order."""
    return str(STATUSES.get(code, code))


def payment(code: str) -> str:
    """The kind of a payment."""
    return str(PAYMENTS.get(code, code))


def rated(part: str) -> str:
    """What a rating is about."""
    return str(RATED[part])


def duplicate(by: str) -> str:
    """By what two customers may be one."""
    return str(DUPLICATES[by])


def field_kind(code: str) -> str:
    """The name of a kind of own field."""
    return str(FIELD_KINDS[FieldKind(code)])


def field_noun(code: str) -> str:
    """What an own field belongs to."""
    return str(FIELD_NOUNS[FieldNoun(code)])
