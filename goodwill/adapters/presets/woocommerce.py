"""WooCommerce: its orders as CSV, one row for each order with the lines packed into columns, or one row for each line.

Its own columns have the names that programs use; one extension writes labels that people read (_LABELS).
"completed" is when the shop closed the order, which most do as they send it: it is handed over, not delivered.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from goodwill.adapters.presets import exports, orders
from goodwill.adapters.presets.exports import Line, Told, first_of, meant, named, zoned
from goodwill.domain.rows import BadValue, Fault
from goodwill.domain.search_words import fold

NAME = "woocommerce"
_NUMBERS = ("order_number_formatted", "order_number", "order_id")
_COLUMNS = {
    "order": _NUMBERS,
    "customer_number": ("customer_id", "customer_user"),
    "customer": ("billing_first_name", "billing_name", "shipping_first_name"),
    "email": ("billing_email", "customer_email"),
    "phone": ("billing_phone", "shipping_phone"),
    "organisation": ("billing_company",),
    "placed": ("order_date", "date", "date_created"),
    "handed_over": ("date_completed", "completed_date", "completed_at"),
    "status": ("status", "order_status"),
    "item": ("item_name",),
    "quantity": ("item_quantity",),
    "unit_price": ("item_price", "item_total"),
    "freight": ("shipping_total", "order_shipping"),
    "carrier": ("shipping_method",),
    "currency": ("order_currency", "currency"),
    "paid": ("order_total",),
    "payment_kind": ("payment_method_title", "payment_method"),
}
_STATES = {
    fold(word): state
    for state, words in {
        "placed": (
            "pending",
            "on-hold",
            "Pending payment",
            "On hold",
            "В ожидании оплаты",
            "На удержании",
            "Fizetésre vár",
        ),
        "processing": ("processing", "Обработка", "В обработке", "Feldolgozás alatt"),
        "shipped": ("completed", "Выполнен", "Teljesítve", "Teljesített"),
        "canceled": (
            "cancelled",
            "canceled",
            "trash",
            "checkout-draft",
            "Отменён",
            "Отменен",
            "Törölve",
            "Visszamondva",
        ),
        "refunded": ("refunded", "Возвращён", "Возвращен", "Visszatérítve"),
        "failed": ("failed", "Не удался", "Неудавшийся", "Sikertelen"),
    }.items()
    for word in words
}
_SETTLED = frozenset({"processing", "shipped", "delivered", "refunded"})
_LABELS = {
    "Order Number": "order_number",
    "Order ID": "order_id",
    "Order Status": "status",
    "Order Date": "order_date",
    "Paid Date": "paid_date",
    "Completed Date": "date_completed",
    "Currency": "order_currency",
    "First Name (Billing)": "billing_first_name",
    "Last Name (Billing)": "billing_last_name",
    "First Name (Shipping)": "shipping_first_name",
    "Last Name (Shipping)": "shipping_last_name",
    "Company (Billing)": "billing_company",
    "Email (Billing)": "billing_email",
    "Phone (Billing)": "billing_phone",
    "Phone (Shipping)": "shipping_phone",
    "City (Billing)": "billing_city",
    "City (Shipping)": "shipping_city",
    "State Code (Billing)": "billing_state",
    "State Code (Shipping)": "shipping_state",
    "Postcode (Billing)": "billing_postcode",
    "Postcode (Shipping)": "shipping_postcode",
    "Country Code (Billing)": "billing_country",
    "Country Code (Shipping)": "shipping_country",
    "Payment Method Title": "payment_method_title",
    "Shipping Method Title": "shipping_method",
    "Order Shipping Amount": "shipping_total",
    "Order Total Amount": "order_total",
    "Order Total Tax Amount": "tax_total",
    "Order Fee Amount": "fee_total",
    "Item Name": "item_name",
    "Quantity": "item_quantity",
    "Item Cost": "item_price",
    "Order Line (w/o tax)": "item_total",
}
"""The labels of Advanced Order Export for WooCommerce. Its "Item Cost" is the price of one after its discount."""
_PACKED = "line_items"
_ONE_PACKED = re.compile(r"(?:line_item|order_item)_(\d+)")
_NEXT_ITEM = re.compile(r"(?<!\\);\s*(?=(?:id|name|product_id|sku):)")
_NEXT_PART = re.compile(r"(?<!\\)\|\s*(?=[A-Za-z_ ]{2,30}:)")


def guess(header: Sequence[str]) -> dict[str, str]:
    """The columns of a WooCommerce export by their names: field → header."""
    labels = {_LABELS.get(name, name): name for name in reversed(header)}
    found = {name: labels[column] for name, columns in _COLUMNS.items() if (column := first_of(list(labels), columns))}
    for name, words in (("promised", exports.PROMISED), ("delivered", exports.DELIVERED)):
        if column := named(header, words):
            found[name] = column
    return found


def fits(header: Sequence[str]) -> bool:
    """Whether these are the columns of such an export."""
    names = {_LABELS.get(name, name) for name in header}
    return (
        bool(names & set(_NUMBERS))
        and bool(names & {"order_date", "date", "date_created"})
        and "order_total" in names
        and bool(names & {"billing_first_name", "billing_email", "billing_last_name"})
    )


class Reader(exports.Reader):
    """Turns a row of the export into a parcel."""

    labels = _LABELS

    def __init__(self, header: Sequence[str], columns: Mapping[str, str], terms: orders.Terms) -> None:
        super().__init__(header, columns, replace(terms, sells_to_nobody_named=True))
        self._has_first_name = meant(self.columns.get("customer"), _LABELS) in ("billing_first_name", "")
        self._has_account = self.columns.get("customer_number") in _COLUMNS["customer_number"]
        self._has_total = meant(self.columns.get("paid"), _LABELS) == "order_total"
        self._packed = [name for name in header if _ONE_PACKED.fullmatch(name)]

    def tell(self, order: dict[str, str], line: dict[str, str], *, is_first: bool) -> Told:
        """What the row says: names in two columns, lines packed or not, one carriage for the order, taxes on top."""
        cell = self.cell
        order["order"] = order.get("order") or cell(*_NUMBERS)
        for name in ("placed", "handed_over", "delivered", "promised"):
            if order.get(name):
                order[name] = zoned(order[name])
        if self._has_first_name:
            whole = f"{cell('billing_first_name')} {cell('billing_last_name')}".strip()
            order["customer"] = whole or f"{cell('shipping_first_name')} {cell('shipping_last_name')}".strip()
        order["email"] = order.get("email") or cell("customer_email")
        if self._has_account and (order["email"] or order["customer_number"] == "0"):
            # 0 is a guest, who is the same person as the one who registered; another shop counts from 1 again
            order["customer_number"] = ""
        order["phone"] = self.telephone(
            ("billing_phone", "shipping_phone"), cell("billing_country", "shipping_country")
        )
        order["carrier"], order["payment_kind"] = order.get("carrier", "")[:80], order.get("payment_kind", "")[:32]
        said = order.get("status", "").removeprefix("wc-")
        order["status"] = _STATES.get(fold(said), said)
        currency = order.get("currency", "")
        if self._has_total:
            order["paid"] = self._paid(order, currency)
        freight = self.amount(line.pop("freight", ""), "freight")
        lines = self._unpacked() or self._own_line(line)
        if is_first:
            sums = self._beyond(lines, freight) if self._has_total else Decimal(0)
            lines += self.rest(sums, freight, currency)
        return Told(
            order,
            lines,
            cell("shipping_city", "billing_city"),
            cell("shipping_state", "billing_state"),
            cell("shipping_postcode", "billing_postcode"),
            cell("date_paid", "paid_date"),
            cell("shipping_country", "billing_country"),
        )

    def _paid(self, order: Mapping[str, str], currency: str) -> str:
        has_date = {"date_paid", "paid_date"} & self.cell.names
        is_paid = bool(self.cell("date_paid", "paid_date")) if has_date else order["status"] in _SETTLED
        return self.text(self.amount(order.get("paid", ""), "paid"), currency) if is_paid and order.get("paid") else ""

    def _own_line(self, line: dict[str, str]) -> list[Line]:
        if not line.get("item") and not line.get("unit_price"):
            return []
        total = self.cell("item_total")
        if not total:
            return [Line(line)]
        return [self._priced(line, self.amount(total, "item_total"), "")]

    def _priced(self, values: dict[str, str], total: Decimal, origin: str) -> Line:
        """A line of which the export states what it costs in all, after its discount."""
        many = self.amount(values.get("quantity", "") or "1", "quantity")
        values["unit_price"] = self.exact(total / many) if many else self.exact(total)
        return Line(values, total, origin)

    def _unpacked(self) -> list[Line]:
        found: list[Line] = []
        for column in (_PACKED, *self._packed):
            if packed := self.cell(column):
                found += [self._of_item(item, column) for item in _items(packed, column)]
        return found

    def _of_item(self, item: Mapping[str, str], column: str) -> Line:
        values = {"item": item.get("name") or item.get("sku", ""), "quantity": item.get("quantity", "")}
        if not values["item"] and not item.get("total"):
            raise BadValue(column, Fault.MISSING)
        try:
            # packed values keep the point even where a spreadsheet gave the columns a comma
            many, total = Decimal(item.get("quantity") or "1"), Decimal((item.get("total") or "0").replace(",", "."))
        except InvalidOperation:
            raise BadValue(column, Fault.NOT_A_NUMBER) from None
        if not (many.is_finite() and total.is_finite()):
            raise BadValue(column, Fault.NOT_A_NUMBER)
        values["quantity"] = self.exact(many)
        return self._priced(values, total, column)

    def _beyond(self, lines: Sequence[Line], freight: Decimal) -> Decimal:
        """Taxes and fees, which come on top of lines and carriage; packed lines show the exact rest."""
        cell = self.cell
        fees = self.amount(cell("fee_total", "order_fees"), "fee_total")
        beyond = fees + self.amount(cell("tax_total", "order_tax"), "tax_total")
        if lines and lines[0].origin and cell("order_total"):
            total = self.amount(cell("order_total"), "order_total")
            rest = total - freight - sum((line.total or Decimal(0) for line in lines), Decimal(0))
            cents = Decimal("0.01") * (len(lines) + 1)
            rounded = total - sum(
                (
                    Decimal(self.text(one, cell("order_currency")).replace(",", "."))
                    for one in (freight, *(line.total or Decimal(0) for line in lines))
                ),
                Decimal(0),
            )
            return rounded if any(abs(rest - one) <= cents for one in (beyond, fees, Decimal(0))) else beyond
        return beyond


def _items(packed: str, column: str) -> list[dict[str, str]]:
    """The lines in a packed column: `name:Boots|sku:B-42|quantity:1|total:119.90`, parted by `;`, or JSON."""
    if packed.startswith("["):
        try:
            found = json.loads(packed, parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            raise BadValue(column, Fault.NOT_AN_OBJECT) from None
        if not all(isinstance(one, dict) for one in found):
            raise BadValue(column, Fault.NOT_AN_OBJECT)
        return [{key: value for key, value in one.items() if isinstance(value, str)} for one in found]
    items = []
    for text in _NEXT_ITEM.split(packed):
        parts = [part.partition(":") for part in _NEXT_PART.split(text) if part]
        if not any(sign for _, sign, _ in parts):
            raise BadValue(column, Fault.NOT_AN_OBJECT)
        items.append({key.strip(): re.sub(r"\\([;|:])", r"\1", value).strip() for key, _, value in parts})
    return items
