"""From an empty house to Today, in a real browser, by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from goodwill.store.firms import Firm
from goodwill.store.people import Person
from tests.cast import PASSWORD
from tests.journeys.looks import EVERY_LOOK, House, Look, assert_in_order, tab_to

CONTINUE = {"en": "Continue", "ru": "Продолжить", "hu": "Tovább"}
NAMES = {"en": "Vektor & Sons Ltd", "ru": "Общество «Вектор»", "hu": "Vektor Szolgáltató Kft."}


def write(page: Page, name: str, words: str) -> None:
    """Walk to the field by Tab and type, as one does without a pointer."""
    for _ in range(80):
        if page.evaluate("document.activeElement && document.activeElement.name") == name:
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"no field {name} is reached by Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def press_button(page: Page) -> None:
    """From a field, Enter sends the form."""
    page.keyboard.press("Enter")


@pytest.mark.parametrize("look", EVERY_LOOK, ids=str)
def test_a_firm_is_set_up_by_keyboard_and_lands_on_today(house: House, look: Look) -> None:
    with house.page(look) as page:
        page.goto("/")
        expect(page).to_have_url(re.compile(r"/set-up/$"))
        assert_in_order(page, look, "set-up-1")
        country = page.locator("#id_country")
        country.focus()
        country.select_option("HU")
        tab_to(page, lambda text: text == page.locator("form[method=get] button").inner_text())
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/set-up/firm/\?country=HU$"))
        assert_in_order(page, look, "set-up-2")
        expect(page.locator("#id_currency")).to_have_value("HUF")
        expect(page.locator("#id_zone")).to_have_value("Europe/Budapest")
        write(page, "firm_name", NAMES[look.language])
        write(page, "mon", "9-13, 14-18")
        write(page, "site_name", "Main shop")
        write(page, "unit_name", "Sales")
        write(page, "head_name", "Ágnes Kovács")
        write(page, "head_email", "agnes@vektor")
        write(page, "password", PASSWORD)
        write(page, "password_again", PASSWORD)
        press_button(page)
        expect(page.locator("#id_head_email_error")).to_be_visible()
        expect(page.locator("#id_head_email")).to_be_focused()
        assert_in_order(page, look, "set-up-3-mistake")
        expect(page.locator("#id_firm_name")).to_have_value(NAMES[look.language])
        expect(page.locator("#id_mon")).to_have_value("9-13, 14-18")
        write(page, "head_email", "agnes@vektor.example")
        write(page, "password", PASSWORD)
        write(page, "password_again", PASSWORD)
        press_button(page)
        expect(page).to_have_url(f"{house.url}/")
        assert_in_order(page, look, "set-up-4-today")
    firm = Firm.the()
    assert firm is not None
    assert (firm.name, firm.language) == (NAMES[look.language], look.language)
    assert Person.objects.get().email == "agnes@vektor.example"


def test_the_set_up_works_without_a_script(house: House) -> None:
    with house.page(javascript=False) as page:
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
        expect(page).to_have_url(f"{house.url}/")
    firm = Firm.the()
    assert firm is not None
    assert (firm.currency, firm.zone) == ("EUR", "Europe/Berlin")


def test_a_language_is_chosen_on_the_first_page(house: House) -> None:
    with house.page() as page:
        page.goto("/set-up/")
        tab_to(page, "Magyar")
        page.keyboard.press("Enter")
        expect(page.locator("html")).to_have_attribute("lang", "hu")
        expect(page.locator("button[lang=hu]").first).to_have_attribute("aria-pressed", "true")
