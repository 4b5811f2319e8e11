"""Notices in a browser: the bell, the page, keys, undo, and how it looks in every way."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from goodwill.store.imports import Import
from goodwill.store.notices import Notice
from goodwill.store.people import Person
from tests.cast import Cast
from tests.journeys.looks import EVERY_LOOK, FEW_LOOKS, House, Look, assert_in_order

HOUR = timedelta(hours=1)


def notice(person: Person, n: int, **fields: Any) -> Notice:
    at = timezone.now() - n * HOUR
    defaults = {"kind": "promise_broken", "why": "owes", "code": "broken_silent", "hour_at": at, "made_at": at}
    return Notice.objects.create(person=person, entry_id=n, last_entry_id=n, **defaults | fields)


def life(cast: Cast, person: Person) -> None:
    """One notice of everything, with long names among them."""
    now = timezone.now()
    late = cast.promise(due_at=now - HOUR, standing="late", what="call back about the jacket")
    risky = cast.promise(due_at=now + 2 * HOUR, standing="at_risk", late_rule="end_of_day", kind="delivery", what="")
    cast.outsider.name = "Hódmezővásárhelyi Mezőgazdasági Gépalkatrész-kereskedelmi és Szolgáltató Kft."
    cast.outsider.save()
    long = cast.promise(
        cast.outsider, due_at=now - HOUR, standing="late", what="send the corrected invoice with the right tax number"
    )
    order = cast.order()
    run = Import.objects.create(preset="orders", as_of=now, created_at=now, person=person)
    buyer = {"customer_id": cast.buyer.pk}
    rows: list[dict[str, Any]] = [
        {"kind": "import_ended", "why": "started", "code": "bad_rows", "import_id": run.pk},
        {"kind": "rated_low", "why": "owner", "code": "low", "order_id": order.pk, **buyer},
        {"kind": "customer_given", "why": "deputy", "code": "deputy", **buyer},
        {"kind": "customer_heard", "why": "owner", "code": "phone", **buyer},
        {"kind": "promise_changed", "why": "owner", "code": "moved", "promise_id": risky.pk, **buyer},
        {"kind": "promise_broken", "why": "", "code": "broken_silent", "count": 1240},
        {"kind": "promise_at_risk", "why": "chief", "code": "depends", "promise_id": risky.pk, **buyer},
        {"promise_id": long.pk, "customer_id": cast.outsider.pk},
        {"promise_id": late.pk, **buyer},
        {"promise_id": 10**9, **buyer},
    ]
    for n, row in enumerate(reversed(rows), 1):
        notice(person, n, **row)


@pytest.mark.parametrize("look", EVERY_LOOK, ids=str)
def test_the_page_of_notices_is_in_order_in_every_way(lived_in: tuple[House, Cast], look: Look) -> None:
    house, cast = lived_in
    life(cast, cast.head)
    with house.page(look, as_=cast.head) as page:
        page.goto("/notices/")
        expect(page.locator(".notice-line")).to_have_count(10)
        assert_in_order(page, look, "notices")


@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_the_bell_empty_pages_and_preferences_are_in_order(lived_in: tuple[House, Cast], look: Look) -> None:
    house, cast = lived_in
    with house.page(look, as_=cast.head) as page:
        page.goto("/notices/")
        assert_in_order(page, look, "notices-empty")
        page.goto("/preferences/notices/")
        assert_in_order(page, look, "notices-preferences")
        life(cast, cast.head)
        page.goto("/")
        page.locator(".bell > summary").click()
        expect(page.locator(".bell .bell-line")).to_have_count(7)
        assert_in_order(page, look, "notices-bell")


def test_a_person_hears_of_a_broken_promise_and_warns_the_customer(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    promise = cast.promise(due_at=timezone.now() - HOUR, standing="late")
    notice(cast.agent, 1, promise_id=promise.pk, customer_id=cast.buyer.pk)
    with house.page(as_=cast.agent) as page:
        page.goto("/")
        expect(page.locator(".bell-number")).to_have_text("1")
        page.keyboard.press("g")
        page.keyboard.press("b")
        expect(page).to_have_url(f"{house.url}/notices/")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{house.url}/promises/{promise.pk}/?act=warn#warn")
        expect(page.locator(".bell-number")).to_have_count(0)


def test_marking_by_key_and_undoing_by_key(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    for n in (1, 2):
        promise = cast.promise(due_at=timezone.now() - HOUR, standing="late")
        notice(cast.agent, n, promise_id=promise.pk, customer_id=cast.buyer.pk)
    with house.page(as_=cast.agent) as page:
        page.goto("/notices/")
        page.keyboard.press("j")
        page.keyboard.press("m")
        expect(page.locator(".notice-line")).to_have_count(1)
        page.keyboard.press("a")
        expect(page.get_by_role("heading", name="Nothing new.")).to_be_visible()
        page.keyboard.press("u")
        expect(page.locator(".notice-line")).to_have_count(1)
        expect(page.locator(".toasts")).to_contain_text("1 notice is unread again.")
        page.goto("/notices/?which=all")
        expect(page.locator(".notice-line")).to_have_count(2)
        expect(page.locator(".is-unread")).to_have_count(1)


def test_the_number_follows_by_itself_and_the_focus_stays_where_it_is(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    with house.page(as_=cast.agent) as page:
        page.clock.install()
        page.goto("/")
        expect(page.locator(".bell-number")).to_have_count(0)
        page.locator(".bell > summary").focus()
        notice(cast.agent, 1)
        with page.expect_response("**/notices/count/**"):
            page.clock.run_for(61_000)
        expect(page.locator(".bell-number")).to_have_text("1")
        expect(page.locator(".bell > summary")).to_be_focused()
        with page.expect_response(lambda answer: "shown=1" in answer.url and answer.status == 204):
            page.clock.run_for(61_000)
        Notice.objects.all().delete()
        with page.expect_response("**/notices/count/**"):
            page.clock.run_for(61_000)
        expect(page.locator(".bell-number")).to_have_count(0)
        expect(page.locator(".bell > summary")).to_be_focused()


def test_a_lost_connection_is_not_said_each_minute_and_the_number_comes_back(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    with house.page(as_=cast.agent) as page:
        page.clock.install()
        page.goto("/")
        page.context.set_offline(True)
        with page.expect_event("requestfailed"):
            page.clock.run_for(61_000)
        expect(page.locator(".toasts .note")).to_have_count(0)
        page.context.set_offline(False)
        notice(cast.agent, 1)
        with page.expect_response("**/notices/count/**"):
            page.clock.run_for(61_000)
        expect(page.locator(".bell-number")).to_have_text("1")
        house.complaints.clear()  # the browser says that it was offline


def test_a_session_that_ended_leaves_the_page_as_it_is(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    with house.page(as_=cast.agent) as page:
        page.clock.install()
        page.goto("/")
        page.context.clear_cookies(name="goodwill_session")
        with page.expect_response("**/sign-in/**"):
            page.clock.run_for(61_000)
        expect(page.locator("[name=password]")).to_have_count(0)
        expect(page.locator("h1")).to_have_text("Customers we owe something")


def test_without_javascript_the_bell_leads_to_the_page_where_everything_works(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    promise = cast.promise(due_at=timezone.now() - HOUR, standing="late")
    notice(cast.agent, 1, promise_id=promise.pk, customer_id=cast.buyer.pk)
    with house.page(as_=cast.agent, javascript=False) as page:
        page.goto("/")
        page.locator(".bell > summary").click()
        page.get_by_role("link", name="All notices").click()
        expect(page).to_have_url(f"{house.url}/notices/")
        page.get_by_role("button", name="Mark all as read").click()
        expect(page.get_by_text("1 notice was marked as read.")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".notice-line")).to_have_count(1)


def test_wishes_are_kept(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    with house.page(as_=cast.agent) as page:
        page.goto("/preferences/")
        page.get_by_role("link", name="How I am told").click()
        page.get_by_label("Promises broken").select_option("at_once")
        page.get_by_label("The daily letter comes at").fill("09:15")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".toasts")).to_contain_text("Your preferences are saved.")
        expect(page.get_by_label("Promises broken")).to_have_value("at_once")
        expect(page.get_by_label("The daily letter comes at")).to_have_value("09:15")
