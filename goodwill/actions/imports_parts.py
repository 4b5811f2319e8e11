"""Importing what belongs to an order: lines, payments and ratings, and the order's sums, which follow them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import F, OuterRef, Subquery

from goodwill.actions.imports_books import Books, facts
from goodwill.actions.imports_orders import Placed
from goodwill.domain.entries import Entry
from goodwill.domain.imports import OF_THE_ORDER, LineRecord, PaymentRecord, RatingRecord
from goodwill.store import bulk
from goodwill.store.orders import Order, OrderLine, Payment
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating

_LINE = (
    "order_id",
    "position",
    "product_id",
    "seller_id",
    "quantity_micro",
    "unit_price_micro",
    "total_minor",
    "freight_minor",
    "ship_by_at",
    "digest",
    "imported_by_id",
)
_PAYMENT = ("order_id", "position", "kind", "instalments", "amount_minor", "paid_at", "digest", "imported_by_id")
_RATING = (
    "order_id",
    "customer_id",
    "overall",
    "scale",
    "title",
    "words",
    "asked_at",
    "answered_at",
    "source",
    "external_key",
    "digest",
    "imported_by_id",
)


def lines(
    books: Books,
    records: Iterable[LineRecord],
    placed: dict[str, Placed],
    product_ids: dict[str, int],
    seller_ids: dict[str, int],
) -> None:
    """Bring lines in. One without a position is the order's n-th line of that product, or its next line."""
    of_order: dict[str, list[LineRecord]] = defaultdict(list)
    for record in records:
        of_order[record.order].append(record)
    older = [placed[key].order_id for key in of_order if not placed[key].is_new]
    there: dict[int, dict[int, OrderLine]] = defaultdict(dict)
    for row in OrderLine.objects.filter(order_id__in=older) if older else ():
        there[row.order_id][row.position] = row
    rows: list[tuple[Any, ...]] = []
    gained: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    changed: set[str] = set()
    for key, group in of_order.items():
        order = placed[key]
        known_lines = there.get(order.order_id, {})
        taken: set[int] = set()
        made: dict[int, tuple[Any, ...]] = {}
        for record in group:
            product_id = product_ids.get(record.product)
            position = record.position
            if position is None:
                position = _place(known_lines, taken, made, product_id)
            taken.add(position)
            found = known_lines.get(position)
            if found is None:
                made[position] = (
                    order.order_id,
                    position,
                    product_id,
                    seller_ids.get(record.seller),
                    record.quantity_micro,
                    record.unit_price_micro,
                    record.total_minor,
                    record.freight_minor,
                    record.ship_by_at,
                    record.digest,
                    books.run_id,
                )
            elif found.digest == record.digest:
                books.unchanged["order_line"] += 1
            else:
                sums = gained[order.order_id]
                sums[0] += record.total_minor - found.total_minor
                sums[1] += record.freight_minor - found.freight_minor
                _amend_line(books, found, record, product_id, seller_ids.get(record.seller))
                changed.add(key)
        rows += made.values()
        if not order.is_new:
            for row_ in made.values():
                sums = gained[order.order_id]
                sums[0] += row_[6]
                sums[1] += row_[7]
                sums[2] += 1
            if made and not order.is_of_this_run:
                changed.add(key)
    bulk.insert(OrderLine, _LINE, rows)
    books.created["order_line"] += len(rows)
    _gain(books, ("items_minor", "freight_minor", "line_count"), gained)
    _note_changed(books, changed, placed)
    _wait_for(gained)


def _place(
    known_lines: dict[int, OrderLine], taken: set[int], made: dict[int, tuple[Any, ...]], product_id: int | None
) -> int:
    for position in sorted(known_lines):
        if position != OF_THE_ORDER and position not in taken and known_lines[position].product_id == product_id:
            return position
    return max((*known_lines, *made, 0)) + 1


def _amend_line(
    books: Books, row: OrderLine, record: LineRecord, product_id: int | None, seller_id: int | None
) -> None:
    said = {
        "product_id": product_id,
        "seller_id": seller_id,
        "quantity_micro": record.quantity_micro,
        "unit_price_micro": record.unit_price_micro,
        "total_minor": record.total_minor,
        "freight_minor": record.freight_minor,
        "ship_by_at": record.ship_by_at,
        "digest": record.digest,
    }
    books.keep(row, said)
    for column, value in said.items():
        setattr(row, column, value)
    row.save(update_fields=list(said))
    books.updated["order_line"] += 1


def payments(books: Books, records: Iterable[PaymentRecord], placed: dict[str, Placed]) -> None:
    """Bring payments in."""
    wanted = {(placed[record.order].order_id, record.position): record for record in records}
    older = {order.order_id for order in placed.values() if not order.is_new}
    there = {
        (row.order_id, row.position): row
        for row in Payment.objects.filter(order_id__in={pk for pk, _ in wanted} & older)
    }
    rows: list[tuple[Any, ...]] = []
    gained: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    changed: set[str] = set()
    for (order_id, position), record in wanted.items():
        order = placed[record.order]
        found = there.get((order_id, position))
        if found is None:
            rows.append(
                (
                    order_id,
                    position,
                    record.kind,
                    record.instalments,
                    record.amount_minor,
                    record.paid_at,
                    record.digest,
                    books.run_id,
                )
            )
            if not order.is_new:
                gained[order_id][0] += record.amount_minor
                gained[order_id][1] += 1
                if not order.is_of_this_run:
                    changed.add(record.order)
        elif found.digest == record.digest:
            books.unchanged["payment"] += 1
        else:
            gained[order_id][0] += record.amount_minor - found.amount_minor
            columns = ("kind", "instalments", "amount_minor", "paid_at", "digest")
            books.keep(found, columns)
            for column in columns:
                setattr(found, column, getattr(record, column))
            found.save(update_fields=list(columns))
            books.updated["payment"] += 1
            changed.add(record.order)
    bulk.insert(Payment, _PAYMENT, rows)
    books.created["payment"] += len(rows)
    _gain(books, ("paid_minor", "payment_count"), gained)
    _note_changed(books, changed, placed)


def ratings(books: Books, records: dict[str, RatingRecord], placed: dict[str, Placed]) -> None:
    """Bring ratings in."""
    there = bulk.known(Rating, books.source, list(records))
    erased = books.erased(placed[record.order].customer_id for record in records.values())
    rows: list[tuple[Any, ...]] = []
    said: dict[tuple[int, int], str] = {}
    for key, record in records.items():
        order = placed[record.order]
        if order.customer_id in erased:
            record = record._replace(title="", words="")
        ids = {"customer_id": order.customer_id, "order_id": order.order_id}
        scores = said.setdefault((record.overall, record.scale), facts(overall=record.overall, scale=record.scale))
        if key not in there:
            rows.append(
                (
                    order.order_id,
                    order.customer_id,
                    record.overall,
                    record.scale,
                    record.title,
                    record.words,
                    record.asked_at,
                    record.answered_at,
                    books.source,
                    key,
                    record.digest,
                    books.run_id,
                )
            )
            rated_at = record.answered_at or record.asked_at or books.at
            books.note(Entry.PURCHASE_RATED, rated_at, facts=scores, **ids)
        elif there[key][1] == record.digest:
            books.unchanged["rating"] += 1
        else:
            row = Rating.objects.get(pk=there[key][0])
            columns = ("overall", "scale", "title", "words", "asked_at", "answered_at", "digest")
            books.keep(row, columns)
            for column in columns:
                setattr(row, column, getattr(record, column))
            row.save(update_fields=list(columns))
            books.note(Entry.PURCHASE_RATED, books.at, facts=scores, **ids)
            books.updated["rating"] += 1
    bulk.insert(Rating, _RATING, rows)
    books.created["rating"] += len(rows)


def _gain(books: Books, columns: tuple[str, ...], gained: dict[int, list[int]]) -> None:
    bulk.add(Order, columns, [(*sums, order_id) for order_id, sums in gained.items() if any(sums)])


def _note_changed(books: Books, changed: set[str], placed: dict[str, Placed]) -> None:
    for key in sorted(changed):
        order = placed[key]
        books.note(Entry.ORDER_CHANGED, books.at, customer_id=order.customer_id, order_id=order.order_id)


def _wait_for(gained: Iterable[int]) -> None:
    """What a promise still owed is about is worth what its order is worth."""
    ids = list(gained)
    if ids:
        worth = Order.objects.filter(pk=OuterRef("order_id")).annotate(worth=F("items_minor") + F("freight_minor"))
        Promise.objects.filter(order_id__in=ids, kind="delivery", outcome="open").update(
            money_waiting_minor=Subquery(worth.values("worth")[:1])
        )
