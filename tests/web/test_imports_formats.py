"""Choosing workbooks, packages and exports of shops in the browser: what is seen before, and what comes in."""

import io
import re
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goodwill.store.imports import Import
from goodwill.store.orders import Order
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from tests import exporters
from tests.cast import Cast
from tests.web.test_imports import run_jobs, signed_in


def uploaded(client: Client, content: bytes, name: str) -> str:
    answer = client.post(reverse("web:import_new"), {"files": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302
    return str(answer["Location"])


def book() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.title = "Notes"
    workbook.active.append(["nothing", "here"])
    sheet = workbook.create_sheet("Orders")
    sheet.append(["order", "customer", "placed", "unit_price"])
    sheet.append(["A-1", "Anna", "2026-03-02", 12.1])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def chosen(page: str, name: str) -> str:
    """The value that a select of this page has chosen."""
    select = re.search(rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', page, re.DOTALL)
    assert select is not None
    found = re.search(r'<option value="([^"]*)" selected', select[1])
    return found[1] if found else ""


def test_of_a_workbook_a_sheet_is_chosen_and_its_rows_come_in(cast: Cast) -> None:
    client = signed_in(cast.head)
    where = uploaded(client, book(), "March.xlsx")

    page = client.get(where).content.decode()
    assert chosen(page, "sheet") == "Orders"
    assert 'name="encoding"' not in page
    said = {"sheet": "Notes", "site": "Shop", "currency": "EUR"}
    page = client.post(where, {**said, "act": "look"}).content.decode()
    assert (chosen(page, "sheet"), "12.1" in page) == ("Notes", False)
    said |= {"sheet": "Orders"}
    page = client.post(where, {**said, "act": "look"}).content.decode()
    assert (chosen(page, "sheet"), "12.1" in page) == ("Orders", True)
    assert client.post(where, {**said, "act": "start"}).status_code == 302
    run_jobs()

    assert Order.objects.get().items_minor == 1_210
    row = Import.objects.get()
    page = client.get(reverse("web:import", args=[row.pk])).content.decode()
    assert "Excel workbook: Orders" in page


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Orders from Shopify"), ("ru", "Заказы из Shopify"), ("hu", "Shopify-rendelések")]
)
def test_an_export_is_recognised_and_named_in_the_readers_language(cast: Cast, language: str, word: str) -> None:
    client = signed_in(cast.head)
    rows = exporters.original(exporters.shopify(exporters.LOCALES[language]))
    where = uploaded(client, rows, "orders_export.csv")
    page = client.get(where, headers={"accept-language": language}).content.decode()
    Person.objects.filter(pk=cast.head.pk).update(language=language)
    page = client.get(where, headers={"accept-language": language}).content.decode()
    assert chosen(page, "preset") == "shopify"
    assert re.search(rf'<option value="shopify" selected>{word}</option>', page)


def test_a_promise_is_said_to_hold_for_every_order_and_a_number_that_is_none_is_refused(cast: Cast) -> None:
    client = signed_in(cast.head)
    rows = exporters.original(exporters.woocommerce_packed(exporters.LOCALES["en"]))
    where = uploaded(client, rows, "orders.csv")
    said = {"preset": "woocommerce", "site": "Shop", "zone": "Europe/London"}

    refused = client.post(where, {**said, "promise_days": "soon", "act": "start"})
    assert refused.status_code == 422
    assert "Say within how many days delivery was promised" in refused.content.decode()
    done = client.post(where, {**said, "promise_days": "3", "promise_unit": "working", "act": "start"})
    assert done.status_code == 302
    run_jobs()

    assert Promise.objects.count() == 4
    assert Import.objects.get().mapping["promise_unit"] == "working"


def test_saying_that_it_is_something_else_looks_at_the_columns_afresh(cast: Cast) -> None:
    client = signed_in(cast.head)
    where = uploaded(client, exporters.original(exporters.shopify(exporters.LOCALES["en"])), "orders.csv")
    columns = {"header": ["Name", "Email"], "field": ["customer", "email"]}
    page = client.post(where, {"preset": "shopify", "looked_as": "orders", "act": "look", **columns}).content.decode()
    assert re.search(r'Meaning of Name"><option value="">[^<]*</option><option value="order" selected>', page)


def test_a_package_shows_each_of_its_tables_and_one_that_is_refused_says_why(cast: Cast) -> None:
    client = signed_in(cast.head)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("a/orders.xlsx", book())
        package.writestr("b/orders.xml", exporters.commerceml(exporters.LOCALES["ru"]))
    page = client.get(uploaded(client, out.getvalue(), "all.zip")).content.decode()
    assert "orders.xlsx" in page
    assert "orders.xml" in page
    assert "Excel workbook" in page

    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as package:
        package.writestr("photo.png", b"\x89PNG")
    where = uploaded(client, empty.getvalue(), "photos.zip")
    assert "There is no table in this ZIP file." in client.get(where).content.decode()
    refused = client.post(where, {"act": "start"})
    assert refused.status_code == 422
    assert "photos.zip: There is no table in this ZIP file." in refused.content.decode()
