"""Order exports as the exporters write them: their documented columns, in English, Russian and Hungarian.

The originals are UTF-8 with a decimal point. Most files pass through a spreadsheet before they come to us: `resaved` is
what such a program of the country makes of them (delimiter, decimal mark, dates, encoding).
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

SHOPIFY = (
    *("Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing"),
    *("Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method"),
    *("Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price"),
    *("Lineitem sku", "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status", "Billing Name"),
    *("Billing Street", "Billing Address1", "Billing Address2", "Billing Company", "Billing City", "Billing Zip"),
    *("Billing Province", "Billing Country", "Billing Phone", "Shipping Name", "Shipping Street", "Shipping Address1"),
    *("Shipping Address2", "Shipping Company", "Shipping City", "Shipping Zip", "Shipping Province"),
    *("Shipping Country", "Shipping Phone", "Notes", "Note Attributes", "Cancelled at", "Payment Method"),
    *("Payment Reference", "Refunded Amount", "Vendor", "Outstanding Balance", "Employee", "Location", "Device ID"),
    *("Id", "Tags", "Risk Level", "Source", "Lineitem discount", "Tax 1 Name", "Tax 1 Value", "Phone"),
    *("Receipt Number", "Duties", "Billing Province Name", "Shipping Province Name"),
)
WOOCOMMERCE = (
    *("order_id", "order_number", "order_date", "paid_date", "status", "shipping_total", "shipping_tax_total"),
    *("fee_total", "fee_tax_total", "tax_total", "cart_discount", "order_discount", "discount_total", "order_total"),
    *("order_subtotal", "order_currency", "payment_method", "payment_method_title", "transaction_id"),
    *("customer_ip_address", "customer_user_agent", "shipping_method", "customer_id", "customer_user"),
    *("customer_email", "billing_first_name", "billing_last_name", "billing_company", "billing_email"),
    *("billing_phone", "billing_address_1", "billing_address_2", "billing_postcode", "billing_city"),
    *("billing_state", "billing_country", "shipping_first_name", "shipping_last_name", "shipping_company"),
    *("shipping_address_1", "shipping_address_2", "shipping_postcode", "shipping_city", "shipping_state"),
    *("shipping_country", "customer_note", "date_completed", "meta:delivery_date"),
)
ITEM = (
    *("item_id", "item_name", "item_product_id", "item_sku", "item_price", "item_quantity", "item_subtotal"),
    *("item_subtotal_tax", "item_total", "item_total_tax", "item_refunded", "item_refunded_qty", "item_meta"),
)


@dataclass(frozen=True)
class Locale:
    """A country's words, currency and zone, and how its spreadsheets write."""

    code: str
    zone: ZoneInfo
    currency: str
    first: str
    last: str
    phone: str
    city: str
    region: str
    postcode: str
    country: str
    items: tuple[str, str]
    delimiter: str
    decimal: str
    day: str
    encoding: str


LOCALES = {
    "en": Locale(
        *("en", ZoneInfo("Europe/London"), "GBP", "Anne", "O'Neill", "+442079460958", "London", "Greater London"),
        *("SW1A 1AA", "GB", ("Boots, brown; 42", 'Tent "Alp"'), ",", ".", "%m/%d/%Y", "cp1252"),
    ),
    "ru": Locale(
        *("ru", ZoneInfo("Europe/Moscow"), "RUB", "Анна", "Королёва", "+74951234567", "Москва", "Московская область"),
        *("101000", "RU", ("Сапоги; коричневые", "Палатка «Альп»"), ";", ",", "%d.%m.%Y", "cp1251"),
    ),
    "hu": Locale(
        *("hu", ZoneInfo("Europe/Budapest"), "HUF", "Őrs", "Fűző", "+36301234567", "Győr", "Győr-Moson-Sopron"),
        *("9021", "HU", ("Bakancs; barna", "Sátor „Űr”"), ";", ",", "%Y.%m.%d", "cp1250"),
    ),
}


@dataclass(frozen=True)
class Sale:
    """An order as it was: its lines are (item, quantity, price of one), its sums decimals."""

    number: str
    placed: datetime
    lines: tuple[tuple[str, int, Decimal], ...]
    freight: Decimal
    discount: Decimal
    tax: Decimal
    state: str
    sent: datetime | None
    promised: date | None
    is_paid: bool

    @property
    def goods(self) -> Decimal:
        """Before the discount."""
        return sum((many * each for _, many, each in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What was to be paid."""
        return self.goods - self.discount + self.freight + self.tax


def sales(locale: Locale) -> list[Sale]:
    """Four orders: sent with two lines, cancelled, refunded, and one in preparation to which nothing was promised."""
    boots, tent = locale.items
    zero = Decimal("0.00")

    def at(month: int, day: int, hour: int) -> datetime:
        return datetime(2026, month, day, hour, 15, tzinfo=locale.zone)

    sent = Sale(
        number="1001",
        placed=at(2, 13, 10),
        lines=((boots, 2, Decimal("1119.90")), (tent, 1, Decimal("89.00"))),
        freight=Decimal("12.10"),
        discount=zero,
        tax=Decimal("230.10"),
        state="sent",
        sent=at(2, 15, 16),
        promised=date(2026, 2, 20),
        is_paid=True,
    )
    refunded = replace(
        sent,
        number="1003",
        placed=at(2, 15, 12),
        lines=((tent, 3, Decimal("89.00")),),
        freight=Decimal("5.00"),
        discount=Decimal("27.00"),
        tax=zero,
        state="refunded",
        sent=at(2, 16, 9),
        promised=date(2026, 2, 25),
    )
    return [
        sent,
        Sale("1002", at(2, 14, 11), ((tent, 1, Decimal("89.00")),), zero, zero, zero, "cancelled", None, None, False),
        refunded,
        Sale("1004", at(2, 28, 9), ((boots, 1, Decimal("1119.90")),), zero, zero, zero, "open", None, None, True),
    ]


def shopify(locale: Locale) -> list[list[str]]:
    """The rows of Shopify's export; later rows of an order hold its name, e-mail, moment and line only."""
    states = {
        "sent": ("paid", "fulfilled"),
        "cancelled": ("voided", "unfulfilled"),
        "refunded": ("refunded", "fulfilled"),
        "open": ("paid", "unfulfilled"),
    }
    rows = []
    for sale in sales(locale):
        money, goods = states[sale.state]
        mail = f"{sale.number}@example.com"
        notes = f"Gift: no\nDelivery Date: {sale.promised:%Y-%m-%d}" if sale.promised else ""
        for place, (item, many, each) in enumerate(sale.lines):
            said = {
                "Name": f"#{sale.number}",
                "Email": mail,
                "Created at": f"{sale.placed:%Y-%m-%d %H:%M:%S %z}",
                "Lineitem quantity": str(many),
                "Lineitem name": item,
                "Lineitem price": str(each),
                "Lineitem requires shipping": "true",
                "Lineitem taxable": "true",
                "Lineitem fulfillment status": "fulfilled" if sale.sent else "pending",
                "Vendor": "Alp",
                "Lineitem discount": "0.00",
            }
            if not place:
                said |= {
                    "Financial Status": money,
                    "Fulfillment Status": goods,
                    "Paid at": f"{sale.placed:%Y-%m-%d %H:%M:%S %z}" if sale.is_paid else "",
                    "Fulfilled at": f"{sale.sent:%Y-%m-%d %H:%M:%S %z}" if sale.sent else "",
                    "Accepts Marketing": "no",
                    "Currency": locale.currency,
                    "Subtotal": str(sale.goods - sale.discount),
                    "Shipping": str(sale.freight),
                    "Taxes": str(sale.tax),
                    "Total": str(sale.total),
                    "Discount Amount": str(sale.discount),
                    "Shipping Method": "Standard",
                    "Billing Name": f"{locale.first} {locale.last}",
                    "Shipping Name": f"{locale.first} {locale.last}",
                    "Billing Phone": f"'{locale.phone}",
                    "Shipping City": locale.city,
                    "Shipping Zip": f"'{locale.postcode}",
                    "Shipping Province Name": locale.region,
                    "Shipping Country": locale.country,
                    "Note Attributes": notes,
                    "Cancelled at": f"{sale.placed:%Y-%m-%d %H:%M:%S %z}" if sale.state == "cancelled" else "",
                    "Payment Method": "Shopify Payments" if sale.is_paid else "",
                    "Refunded Amount": str(sale.total) if sale.state == "refunded" else "0.00",
                    "Outstanding Balance": "0.00" if sale.is_paid else str(sale.total),
                    "Id": f"59{sale.number}",
                    "Source": "web",
                }
            rows.append([said.get(name, "") for name in SHOPIFY])
    return [list(SHOPIFY), *rows]


def _woocommerce(locale: Locale, sale: Sale) -> dict[str, str]:
    states = {"sent": "completed", "cancelled": "cancelled", "refunded": "refunded", "open": "processing"}
    return {
        "order_id": sale.number,
        "order_number": sale.number,
        "order_date": f"{sale.placed:%Y-%m-%d %H:%M:%S}",
        "paid_date": f"{sale.placed:%Y-%m-%d %H:%M:%S}" if sale.is_paid else "",
        "status": states[sale.state],
        "shipping_total": str(sale.freight),
        "fee_total": "0.00",
        "tax_total": str(sale.tax),
        "discount_total": str(sale.discount),
        "order_total": str(sale.total),
        "order_subtotal": str(sale.goods),
        "order_currency": locale.currency,
        "payment_method": "stripe",
        "payment_method_title": "Stripe",
        "shipping_method": "Flat rate",
        "customer_id": "0",
        "customer_email": f"{sale.number}@example.com",
        "billing_first_name": locale.first,
        "billing_last_name": locale.last,
        "billing_email": f"{sale.number}@example.com",
        "billing_phone": locale.phone,
        "billing_city": locale.city,
        "billing_state": locale.region,
        "billing_postcode": locale.postcode,
        "billing_country": locale.country,
        "date_completed": f"{sale.sent:%Y-%m-%d %H:%M:%S}" if sale.sent else "",
        "meta:delivery_date": f"{sale.promised:%Y-%m-%d}" if sale.promised else "",
    }


def _after_discount(sale: Sale) -> list[Decimal]:
    """What each line costs after its share of the discount, which our sales give on the first line only."""
    totals = [many * each for _, many, each in sale.lines]
    return [totals[0] - sale.discount, *totals[1:]]


def woocommerce_items(locale: Locale) -> list[list[str]]:
    """One row for each line, what is of the order repeated on each."""
    rows = []
    for sale in sales(locale):
        head = _woocommerce(locale, sale)
        for (item, many, each), total in zip(sale.lines, _after_discount(sale), strict=True):
            said = head | {
                "item_name": item,
                "item_price": str(each),
                "item_quantity": str(many),
                "item_subtotal": str(many * each),
                "item_total": str(total),
                "item_refunded": "0.00",
            }
            rows.append([said.get(name, "") for name in (*WOOCOMMERCE, *ITEM)])
    return [[*WOOCOMMERCE, *ITEM], *rows]


def woocommerce_packed(locale: Locale, *, numbered: bool = False) -> list[list[str]]:
    """One row for each order; its lines packed into `line_items`, or into `line_item_1`, `line_item_2`."""
    columns = ("line_item_1", "line_item_2") if numbered else ("line_items",)
    rows = []
    for sale in sales(locale):
        packed = [
            f"name:{item}|product_id:{place}|sku:S-{place}|quantity:{many}|total:{total}|sub_total:{many * each}"
            for place, ((item, many, each), total) in enumerate(zip(sale.lines, _after_discount(sale), strict=True))
        ]
        said = _woocommerce(locale, sale)
        said |= dict(zip(columns, packed if numbered else [";".join(packed)], strict=False))
        rows.append([said.get(name, "") for name in (*WOOCOMMERCE, *columns)])
    return [[*WOOCOMMERCE, *columns], *rows]


def original(rows: Iterable[Sequence[str]]) -> bytes:
    """CSV as the exporter writes it."""
    out = StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8")


def resaved(rows: Sequence[Sequence[str]], locale: Locale) -> bytes:
    """The same file after a spreadsheet of the country: its delimiter, decimal mark, dates and encoding."""
    out = StringIO()
    table = csv.writer(out, delimiter=locale.delimiter)
    table.writerow(rows[0])
    for row in rows[1:]:
        table.writerow([_as_here(value, locale) for value in row])
    return out.getvalue().encode(locale.encoding)


def _as_here(value: str, locale: Locale) -> str:
    if re.fullmatch(r"-?\d+\.\d+", value):
        return value.replace(".", locale.decimal)
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)( \d\d:\d\d:\d\d)?", value)
    if match:
        return f"{datetime.fromisoformat(match[1]):{locale.day}}{match[2] or ''}"
    return value


def commerceml(locale: Locale, *, encoding: str = "windows-1251") -> bytes:
    """CommerceML 2.05 as 1C writes it. Carriage is a service among the goods; a discount lessens a line's sum."""
    currency = {"RUB": "руб"}.get(locale.currency, locale.currency)
    states = {"sent": "Отгружен", "cancelled": "Отменен", "refunded": "Возвращен", "open": "В работе"}
    documents = []
    for sale in sales(locale):
        goods = [
            _element(
                "Товар",
                Ид=f"g-{place}",
                Наименование=item,
                ЦенаЗаЕдиницу=str(each),
                Количество=str(many),
                Сумма=str(total),
            )
            for place, ((item, many, each), total) in enumerate(zip(sale.lines, _after_discount(sale), strict=True))
        ]
        if sale.freight:
            kind = _element("ЗначениеРеквизита", Наименование="ТипНоменклатуры", Значение="Услуга")
            goods.append(
                _element(
                    "Товар",
                    f"<ЗначенияРеквизитов>{kind}</ЗначенияРеквизитов>",
                    Ид="ORDER_DELIVERY",
                    Наименование="Доставка заказа",
                    ЦенаЗаЕдиницу=str(sale.freight),
                    Количество="1",
                    Сумма=str(sale.freight),
                )
            )
        requisites = {
            "Статус заказа": states[sale.state],
            "Дата отгрузки по 1С": f"{sale.sent:%Y-%m-%dT%H:%M:%S}" if sale.sent else "T",
            "Дата доставки": f"{sale.promised:%Y-%m-%d}T00:00:00" if sale.promised else "0001-01-01T00:00:00",
            "Дата оплаты по 1С": f"{sale.placed:%Y-%m-%dT%H:%M:%S}" if sale.is_paid else "T",
            "Отменен": "true" if sale.state == "cancelled" else "false",
        }
        named = "".join(_element("ЗначениеРеквизита", Наименование=k, Значение=v) for k, v in requisites.items())
        contacts = "".join(
            _element("Контакт", Тип=kind, Значение=value)
            for kind, value in (("Почта", f"{sale.number}@example.com"), ("Телефон рабочий", locale.phone))
        )
        parts = "".join(
            _element("АдресноеПоле", Тип=kind, Значение=value)
            for kind, value in (
                ("Почтовый индекс", locale.postcode),
                ("Регион", locale.region),
                ("Город", locale.city),
            )
        )
        buyer = _element(
            "Контрагент",
            f"<АдресРегистрации><Представление>{escape(locale.city)}</Представление>{parts}</АдресРегистрации>"
            f"<Контакты>{contacts}</Контакты>",
            Ид=f"c-{sale.number}",
            Наименование=locale.last,
            Роль="Покупатель",
            ПолноеНаименование=f"{locale.first} {locale.last}",
        )
        total = sale.total - sale.tax
        documents.append(
            _element(
                "Документ",
                f"<Контрагенты>{buyer}</Контрагенты><Товары>{''.join(goods)}</Товары>"
                f"<ЗначенияРеквизитов>{named}</ЗначенияРеквизитов>",
                Ид=f"d-{sale.number}",
                Номер=sale.number,
                Дата=f"{sale.placed:%Y-%m-%d}",
                Время=f"{sale.placed:%H:%M:%S}",
                ХозОперация="Заказ товара",
                Роль="Продавец",
                Валюта=currency,
                Курс="1",
                Сумма=str(total),
            )
        )
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        '<КоммерческаяИнформация ВерсияСхемы="2.05" ДатаФормирования="2026-03-01">\n'
        + "\n".join(documents)
        + "\n</КоммерческаяИнформация>\n"
    )
    return text.encode(encoding, "xmlcharrefreplace")


def _element(name: str, inside: str = "", **values: str) -> str:
    own = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in values.items())
    return f"<{name}>{own}{inside}</{name}>"
