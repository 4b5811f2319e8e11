"""Exports: what the order exports of shop systems have in common, on top of the plain columns of an order.

A preset says which column is which field, and puts right what is not one column: a name in two, lines packed into one,
a state made of three, carriage that is the order's and not the line's.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import ClassVar

from goodwill.adapters.presets import orders
from goodwill.domain.columns import NAMES, normal
from goodwill.domain.imports import OF_THE_ORDER, AddressRecord, LineRecord, OrderRecord, Parcel, PaymentRecord
from goodwill.domain.money import Money, exponent
from goodwill.domain.rows import BadValue, instant, number, reading

OF_THE_LINE = ("line", "item", "category", "quantity", "unit_price", "freight", "seller")
_MARKS = ("customer", "status", "currency", "paid")
"""A row that says none of these is a further row of an order."""
PROMISED = frozenset(
    {
        *("promised", "promised at", "promised date", "promised delivery", "delivery promised", "delivery date"),
        *(
            "estimated delivery",
            "estimated delivery date",
            "order delivery date",
            "requested delivery date",
            "due date",
        ),
        *("дата доставки", "желаемая дата доставки", "планируемая дата доставки", "плановая дата доставки"),
        *("срок доставки", "обещанная дата доставки", "обещано", "обещанная дата"),
        *("szallitas datuma", "szallitasi datum", "szallitasi hatarido", "kivant szallitasi datum", "igert szallitas"),
        *("varhato szallitas", "igert datum"),
    }
)
"""What exports call the day agreed upon, in the words of the files without accents (see columns.normal)."""
DELIVERED = frozenset(
    {
        *("delivered", "delivered at", "delivered on", "date delivered", "delivered date"),
        *("доставлен", "доставлено", "дата вручения", "дата фактической доставки", "фактическая дата доставки"),
        *("дата получения", "kezbesitve", "kiszallitva", "kezbesites datuma", "atveve"),
    }
)
"""What exports call the day on which the customer had it."""
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_OFFSET = re.compile(r"(.*\d) ?(UTC|GMT|Z|[+-]\d\d:?\d\d)")


@dataclass(slots=True)
class Line:
    """One line of an order as plain values; `total` is what it costs in all where the file says so itself."""

    values: dict[str, str]
    total: Decimal | None = None
    origin: str = ""
    """The column that holds the line as a whole, for naming what is wrong in it."""
    is_rest: bool = False
    """Not goods but what belongs to the order as a whole."""


@dataclass(slots=True)
class Told:
    """What one row says: of the order, of its lines, where it goes, and when it was paid."""

    order: dict[str, str]
    lines: list[Line]
    city: str = ""
    region: str = ""
    postcode: str = ""
    paid_at: str = ""
    country: str = ""


class Cells:
    """The fields of a row by the names of their columns; a column that is not there is empty."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._places = places
        self.names = frozenset(places)
        self.fields: Sequence[str] = ()

    def __call__(self, *names: str) -> str:
        """The first of these columns that says something."""
        for name in names:
            place = self._places.get(name)
            if place is not None and (value := self.fields[place].strip()):
                return value
        return ""


class Reader(ABC):
    """Turns the fields of a row into a parcel. Rows after the first of an order may leave empty what it said."""

    labels: ClassVar[Mapping[str, str]] = {}
    """Other names of columns, and those that the preset knows them by."""

    def __init__(self, header: Sequence[str], columns: Mapping[str, str], terms: orders.Terms) -> None:
        places: dict[str, int] = {}
        for place, name in enumerate(header):
            places.setdefault(name, place)
        self._labelled = {self.labels[name]: name for name in header if name in self.labels}
        for name, label in self._labelled.items():
            places.setdefault(name, places[label])
        self.terms = terms
        self.columns = {name: columns[name] for name in NAMES if columns.get(name) in places}
        self.cell = Cells(places)
        self._head: Parcel | None = None
        """What the first row of the order in hand said of the order, for its further rows."""
        self._plain = orders.Reader(NAMES, {name: name for name in NAMES}, terms)
        self._probe = orders.Reader(header, columns, terms)

    @abstractmethod
    def tell(self, order: dict[str, str], line: dict[str, str], *, is_first: bool) -> Told:
        """What the row in `self.cell` says, given the plain values of its columns; each preset has its own."""

    def reads(self, fields: list[str], is_whole: bool) -> bool:
        """Whether fields read as a row, for finding the end of a damaged one."""
        return self._probe.reads([zoned(value) for value in fields], is_whole)

    def __call__(self, fields: Sequence[str]) -> Parcel:
        """The parcel of a row; raises BadValue, which names the file's own column."""
        cell, columns = self.cell, self.columns
        cell.fields = fields
        order = {name: cell(header) for name, header in columns.items() if name not in OF_THE_LINE}
        line = {name: cell(header) for name, header in columns.items() if name in OF_THE_LINE}
        try:
            is_first = not self._plain.is_in(self._row(order, {}))
            is_loose = is_first and not any(order.get(name) for name in _MARKS)
            if is_first:
                self._head = None
            told = self.tell(order, line, is_first=is_first and not is_loose)
            if is_loose:
                return self._loose(told)
            return self._parcel(told)
        except BadValue as problem:
            name = columns.get(problem.field) or self._labelled.get(problem.field, problem.field)
            raise BadValue(name, problem.fault, **problem.values) from None

    def _row(self, order: Mapping[str, str], line: Mapping[str, str]) -> list[str]:
        return [order.get(name, "") or line.get(name, "") for name in NAMES]

    def _parcel(self, told: Told) -> Parcel:
        parcels = [self._of_line(told.order, line) for line in told.lines]
        parcel = parcels[0] if parcels else self._plain(self._row(told.order, {}))
        if self._head is None:
            self._head = self._whole(parcel, told)
        return _joined(self._head, parcels)

    def _whole(self, parcel: Parcel, told: Told) -> Parcel:
        """The order with its address and the moment of its payment."""
        order, customer = parcel.orders[0], parcel.customers[0]
        if told.paid_at and parcel.payments:
            paid_at = instant(reading(zoned(told.paid_at), "paid_at", self.terms.date_order)[0], self.terms.zone)
            paid: list[PaymentRecord] = []
            for one in parcel.payments:
                paid.append(one._replace(paid_at=paid_at, digest=_digest(one.digest, paid_at.isoformat())))
            parcel = parcel._replace(payments=tuple(paid))
        if not (told.city or told.region or told.postcode):
            return parcel
        where = (told.city[:120], told.region[:64], told.postcode[:20])
        country = told.country if _COUNTRY.fullmatch(told.country) else ""
        key, digest = _digest(customer.key, *where, country), _digest(*where, country)
        address = AddressRecord(key, customer.key, *where, digest, country)
        placed = order._replace(address=address.key, digest=_digest(order.digest, key))
        return parcel._replace(orders=(placed,), addresses=(address,))

    def _of_line(self, order: Mapping[str, str], line: Line) -> Parcel:
        try:
            parcel = self._plain(self._row(order, line.values))
            return _worth(parcel, line, parcel.orders[0].currency)
        except BadValue as problem:
            if line.origin and problem.field in OF_THE_LINE:
                raise BadValue(line.origin, problem.fault, **problem.values) from None
            raise

    def _loose(self, told: Told) -> Parcel:
        """A row that says nothing of its order, which an earlier import brought: its lines join that order."""
        key = self._plain.key_of(told.order)
        order = OrderRecord(
            *(key, told.order["order"], "", "", "", "", _NEVER, None, "", self.terms.currency),
            *(None, None, None, None, "", ""),
        )
        parcels = [_worth(self._plain.line_of(one.values, order), one, order.currency) for one in told.lines]
        return _joined(Parcel(), parcels)

    def telephone(self, others: Sequence[str], country: str) -> str:
        """The first telephone that the row tells, dialled from the country of its customer: the firm's customers
        abroad write theirs as it is dialled there. Raises BadValue, which names the column it stands in."""
        homes = (country, self.terms.country) if _COUNTRY.fullmatch(country) else (self.terms.country,)
        for name in (self.columns["phone"], *others) if "phone" in self.columns else others:
            if value := self.cell(name).lstrip("'"):  # a spreadsheet's mark of a text
                try:
                    return orders.telephone(value, *homes)
                except BadValue as problem:
                    raise BadValue(name, problem.fault) from None
        return ""

    def amount(self, value: str, name: str) -> Decimal:
        """A sum in the file's decimal mark; nothing is zero."""
        return number(value, name, self.terms.decimal) if value else Decimal(0)

    def text(self, amount: Decimal, currency: str = "") -> str:
        """A sum as the file would write it, rounded to the currency's smallest unit."""
        places = exponent(currency or self.terms.currency)
        rounded = amount.quantize(Decimal(1).scaleb(-places))
        return format(rounded, "f").replace(".", self.terms.decimal)

    def exact(self, amount: Decimal) -> str:
        """A price as the file would write it, with up to six digits."""
        return format(amount.quantize(Decimal("0.000001")).normalize(), "f").replace(".", self.terms.decimal)

    def rest(self, sums: Decimal, freight: Decimal, currency: str) -> list[Line]:
        """What belongs to the order as a whole, as one line without a product: its carriage, and discounts, fees and
        taxes, so that lines add up to what was to be paid. However often it is told, an order has it once."""
        values = {}
        if sums:
            values["unit_price"] = self.exact(sums)
        if freight:
            values["freight"] = self.text(freight, currency)
        return [Line(values, is_rest=True)] if values else []


def _joined(parcel: Parcel, parcels: Sequence[Parcel]) -> Parcel:
    return parcel._replace(
        lines=tuple(line for one in parcels for line in one.lines),
        products=tuple(product for one in parcels for product in one.products),
        categories=tuple(category for one in parcels for category in one.categories),
        sellers=tuple(seller for one in parcels for seller in one.sellers),
    )


def _worth(parcel: Parcel, line: Line, currency: str) -> Parcel:
    """The parcel with the total that the file itself states, rounded to the smallest unit."""
    if line.is_rest:
        return parcel._replace(lines=tuple([one._replace(position=OF_THE_ORDER) for one in parcel.lines]))
    if line.total is None or not parcel.lines:
        return parcel
    total = Money.rounded(line.total, currency).minor
    lines: list[LineRecord] = []
    for one in parcel.lines:
        lines.append(one._replace(total_minor=total, digest=_digest(one.digest, str(total))))
    return parcel._replace(lines=tuple(lines))


def zoned(value: str) -> str:
    """`2026-03-02 10:15:00 +0100` as ISO 8601 writes it; any other text as it is."""
    match = _OFFSET.fullmatch(value)
    if match is None or len(value) < 17:
        return value
    offset = match[2] if match[2][0] in "+-" else "+00:00"
    return match[1] + (offset if ":" in offset else f"{offset[:3]}:{offset[3:]}")


def meant(name: str | None, labels: Mapping[str, str]) -> str:
    """The name by which a preset knows a column."""
    return labels.get(name, name) if name else ""


def first_of(header: Sequence[str], names: Sequence[str]) -> str:
    """The first of these names that is a column, or nothing."""
    return next((name for name in names if name in header), "")


def named(header: Sequence[str], words: frozenset[str]) -> str:
    """The first column whose name, without a `meta:` before it and without punctuation, is one of these words."""
    squeezed = {word.replace(" ", "") for word in words}
    for name in header:
        if normal(name.removeprefix("meta:")).replace(" ", "") in squeezed:
            return name
    return ""


def _digest(*values: str) -> str:
    return blake2b("\x1f".join(values).encode(), digest_size=16).hexdigest()


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""A moment for the order that a loose line only names."""
