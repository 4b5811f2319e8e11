"""Tokens: what a program that speaks for a person may do; never more than that person's roles allow."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer

PREFIX = "gw"
LONGEST_LIFE = timedelta(days=366)


class Access(StrEnum):
    """A scope of a token: to read or to write one noun."""

    READ_CUSTOMERS = "read:customers"
    WRITE_CUSTOMERS = "write:customers"
    READ_ORDERS = "read:orders"
    WRITE_ORDERS = "write:orders"
    READ_INTERACTIONS = "read:interactions"
    WRITE_INTERACTIONS = "write:interactions"
    READ_PROMISES = "read:promises"
    WRITE_PROMISES = "write:promises"
    READ_TOUCHPOINTS = "read:touchpoints"
    WRITE_TOUCHPOINTS = "write:touchpoints"
    READ_FIRM = "read:firm"
    READ_REPORTS = "read:reports"
    READ_JOURNAL = "read:journal"


_RIGHTS: dict[Access, frozenset[May]] = {
    Access.READ_CUSTOMERS: frozenset({May.SEE_CUSTOMERS}),
    Access.WRITE_CUSTOMERS: frozenset({May.SEE_CUSTOMERS, May.RECORD}),
    Access.READ_ORDERS: frozenset({May.SEE_CUSTOMERS}),
    Access.WRITE_ORDERS: frozenset({May.SEE_CUSTOMERS, May.RECORD}),
    Access.READ_INTERACTIONS: frozenset(),
    Access.WRITE_INTERACTIONS: frozenset({May.RECORD}),
    Access.READ_PROMISES: frozenset(),
    Access.WRITE_PROMISES: frozenset({May.RECORD, May.SETTLE_PROMISES}),
    Access.READ_TOUCHPOINTS: frozenset({May.RECORD, May.CHANGE_SETTINGS}),
    Access.WRITE_TOUCHPOINTS: frozenset({May.CHANGE_SETTINGS}),
    Access.READ_FIRM: frozenset({May.SEE_CUSTOMERS, May.RECORD, May.CHANGE_SETTINGS}),
    Access.READ_REPORTS: frozenset({May.SEE_REPORTS}),
    Access.READ_JOURNAL: frozenset({May.SEE_JOURNAL}),
}
"""The rights that what a scope opens asks for: of these, those the person's roles grant are left."""


def narrowed(viewer: Viewer, access: Access) -> Viewer:
    """The viewer for one request that needs this scope: the person's own rights, and of them only the scope's."""
    return replace(viewer, only=_RIGHTS[access])


def read_scopes(words: Iterable[str]) -> frozenset[Access]:
    """The scopes that these words name; a scope this house does not know grants nothing."""
    known = set(Access)
    return frozenset(Access(word) for word in words if word in known)
