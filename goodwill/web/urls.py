"""Addresses of the pages; each noun's file lists its own."""

from types import ModuleType

from goodwill.web import (
    addresses,
    calendars,
    contact_people,
    customers,
    entries,
    erasures,
    imports,
    invitations,
    journal,
    orders,
    own_fields,
    people,
    policies,
    preferences,
    promises,
    reports,
    rounds,
    search,
    set_up,
    settings,
    sites,
    tags,
    today,
    tokens,
    touchpoints,
    units,
)

PAGES: tuple[ModuleType, ...] = (
    today,
    promises,
    rounds,
    entries,
    customers,
    contact_people,
    addresses,
    erasures,
    orders,
    search,
    tags,
    own_fields,
    touchpoints,
    reports,
    imports,
    journal,
    people,
    invitations,
    units,
    sites,
    calendars,
    policies,
    settings,
    preferences,
    tokens,
    set_up,
)

app_name = "web"
urlpatterns = [pattern for page in PAGES for pattern in page.urlpatterns]
