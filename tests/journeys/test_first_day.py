"""The first day, in a real browser: set up a firm, bring in a file, see whom we owe, open a promise and read why."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from goodwill.store.imports import Import
from goodwill.store.promises import Promise
from goodwill.worker.jobs import JobHand
from tests.cast import PASSWORD
from tests.journeys.looks import FEW_LOOKS, House, Look, assert_in_order

HEADERS = {
    "en": ("Order number", "Customer", "Placed", "Promised", "Delivered", "Item", "Unit price", "Paid"),
    "ru": ("Номер заказа", "Клиент", "Дата заказа", "Обещано", "Доставлено", "Товар", "Цена", "Оплачено"),
    "hu": ("Rendelésszám", "Ügyfél", "Rendelés dátuma", "Ígért", "Kiszállítva", "Termék", "Egységár", "Fizetve"),
}
ENCODINGS = {"en": "utf-8", "ru": "windows-1251", "hu": "windows-1250"}


def orders_file(folder: Path, language: str) -> Path:
    """Four orders as an office program writes them: semicolons, decimal commas, its own code page; one row is bad."""
    today = timezone.now().date()

    def day(days: int) -> str:
        return (today + timedelta(days=days)).isoformat()

    late, coming = ("Зоя Ёлкина", "Борис Орлов") if language == "ru" else ("Szőke Éva", "Béla Nagy")
    rows = [
        HEADERS[language],
        ("B-1", late, day(-20), day(-10), day(-8), "Lamp", "49,90", "49,90"),
        ("B-2", "Anna Long", day(-20), day(-10), day(-12), "Lamp", "49,90", "49,90"),
        ("B-3", coming, day(-3), day(2), "", "Chair", "1200,00", "1200,00"),
        ("B-4", "Carl Late", "not a day", day(2), "", "Chair", "120,00", "0"),
    ]
    path = folder / f"orders-{language}.csv"
    path.write_bytes("\r\n".join(";".join(row) for row in rows).encode(ENCODINGS[language]))
    return path


def set_up(page: Page) -> None:
    page.goto("/set-up/firm/?country=DE")
    for name, words in (
        ("firm_name", "Vektor GmbH"),
        ("site_name", "Laden"),
        ("unit_name", "Verkauf"),
        ("head_name", "Helga Kopf"),
        ("head_email", "helga@vektor.example"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ):
        page.locator(f"[name={name}]").fill(words)
    page.locator("[name=password_again]").press("Enter")
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_a_file_of_orders_becomes_promises_on_the_first_page(house: House, look: Look, tmp_path: Path) -> None:
    with house.page(look) as page:
        set_up(page)
        page.goto("/imports/new/")
        assert_in_order(page, look, "import-1-new")
        page.locator("#files").set_input_files(str(orders_file(tmp_path, look.language)))
        page.locator("#files").press("Tab")
        page.locator("main form button.btn-primary").press("Enter")
        expect(page.locator("#encoding")).to_be_visible()
        expect(page.locator("#delimiter")).to_have_value(";")
        expect(page.locator("#decimal")).to_have_value(",")
        assert_in_order(page, look, "import-2-preview")
        page.locator("button[value=start]").press("Enter")
        expect(page).to_have_url(re.compile(r"/imports/\d+/$"))
        assert JobHand("journey").run_next()
        page.reload()
        assert Import.objects.get().state == "finished"
        expect(page.locator("#problems")).to_be_visible()
        assert_in_order(page, look, "import-3-result")
        page.goto("/")
        owed = page.locator("[data-rows] [data-open], [data-rows] a").first
        expect(owed).to_be_visible()
        expect(page.locator("main")).to_contain_text("B-3")
        expect(page.locator("main")).not_to_contain_text("B-1")
        assert_in_order(page, look, "import-4-today")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/promises/\d+/"))
        expect(page.locator("#why + ol li").first).to_be_visible()
        assert_in_order(page, look, "import-5-why")
    outcomes = dict(Promise.objects.values_list("order__number", "outcome"))
    assert outcomes == {"B-1": "broken_unrecorded", "B-2": "kept", "B-3": "open"}
