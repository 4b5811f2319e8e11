"""Orders of which an export does not say who bought: sales at a till, and guests who leave nothing of themselves."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from goodwill.adapters.presets.looking import Options
from goodwill.domain.viewers import OPERATOR
from goodwill.reads.labels import label
from goodwill.store.customers import Customer
from goodwill.store.imports import BadRow, Import
from goodwill.store.orders import Order
from goodwill.store.promises import Promise
from goodwill.web.imports_files import bad_rows
from tests import exporters
from tests.actions.importing import bring
from tests.exporters import LOCALES, Locale

pytestmark = pytest.mark.django_db
Exporter = Callable[[Locale], list[list[str]]]
WHO = (
    *("Email", "Phone", "Billing Name", "Billing Phone", "Billing Company", "Shipping Name", "Shipping Phone"),
    *("billing_first_name", "billing_last_name", "billing_email", "customer_email", "billing_phone"),
)
every_export = pytest.mark.parametrize("rows", [exporters.shopify, exporters.woocommerce_items], ids=["Shopify", "Woo"])


def put(folder: Path, rows: list[list[str]], name: str, *, without: tuple[str, ...] = (), **said: str) -> Path:
    """Write these rows, with some columns emptied and others saying the same on every row that says who bought."""
    header = rows[0]
    path = folder / name
    written = [header]
    for row in rows[1:]:
        values = dict(zip(header, row, strict=True))
        values |= dict.fromkeys(set(without) & set(header), "")
        values |= _of_first_rows(values, said)
        written.append([values[column] for column in header])
    path.write_bytes(exporters.original(written))
    return path


def _of_first_rows(values: Mapping[str, str], said: Mapping[str, str]) -> Mapping[str, str]:
    return said if values.get("Financial Status", values.get("status")) else {}


def options(locale: Locale, site: str = "Shop") -> Options:
    return Options(site=site, zone=locale.zone.key, currency=locale.currency)


def buyers() -> dict[tuple[str, str], int]:
    return {(site, number): pk for site, number, pk in Order.objects.values_list("site__name", "number", "customer_id")}


@every_export
def test_an_order_without_a_buyer_comes_in_whole_as_that_of_a_customer_without_a_name(
    rows: Exporter, tmp_path: Path
) -> None:
    locale = LOCALES["hu"]
    path = put(tmp_path, rows(locale), "till.csv", without=WHO)

    bring(path, options=options(locale))

    assert not BadRow.objects.exists()
    assert list(Order.objects.order_by("number").values_list("line_count", flat=True)) == [3, 1, 2, 1]
    assert Customer.objects.count() == len(set(buyers().values())) == 4, "nobody is taken for another"
    assert set(Customer.objects.values_list("kind", "name", "number")) == {("person", "", "")}
    assert all(label(one).endswith("…") for one in Customer.objects.all())


@every_export
def test_the_same_order_is_that_of_the_same_buyer_and_one_number_in_two_shops_is_two_buyers(
    rows: Exporter, tmp_path: Path
) -> None:
    locale = LOCALES["en"]
    bring(put(tmp_path, rows(locale), "till.csv", without=WHO), options=options(locale, "North"))
    before = buyers()

    again = bring(put(tmp_path, rows(locale), "again.csv", without=WHO), options=options(locale, "North"))
    assert (again.counts["created"], again.counts["updated"]) == ({}, {})
    paid = {"Payment Method": "cash", "payment_method_title": "cash"}
    known = {name: value for name, value in paid.items() if name in rows(locale)[0]}
    altered = bring(put(tmp_path, rows(locale), "paid.csv", without=WHO, **known), options=options(locale, "North"))
    assert "customer" not in altered.counts["created"]
    assert buyers() == before
    bring(put(tmp_path, rows(locale), "south.csv", without=WHO), options=options(locale, "South"))
    assert len(set(buyers().values())) == 8


@every_export
def test_an_export_that_no_longer_says_who_bought_takes_no_order_from_its_buyer(rows: Exporter, tmp_path: Path) -> None:
    locale = LOCALES["ru"]
    bring(put(tmp_path, rows(locale), "whole.csv"), options=options(locale))
    before = buyers()

    bring(put(tmp_path, rows(locale), "blank.csv", without=WHO), options=options(locale))

    assert buyers() == before
    assert Customer.objects.count() == 4
    assert not Customer.objects.filter(name="").exists()


@every_export
def test_an_order_of_nobody_goes_to_the_buyer_whom_a_later_export_names(rows: Exporter, tmp_path: Path) -> None:
    locale = LOCALES["ru"]
    bring(put(tmp_path, rows(locale), "till.csv", without=WHO), options=options(locale))

    bring(put(tmp_path, rows(locale), "whole.csv"), options=options(locale))

    assert set(Order.objects.values_list("customer__name", flat=True)) == {f"{locale.first} {locale.last}"}


def test_a_mended_row_of_an_order_without_a_buyer_joins_that_order(tmp_path: Path) -> None:
    locale = LOCALES["en"]
    path = put(tmp_path, exporters.shopify(locale), "till.csv", without=WHO)
    path.write_text(path.read_text(encoding="utf-8").replace(",89.00,,,true", ",eighty-nine,,,true", 1), "utf-8")
    bring(path, options=options(locale))
    before = buyers()
    mended = tmp_path / "mended.csv"
    rows = "".join(bad_rows(OPERATOR, Import.objects.get().pk))
    mended.write_text(rows.replace("eighty-nine", "89.00"), encoding="utf-8")

    bring(mended, options=options(locale))

    assert buyers() == before
    assert Customer.objects.count() == 4
    assert Order.objects.get(number="#1001").line_count == 3


@pytest.mark.parametrize(
    ("source", "method", "outcome"), [("pos", "", "kept"), ("pos", "Standard", "open"), ("web", "", "open")]
)
def test_what_is_handed_over_at_the_till_the_customer_has_and_what_is_sent_not_yet(
    source: str, method: str, outcome: str, tmp_path: Path
) -> None:
    locale = LOCALES["en"]
    said = {"Source": source, "Shipping Method": method, "Note Attributes": ""}
    path = put(tmp_path, exporters.shopify(locale), "till.csv", without=WHO, **said)
    bring(path, options=replace(options(locale), promise_days=5))
    assert Promise.objects.get(order__number="#1001").outcome == outcome


def test_in_a_plain_table_a_row_that_says_nobody_stays_a_row_to_mend(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order,customer,placed,item\nA-1,,2026-03-02,Boots\n", encoding="utf-8")
    bring(path)
    assert list(BadRow.objects.values_list("field", "code")) == [("customer", "missing")]
