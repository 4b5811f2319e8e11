"""Addresses of the pages; each noun's file lists its own."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

app_name = "web"
urlpatterns: list[Any] = []
# TEMPORARY while pages are being built side by side: becomes a plain list of imports.
for noun in (
    "today",
    "promises",
    "entries",
    "customers",
    "orders",
    "reports",
    "imports",
    "people",
    "settings",
    "set_up",
    "journal",
    "preferences",
    "own_fields",
    "addresses",
    "contact_people",
    "tags",
    "touchpoints",
    "erasures",
    "invitations",
    "sites",
    "units",
    "calendars",
    "policies",
    "search",
):
    if find_spec(f"goodwill.web.{noun}"):
        urlpatterns += import_module(f"goodwill.web.{noun}").urlpatterns
