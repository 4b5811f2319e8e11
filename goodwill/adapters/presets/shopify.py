"""Shopify: the orders export (`orders_export.csv`), one row for each line; rows after an order's first say little.

"Fulfilled at" is when the shop handed the goods over: Shopify's export never says when a customer had them, unless it
was handed over at the till.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from goodwill.adapters.presets import exports, orders
from goodwill.adapters.presets.exports import Line, Told, first_of, named, zoned
from goodwill.domain.columns import normal
from goodwill.domain.rows import BadValue, reading

NAME = "shopify"
NEEDED = frozenset({"Name", "Financial Status", "Fulfillment Status", "Created at", "Lineitem name"})
_COLUMNS = {
    "order": ("Name",),
    "customer": ("Billing Name", "Shipping Name"),
    "email": ("Email",),
    "phone": ("Phone", "Billing Phone", "Shipping Phone"),
    "organisation": ("Billing Company", "Shipping Company"),
    "placed": ("Created at",),
    "handed_over": ("Fulfilled at",),
    "status": ("Financial Status",),
    "item": ("Lineitem name",),
    "quantity": ("Lineitem quantity",),
    "unit_price": ("Lineitem price",),
    "freight": ("Shipping",),
    "seller": ("Vendor",),
    "carrier": ("Shipping Method",),
    "currency": ("Currency",),
    "paid": ("Total",),
    "payment_kind": ("Payment Method",),
}
_PAID = frozenset({"paid", "partially_refunded", "refunded"})
_TILL = "pos"
_NOTE = re.compile(r"\s*([^:\n]{1,80}):\s*(\S[^\n]*)")


def guess(header: Sequence[str]) -> dict[str, str]:
    """The columns of a Shopify export by their names: field → header."""
    found = {name: column for name, columns in _COLUMNS.items() if (column := first_of(header, columns))}
    for name, words in (("promised", exports.PROMISED), ("delivered", exports.DELIVERED)):
        if column := named(header, words):
            found[name] = column
    return found


class Reader(exports.Reader):
    """Turns a row of the export into a parcel."""

    def __init__(self, header: Sequence[str], columns: Mapping[str, str], terms: orders.Terms) -> None:
        super().__init__(header, columns, replace(terms, sells_to_nobody_named=True))

    def tell(self, order: dict[str, str], line: dict[str, str], *, is_first: bool) -> Told:
        """What the row says: state from three columns, one carriage for the order, discounts and taxes on top."""
        cell, columns = self.cell, self.columns
        for name in ("placed", "handed_over", "delivered", "promised"):
            if order.get(name):
                order[name] = zoned(order[name])
        order["customer"] = order.get("customer") or cell("Shipping Name")
        order["phone"] = self.telephone(
            ("Billing Phone", "Shipping Phone"), cell("Billing Country", "Shipping Country")
        )
        order["carrier"] = order.get("carrier", "")[:80]
        order["payment_kind"] = order.get("payment_kind", "")[:32]
        if columns.get("status") == "Financial Status":
            order["status"] = self._status()
        if not order.get("delivered") and cell("Source").lower() == _TILL and not cell("Shipping Method"):
            # else a term that holds for all orders would be broken by what people carried home themselves
            order["delivered"] = order.get("handed_over", "")
        if not order.get("promised"):
            order["promised"] = self._noted(cell("Note Attributes"))
        currency = order.get("currency", "")
        freight = self.amount(line.pop("freight", ""), "freight")
        if len(line.get("item", "")) > orders.LONGEST_ITEM:
            # a title of 255 letters and the variant behind it: better a name with its end cut than no order
            line["item"] = line["item"][: orders.LONGEST_ITEM - 1] + "…"
        lines = [Line(line)] if line.get("item") or line.get("unit_price") else []
        sums = Decimal(0)
        if columns.get("paid") == "Total":
            order["paid"] = self._paid(order.get("paid", ""), currency)
            sums = self._beyond()
        if is_first:
            lines += self.rest(sums, freight, currency)
        return Told(
            order,
            lines,
            cell("Shipping City", "Billing City"),
            cell("Shipping Province Name", "Billing Province Name", "Shipping Province", "Billing Province"),
            cell("Shipping Zip", "Billing Zip").lstrip("'"),
            cell("Paid at"),
            cell("Shipping Country", "Billing Country"),
        )

    def _status(self) -> str:
        money = self.cell("Financial Status").lower()
        goods = self.cell("Fulfillment Status").lower()
        if self.cell("Cancelled at") or money == "voided":
            return "canceled"
        if money in ("refunded", "expired"):
            return "refunded" if money == "refunded" else "failed"
        if goods == "fulfilled":
            return "shipped"
        return "processing" if goods == "partial" else "placed" if money else ""

    def _paid(self, total: str, currency: str) -> str:
        money = self.cell("Financial Status").lower()
        if money in _PAID:
            return total
        owing = self.cell("Outstanding Balance")
        if money == "partially_paid" and owing:
            return self.text(
                max(self.amount(total, "Total") - self.amount(owing, "Outstanding Balance"), Decimal(0)), currency
            )
        return ""

    def _beyond(self) -> Decimal:
        """Less the discount, and the taxes where they come on top: the sums of the export say whether they do."""
        sums = {
            name: self.amount(self.cell(name), name) for name in ("Subtotal", "Shipping", "Taxes", "Total", "Duties")
        }
        on_top = sums["Subtotal"] + sums["Shipping"] + sums["Taxes"] + sums["Duties"] == sums["Total"]
        beyond = -self.amount(self.cell("Discount Amount"), "Discount Amount")
        return beyond + sums["Taxes"] + sums["Duties"] if on_top else beyond

    def _noted(self, notes: str) -> str:
        """The day that the customer chose or was told, where the order's notes name one."""
        for name, value in _NOTE.findall(notes):
            if normal(name) in exports.PROMISED:
                try:
                    reading(value.strip(), "promised", self.terms.date_order)
                except BadValue:
                    continue  # "as soon as possible" promises no day
                return str(value.strip())
        return ""
