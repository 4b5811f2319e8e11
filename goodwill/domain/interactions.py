"""Interactions: any contact by anyone, either side starting, in the customer's own words."""

from enum import StrEnum


class Channel(StrEnum):
    """What carries a contact."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    EMAIL = "email"
    CHAT = "chat"
    WEB = "web"
    POST = "post"
    DELIVERY = "delivery"
    INVOICE = "invoice"
    OTHER = "other"


class Direction(StrEnum):
    """Which side began."""

    FROM_CUSTOMER = "from_customer"
    TO_CUSTOMER = "to_customer"
