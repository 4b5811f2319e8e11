"""Customers: people, organisations, and the firm's own units, which are customers of each other."""

from enum import StrEnum


class CustomerKind(StrEnum):
    """Who is served. A unit is an internal customer through the same tables (requirements S2.3-6)."""

    PERSON = "person"
    ORGANISATION = "organisation"
    UNIT = "unit"


class AddressKind(StrEnum):
    """How a customer is reached; one customer has several of each."""

    EMAIL = "email"
    PHONE = "phone"
    POSTAL = "postal"
