"""Bringing a batch of parcels in: parents first, and what must wait for a parent is named."""

from collections.abc import Iterable, Mapping

from goodwill.actions import imports_orders, imports_parties, imports_parts
from goodwill.actions.imports_books import Books
from goodwill.actions.imports_orders import Placed, Totals
from goodwill.domain.imports import (
    AddressRecord,
    CategoryRecord,
    CustomerRecord,
    LineRecord,
    OrderRecord,
    Parcel,
    PaymentRecord,
    ProductRecord,
    RatingRecord,
    SellerRecord,
)
from goodwill.store import bulk
from goodwill.store.orders import Order
from goodwill.store.products import Product, Seller

Place = int
"""The place of a row in its batch."""


def deliver(books: Books, parcels: list[Parcel]) -> dict[Place, str]:
    """Bring parcels in, in the caller's transaction; what waits, by its place, for which parent.

    Of several records with one key the last stands, except customers, sites and orders, of which the first does.
    """
    customers: dict[str, CustomerRecord] = {}
    addresses: dict[str, AddressRecord] = {}
    categories: dict[str, CategoryRecord] = {}
    products: dict[str, ProductRecord] = {}
    sellers: dict[str, SellerRecord] = {}
    orders: dict[str, OrderRecord] = {}
    order_places: dict[str, Place] = {}
    lines: list[tuple[Place, LineRecord]] = []
    payments: dict[tuple[str, int], tuple[Place, PaymentRecord]] = {}
    ratings: dict[str, tuple[Place, RatingRecord]] = {}
    skipped: set[str] = set()
    there = bulk.known(Order, books.source, [order.key for parcel in parcels for order in parcel.orders])
    for place, parcel in enumerate(parcels):
        if parcel.orders and all(there.get(o.key, (0, ""))[1] == o.digest for o in parcel.orders):
            # nothing new is said of the order, so nothing of its customer and where it lives
            skipped.update(customer.key for customer in parcel.customers)
        else:
            for customer in parcel.customers:
                customers.setdefault(customer.key, customer)
            for address in parcel.addresses:
                addresses[address.key] = address
        for category in parcel.categories:
            categories[category.key] = category
        for product in parcel.products:
            products[product.key] = product
        for seller in parcel.sellers:
            sellers[seller.key] = seller
        for order in parcel.orders:
            orders.setdefault(order.key, order)
            order_places.setdefault(order.key, place)
        for line in parcel.lines:
            lines.append((place, line))
        for payment in parcel.payments:
            payments[payment.order, payment.position] = (place, payment)
        for rating in parcel.ratings:
            ratings[rating.key] = (place, rating)
    books.unchanged["customer"] += len(skipped - customers.keys())
    held: dict[Place, str] = {}
    site_ids = {order.site: imports_parties.site_of(books, order.site) for order in orders.values()}
    stay = _buyers_that_stay(books, customers, orders, there)
    customer_ids = imports_parties.customers(books, customers, _homes(orders)) | stay
    if addresses:
        imports_parties.addresses(books, addresses, customer_ids)
    category_ids = imports_parties.categories(books, categories)
    product_ids = imports_parties.products(books, products, category_ids)
    seller_ids = imports_parties.sellers(books, sellers)
    totals = _totals((line for _, line in lines), (payment for _, payment in payments.values())) if orders else {}
    placed, waiting = imports_orders.orders(books, orders, there, (customer_ids, site_ids), totals)
    for key, parent in waiting.items():
        held[order_places[key]] = parent
    placed |= _placed(books, placed, lines, payments.values(), ratings.values())
    _find_sold(books, [line for _, line in lines], product_ids, seller_ids)
    ready = []
    for place, line in lines:
        parent_missing = _missing(line, placed, product_ids, seller_ids)
        if parent_missing:
            held[place] = parent_missing
        else:
            ready.append(line)
    if ready:
        imports_parts.lines(books, _once(ready), placed, product_ids, seller_ids)
    ready_payments = [payment for place, payment in payments.values() if _is_placed(place, payment, placed, held)]
    if ready_payments:
        imports_parts.payments(books, ready_payments, placed)
    ready_ratings = {key: r for key, (place, r) in ratings.items() if _is_placed(place, r, placed, held)}
    if ready_ratings:
        imports_parts.ratings(books, ready_ratings, placed)
    return held


def _buyers_that_stay(
    books: Books, customers: dict[str, CustomerRecord], orders: dict[str, OrderRecord], there: Mapping[str, object]
) -> dict[str, int]:
    """Who bought the orders that are there and of which this file does not say who did: it takes them from nobody,
    and the customers without a name that it means are left out. The key that it gave the buyer → the buyer."""
    unsaid = {
        key: order.customer
        for key, order in (orders.items() if there else ())
        if key in there and order.customer in customers and customers[order.customer].is_nameless
    }
    if not unsaid:
        return {}
    for customer in unsaid.values():
        del customers[customer]
    books.unchanged["customer"] += len(unsaid)
    rows = bulk.having_keys(Order, books.source, unsaid)
    return {unsaid[key]: pk for key, pk in rows.values_list("external_key", "customer_id")}


def _homes(orders: dict[str, OrderRecord]) -> dict[str, str]:
    """The home of each customer is the site of the first order: customer key → site."""
    homes: dict[str, str] = {}
    for order in orders.values():
        homes.setdefault(order.customer, order.site)
        if order.user:
            homes.setdefault(order.user, order.site)
    return homes


def _totals(lines: Iterable[LineRecord], payments: Iterable[PaymentRecord]) -> dict[str, Totals]:
    totals: dict[str, Totals] = {}
    for line in _once(list(lines)):
        sums = totals.setdefault(line.order, Totals())
        sums.items += line.total_minor
        sums.freight += line.freight_minor
        sums.lines += 1
    for payment in payments:
        sums = totals.setdefault(payment.order, Totals())
        sums.paid += payment.amount_minor
        sums.payments += 1
    return totals


def _once(lines: list[LineRecord]) -> list[LineRecord]:
    """Of several lines in one named position of an order the last."""
    named = {(line.order, line.position): line for line in lines if line.position is not None}
    if not named:
        return lines
    return [line for line in lines if line.position is None or named[line.order, line.position] is line]


def _placed(
    books: Books,
    placed: dict[str, Placed],
    lines: Iterable[tuple[Place, LineRecord]],
    payments: Iterable[tuple[Place, PaymentRecord]],
    ratings: Iterable[tuple[Place, RatingRecord]],
) -> dict[str, Placed]:
    keys = {record.order for _, record in lines} | {record.order for _, record in payments}
    keys |= {record.order for _, record in ratings}
    keys -= placed.keys()
    return imports_orders.found(books, sorted(keys)) if keys else {}


def _find_sold(books: Books, lines: list[LineRecord], product_ids: dict[str, int], seller_ids: dict[str, int]) -> None:
    """Look up the products and sellers that lines name and this batch did not bring."""
    missing = {line.product for line in lines} - product_ids.keys() - {""}
    if missing:
        rows = bulk.having_keys(Product, books.source, missing)
        product_ids.update(rows.values_list("external_key", "pk"))
    missing = {line.seller for line in lines} - seller_ids.keys() - {""}
    if missing:
        found = bulk.having_keys(Seller, books.source, missing)
        seller_ids.update(found.values_list("external_key", "pk"))


def _missing(
    line: LineRecord, placed: dict[str, Placed], product_ids: dict[str, int], seller_ids: dict[str, int]
) -> str:
    if line.order not in placed:
        return f"order:{line.order}"
    if line.product and line.product not in product_ids:
        return f"product:{line.product}"
    if line.seller and line.seller not in seller_ids:
        return f"seller:{line.seller}"
    return ""


def _is_placed(
    place: Place, record: PaymentRecord | RatingRecord, placed: dict[str, Placed], held: dict[Place, str]
) -> bool:
    if record.order in placed:
        return True
    held[place] = f"order:{record.order}"
    return False
