"""Roles: what a person of the firm is trusted with, and how far that person sees."""

from enum import StrEnum


class Role(StrEnum):
    """A trust given to a person, usually within a unit."""

    AGENT = "agent"
    SHOP_MANAGER = "shop_manager"
    ACCOUNT_MANAGER = "account_manager"
    BACK_OFFICE = "back_office"
    LOGISTICS = "logistics"
    HEAD = "head"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """How far a role sees: nothing, what one owes, own customers, the unit's sites, or the whole firm."""

    NOTHING = "nothing"
    OWED = "owed"
    OWN = "own"
    UNIT = "unit"
    ALL = "all"


class May(StrEnum):
    """A right; whatever is not granted to a role below is refused."""

    SEE_CUSTOMERS = "see_customers"
    RECORD = "record"
    SETTLE_PROMISES = "settle_promises"
    SEE_REPORTS = "see_reports"
    EXPORT = "export"
    IMPORT = "import"
    MANAGE_PEOPLE = "manage_people"
    CHANGE_SETTINGS = "change_settings"
    SEE_JOURNAL = "see_journal"
    ERASE = "erase"


_DESK = frozenset({May.SEE_CUSTOMERS, May.RECORD, May.SETTLE_PROMISES, May.SEE_REPORTS})
_INSIDE = frozenset({May.RECORD, May.SETTLE_PROMISES})

RIGHTS: dict[Role, frozenset[May]] = {
    Role.AGENT: _DESK,
    Role.SHOP_MANAGER: _DESK | {May.EXPORT},
    Role.ACCOUNT_MANAGER: _DESK | {May.EXPORT},
    Role.BACK_OFFICE: _INSIDE,
    Role.LOGISTICS: _INSIDE,
    Role.HEAD: frozenset(May),
    Role.ADMINISTRATOR: frozenset({May.MANAGE_PEOPLE, May.CHANGE_SETTINGS, May.IMPORT, May.SEE_JOURNAL}),
}

SCOPES: dict[Role, Scope] = {
    Role.AGENT: Scope.UNIT,
    Role.SHOP_MANAGER: Scope.UNIT,
    Role.ACCOUNT_MANAGER: Scope.OWN,
    Role.BACK_OFFICE: Scope.OWED,
    Role.LOGISTICS: Scope.OWED,
    Role.HEAD: Scope.ALL,
    Role.ADMINISTRATOR: Scope.NOTHING,
}

_WIDTH = (Scope.NOTHING, Scope.OWED, Scope.OWN, Scope.UNIT, Scope.ALL)


def rights_of(roles: frozenset[Role]) -> frozenset[May]:
    """Everything that any of these roles grants; no role, no right."""
    return frozenset().union(*(RIGHTS[role] for role in roles))


def scope_of(roles: frozenset[Role]) -> Scope:
    """The widest sight among these roles; no role sees nothing."""
    return max((SCOPES[role] for role in roles), key=_WIDTH.index, default=Scope.NOTHING)
