"""Quick entry by keyboard: how many keys a contact with a promise costs, and what happens when things go wrong."""

import time

import pytest
from playwright.sync_api import Page, Route, expect

from goodwill.actions.customers import index_words
from goodwill.store.customers import Customer
from goodwill.store.interactions import Interaction
from goodwill.store.promises import Promise
from tests.cast import NOW, Cast
from tests.journeys.looks import FEW_LOOKS, House, Look, assert_in_order

WORDS = "Where is my jacket? You said Tuesday."
WHAT = "find the jacket and call back"
MOST_KEYS = 25


class Keys:
    """A hand on the keyboard that counts: every key but the letters of the words themselves."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, *names: str) -> None:
        """Press these keys one after the other."""
        for name in names:
            self.page.keyboard.press(name)
            self.pressed += 1

    def type(self, text: str) -> None:
        """Type something that is not the customer's or our own words: a name, a time."""
        self.page.keyboard.type(text, delay=15)
        self.pressed += len(text)

    def say(self, words: str) -> None:
        """Type words, which are not counted."""
        self.page.keyboard.type(words)


def find_buyer(cast: Cast) -> None:
    for number in range(30):
        Customer.objects.create(kind="person", name=f"Kunde {number}", site=cast.shop, created_at=NOW)
    index_words(list(Customer.objects.values_list("pk", flat=True)))


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.id"))


@pytest.mark.django_db(transaction=True)
def test_a_contact_with_a_promise_takes_25_keys_beyond_the_words_and_no_pointer(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    find_buyer(cast)
    with house.page(as_=cast.agent) as page:
        page.goto("/")
        keys = Keys(page)
        keys.press("n")
        page.locator("#entry-customer").wait_for()
        assert focused(page) == "customer_text"
        keys.type("ber")
        page.locator("#entry-customer-list [role=option]").first.wait_for()
        keys.press("ArrowDown", "Enter", "Tab")
        assert focused(page) == "where"
        keys.press("Tab", "Tab")
        keys.say(WORDS)
        keys.press("Tab")
        keys.say(WHAT)
        keys.press("Tab")
        keys.type("fri 12")
        page.get_by_text("By Friday").wait_for()
        keys.press("Enter")
        page.get_by_text("The contact and the promise were noted.").wait_for()
        assert keys.pressed <= MOST_KEYS, keys.pressed
        assert not page.locator("#quick-entry").evaluate("dialog => dialog.open")
        # the list behind the dialog knows it already
        page.locator("#owed", has_text="Berta Buyer").wait_for()
    noted, promise = Interaction.objects.get(), Promise.objects.get()
    assert (noted.customer, noted.words, noted.person) == (cast.buyer, WORDS, cast.agent)
    assert (promise.what, promise.interaction, promise.customer) == (WHAT, noted, cast.buyer)


@pytest.mark.django_db(transaction=True)
def test_a_hurried_enter_shows_the_time_before_it_is_saved(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    # htmx may or may not have come to ask for the time before Enter was pressed: it says so where it was cut off, be it
    # only when the window closes
    with house.page(as_=cast.agent, forgives="htmx:send") as page:
        page.route("**/entries/due/**", lambda route: route.abort())
        page.goto(f"/entries/new/?customer={cast.buyer.pk}")
        page.get_by_label("In their words").fill(WORDS)
        page.get_by_label("What we promised").fill(WHAT)
        page.get_by_label("By when").fill("tomorrow 12")
        page.keyboard.press("Enter")
        page.get_by_text("Is this the time you mean?").wait_for()
        assert not Promise.objects.exists()
        expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**/promises/*/")
    assert Promise.objects.get().what == WHAT


@pytest.mark.django_db(transaction=True)
def test_it_works_without_javascript(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    index_words([cast.buyer.pk])
    with house.page(as_=cast.agent, javascript=False) as page:
        page.goto("/")
        page.get_by_role("link", name="Note a contact").first.click()
        page.locator("#entry-customer").fill("Berta Buyer")
        page.locator("#entry-words").fill(WORDS)
        page.locator("#entry-what").fill(WHAT)
        page.locator("#entry-by-when").fill("2 business days")
        page.locator("#entry-words").press("Enter")
        page.get_by_text("2 business days: by").wait_for()
        page.get_by_role("button", name="Save").click()
        page.get_by_role("heading", name=WHAT).wait_for()
    assert Promise.objects.get().target_kind == "business_days"


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_survives_closing_the_dialog(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    with house.page(as_=cast.agent) as page:
        page.goto("/")
        page.keyboard.press("n")
        page.locator("#entry-words").fill(WORDS)
        page.keyboard.press("Escape")
        page.reload()
        page.keyboard.press("n")
        page.locator("#entry-words").wait_for()
        page.wait_for_function("document.getElementById('entry-words').value !== ''")
        assert page.locator("#entry-words").input_value() == WORDS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_quick_entry_is_in_order_in_every_look(lived_in: tuple[House, Cast], look: Look) -> None:
    house, cast = lived_in
    with house.page(look, as_=cast.agent) as page:
        page.goto("/")
        page.keyboard.press("n")
        page.locator("#entry-customer").wait_for()
        assert_in_order(page, look, "quick-entry-dialog")
        page.goto(f"/entries/new/?customer={cast.buyer.pk}")
        page.locator("#entry-by-when").fill("14:00")
        page.locator("#entry-due strong").wait_for()
        assert_in_order(page, look, "quick-entry")
        page.goto("/entries/new/")
        page.locator("#entry-customer").fill("Nobody Known")
        page.locator("#entry-what").fill("x")
        page.locator("#entry-by-when").fill("soonish")
        page.locator("#entry-words").press("Enter")
        page.locator(".is-invalid").first.wait_for()
        assert_in_order(page, look, "quick-entry-wrong")


@pytest.mark.django_db(transaction=True)
def test_pressing_twice_notes_one_contact(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    find_buyer(cast)
    with house.page(as_=cast.agent) as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        page.route("**/entries/new/", _slowly)
        page.goto("/")
        page.keyboard.press("n")
        _press_twice(page, "#quick-entry ")
        page.get_by_text("The contact was noted.").wait_for()
        page.goto("/entries/new/")
        _press_twice(page, "main ")
        page.wait_for_url("/")
        assert len(sent) == 2
        page.go_back()
        page.locator("main [name=words]").fill("Another word")
        page.locator("main [name=customer_text]").fill("Berta Buyer")
        page.locator("main form [type=submit], main form button").last.click()
        page.wait_for_url("/")
    assert Interaction.objects.count() == 3


def _slowly(route: Route) -> None:
    if route.request.method == "POST":
        time.sleep(0.6)
    route.continue_()


def _press_twice(page: Page, within: str) -> None:
    page.locator(f"{within}[name=customer_text]").fill("Berta Buyer")
    page.locator(f"{within}[name=words]").fill(WORDS)
    page.locator(f"{within}[name=words]").evaluate(
        "field => { field.form.requestSubmit(); setTimeout(() => field.form?.requestSubmit(), 200); }"
    )
