"""Amending orders by a corrected file: what they say, their shipment, and the promise, with a correcting entry."""

from copy import copy
from datetime import datetime
from typing import Any

from goodwill.actions.imports_books import Books, facts
from goodwill.domain.entries import Entry
from goodwill.domain.imports import Ending, OrderRecord, PromiseRecord, ending_of
from goodwill.domain.targets import Outcome
from goodwill.store import bulk
from goodwill.store.orders import Order, Shipment
from goodwill.store.promises import Promise

Altered = tuple[int, OrderRecord, int, int | None, int]
"""An order's id, what the file says now, its buyer, address and site."""
_ORDER = ("number", "customer_id", "site_id", "address_id", "placed_at", "approved_at", "status", "currency", "digest")
_SHIPMENT = ("carrier", "promised_at", "handed_over_at", "delivered_at")
_TERMS = ("customer_id", "site_id", "made_at", "late_rule", "target_kind", "promised_at", "promised_on", "due_at")
_ENDING = Ending._fields
_PROMISE = (*_TERMS, *_ENDING, "money_waiting_minor", "currency")


def amend(books: Books, altered: list[Altered]) -> None:
    """Let orders say what a corrected file says of them."""
    ids = [pk for pk, *_ in altered]
    orders = Order.objects.in_bulk(ids)
    shipments = {row.order_id: row for row in Shipment.objects.filter(order_id__in=ids, position=1)}
    keys = [record.key for _, record, *_ in altered]
    promises = {row.external_key: row for row in bulk.having_keys(Promise, books.source, keys)}
    for pk, record, customer_id, address_id, site_id in altered:
        order = orders[pk]
        said = (
            record.number,
            customer_id,
            site_id,
            address_id,
            record.placed_at,
            record.approved_at,
            record.status,
            record.currency,
            record.digest,
        )
        _alter(books, order, dict(zip(_ORDER, said, strict=True)))
        books.note(
            Entry.ORDER_CHANGED, books.at, customer_id=customer_id, order_id=pk, facts=facts(status=record.status)
        )
        books.updated["order"] += 1
        promise = record.promise
        parts = (
            record.carrier,
            promise.promised_at if promise else None,
            record.handed_over_at,
            record.delivered_at,
        )
        if pk in shipments and _alter(books, shipments[pk], dict(zip(_SHIPMENT, parts, strict=True))):
            books.updated["shipment"] += 1
        if promise is not None and record.key in promises:
            _resettle(books, order, record, promise, promises[record.key])
        elif promise is not None:
            _make(books, order, record, promise)


def _alter(books: Books, row: Any, values: dict[str, Any]) -> bool:
    changed = {column: value for column, value in values.items() if getattr(row, column) != value}
    if not changed:
        return False
    books.keep(row, changed)
    for column, value in changed.items():
        setattr(row, column, value)
    row.save(update_fields=list(changed))
    return True


def _make(books: Books, order: Order, record: OrderRecord, promise: PromiseRecord) -> None:
    """A promise that an earlier file did not name."""
    ending = ending_of(record, promise, books.zone, as_of=books.as_of)
    made = Promise.objects.create(
        kind="delivery",
        order=order,
        zone=books.zone.key,
        source=books.source,
        external_key=record.key,
        imported_by_id=books.run_id,
        **_terms(order, record, promise),
        **ending._asdict(),
        **_waiting(order, ending.outcome),
    )
    books.created["promise"] += 1
    _note(books, Entry.PROMISE_MADE, made, record.placed_at, due_at=promise.due_at.isoformat())
    _note_ending(books, made)


def _resettle(books: Books, order: Order, record: OrderRecord, promise: PromiseRecord, row: Promise) -> None:
    """Judge a promise again by what the file says now.

    What people agreed with the customer stands above a file: a promise that was moved or taken as mistaken is left
    alone. One that was watched breaks silently or warned, as the clock saw it; history breaks unrecorded.
    """
    if row.replaced_by_id is not None or row.withdrawn_reason in ("changed_by_agreement", "mistaken", "not_needed"):
        return
    before = row.outcome
    was_settled = row.settled_at is not None
    ending = ending_of(record, promise, books.zone, as_of=books.as_of)
    if ending.outcome == Outcome.OPEN and (row.acted_at is not None or before != Outcome.OPEN) and not row.is_history:
        return  # somebody here wrote down more than the file knows
    watched = not row.is_history or row.warned_at is not None
    values = _terms(order, record, promise) | ending._asdict() | _waiting(order, ending.outcome)
    if watched:
        values["is_history"] = row.is_history
        if ending.acted_at is not None:
            outcome = _as_promised_now(row, values).record().fulfilled_as(ending.acted_at)
            values["outcome"] = outcome.value
            values["broken_at"] = promise.due_at if outcome.is_broken else None
    if not _alter(books, row, {column: values[column] for column in _PROMISE}):
        return
    Promise.objects.filter(pk=row.pk).update(version=row.version + 1)
    books.updated["promise"] += 1
    if was_settled or (before != Outcome.OPEN and row.outcome != before):
        _note(books, Entry.PROMISE_CORRECTED, row, books.at, before=before, after=row.outcome, why="import")
    if not was_settled and row.settled_at is not None:
        _note_ending(books, row, is_broken_already=before != Outcome.OPEN)


def _as_promised_now(row: Promise, values: dict[str, Any]) -> Promise:
    amended = copy(row)
    for column in _TERMS:
        setattr(amended, column, values[column])
    return amended


def _terms(order: Order, record: OrderRecord, promise: PromiseRecord) -> dict[str, Any]:
    said = (
        order.customer_id,
        order.site_id,
        record.placed_at,
        promise.late_rule,
        promise.target_kind,
        promise.promised_at,
        promise.promised_on,
        promise.due_at,
    )
    return dict(zip(_TERMS, said, strict=True))


def _waiting(order: Order, outcome: str) -> dict[str, Any]:
    waiting = order.items_minor + order.freight_minor if outcome == Outcome.OPEN else 0
    return {"money_waiting_minor": waiting, "currency": order.currency}


def _note_ending(books: Books, row: Promise, *, is_broken_already: bool = False) -> None:
    if row.outcome == Outcome.WITHDRAWN and row.settled_at is not None:
        _note(books, Entry.PROMISE_WITHDRAWN, row, row.settled_at, reason=row.withdrawn_reason, outcome=row.outcome)
    elif row.acted_at is not None and row.outcome == Outcome.KEPT:
        ahead = int((row.due_at - row.acted_at).total_seconds())
        _note(books, Entry.PROMISE_KEPT, row, row.acted_at, ahead_seconds=ahead)
    elif row.acted_at is not None:
        if not is_broken_already:
            _note(books, Entry.PROMISE_BROKEN, row, row.due_at, outcome=row.outcome, lead_seconds=None)
        late = int((row.acted_at - row.due_at).total_seconds())
        _note(books, Entry.PROMISE_FULFILLED_LATE, row, row.acted_at, late_seconds=late)


def _note(books: Books, kind: Entry, row: Promise, at: datetime, **said: str | int | None) -> None:
    books.note(kind, at, customer_id=row.customer_id, order_id=row.order_id, promise_id=row.pk, facts=facts(**said))
