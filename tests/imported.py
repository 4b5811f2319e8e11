"""What an import left behind, by natural keys: two databases hold the same when these are equal."""

import json
from collections import Counter
from typing import Any

from goodwill.store.addresses import Address
from goodwill.store.customers import Customer, SearchWord
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order, OrderLine, Payment, Shipment
from goodwill.store.products import Category, Product, Seller
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from goodwill.store.sites import Site

_KEY = "order__external_key"
_COLUMNS: dict[Any, tuple[str, ...]] = {
    Site: ("name", "mode", "zone"),
    Category: ("external_key", "name"),
    Customer: ("external_key", "kind", "name", "number", "site__name"),
    SearchWord: ("word", "customer__external_key"),
    Address: ("external_key", "kind", "value", "customer__external_key", "city", "region", "postcode", "digest"),
    Seller: ("external_key", "name", "city", "region", "digest"),
    Product: ("external_key", "name", "category__external_key", "digest"),
    Order: (
        "external_key",
        "number",
        "customer__external_key",
        "site__name",
        "address__external_key",
        "placed_at",
        "approved_at",
        "status",
        "currency",
        "items_minor",
        "freight_minor",
        "paid_minor",
        "line_count",
        "payment_count",
        "digest",
    ),
    OrderLine: (
        _KEY,
        "position",
        "product__external_key",
        "seller__external_key",
        "quantity_micro",
        "unit_price_micro",
        "total_minor",
        "freight_minor",
        "ship_by_at",
        "digest",
    ),
    Payment: (_KEY, "position", "kind", "instalments", "amount_minor", "digest"),
    Shipment: (_KEY, "position", "carrier", "promised_at", "handed_over_at", "delivered_at"),
    Rating: ("external_key", _KEY, "customer__external_key", "overall", "scale", "title", "words", "answered_at"),
    Promise: (
        "external_key",
        "customer__external_key",
        _KEY,
        "promised_at",
        "promised_on",
        "due_at",
        "outcome",
        "standing",
        "wakes_at",
        "broken_at",
        "acted_at",
        "acted_on",
        "settled_at",
        "withdrawn_reason",
        "money_waiting_minor",
        "is_history",
    ),
}
_OWN = ("import_started", "import_finished", "import_stopped", "import_taken_back", "order_changed")


def state() -> dict[str, Any]:
    """Every imported row, sorted, and how many entries of each kind the journal has of orders and promises."""
    found: dict[str, Any] = {
        model.__name__: sorted(model.objects.values_list(*columns), key=repr) for model, columns in _COLUMNS.items()
    }
    kinds = JournalEntry.objects.exclude(kind__in=_OWN).order_by().values_list("kind", flat=True)
    found["journal"] = Counter(kinds)
    return found


def as_text(found: dict[str, Any]) -> str:
    """The state as text, for comparing it across processes."""
    return json.dumps(found, default=str, sort_keys=True)
