"""Orders: plain columns under any names, one row for each line of an order, everything about it on the row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

from goodwill.adapters import phones
from goodwill.domain.columns import COLUMNS, NAMES, STATUSES, normal
from goodwill.domain.imports import (
    CategoryRecord,
    CustomerRecord,
    LineRecord,
    OrderRecord,
    Parcel,
    PaymentRecord,
    ProductRecord,
    PromiseRecord,
    RatingRecord,
    SellerRecord,
    Within,
    promised_within,
)
from goodwill.domain.money import MICRO, Money, exponent
from goodwill.domain.rows import (
    BadValue,
    Fault,
    end_of_day,
    instant,
    minor,
    needed,
    number,
    reading,
    start_of_day,
    text,
    whole,
)
from goodwill.domain.search_words import fold

NAME = "orders"
MODE = "store"
TEMPLATE = ",".join(column.name for column in COLUMNS) + "\n" + ",".join(column.example for column in COLUMNS) + "\n"
"""A file to begin with: every column, and one order."""
LONGEST_ITEM = 200
"""Letters of a product's name."""
_OF_THE_LINE = frozenset({"line", "item", "category", "quantity", "unit_price", "freight", "seller"})
_KINDS_OF_CUSTOMER = frozenset(
    normal(name)
    for name in (
        *("Customer type", "Kundentyp", "Kundenart", "Тип клиента", "Тип покупателя"),
        *("Ügyféltípus", "Ügyfél típusa", "Vásárló típusa", "Vevő típusa"),
    )
)
_COUPONS = tuple(normal(name) for name in ("Coupon", "Gutschein", "Купон", "Kupon"))
_MAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s.,;]{2,}")
_E164 = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Terms:
    """How values are to be read: what the file leaves out comes from here."""

    zone: ZoneInfo
    currency: str
    country: str
    site: str
    decimal: str
    date_order: str
    rating_scale: int
    within: Within | None = None
    """A promise for orders of which the file names none."""
    numbers_begin_anew: bool = False
    """Whether numbers of orders begin anew each year: then a number names an order only together with its year."""
    sells_to_nobody_named: bool = False
    """Whether an order need not say who bought, as at a till: then its buyer is a customer without a name, its own."""


class Reader:
    """Turns the fields of a row into a parcel. It remembers the order it is in: further rows of one order may leave
    what is said of the order empty, and may not say otherwise."""

    def __init__(self, header: Sequence[str], columns: Mapping[str, str], terms: Terms) -> None:
        names = list(header)
        self.terms = terms
        places = {name: names.index(columns[name]) for name in NAMES if columns.get(name) in names}
        self._order = [(name, place) for name, place in places.items() if name not in _OF_THE_LINE]
        self._line = [(name, place) for name, place in places.items() if name in _OF_THE_LINE]
        self._order_at = places["order"]
        self._site_at = places.get("site")
        self._dated_at = places.get("placed") if terms.numbers_begin_anew else None
        self._values: dict[str, str] = {}
        self._head: tuple[str, ...] = ()
        self._parcel: Parcel | None = None
        within = terms.within
        # another term makes another promise: then the order says something else than before
        self._said = (f"{within.days}|{within.schedules is not None}",) if within is not None else ()
        self._closes_as_it_sends = is_analytics(header)
        self._typed = [places[name] for name in ("placed", "promised", "delivered") if name in places]

    def key_of(self, values: Mapping[str, str]) -> str:
        """The key of the order that these values name; raises BadValue where they name none."""
        site = text(values.get("site", ""), "site", 120) or self.terms.site
        key = _key(site, needed(values["order"], "order", 64))
        if not self.terms.numbers_begin_anew:
            return key
        placed, _ = reading(values.get("placed", ""), "placed", self.terms.date_order)
        return f"{key}|{placed.year}"

    def __call__(self, fields: Sequence[str]) -> Parcel:
        """The parcel of a row; raises BadValue."""
        head = tuple(fields[place] for _, place in self._order)
        if self._parcel is None or not self.is_in(fields):
            again = self.is_in(fields)
            # after a damaged first row the next one of its order may have left out what stood there
            before = self._values if again else {}
            self._values = {name: fields[place] or before.get(name, "") for name, place in self._order}
            self._head, self._parcel = head, None
            self._parcel = self._of_order(self._values)
        elif head != self._head:
            for (name, _), value, first in zip(self._order, head, self._head, strict=True):
                if value.strip() and value != first:
                    raise BadValue(name, Fault.CONTRADICTS)
        line = self.line_of({name: fields[place] for name, place in self._line}, self._parcel.orders[0])
        return self._parcel._replace(
            lines=line.lines, products=line.products, categories=line.categories, sellers=line.sellers
        )

    def is_in(self, fields: Sequence[str]) -> bool:
        """Whether a row is of the order that was read last."""
        if fields[self._order_at] != self._values.get("order"):
            return False
        dated = fields[self._dated_at] if self._dated_at is not None else ""
        if dated and dated != self._values.get("placed"):
            return False
        site = fields[self._site_at] if self._site_at is not None else ""
        return not site or site == self._values.get("site")

    def reads(self, fields: list[str], is_whole: bool) -> bool:
        """Whether fields read as a row, for finding the end of a damaged one: its dates tell."""
        dated = False
        for place in self._typed:
            if place < len(fields) and fields[place].strip():
                try:
                    reading(fields[place], "", self.terms.date_order)
                except BadValue:
                    return False
                dated = True
        return bool(fields[self._order_at : self._order_at + 1]) and (dated or (is_whole and not self._typed))

    def _moment(self, value: str, field: str) -> tuple[datetime, datetime, bool]:
        found, has_time = reading(value, field, self.terms.date_order)
        if found.tzinfo is not None:
            found = found.astimezone(self.terms.zone).replace(tzinfo=None)
        return instant(found, self.terms.zone), found, has_time

    def _maybe(self, values: Mapping[str, str], field: str) -> tuple[datetime | None, datetime | None]:
        value = values.get(field, "")
        if not value or value.isspace():
            return None, None
        moment, found, _ = self._moment(value, field)
        return moment, found

    def _of_order(self, values: Mapping[str, str]) -> Parcel:
        terms = self.terms
        number_ = needed(values["order"], "order", 64)
        site = text(values.get("site", ""), "site", 120) or terms.site
        key = self.key_of(values)
        customers = self._customers(values, key)
        placed_at, _, _ = self._moment(values.get("placed", ""), "placed")
        handed_over_at, _ = self._maybe(values, "handed_over")
        delivered_at, delivered = self._maybe(values, "delivered")
        status = _status(values.get("status", ""), is_delivered=delivered_at is not None)
        if status == "delivered" and delivered_at is None and self._closes_as_it_sends:
            status = "shipped"
        currency = text(values.get("currency", ""), "currency", 3).upper() or terms.currency
        if not _CURRENCY.fullmatch(currency):
            raise BadValue("currency", Fault.NOT_A_CURRENCY)
        is_said_to_hold = terms.within is not None and not values.get("promised", "").strip()
        order = OrderRecord(
            key,
            number_,
            customers[0].key,
            customers[1].key if len(customers) > 1 else "",
            "",
            site,
            placed_at,
            None,
            status,
            currency,
            self._promise(values.get("promised", ""), site, placed_at),
            handed_over_at,
            delivered_at,
            delivered.date() if delivered else None,
            text(values.get("carrier", ""), "carrier", 80),
            _digest(*values.values(), *self._said) if is_said_to_hold else _digest(*values.values()),
        )
        return Parcel(
            customers=customers,
            orders=(order,),
            payments=self._payment(values, order),
            ratings=self._rating(values, order),
        )

    def _promise(self, value: str, site: str, placed_at: datetime) -> PromiseRecord | None:
        zone = self.terms.zone
        if not value or value.isspace():
            if self.terms.within is None:
                return None
            day = promised_within(self.terms.within, site, placed_at, zone)
            return PromiseRecord(start_of_day(day, zone), day, end_of_day(day, zone), "end_of_day", "day")
        moment, found, has_time = self._moment(value, "promised")
        if has_time:
            return PromiseRecord(moment, found.date(), moment, "moment", "moment")
        return PromiseRecord(moment, found.date(), end_of_day(found.date(), zone), "end_of_day", "day")

    def _customers(self, values: Mapping[str, str], order_key: str) -> tuple[CustomerRecord, ...]:
        """The buyer, and where an organisation buys through a person, that person."""
        customer_number = text(values.get("customer_number", ""), "customer_number", 64)
        name = text(values.get("customer", ""), "customer", 200)
        organisation = text(values.get("organisation", ""), "organisation", 200)
        mail = text(values.get("email", ""), "email", 254).lower()
        if mail and not _MAIL.fullmatch(mail):
            raise BadValue("email", Fault.NOT_AN_ADDRESS)
        phone = telephone(values.get("phone", ""), self.terms.country)
        mails, telephones = (mail,) if mail else (), (phone,) if phone else ()
        digest = _digest(name, customer_number, mail, phone)
        if not organisation:
            is_named = customer_number or name or mail or phone
            if not is_named and not self.terms.sells_to_nobody_named:
                raise BadValue("customer", Fault.MISSING)
            # the order's key, so that a file twice is one buyer and two buyers are never one; digested, for it tells
            # of nobody and is read aloud as such
            key = _customer_key(customer_number, mail, phone, name) if is_named else _digest("buyer", order_key)
            return (CustomerRecord(key, "person", name, customer_number, mails, telephones, "", digest),)
        firm_key = f"n:{customer_number}" if customer_number else f"o:{fold(organisation)[:100]}"
        if not name:
            digest = _digest(organisation, customer_number, mail, phone)
            return (
                CustomerRecord(firm_key, "organisation", organisation, customer_number, mails, telephones, "", digest),
            )
        firm = CustomerRecord(
            firm_key, "organisation", organisation, customer_number, (), (), "", _digest(organisation, customer_number)
        )
        person_key = _customer_key("", mail, phone, f"{name} {organisation}")
        person = CustomerRecord(person_key, "person", name, "", mails, telephones, firm_key, _digest(name, mail, phone))
        return firm, person

    def _payment(self, values: Mapping[str, str], order: OrderRecord) -> tuple[PaymentRecord, ...]:
        paid = values.get("paid", "")
        if not paid or paid.isspace():
            return ()
        amount = minor(paid, "paid", order.currency, self.terms.decimal)
        kind = text(values.get("payment_kind", ""), "payment_kind", 32).lower() or "paid"
        return (PaymentRecord(order.key, 1, kind, 1, amount, None, _digest(paid, kind)),)

    def _rating(self, values: Mapping[str, str], order: OrderRecord) -> tuple[RatingRecord, ...]:
        score = values.get("rating", "")
        if not score or score.isspace():
            return ()
        scale = self.terms.rating_scale
        overall = whole(score.replace(",", "."), "rating", 1, scale)
        words = text(values.get("review", ""), "review", 20_000)
        digest = _digest(score, words)
        return (RatingRecord(order.key, order.key, overall, scale, "", words, None, order.delivered_at, digest),)

    def line_of(self, values: Mapping[str, str], order: OrderRecord) -> Parcel:
        """What a row says of a line of this order; nothing where it names no item, price and freight."""
        item = text(values.get("item", ""), "item", LONGEST_ITEM)
        price = values.get("unit_price", "").strip()
        carriage = values.get("freight", "").strip()
        if not item and not price and not carriage:
            return Parcel()
        decimal, currency = self.terms.decimal, order.currency
        position = values.get("line", "").strip()
        quantity = values.get("quantity", "").strip()
        quantity_micro, price_micro, total = _worth(quantity, price, currency, decimal)
        product, category = _product_of(item, text(values.get("category", ""), "category", 120))
        seller = text(values.get("seller", ""), "seller", 120)
        line = LineRecord(
            order.key,
            whole(position, "line", 1, 100_000) if position else None,
            product.key if product else "",
            seller,
            quantity_micro,
            price_micro,
            total,
            minor(carriage, "freight", currency, decimal) if carriage else 0,
            None,
            _digest(*values.values()),
        )
        return Parcel(
            lines=(line,),
            products=(product,) if product else (),
            categories=(category,) if category else (),
            sellers=(SellerRecord(seller, seller, "", "", ""),) if seller else (),
        )


def is_analytics(header: Sequence[str]) -> bool:
    """Whether these are the columns of WooCommerce's Analytics, in the shop's language: it alone tells of each order
    which kind of customer it was and which coupons. "Completed" there is when the shop closed the order."""
    names = [normal(name) for name in header]
    return not _KINDS_OF_CUSTOMER.isdisjoint(names) and any(name.startswith(_COUPONS) for name in names)


def _worth(quantity: str, price: str, currency: str, decimal: str) -> tuple[int, int, int]:
    """Quantity and unit price ×10⁶, and the line's total in minor units."""
    places = exponent(currency)
    if quantity in ("", "1") and price and price[0] != "-":
        try:
            total = minor(price, "unit_price", currency, decimal)
        except BadValue as problem:
            if problem.fault is not Fault.TOO_FINE:
                raise
        else:
            return MICRO, total * 10 ** (6 - places), total
    many = number(quantity, "quantity", decimal) if quantity else Decimal(1)
    each = number(price, "unit_price", decimal) if price else Decimal(0)
    if abs(many) > 10**9 or abs(each) > 10**9:
        raise BadValue("unit_price" if abs(each) > 10**9 else "quantity", Fault.OUT_OF_RANGE, least="", most=str(10**9))
    return int(many * MICRO), int(each * MICRO), Money.rounded(many * each, currency).minor


@lru_cache(maxsize=16_384)
def _product_of(item: str, category: str) -> tuple[ProductRecord | None, CategoryRecord | None]:
    if not item:
        return None, None
    # one name in two categories is two products, so that no row can contradict another
    product = ProductRecord(f"{fold(item)[:80]}|{fold(category)[:39]}", item, category, "")
    return product, CategoryRecord(category, category) if category else None


def _customer_key(customer_number: str, mail: str, phone: str, name: str) -> str:
    if customer_number:
        return f"n:{customer_number}"
    if mail:
        return f"e:{mail}"[:120]
    return f"p:{phone}" if phone else f"w:{fold(name)}"[:120]


@lru_cache(maxsize=16_384)
def telephone(value: str, *countries: str) -> str:
    """The number in E.164, dialled from the first of these countries where that is possible; raises BadValue."""
    bare = re.sub(r"[\s().-]", "", value)
    if not bare:
        return ""
    if _E164.fullmatch(bare):
        return bare
    for country in countries:
        if found := phones.e164(value, country):
            return found
    raise BadValue("phone", Fault.NOT_A_PHONE)


def _key(site: str, number_: str) -> str:
    return f"{fold(site)[:50]}|{number_}"


def _status(value: str, *, is_delivered: bool) -> str:
    said = text(value, "status", 20)
    if not said:
        return "delivered" if is_delivered else "placed"
    return STATUSES.get(fold(said), said.lower())


def _digest(*values: str) -> str:
    return blake2b("\x1f".join(values).encode(), digest_size=16).hexdigest()
