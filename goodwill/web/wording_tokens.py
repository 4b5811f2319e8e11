"""Wording of tokens: what each scope lets a program do, and how long a token is good for."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from goodwill.domain.tokens import Access

SCOPES: dict[Access, Promise | str] = {
    Access.READ_CUSTOMERS: gettext_lazy("Read customers"),
    Access.WRITE_CUSTOMERS: gettext_lazy("Add and change customers"),
    Access.READ_ORDERS: gettext_lazy("Read orders"),
    Access.WRITE_ORDERS: gettext_lazy("Say who uses an order"),
    Access.READ_INTERACTIONS: gettext_lazy("Read contacts"),
    Access.WRITE_INTERACTIONS: gettext_lazy("Note contacts"),
    Access.READ_PROMISES: gettext_lazy("Read promises"),
    Access.WRITE_PROMISES: gettext_lazy("Make and settle promises"),
    Access.READ_TOUCHPOINTS: gettext_lazy("Read touchpoints"),
    Access.WRITE_TOUCHPOINTS: gettext_lazy("Add and change touchpoints"),
    Access.READ_FIRM: gettext_lazy("Read sites, units and people"),
    Access.READ_REPORTS: gettext_lazy("Read reports"),
    Access.READ_JOURNAL: gettext_lazy("Read the journal"),
}

LIVES: dict[int, Promise | str] = {
    7: gettext_lazy("a week"),
    30: gettext_lazy("a month"),
    90: gettext_lazy("three months"),
    365: gettext_lazy("a year"),
}
