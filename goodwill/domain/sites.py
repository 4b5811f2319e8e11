"""Sites: the places a firm serves from, each in one of four modes, mixed in one firm."""

from enum import StrEnum


class Mode(StrEnum):
    """How a site serves (requirements S1.51)."""

    STORE = "store"
    WHOLESALE = "wholesale"
    WEB_SHOP = "web_shop"
    SERVICE = "service"
