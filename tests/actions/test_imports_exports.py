"""Order exports of shop systems, as their exporters write them: what comes in, twice, damaged, mended."""

import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from goodwill.actions import imports_plans, imports_runs
from goodwill.adapters.presets.looking import Options, files_of
from goodwill.domain.refusals import Refusal
from goodwill.domain.viewers import OPERATOR
from goodwill.store.addresses import Address
from goodwill.store.imports import BadRow, Import
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order, OrderLine, Payment
from goodwill.store.promises import Promise
from goodwill.web.imports_files import bad_rows
from tests import exporters
from tests.actions.importing import bring
from tests.cast import NOW
from tests.exporters import LOCALES, Locale, Sale, sales
from tests.exporters_labelled import woocommerce_labelled
from tests.imported import state

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
Exporter = Callable[[Locale], bytes]
FILES: dict[str, tuple[str, Exporter]] = {
    "shopify": ("shopify", lambda locale: exporters.original(exporters.shopify(locale))),
    "shopify resaved": ("shopify", lambda locale: exporters.resaved(exporters.shopify(locale), locale)),
    "one row a line": ("woocommerce", lambda locale: exporters.original(exporters.woocommerce_items(locale))),
    "one row a line, resaved": (
        "woocommerce",
        lambda locale: exporters.resaved(exporters.woocommerce_items(locale), locale),
    ),
    "labelled": ("woocommerce", lambda locale: exporters.original(woocommerce_labelled(locale))),
    "labelled, resaved": (
        "woocommerce",
        lambda locale: exporters.resaved(woocommerce_labelled(locale), locale),
    ),
    "packed": ("woocommerce", lambda locale: exporters.original(exporters.woocommerce_packed(locale))),
    "packed, resaved": ("woocommerce", lambda locale: exporters.resaved(exporters.woocommerce_packed(locale), locale)),
    "numbered": ("woocommerce", lambda locale: exporters.original(exporters.woocommerce_packed(locale, numbered=True))),
    "1C, windows-1251": ("commerceml", exporters.commerceml),
    "1C, UTF-8": ("commerceml", lambda locale: exporters.commerceml(locale, encoding="utf-8")),
}
every_file = pytest.mark.parametrize("kind", FILES)
every_locale = pytest.mark.parametrize("locale", LOCALES.values(), ids=list(LOCALES))


def options(locale: Locale, **other: Any) -> Options:
    return Options(site="Shop", zone=locale.zone.key, currency=locale.currency, **other)


def put(folder: Path, content: bytes, name: str = "export") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def minor(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value())


STATUS = {"sent": "shipped", "cancelled": "canceled", "refunded": "refunded", "open": "processing"}


def expected_orders(preset: str, locale: Locale) -> list[tuple[Any, ...]]:
    """Of each order the whole row, its customer, where it goes, its shipment and its payment."""
    rows = []
    for sale in sales(locale):
        status = "placed" if preset == "shopify" and sale.state == "open" else STATUS[sale.state]
        tax = Decimal(0) if preset == "commerceml" else sale.tax
        total = sale.total - sale.tax + tax
        lines = len(sale.lines)
        lines += bool(sale.freight or (preset != "commerceml" and tax))
        rows.append(
            (
                f"#{sale.number}" if preset == "shopify" else sale.number,
                sale.placed.astimezone(UTC),
                status,
                locale.currency,
                minor(total - sale.freight),
                minor(sale.freight),
                minor(total) if sale.is_paid else 0,
                lines,
                int(sale.is_paid),
                f"{locale.first} {locale.last}",
                (locale.city, locale.region, locale.postcode, "" if preset == "commerceml" else locale.country),
                sale.sent.astimezone(UTC) if sale.sent else None,
                None,
                sale.placed.astimezone(UTC) if sale.is_paid else None,
            )
        )
    return rows


def orders_there() -> list[tuple[Any, ...]]:
    rows = []
    for order in Order.objects.select_related("customer", "address").order_by("number"):
        shipment = order.shipments.get()
        payment = order.payments.first()
        address = order.address
        assert address is not None
        assert address.customer_id == order.customer_id
        rows.append(
            (
                order.number,
                order.placed_at,
                order.status,
                order.currency,
                order.items_minor,
                order.freight_minor,
                order.paid_minor,
                order.line_count,
                order.payment_count,
                order.customer.name,
                (address.city, address.region, address.postcode, address.country),
                shipment.handed_over_at,
                shipment.delivered_at,
                payment.paid_at if payment else None,
            )
        )
    return rows


def expected_lines(preset: str, locale: Locale, sale: Sale) -> list[tuple[Any, ...]]:
    """Of each line product, quantity, price of one, total and carriage; what is of the whole order comes first."""
    rows: list[tuple[Any, ...]] = []
    for place, (item, many, each) in enumerate(sale.lines):
        total = many * each - (sale.discount if not place and preset != "shopify" else 0)
        price = total / many if preset == "woocommerce" else each
        rows.append((item, many * 10**6, int(price * 10**6), minor(total), 0))
    beyond = {"shopify": sale.tax - sale.discount, "woocommerce": sale.tax, "commerceml": Decimal(0)}[preset]
    if beyond or sale.freight:
        rows.insert(0, (None, 10**6, int(beyond * 10**6), minor(beyond), minor(sale.freight)))
    return rows


def lines_there(number: str) -> list[tuple[Any, ...]]:
    columns = ("product__name", "quantity_micro", "unit_price_micro", "total_minor", "freight_minor")
    return list(OrderLine.objects.filter(order__number=number).order_by("position").values_list(*columns))


@every_file
@every_locale
def test_every_row_of_an_export_comes_in_whole_and_twice_changes_nothing(
    kind: str, locale: Locale, tmp_path: Path
) -> None:
    preset, exporter = FILES[kind]
    path = put(tmp_path, exporter(locale))

    row = bring(path, options=options(locale))

    assert row.preset == preset
    assert not BadRow.objects.exists()
    assert orders_there() == expected_orders(preset, locale)
    for sale in sales(locale):
        number = f"#{sale.number}" if preset == "shopify" else sale.number
        assert lines_there(number) == expected_lines(preset, locale, sale), number
    promises = list(
        Promise.objects.order_by("order__number").values_list("order__number", "promised_on", "outcome", "standing")
    )
    sign = "#" if preset == "shopify" else ""
    assert promises == [
        (f"{sign}1001", date(2026, 2, 20), "open", "late"),
        (f"{sign}1003", date(2026, 2, 25), "withdrawn", ""),
    ], "handed over is not delivered, and refunded is no longer owed"
    assert row.money == {"orders_differing": 0, "orders_incomplete": 1}, "only the cancelled one was not paid"
    mails = Address.objects.filter(kind="email").order_by("value").values_list("value", flat=True)
    assert list(mails) == [f"{sale.number}@example.com" for sale in sales(locale)]
    phones = set(Address.objects.filter(kind="phone").values_list("value", flat=True))
    assert phones == {locale.phone}

    before, entries = state(), JournalEntry.objects.count()
    again = bring(path, at=LATER, options=options(locale))
    assert (again.counts["created"], again.counts["updated"]) == ({}, {})
    assert state() == before
    assert JournalEntry.objects.count() == entries + 2


@every_locale
def test_a_promise_said_to_hold_is_made_for_orders_of_which_the_file_names_none(locale: Locale, tmp_path: Path) -> None:
    path = put(tmp_path, exporters.original(exporters.woocommerce_packed(locale)))
    said = options(locale, promise_days=5)

    row = bring(path, options=said)

    days = dict(Promise.objects.values_list("order__number", "promised_on"))
    assert days == {
        "1001": date(2026, 2, 20),
        "1002": date(2026, 2, 19),
        "1003": date(2026, 2, 25),
        "1004": date(2026, 3, 5),
    }
    assert (row.mapping["promise_days"], row.mapping["promise_unit"]) == (5, "calendar")
    assert Promise.objects.get(order__number="1002").withdrawn_reason == "cancelled"
    before = state()
    again = bring(path, at=LATER, options=said)
    assert (again.counts["updated"], state()) == ({}, before)


def test_working_days_are_those_of_the_sites_calendar(tmp_path: Path) -> None:
    from goodwill.store.calendars import Calendar
    from goodwill.store.sites import Site

    calendar = Calendar.objects.create(name="Weekdays")
    week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendar.versions.create(from_on=date(2020, 1, 1), zone="Europe/London", weekly=week, holidays=["2026-02-16"])
    Site.objects.create(name="Shop", mode="web_shop", zone="Europe/London", calendar=calendar)
    locale = LOCALES["en"]
    path = put(tmp_path, exporters.original(exporters.shopify(locale)))

    bring(path, options=options(locale, promise_days=2, promise_unit="working"))

    promise = Promise.objects.get(order__number="#1002")
    assert promise.promised_on == date(2026, 2, 18), "ordered on a Saturday, Monday is a holiday"
    assert promise.due_at == datetime(2026, 2, 19, tzinfo=UTC)


def test_a_shop_that_says_what_completed_means_there_has_its_promises_judged(tmp_path: Path) -> None:
    locale = LOCALES["hu"]
    path = put(tmp_path, exporters.original(exporters.woocommerce_items(locale)))

    bring(path, options=options(locale, columns={"delivered": "date_completed"}))

    outcomes = dict(Promise.objects.values_list("order__number", "outcome"))
    assert outcomes == {"1001": "kept", "1003": "kept"}, "what came before the money went back was kept"


@every_locale
@pytest.mark.parametrize(
    ("kind", "said", "damaged", "field"),
    [
        ("shopify", ",89.00,,,true", ",eighty-nine,,,true", "Lineitem price"),
        ("one row a line", ",89.00,1,89.00,,89.00", ",89.00,one,89.00,,89.00", "item_quantity"),
        (
            "1C, UTF-8",
            "<Количество>1</Количество><Сумма>89.00",
            "<Количество>1</Количество><Сумма>много",
            "Товар.Сумма",
        ),
    ],
)
def test_a_damaged_line_is_listed_by_the_exports_own_column_and_joins_its_order_when_mended(
    kind: str, said: str, damaged: str, field: str, locale: Locale, tmp_path: Path
) -> None:
    text = FILES[kind][1](locale).decode()
    assert text.count(said) >= 1
    whole = put(tmp_path, text.encode(), "whole")
    row = bring(put(tmp_path, text.replace(said, damaged, 1).encode()), options=options(locale))

    assert list(BadRow.objects.values_list("field", "code")) == [(field, "not_a_number")]
    assert (
        Order.objects.get(number__endswith="1001").line_count
        == len(expected_lines(FILES[kind][0], locale, sales(locale)[0])) - 1
    )
    mended = tmp_path / "mended.csv"
    text = "".join(bad_rows(OPERATOR, row.pk))
    wrong = {"shopify": "eighty-nine", "one row a line": ",one,", "1C, UTF-8": "много"}[kind]
    right = {"shopify": "89.00", "one row a line": ",1,", "1C, UTF-8": "89.00"}[kind]
    assert wrong in text
    mended.write_text(text.replace(wrong, right), encoding="utf-8")

    done = bring(mended, at=LATER, options=options(locale))

    assert done.preset == FILES[kind][0]
    assert BadRow.objects.get().entered_by == done
    there = orders_there()
    again = bring(whole, at=LATER, options=options(locale))
    assert again.counts["created"] == {}
    assert orders_there() == there == expected_orders(FILES[kind][0], locale)


def test_a_damaged_first_row_takes_its_order_with_it_and_all_its_rows_are_offered_for_mending(tmp_path: Path) -> None:
    locale = LOCALES["ru"]
    text = exporters.original(exporters.shopify(locale)).decode()
    first = f"{sales(locale)[0].placed:%Y-%m-%d %H:%M:%S %z}"
    path = put(tmp_path, text.replace(first, "2026-02-31 10:15:00 +0300").encode())

    row = bring(path, options=options(locale))

    assert list(BadRow.objects.order_by("line").values_list("field", "code")) == [("Created at", "not_a_date")] * 2
    assert not Order.objects.filter(number="#1001").exists()
    mended = "".join(bad_rows(OPERATOR, row.pk)).replace("2026-02-31 10:15:00 +0300", first)
    bring(put(tmp_path, mended.encode(), "mended.csv"), at=LATER, options=options(locale))
    assert orders_there() == expected_orders("shopify", locale)


def test_a_file_of_1c_that_breaks_off_keeps_what_came_before_and_says_where(tmp_path: Path) -> None:
    locale = LOCALES["ru"]
    whole = exporters.commerceml(locale)
    second = whole.index("<Номер>1002".encode("cp1251"))
    bring(put(tmp_path, whole[: second + 300]), options=options(locale))

    assert list(Order.objects.values_list("number", flat=True)) == ["1001"]
    assert list(BadRow.objects.values_list("code", "line")) == [("broken_off", 4)]
    bring(put(tmp_path, whole), at=LATER, options=options(locale))
    assert orders_there() == expected_orders("commerceml", locale)


def test_a_file_of_1c_with_entities_of_its_own_is_refused(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    row = imports_plans.plan(files_of([put(tmp_path, bomb)]), options(LOCALES["ru"]), by=OPERATOR, at=NOW)
    assert isinstance(row, Refusal)
    assert dict(row.values)["problem"] == "unreadable_file"


def test_an_export_of_1c_comes_in_from_its_zip_file(tmp_path: Path) -> None:
    locale = LOCALES["ru"]
    path = tmp_path / "exchange.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("orders.xml", exporters.commerceml(locale))

    row = bring(path, options=options(locale))

    file = row.files.get()
    assert (file.name, file.member, file.kind) == ("orders.xml", "orders.xml", "commerceml")
    assert orders_there() == expected_orders("commerceml", locale)


@every_locale
def test_rows_of_an_order_stay_together_over_batches_and_a_stop_between_them(locale: Locale, tmp_path: Path) -> None:
    path = put(tmp_path, exporters.original(exporters.shopify(locale)))
    row = imports_plans.plan(files_of([path]), options(locale), by=OPERATOR, at=NOW)
    assert isinstance(row, Import)
    file = row.files.get()
    for batch in imports_runs._run_file(imports_runs._books(row, by=OPERATOR, at=NOW), row, file, 1):
        assert batch is None
        break  # as if the process had been killed here
    done = imports_runs.run(row.pk, by=OPERATOR, at=NOW, batch=1)
    assert isinstance(done, Import)
    assert orders_there() == expected_orders("shopify", locale)


def test_the_packed_lines_may_be_json_and_a_broken_pack_is_a_bad_row(tmp_path: Path) -> None:
    locale = LOCALES["en"]
    rows = exporters.woocommerce_packed(locale)
    rows[2][-1] = '[{"name": "Lamp", "quantity": 2, "total": 17.5}]'
    rows[3][-1] = "no lines here"
    rows[4][-1] = "name:Lamp|quantity:many|total:1"
    bring(put(tmp_path, exporters.original(rows)), options=options(locale))
    assert lines_there("1002") == [("Lamp", 2_000_000, 8_750_000, 1_750, 0)]
    assert list(BadRow.objects.order_by("line").values_list("field", "code")) == [
        ("line_items", "not_an_object"),
        ("line_items", "not_a_number"),
    ]
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(("country", "phone"), [("DE", "+4930901820"), ("US", "+15105550123"), ("", "+3614301234")])
def test_a_telephone_is_dialled_from_the_country_of_its_customer(country: str, phone: str, tmp_path: Path) -> None:
    written = {"DE": "030 901820", "US": "(510) 555-0123", "": "(1) 430-1234"}[country]
    rows = exporters.shopify(LOCALES["hu"])[:3]
    for name, value in (("Billing Country", country), ("Shipping Country", ""), ("Billing Phone", written)):
        rows[1][rows[0].index(name)] = value
    bring(put(tmp_path, exporters.original(rows)), options=options(LOCALES["hu"]))
    assert list(Address.objects.filter(kind="phone").values_list("value", flat=True)) == [phone]


def test_a_wrong_telephone_is_named_by_the_column_in_which_it_stands(tmp_path: Path) -> None:
    rows = exporters.shopify(LOCALES["hu"])[:3]
    rows[1][rows[0].index("Billing Phone")] = "n/a"
    bring(put(tmp_path, exporters.original(rows)), options=options(LOCALES["hu"]))
    assert list(BadRow.objects.filter(is_held=False).values_list("field", flat=True)) == ["Billing Phone"]


def test_a_guest_who_registers_is_one_customer_and_numbers_of_two_shops_are_two(tmp_path: Path) -> None:
    def sold(shop: str, *buyers: tuple[str, str, str]) -> None:
        header, row, *_ = exporters.woocommerce_packed(LOCALES["en"])
        names = ("order_number", "customer_id", "billing_email")
        rows = []
        for buyer in buyers:
            said = dict(zip(header, row, strict=True)) | dict(zip(names, buyer, strict=True)) | {"customer_email": ""}
            rows.append([said[name] for name in header])
        path = put(tmp_path, exporters.original([header, *rows]), shop)
        bring(path, options=Options(site=shop, zone="Europe/London", currency="GBP"))

    sold("North", ("1", "0", "anne@example.com"), ("2", "7", "anne@example.com"))
    sold("South", ("1", "7", "bob@example.com"))
    by_order = Order.objects.order_by("site__name", "number").values_list("customer__external_key", flat=True)
    assert list(by_order) == ["e:anne@example.com", "e:anne@example.com", "e:bob@example.com"]


def test_the_end_of_a_product_name_that_shopify_allows_and_we_do_not_is_cut(tmp_path: Path) -> None:
    rows = exporters.shopify(LOCALES["hu"])[:3]
    at = rows[0].index("Lineitem name")
    rows[1][at], rows[2][at] = "Ű" * 255 + " - 42", "b" * 200
    bring(put(tmp_path, exporters.original(rows)), options=options(LOCALES["hu"]))
    assert not BadRow.objects.exists()
    names = OrderLine.objects.filter(product__isnull=False).order_by("position").values_list("product__name", flat=True)
    assert list(names) == ["Ű" * 199 + "…", "b" * 200]
