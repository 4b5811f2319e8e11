"""CommerceML 2: orders as 1C:Enterprise and the shops that talk to it exchange them, one row for each line of goods.

1C numbers its documents anew each year.
"Дата отгрузки" is handing over; "Дата доставки" is the day agreed upon, for an order speaks of what is to be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from goodwill.adapters.commerce_ml import FIXED, OPERATION, is_delivery
from goodwill.adapters.presets import exports, orders
from goodwill.adapters.presets.exports import Line, Told, first_of, named
from goodwill.domain.columns import STATUSES, normal
from goodwill.domain.search_words import fold

NAME = "commerceml"
NEEDED = frozenset({"Номер", "Дата", OPERATION, "Товар.ЦенаЗаЕдиницу"})
_COLUMNS = {
    "order": ("Номер", "Ид"),
    "customer": ("Контрагент.Наименование",),
    "customer_number": ("Контрагент.ИНН",),
    "email": ("Контрагент.Почта",),
    "phone": ("Контрагент.Телефон",),
    "organisation": ("Контрагент.ОфициальноеНаименование",),
    "placed": ("Дата",),
    "item": ("Товар.Наименование",),
    "category": ("Товар.Группа",),
    "quantity": ("Товар.Количество",),
    "unit_price": ("Товар.ЦенаЗаЕдиницу",),
    "currency": ("Валюта",),
    "paid": ("Сумма",),
}
_REQUISITES: dict[str, frozenset[str]] = {
    "promised": exports.PROMISED,
    "delivered": exports.DELIVERED,
    "handed_over": frozenset({"дата отгрузки по 1с", "дата отгрузки", "дата передачи в доставку"}),
    "status": frozenset({"статус заказа", "статус", "статуса заказа ид"}),
    "carrier": frozenset({"служба доставки", "способ доставки", "метод доставки", "перевозчик"}),
    "payment_kind": frozenset({"метод оплаты", "способ оплаты", "вид оплаты"}),
    "site": frozenset({"сайт", "магазин", "площадка"}),
}
_PAID_ON = frozenset({"дата оплаты по 1с", "дата оплаты"})
_PAID = frozenset({"заказ оплачен", "оплачен"})
_CANCELLED = frozenset({"отменен", "отменён", "пометка удаления", "пометкаудаления"})
_YES = frozenset({"true", "да", "1", "истина"})
_CURRENCIES = {"руб": "RUB", "руб.": "RUB", "rur": "RUB", "643": "RUB", "978": "EUR", "348": "HUF", "ft": "HUF"}
_STATES = {
    **STATUSES,
    **{
        fold(word): state
        for state, words in {
            "placed": ("принят", "ожидает обработки", "ожидаетобработки", "подтвержден", "подтверждён", "n"),
            "processing": ("в работе", "к выполнению", "к обеспечению", "p"),
            "shipped": ("отгружен", "передан в доставку", "закрыт", "f"),
            "failed": ("ошибка оплаты",),
        }.items()
        for word in words
    },
}


def guess(header: Sequence[str]) -> dict[str, str]:
    """The columns of a CommerceML file's orders: field → header."""
    found = {name: column for name, columns in _COLUMNS.items() if (column := first_of(header, columns))}
    own = [name for name in header if name not in FIXED]
    for name, words in _REQUISITES.items():
        if column := named(own, words):
            found[name] = column
    return found


class Reader(exports.Reader):
    """Turns a row of a CommerceML file into a parcel."""

    def __init__(self, header: Sequence[str], columns: Mapping[str, str], terms: orders.Terms) -> None:
        super().__init__(header, columns, replace(terms, numbers_begin_anew=True))
        own = [name for name in header if name not in FIXED]
        self._paid_on, self._paid = named(own, _PAID_ON), named(own, _PAID)
        squeezed = {word.replace(" ", "") for word in _CANCELLED}
        self._cancelled = [name for name in own if normal(name).replace(" ", "") in squeezed]

    def tell(self, order: dict[str, str], line: dict[str, str], *, is_first: bool) -> Told:
        """What the row says: state from requisites, carriage from the line that is a service of delivery."""
        cell = self.cell
        currency = order.get("currency", "")
        order["currency"] = _CURRENCIES.get(currency.lower(), currency)
        order["customer"] = cell("Контрагент.ПолноеНаименование") or order.get("customer", "")
        organisation = order.get("organisation", "")
        number = order.get("customer_number", "")
        if not organisation and len(number) == 10 and number.isdigit():
            organisation = order["customer"]  # a firm's tax number has ten digits, a person's twelve
        if organisation:
            order["organisation"] = organisation
            person = f"{cell('Контрагент.Фамилия')} {cell('Контрагент.Имя')}".strip()
            order["customer"] = person if person != organisation else ""
        order["status"] = self._status(order.get("status", ""), order)
        order["carrier"], order["payment_kind"] = order.get("carrier", "")[:80], order.get("payment_kind", "")[:32]
        is_paid = bool(cell(self._paid_on)) or cell(self._paid).lower() in _YES
        if self.columns.get("paid") == "Сумма" and not is_paid:
            order["paid"] = ""
        return Told(
            order,
            self._lines(line, order["currency"]),
            cell("Контрагент.Город"),
            cell("Контрагент.Регион"),
            cell("Контрагент.Почтовый индекс"),
            cell(self._paid_on),
        )

    def _status(self, said: str, order: dict[str, str]) -> str:
        if any(self.cell(name).lower() in _YES for name in self._cancelled):
            return "canceled"
        state = _STATES.get(fold(said), said[:20])
        if state or not order.get("placed"):
            return state
        return "shipped" if order.get("handed_over") else ""

    def _lines(self, line: dict[str, str], currency: str) -> list[Line]:
        cell = self.cell
        total = cell("Товар.Сумма")
        if not (line.get("item") or line.get("unit_price") or total):
            return []
        of_document, of_line = self._beyond("Документ"), self._beyond("Товар")
        if is_delivery({name: cell(name) for name in ("Товар.Ид", "Товар.Вид", "Товар.Наименование")}):
            carriage = self.amount(total or line.get("unit_price", ""), "Товар.Сумма") + of_line
            return self.rest(of_document, carriage, currency)
        costs = self.amount(total, "Товар.Сумма") if total else None
        if of_line:
            many, each = (self.amount(line.get(name, ""), name) for name in ("quantity", "unit_price"))
            costs = (costs if costs is not None else (many or 1) * each) + of_line
        return [Line(dict(line), costs), *self.rest(of_document, Decimal(0), currency)]

    def _beyond(self, of: str) -> Decimal:
        """The taxes on top of what the goods cost, less the discounts that are not taken off it yet."""
        taxes, discounts = f"{of}.Налоги", f"{of}.Скидки"
        return self.amount(self.cell(taxes), taxes) - self.amount(self.cell(discounts), discounts)
