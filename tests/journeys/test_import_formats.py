"""A workbook with two sheets and a package of exports, chosen, looked at and imported in a real browser."""

import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from goodwill.store.orders import Order
from goodwill.store.promises import Promise
from goodwill.worker.jobs import JobHand
from tests import exporters
from tests.cast import Cast
from tests.cli.commands import until
from tests.journeys.looks import FEW_LOOKS, House, Look, assert_in_order


def workbook(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["nothing", "here"])
    sheet = book.create_sheet("March")
    sheet.append(["Orders of March"])
    sheet.append([])
    sheet.append(["order", "customer", "placed", "unit_price"])
    sheet.append(["X-1", "Anna Long", datetime(2026, 3, 2, 10, 30), 12.1])
    sheet.append(["X-2", "Béla Nagy", "yesterday", 8])
    book.save(folder / "March.xlsx")
    return folder / "March.xlsx"


@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_a_sheet_is_chosen_and_a_promise_said_to_hold(lived_in: tuple[House, Cast], look: Look, tmp_path: Path) -> None:
    house, cast = lived_in
    with house.page(look, as_=cast.head) as page:
        page.goto("/imports/new/")
        page.locator("#files").set_input_files(str(workbook(tmp_path)))
        page.locator("main form button.btn-primary").press("Enter")
        page.locator("#sheet").select_option("March")
        page.locator("#promise_days").fill("3")
        page.locator("#site").fill("Laden")
        page.locator("button[value=look]").press("Enter")
        expect(page.locator("#sheet")).to_have_value("March")
        expect(page.locator("#promise_days")).to_have_value("3")
        expect(page.locator("tbody")).to_contain_text("2026-03-02 10:30:00")
        assert_in_order(page, look, "formats-1-sheet")
        page.locator("button[value=start]").press("Enter")
        until(JobHand("journey").run_next)  # the form is on its way
        page.reload()
        expect(page.locator("#problems")).to_be_visible()
        assert_in_order(page, look, "formats-2-result")
    assert Promise.objects.get().order is not None


@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_exports_in_a_package_are_recognised(lived_in: tuple[House, Cast], look: Look, tmp_path: Path) -> None:
    house, cast = lived_in
    locale = exporters.LOCALES[look.language]
    with zipfile.ZipFile(tmp_path / "shop.zip", "w") as package:
        package.writestr("orders_export.csv", exporters.original(exporters.shopify(locale)))
    with house.page(look, as_=cast.head) as page:
        page.goto("/imports/new/")
        page.locator("#files").set_input_files(str(tmp_path / "shop.zip"))
        page.locator("main form button.btn-primary").press("Enter")
        expect(page.locator("#preset")).to_have_value("shopify")
        page.locator("#site").fill("Laden")
        assert_in_order(page, look, "formats-3-shopify")
        page.locator("button[value=start]").press("Enter")
        until(JobHand("journey").run_next)  # the form is on its way
        page.reload()
        order = Order.objects.get(number="#1001")
        page.goto(f"/orders/{order.pk}/")
        assert_in_order(page, look, "formats-4-order")
