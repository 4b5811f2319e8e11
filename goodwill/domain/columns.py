"""Columns: what the headers of an order file mean, in English, Russian and Hungarian."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from goodwill.domain.search_words import fold


class Column(NamedTuple):
    """A field of the plain order file: its name, whether it must be there, an example, and other headers for it."""

    name: str
    is_needed: bool
    example: str
    headers: tuple[str, ...]


COLUMNS = (
    Column(
        "order",
        True,
        "A-1001",
        (
            "order number",
            "order no",
            "order id",
            "number",
            "номер заказа",
            "заказ",
            "№ заказа",
            "заказ №",
            "rendelesszam",
            "rendeles",
            "rendeles szama",
            "rendeles azonosito",
            "bestellnummer",
            "bestellung",
        ),
    ),
    Column(
        "line", False, "1", ("line number", "position", "строка", "позиция", "номер строки", "sor", "tetel sorszam")
    ),
    Column(
        "customer_number",
        False,
        "K-17",
        (
            "customer no",
            "customer id",
            "client id",
            "номер клиента",
            "код клиента",
            "ugyfelszam",
            "vevoszam",
            "vevokod",
            "ugyfel azonosito",
        ),
    ),
    Column(
        "customer",
        False,
        "Anna Kovács",
        (
            "customer name",
            "name",
            "client",
            "buyer",
            "клиент",
            "имя клиента",
            "покупатель",
            "имя",
            "фио",
            "ugyfel",
            "vevo",
            "nev",
            "ugyfel neve",
            "vevo neve",
            "заказчик",
            "vasarlo",
            "vasarlo neve",
            "megrendelo",
            "kunde",
        ),
    ),
    Column(
        "email",
        False,
        "anna@example.com",
        (
            "e mail",
            "mail",
            "customer email",
            "email address",
            "электронная почта",
            "почта",
            "эл почта",
            "e mail cim",
            "email cim",
        ),
    ),
    Column(
        "phone",
        False,
        "+36 30 123 4567",
        (
            "telephone",
            "phone number",
            "mobile",
            "tel",
            "телефон",
            "номер телефона",
            "мобильный",
            "telefon",
            "telefonszam",
            "mobil",
        ),
    ),
    Column(
        "organisation",
        False,
        "",
        ("organization", "company", "firm", "организация", "компания", "фирма", "ceg", "cegnev", "szervezet"),
    ),
    Column(
        "site", False, "", ("shop", "store", "branch", "магазин", "площадка", "филиал", "uzlet", "bolt", "telephely")
    ),
    Column(
        "placed",
        True,
        "2026-03-02 10:15",
        (
            "placed at",
            "order date",
            "ordered",
            "ordered at",
            "date",
            "created",
            "created at",
            "дата заказа",
            "дата",
            "заказан",
            "оформлен",
            "rendeles datuma",
            "rendeles napja",
            "megrendelve",
            "datum",
            "kelt",
        ),
    ),
    Column(
        "promised",
        False,
        "2026-03-06",
        (
            "promised at",
            "promised date",
            "delivery promised",
            "due",
            "due date",
            "estimated delivery",
            "обещано",
            "обещанная дата",
            "срок",
            "срок доставки",
            "плановая дата",
            "igert",
            "igert datum",
            "hatarido",
            "igert szallitas",
            "szallitasi hatarido",
        ),
    ),
    Column(
        "handed_over",
        False,
        "2026-03-04 16:00",
        (
            "handed over at",
            "shipped",
            "shipped at",
            "shipping date",
            "отгружен",
            "дата отгрузки",
            "передан",
            "передан перевозчику",
            "atadva",
            "feladva",
            "feladas datuma",
        ),
    ),
    Column(
        "delivered",
        False,
        "2026-03-05 14:30",
        (
            "delivered at",
            "delivery date",
            "date delivered",
            "доставлен",
            "доставлено",
            "дата доставки",
            "вручен",
            "kezbesitve",
            "kiszallitva",
            "kezbesites datuma",
            "atveve",
        ),
    ),
    Column(
        "status",
        False,
        "delivered",
        ("order status", "state", "статус", "состояние", "статус заказа", "allapot", "statusz"),
    ),
    Column(
        "item",
        False,
        "Walking boots 42",
        (
            "product",
            "product name",
            "item name",
            "article",
            "sku",
            "товар",
            "наименование",
            "наименование товара",
            "артикул",
            "termek",
            "termeknev",
            "cikk",
            "cikkszam",
            "megnevezes",
        ),
    ),
    Column(
        "category", False, "Shoes", ("product category", "категория", "группа товаров", "kategoria", "termekcsoport")
    ),
    Column(
        "quantity",
        False,
        "1",
        ("qty", "amount of items", "pieces", "count", "количество", "кол во", "mennyiseg", "darab", "db"),
    ),
    Column(
        "unit_price",
        False,
        "119.90",
        ("price", "unit price", "price each", "цена", "цена за единицу", "стоимость", "ar", "egysegar"),
    ),
    Column(
        "freight",
        False,
        "8.50",
        (
            "shipping",
            "shipping cost",
            "delivery cost",
            "freight value",
            "доставка",
            "стоимость доставки",
            "szallitasi dij",
            "szallitas dija",
            "fuvardij",
        ),
    ),
    Column("seller", False, "", ("supplier", "vendor", "продавец", "поставщик", "elado", "szallito", "beszallito")),
    Column(
        "carrier",
        False,
        "GLS",
        (
            "courier",
            "shipping company",
            "перевозчик",
            "служба доставки",
            "курьер",
            "fuvarozo",
            "futar",
            "futarszolgalat",
        ),
    ),
    Column("currency", False, "EUR", ("currency code", "валюта", "penznem", "deviza")),
    Column(
        "paid",
        False,
        "128.40",
        (
            "amount paid",
            "paid amount",
            "payment",
            "total paid",
            "оплачено",
            "сумма оплаты",
            "fizetve",
            "fizetett osszeg",
            "befizetve",
        ),
    ),
    Column(
        "payment_kind", False, "card", ("payment method", "payment type", "способ оплаты", "вид оплаты", "fizetesi mod")
    ),
    Column(
        "rating", False, "5", ("score", "stars", "review score", "оценка", "рейтинг", "балл", "ertekeles", "pontszam")
    ),
    Column(
        "review",
        False,
        "",
        ("comment", "review text", "customer comment", "отзыв", "комментарий", "velemeny", "megjegyzes"),
    ),
)
NAMES = tuple(column.name for column in COLUMNS)
NEEDED = tuple(column.name for column in COLUMNS if column.is_needed)
_WHO = ("customer_number", "customer", "email", "phone", "organisation")
_SPLIT = re.compile(r"[^\w]+|_+")


def normal(header: str) -> str:
    """A header without case, accents and punctuation: `Order No.` and `order_no` are one."""
    return " ".join(part for part in _SPLIT.split(fold(header)) if part)


_BY_HEADER = {normal(header): column.name for column in COLUMNS for header in (column.name, *column.headers)}

STATUSES = {
    fold(word): status
    for status, words in {
        "placed": ("placed", "new", "created", "pending", "новый", "создан", "új", "feldolgozás alatt", "beérkezett"),
        "processing": ("processing", "in progress", "в обработке", "собирается", "folyamatban"),
        "shipped": ("shipped", "handed over", "sent", "отгружен", "отправлен", "в пути", "feladva", "szállítás alatt"),
        "delivered": (
            "delivered",
            "completed",
            "complete",
            "done",
            "closed",
            "доставлен",
            "доставлено",
            "выполнен",
            "вручен",
            "завершён",
            "kézbesítve",
            "kiszállítva",
            "teljesítve",
            "lezárva",
        ),
        "canceled": ("canceled", "cancelled", "отменён", "отменен", "отмена", "törölve", "lemondva", "visszavonva"),
        "refunded": ("refunded", "возвращён", "возвращен", "возврат", "visszatérítve"),
        "failed": ("failed", "не удался", "не удался платёж", "sikertelen"),
        "unavailable": ("unavailable", "out of stock", "нет в наличии", "nincs készleten", "nem elérhető"),
    }.items()
    for word in words
}
"""Words for the state of an order, folded, and the state they mean; any other word stays as it is."""


def guess(header: Sequence[str]) -> dict[str, str]:
    """The columns of a file by what their headers say: field → header. The first that fits stands."""
    found: dict[str, str] = {}
    for name in header:
        field = _BY_HEADER.get(normal(name))
        if field is not None:
            found.setdefault(field, name)
    return found


def missing(columns: Mapping[str, str]) -> tuple[str, ...]:
    """The fields that must have a column and have none; who bought may be said in any of several."""
    lacking = tuple(name for name in NEEDED if not columns.get(name))
    return lacking if any(columns.get(name) for name in _WHO) else (*lacking, "customer")
