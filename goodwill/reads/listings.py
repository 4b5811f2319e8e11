"""Listings: rows as plain values for programs, a stretch at a time, in an order that stays while rows are added.

Values are JSON values: moments ISO 8601 with their offset, money `{"amount", "currency"}`. A stretch costs one query
(two more where the viewer sees few customers) whatever its place in the list.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from goodwill.domain.money import Money
from goodwill.domain.roles import May, Scope
from goodwill.domain.stamps import stamp
from goodwill.domain.viewers import Viewer
from goodwill.reads import search, sight
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order, OrderLine, Payment, Shipment
from goodwill.store.people import Assignment, Person
from goodwill.store.products import Product
from goodwill.store.promises import Promise
from goodwill.store.shipment_reports import ShipmentReport
from goodwill.store.sites import Site
from goodwill.store.touchpoints import Touchpoint
from goodwill.store.units import Unit

Plain = dict[str, Any]
_AS_IS = (str, int, bool, type(None))
MOST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows of a list, and the cursor of the next ones ("" at the end)."""

    rows: list[Plain]
    next: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """How much to show, and from where: a cursor given with an earlier stretch of the same list."""

    limit: int = 50
    cursor: str = ""


CUSTOMER = (
    *("id", "kind", "name", "number", "language", "site_id", "owner_id", "deputy_id"),
    *("created_at", "last_heard_at", "erased_at"),
)
ORDER = (
    *("id", "number", "customer_id", "user_id", "site_id", "status", "placed_at", "approved_at"),
    *("currency", "items_minor", "freight_minor", "paid_minor"),
)
PRODUCT = ("id", "name", "source", "external_key", "category_id", "category__name")
INTERACTION = (
    *("id", "customer_id", "contact_id", "person_id", "touchpoint_id", "order_id"),
    *("channel", "direction", "at", "words", "is_mailing"),
)
PROMISE = (
    *("id", "customer_id", "side", "kind", "what", "order_id", "interaction_id", "site_id", "person_id", "unit_id"),
    *("depends_on_id", "made_at", "zone", "late_rule", "target_kind", "target_count", "promised_at", "promised_on"),
    *("due_at", "outcome", "standing", "warned_at", "broken_at", "acted_at", "settled_at", "withdrawn_reason"),
    *("replaced_by_id", "money_waiting_minor", "currency", "is_history", "version"),
)
SHIPMENT_REPORT = (
    *("id", "promise_id", "shipment_id", "interaction_id", "outcome", "effect", "said_at", "received_at"),
    *("expected_at", "cause", "is_told", "condition", "is_accepted"),
)
TOUCHPOINT = ("id", "name", "channel", "owner_id", "site_id", "tangible", "intangible", "is_active")
SITE = ("id", "name", "zone", "is_active")
UNIT = ("id", "name")
PERSON = ("id", "name", "is_active")
JOURNAL = (
    *("id", "kind", "at", "recorded_at", "actor_id", "customer_id", "order_id", "promise_id", "import_id"),
    *("policy_id", "facts"),
)


def customers(viewer: Viewer, narrowed: Mapping[str, Any], turn: Turn) -> Stretch | None:
    """The viewer's customers in the order of their ids; `narrowed` holds look-ups (kind, site_id, owner_id)."""
    rows = _those_of(_customers(viewer), sight.few_customers(viewer)).filter(**narrowed)
    return _turn(rows, CUSTOMER, customer, turn, by="id")


def customers_named(viewer: Viewer, text: str, narrowed: Mapping[str, Any], turn: Turn) -> Stretch | None:
    """The customers whom every word of the text begins to name, best first, narrowed as in `customers`. This list has
    one stretch only, so that no cursor is of it."""
    if turn.cursor:
        return None
    if not viewer.may(May.SEE_CUSTOMERS):
        return Stretch([])
    within = _customers(viewer).filter(**narrowed) if narrowed else None
    found, _ = search.ranked(viewer, text, limit=turn.limit, within=within)
    return Stretch([customer(_values(row, CUSTOMER)) for row in found])


def one_customer(viewer: Viewer, customer_id: int) -> Plain | None:
    """A customer with addresses, and the stamp that a change may name."""
    row = _customers(viewer).filter(pk=customer_id).first()
    if row is None:
        return None
    reached = Address.objects.filter(customer=row).order_by("id")[:200]
    return {**changed_customer(row), "addresses": [address(one) for one in reached]}


def changed_customer(row: Customer) -> Plain:
    """A customer that a deed has just written, with the stamp that a change may name."""
    seen = stamp(row.kind, row.name, row.number, row.language, row.site_id)
    return {**customer(_values(row, CUSTOMER)), "stamp": seen}


def address(row: Address) -> Plain:
    """An address."""
    return _values(row, ("id", "kind", "value", "city", "region", "postcode", "country"))


def customer(values: Plain) -> Plain:
    """A customer as programs see it; of whom was erased nothing is left but the fact."""
    erased_at = values.pop("erased_at")
    return {**_said(values), "is_erased": erased_at is not None}


def orders(viewer: Viewer, narrowed: Mapping[str, Any], turn: Turn) -> Stretch | None:
    """The viewer's orders, newest first, narrowed by number, site_id, customer_id, status, placed_at__gte and
    placed_at__lt."""
    rows = _those_of(_orders(viewer), sight.few_orders(viewer)).filter(**narrowed)
    return _turn(rows, ORDER, order, turn, by="placed_at", descending=True)


def one_order(viewer: Viewer, order_id: int) -> Plain | None:
    """An order with its first five hundred lines, its shipments and payments."""
    row = _orders(viewer).filter(pk=order_id).first()
    if row is None:
        return None
    lines = OrderLine.objects.filter(order=row).order_by("position")[:500]
    shipped = ("position", "carrier", "promised_at", "handed_over_at", "delivered_at")
    return {
        **order(_values(row, ORDER)),
        "lines": [
            {
                **_values(line, ("position", "product_id", "seller_id")),
                "quantity": _micro(line.quantity_micro),
                "unit_price": {"amount": _micro(line.unit_price_micro), "currency": row.currency},
                "total": _money(line.total_minor, row.currency),
                "freight": _money(line.freight_minor, row.currency),
            }
            for line in lines
        ],
        "shipments": [_said(_values(one, shipped)) for one in Shipment.objects.filter(order=row).order_by("position")],
        "payments": [
            {
                **_said(_values(one, ("position", "kind", "instalments", "paid_at"))),
                "amount": _money(one.amount_minor, row.currency),
            }
            for one in Payment.objects.filter(order=row).order_by("position")
        ],
    }


def changed_order(row: Order) -> Plain:
    """An order that a deed has just changed."""
    return order(_values(row, ORDER))


def order(values: Plain) -> Plain:
    """An order as programs see it: `total` is what its lines say, `paid` what its payments say."""
    currency = values.pop("currency")
    total, paid = values.pop("items_minor") + values.pop("freight_minor"), values.pop("paid_minor")
    return {**_said(values), "total": _money(total, currency), "paid": _money(paid, currency)}


def products(viewer: Viewer, narrowed: Mapping[str, Any], turn: Turn) -> Stretch | None:
    """What the firm sells, in the order of the ids, narrowed by source, external_key and category_id: the whole of it
    for whoever sees customers, since a product is of no site."""
    rows = _products(viewer).filter(**narrowed)
    if narrowed.get("external_key"):
        # The index of keys holds no blank one: only where this is said does SQLite use it.
        rows = rows.exclude(external_key="")
    return _turn(rows, PRODUCT, product, turn, by="id")


def one_product(viewer: Viewer, product_id: int) -> Plain | None:
    """A product."""
    values = _products(viewer).filter(pk=product_id).values(*PRODUCT).first()
    return None if values is None else product(values)


def product(values: Plain) -> Plain:
    """A product as programs see it, its category beside it."""
    category_id, name = values.pop("category_id"), values.pop("category__name")
    return {**values, "category": None if category_id is None else {"id": category_id, "name": name}}


def interactions(viewer: Viewer, narrowed: Mapping[str, Any], turn: Turn) -> Stretch | None:
    """The contacts this viewer sees, the last recorded first, narrowed by customer_id, touchpoint_id and order_id."""
    rows = Interaction.objects.visible_to(viewer).filter(**narrowed)
    return _turn(rows, INTERACTION, _said, turn, by="id", descending=True)


def one_interaction(viewer: Viewer, interaction_id: int) -> Plain | None:
    """A contact."""
    row = Interaction.objects.visible_to(viewer).filter(pk=interaction_id).values(*INTERACTION).first()
    return None if row is None else _said(row)


def interaction(row: Interaction) -> Plain:
    """A contact that a deed has just written."""
    return _said(_values(row, INTERACTION))


def promises(viewer: Viewer, narrowed: Mapping[str, Any], turn: Turn, *, is_owed: bool) -> Stretch | None:
    """The promises this viewer sees: those still owed, first due first; or all, the last made first."""
    rows = Promise.objects.visible_to(viewer).filter(**narrowed)
    if is_owed:
        return _turn(rows.owed(), PROMISE, promise, turn, by="due_at")
    return _turn(rows, PROMISE, promise, turn, by="id", descending=True)


def one_promise(viewer: Viewer, promise_id: int) -> Plain | None:
    """A promise."""
    row = Promise.objects.visible_to(viewer).filter(pk=promise_id).values(*PROMISE).first()
    return None if row is None else promise(row)


def made_promise(row: Promise) -> Plain:
    """A promise that a deed has just written."""
    return promise(_values(row, PROMISE))


def promise(values: Plain) -> Plain:
    """A promise as programs see it."""
    waiting, currency = values.pop("money_waiting_minor"), values.pop("currency")
    return {**_said(values), "money_waiting": _money(waiting, currency) if currency else None}


def shipment_report(row: ShipmentReport) -> Plain:
    """What was said at a door, as a deed has just written it down."""
    return _said(_values(row, SHIPMENT_REPORT))


def touchpoints(viewer: Viewer, turn: Turn) -> Stretch | None:
    """The inventory of touchpoints in the order of their ids."""
    rows = Touchpoint.objects.all()
    if not viewer.may(May.RECORD) and not viewer.may(May.CHANGE_SETTINGS):
        rows = rows.none()
    return _turn(rows, TOUCHPOINT, _said, turn, by="id")


def touchpoint(row: Touchpoint) -> Plain:
    """A touchpoint that a deed has just written."""
    return _said(_values(row, TOUCHPOINT))


def sites(viewer: Viewer, turn: Turn) -> Stretch | None:
    """The sites that forms offer this viewer, in the order of their ids; with the settings, those out of use, too."""
    rows = Site.objects.all()
    if not viewer.may(May.CHANGE_SETTINGS):
        rows = rows.filter(is_active=True) if _acts(viewer) else rows.none()
        if viewer.scope is Scope.UNIT:
            rows = rows.filter(pk__in=viewer.site_ids)
    return _turn(rows, SITE, _said, turn, by="id")


def units(viewer: Viewer, turn: Turn) -> Stretch | None:
    """The units in the order of their ids: all for whoever sees them in the settings or among the customers; else those
    that the viewer works in."""
    rows = Unit.objects.all()
    serves = viewer.may(May.SEE_CUSTOMERS) and viewer.scope in (Scope.UNIT, Scope.ALL)
    if not viewer.may(May.CHANGE_SETTINGS) and not serves:
        rows = rows.filter(pk__in=viewer.unit_ids) if _acts(viewer) else rows.none()
    return _turn(rows, UNIT, _said, turn, by="id")


def people(viewer: Viewer, turn: Turn) -> Stretch | None:
    """The people in the order of their ids: those who may answer for a customer, for whoever sees customers; the own
    units' for whoever only owes; with the settings, closed accounts, too."""
    rows = Person.objects.get_queryset()
    if not viewer.may(May.CHANGE_SETTINGS):
        rows = rows.active() if _acts(viewer) else rows.none()
        if not viewer.may(May.SEE_CUSTOMERS):
            # Not joined: a person of two roles in a unit would be listed twice.
            mates = Assignment.objects.filter(unit_id__in=viewer.unit_ids).values("person_id")
            rows = rows.filter(Q(pk__in=mates) | Q(pk=viewer.person_id))
    return _turn(rows, PERSON, _said, turn, by="id")


def journal(viewer: Viewer, narrowed: Mapping[str, Any], turn: Turn) -> Stretch | None:
    """The journal, the last recorded first, narrowed by kind, actor_id, customer_id and promise_id."""
    rows = JournalEntry.objects.filter(**narrowed)
    if not viewer.may(May.SEE_JOURNAL):
        rows = rows.none()
    return _turn(rows, JOURNAL, _said, turn, by="id", descending=True)


def _acts(viewer: Viewer) -> bool:
    """Whether this viewer works with the books at all: whoever holds no role is told no name of the firm."""
    return viewer.may(May.SEE_CUSTOMERS) or viewer.may(May.RECORD)


def _customers(viewer: Viewer) -> QuerySet[Customer]:
    rows = Customer.objects.visible_to(viewer)
    return rows if viewer.may(May.SEE_CUSTOMERS) else rows.none()


def _orders(viewer: Viewer) -> QuerySet[Order]:
    rows = Order.objects.visible_to(viewer)
    return rows if viewer.may(May.SEE_CUSTOMERS) else rows.none()


def _products(viewer: Viewer) -> QuerySet[Product]:
    return Product.objects.all() if viewer.may(May.SEE_CUSTOMERS) else Product.objects.none()


def _those_of(rows: QuerySet[Any], few: Iterable[int] | None) -> QuerySet[Any]:
    return rows if few is None else rows.filter(pk__in=few)


def _turn(
    rows: QuerySet[Any],
    names: tuple[str, ...],
    said: Callable[[Plain], Plain],
    turn: Turn,
    *,
    by: str,
    descending: bool = False,
) -> Stretch | None:
    """The stretch after the cursor; None where the cursor makes no sense in this list."""
    above, sign = ("lt", "-") if descending else ("gt", "")
    if turn.cursor:
        place = _read(turn.cursor, by)
        if place is None:
            return None
        value, row_id = place
        if by == "id":
            rows = rows.filter(**{f"id__{above}": row_id})
        else:
            # The first condition is implied by the second; it lets the database begin at the key.
            rows = rows.filter(
                Q(**{f"{by}__{above}e": value}) & (Q(**{f"{by}__{above}": value}) | Q(**{f"id__{above}": row_id}))
            )
    keys = ("id",) if by == "id" else (by, "id")
    found = list(rows.order_by(*(sign + key for key in keys)).values(*names)[: turn.limit + 1])
    has_more, found = len(found) > turn.limit, found[: turn.limit]
    onward = _cursor(by, found[-1]) if has_more else ""
    return Stretch([said(values) for values in found], onward)


def _cursor(by: str, values: Plain) -> str:
    place = [by, _iso(values[by]), values["id"]]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(cursor: str, by: str) -> tuple[datetime | None, int] | None:
    try:
        said, value, row_id = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
        if said != by or type(row_id) is not int or not 0 <= row_id <= MOST_ID:
            return None
        if by == "id":
            return None, row_id
        at = datetime.fromisoformat(value)
        return (at, row_id) if at.utcoffset() is not None and 1900 < at.year < 2300 else None
    except (binascii.Error, ValueError, TypeError):
        return None


def _values(row: Any, names: tuple[str, ...]) -> Plain:
    return {name: getattr(row, name) for name in names}


def _said(values: Plain) -> Plain:
    return {name: value if type(value) in _AS_IS else _iso(value) for name, value in values.items()}


def _iso(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _money(minor: int, currency: str) -> dict[str, str]:
    return Money(minor, currency).as_json()


def _micro(scaled: int) -> str:
    """A number scaled by a million, as text without needless zeros."""
    whole, rest = divmod(abs(scaled), 1_000_000)
    text = f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
    return f"-{text}" if scaled < 0 else text
