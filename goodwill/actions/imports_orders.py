"""Importing orders: each with its shipment, and the delivery that was promised with how it ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from goodwill.actions.imports_amendments import amend
from goodwill.actions.imports_books import Books, facts
from goodwill.domain.entries import Entry
from goodwill.domain.imports import Ending, OrderRecord, ending_of
from goodwill.domain.records import PromiseKind, Side
from goodwill.domain.targets import Outcome
from goodwill.store import bulk
from goodwill.store.addresses import Address
from goodwill.store.orders import Order, Shipment
from goodwill.store.promises import Promise

_ORDER = (
    "id",
    "number",
    "customer_id",
    "user_id",
    "site_id",
    "address_id",
    "placed_at",
    "approved_at",
    "status",
    "currency",
    "items_minor",
    "freight_minor",
    "paid_minor",
    "line_count",
    "payment_count",
    "own",
    "source",
    "external_key",
    "digest",
    "imported_by_id",
)
_SHIPMENT = (
    "order_id",
    "position",
    "carrier",
    "promised_at",
    "handed_over_at",
    "delivered_at",
    "imported_by_id",
)
_PROMISE = (
    "id",
    "customer_id",
    "side",
    "kind",
    "what",
    "order_id",
    "site_id",
    "made_at",
    "zone",
    "late_rule",
    "target_kind",
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
    "currency",
    "is_history",
    "version",
    "source",
    "external_key",
    "imported_by_id",
)
_OURS, _DELIVERY, _OPEN = Side.OURS.value, PromiseKind.DELIVERY.value, Outcome.OPEN.value


@dataclass(slots=True)
class Totals:
    """What the lines and payments of a batch say about an order, in minor units."""

    items: int = 0
    freight: int = 0
    paid: int = 0
    lines: int = 0
    payments: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that is there, as far as its lines, payments and ratings need to know it."""

    order_id: int
    customer_id: int
    currency: str
    is_of_this_run: bool
    is_new: bool
    """Made in this very batch, with its totals."""


def orders(
    books: Books,
    records: dict[str, OrderRecord],
    there: dict[str, tuple[int, str]],
    ids: tuple[dict[str, int], dict[str, int]],
    totals: dict[str, Totals],
) -> tuple[dict[str, Placed], dict[str, str]]:
    """Bring orders in. Returns those that are there, and for those that must wait the parent they wait for.

    `there` is what is known of their keys (id and digest), `ids` those of customers and of sites.
    """
    if not records:
        return {}, {}
    customer_ids, site_ids = ids
    changed = {key: record for key, record in records.items() if there.get(key, (0, ""))[1] != record.digest}
    buyers = _buyers(books, changed, customer_ids)
    held = {key: f"address:{record.address}" for key, record in changed.items() if key not in buyers}
    placed: dict[str, Placed] = {}
    new, altered = [], []
    for key, record in records.items():
        if key in held:
            continue
        if key not in there:
            new.append(record)
        elif there[key][1] != record.digest:
            altered.append((there[key][0], record, *buyers[key], site_ids[record.site]))
        else:
            books.unchanged["order"] += 1
    if new:
        placed |= _add(books, new, buyers, customer_ids, site_ids, totals)
    if altered:
        amend(books, altered)
    placed |= found(books, [key for key in there if key in records])
    return placed, held


def found(books: Books, keys: list[str]) -> dict[str, Placed]:
    """Those of these orders that are there already."""
    rows = bulk.having_keys(Order, books.source, keys)
    return {
        key: Placed(pk, customer_id, currency, imported_by == books.run_id, False)
        for key, pk, customer_id, currency, imported_by in rows.values_list(
            "external_key", "pk", "customer_id", "currency", "imported_by_id"
        )
    }


def _buyers(
    books: Books, records: dict[str, OrderRecord], customer_ids: dict[str, int]
) -> dict[str, tuple[int, int | None]]:
    """The buyer and the postal address of each order whose buyer is known."""
    named = [record.address for record in records.values() if record.address]
    rows = bulk.having_keys(Address, books.source, named)
    by_address = {key: (customer, pk) for key, pk, customer in rows.values_list("external_key", "pk", "customer_id")}
    buyers: dict[str, tuple[int, int | None]] = {}
    for key, record in records.items():
        if not record.address:
            buyers[key] = (customer_ids[record.customer], None)
        elif record.address in by_address:
            buyers[key] = by_address[record.address]
    return buyers


def _add(
    books: Books,
    new: list[OrderRecord],
    buyers: dict[str, tuple[int, int | None]],
    customer_ids: dict[str, int],
    site_ids: dict[str, int],
    totals: dict[str, Totals],
) -> dict[str, Placed]:
    ids = bulk.reserve(Order, len(new))
    promise_ids = bulk.reserve(Promise, sum(record.promise is not None for record in new))
    placed: dict[str, Placed] = {}
    order_rows: list[tuple[Any, ...]] = []
    shipment_rows: list[tuple[Any, ...]] = []
    promise_rows: list[tuple[Any, ...]] = []
    run_id, source, zone = books.run_id, books.source, books.zone
    placed_facts: dict[str, str] = {}
    empty = Totals()
    for record in new:
        pk = next(ids)
        customer_id, address_id = buyers[record.key]
        site_id = site_ids[record.site]
        sums = totals.get(record.key, empty)
        placed[record.key] = Placed(pk, customer_id, record.currency, True, True)
        order_rows.append(
            (
                pk,
                record.number,
                customer_id,
                customer_ids.get(record.user) if record.user else None,
                site_id,
                address_id,
                record.placed_at,
                record.approved_at,
                record.status,
                record.currency,
                sums.items,
                sums.freight,
                sums.paid,
                sums.lines,
                sums.payments,
                "{}",
                source,
                record.key,
                record.digest,
                run_id,
            )
        )
        promise = record.promise
        shipment_rows.append(
            (
                pk,
                1,
                record.carrier,
                promise.promised_at if promise else None,
                record.handed_over_at,
                record.delivered_at,
                run_id,
            )
        )
        said = placed_facts.get(record.status)
        if said is None:
            said = placed_facts[record.status] = facts(status=record.status)
        books.note(Entry.ORDER_PLACED, record.placed_at, customer_id, pk, None, said)
        if promise is None:
            continue
        ending = ending_of(record, promise, zone, as_of=books.as_of)
        promise_id = next(promise_ids)
        promise_rows.append(
            (
                promise_id,
                customer_id,
                _OURS,
                _DELIVERY,
                "",
                pk,
                site_id,
                record.placed_at,
                zone.key,
                promise.late_rule,
                promise.target_kind,
                promise.promised_at,
                promise.promised_on,
                promise.due_at,
                ending.outcome,
                ending.standing,
                ending.wakes_at,
                ending.broken_at,
                ending.acted_at,
                ending.acted_on,
                ending.settled_at,
                ending.withdrawn_reason,
                sums.items + sums.freight if ending.outcome == _OPEN else 0,
                record.currency,
                ending.is_history,
                0,
                source,
                record.key,
                run_id,
            )
        )
        note_promise(books, ending, promise.due_at, record.placed_at, (customer_id, pk, promise_id))
    bulk.insert(Order, _ORDER, order_rows)
    bulk.insert(Shipment, _SHIPMENT, shipment_rows)
    bulk.insert(Promise, _PROMISE, promise_rows)
    books.created["order"] += len(order_rows)
    books.created["shipment"] += len(shipment_rows)
    books.created["promise"] += len(promise_rows)
    return placed


_BROKEN = facts(outcome=Outcome.BROKEN_UNRECORDED.value, lead_seconds=None)
_KEPT = Outcome.KEPT.value


def note_promise(
    books: Books, ending: Ending, due_at: datetime, made_at: datetime, about: tuple[int, int, int]
) -> None:
    """Write down how an old promise was made and how it ended, each at its own moment."""
    note = books.note
    made = f'{{"side": "ours", "promise_kind": "delivery", "due_at": "{due_at.isoformat()}"}}'
    note(Entry.PROMISE_MADE, made_at, *about, made)
    if ending.outcome == _KEPT and ending.acted_at is not None:
        ahead = int((due_at - ending.acted_at).total_seconds())
        note(Entry.PROMISE_KEPT, ending.acted_at, *about, f'{{"ahead_seconds": {ahead}}}')
    elif ending.broken_at is not None and ending.acted_at is not None:
        late = int((ending.acted_at - due_at).total_seconds())
        note(Entry.PROMISE_BROKEN, ending.broken_at, *about, _BROKEN)
        note(Entry.PROMISE_FULFILLED_LATE, ending.acted_at, *about, f'{{"late_seconds": {late}}}')
    elif ending.settled_at is not None:
        said = facts(reason=ending.withdrawn_reason, outcome=Outcome.WITHDRAWN.value)
        note(Entry.PROMISE_WITHDRAWN, ending.settled_at, *about, said)
