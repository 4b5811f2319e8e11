"""What every page carries: who looks, the menu, the firm's name, the theme."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_noop

from goodwill.domain.roles import May, Role
from goodwill.domain.viewers import Viewer
from goodwill.reads import notices
from goodwill.web.firm import firm_of
from goodwill.web.gate import viewer_of


@dataclass(frozen=True, slots=True)
class Door:
    """One entry of the menu: where it leads, its letter after `g`, its icon, and who may see it."""

    key: str
    label: str
    name: str
    icon: str
    letter: str
    rights: tuple[May, ...] = ()
    roles: frozenset[Role] = frozenset()
    """Whose work it is, where a right alone does not say it; empty: everybody's who has the right."""

    def opens_to(self, viewer: Viewer) -> bool:
        """Whether this viewer finds something behind it."""
        may = not self.rights or any(viewer.may(right) for right in self.rights)
        return may and (not self.roles or not self.roles.isdisjoint(viewer.roles))


_CARRIERS = frozenset({Role.LOGISTICS, Role.SHOP_MANAGER, Role.AGENT})


# Entries appear when their page works.
MENU = (
    Door("today", gettext_noop("Today"), "web:today", "sunrise", "t"),
    Door("customers", gettext_noop("Customers"), "web:customers", "users", "c", (May.SEE_CUSTOMERS,)),
    Door("promises", gettext_noop("Promises"), "web:promises", "heart-handshake", "p", (May.RECORD,)),
    Door("round", gettext_noop("My round"), "web:round", "truck", "d", (May.SETTLE_PROMISES,), _CARRIERS),
    Door("report", gettext_noop("Report"), "web:promise_report", "chart-bar", "r", (May.SEE_REPORTS,)),
    Door("imports", gettext_noop("Import"), "web:imports", "upload", "i", (May.IMPORT,)),
    Door("people", gettext_noop("People"), "web:people", "user-circle", "e", (May.MANAGE_PEOPLE,)),
    Door("journal", gettext_noop("Journal"), "web:journal", "history", "j", (May.SEE_JOURNAL,)),
    Door("settings", gettext_noop("Settings"), "web:settings", "settings", "s", (May.CHANGE_SETTINGS,)),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Context for every template: `viewer`, `menu`, `search_url` and `quick_entry_url` (empty where the viewer has no
    right to them), `firm_name`, `theme`, `available_languages`, `unread_notices` (asked of the database only where
    the shell shows it)."""
    viewer = viewer_of(request)
    firm = firm_of(request)
    person = getattr(request, "user", None)
    match = getattr(request, "resolver_match", None)
    here = getattr(match, "view_name", "") if match else ""
    menu = []
    if viewer.person_id is not None:
        for door in MENU:
            if not door.opens_to(viewer):
                continue
            try:
                url = reverse(door.name)
            except NoReverseMatch:
                continue
            menu.append(
                {
                    "key": door.key,
                    "label": gettext(door.label),
                    "url": url,
                    "icon": door.icon,
                    "letter": door.letter,
                    "current": here == door.name or (url != "/" and request.path.startswith(url)),
                }
            )
    return {
        "viewer": viewer if viewer.person_id is not None else None,
        "menu": menu,
        "search_url": reverse("web:search") if viewer.may(May.SEE_CUSTOMERS) else "",
        "quick_entry_url": reverse("web:quick_entry") if viewer.may(May.RECORD) else "",
        "firm_name": firm.name if firm else "Goodwill",
        "firm": firm,
        "theme": request.COOKIES.get("goodwill_theme") or getattr(person, "theme", "auto"),
        "available_languages": [("en", "English"), ("ru", "Русский"), ("hu", "Magyar")],
        "version": settings.VERSION,
        "unread_notices": cache(lambda: notices.unread(viewer)),
    }
