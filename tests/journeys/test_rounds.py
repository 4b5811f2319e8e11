"""A driver's round in a real browser: three taps, without a signal, and with everything in it to look at."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, expect

from goodwill.actions import shipment_reports
from goodwill.actions.shipment_reports import Said
from goodwill.domain.shipment_reports import Condition, ReportOutcome
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from goodwill.store.shipment_reports import ShipmentPhoto, ShipmentReport
from tests.cast import PASSWORD, Cast
from tests.journeys.looks import FEW_LOOKS, House, Look, assert_in_order
from tests.rounds import delivery, make_driver, picture

PHONE = Look(390, "light", "en")
HOUR = timedelta(hours=1)


def fill(cast: Cast) -> tuple[Person, list[Promise]]:
    """A driver and three stops: Anna, Béla, Celia, in the order in which they are due."""
    now = timezone.now()
    stops = []
    for hours, name in ((2, "Anna Kovács"), (3, "Béla Nagy"), (4, "Celia Novak")):
        who = Customer.objects.create(kind="person", name=name, site=cast.shop, created_at=now)
        Address.objects.create(customer=who, kind="phone", value="+36301234567")
        stops.append(delivery(cast, who, at=now, due_at=now + hours * HOUR))
    return make_driver(cast), stops


def tap(page: Page, name: str, what: str, go: str) -> None:
    """Three taps: the row (where it is not open already), the outcome, the confirmation."""
    opened(page, name, what).get_by_role("button", name=go).click()


def opened(page: Page, name: str, what: str) -> Locator:
    """The outcome of a stop, opened; the first stop that is not done is open already."""
    stop = page.locator(".stop", has_text=name)
    if not stop.locator("details").first.evaluate("one => one.open"):
        stop.locator("summary").first.click()
    stop.locator(".tap > summary", has_text=what).click()
    return stop.locator(".tap[open]")


def ready(page: Page) -> None:
    """The service worker holds the page and all its files, and the next look at the page goes through it. This page
    need not: it may have been on its way before the worker was at work.

    Asked again and again from here: `wait_for_function` takes the promise of an asynchronous function for its yes.
    """
    for _again in range(150):
        if page.evaluate(
            """async () => {
              const page = await caches.match("/shipments/round/", {cacheName: "goodwill-round-1", ignoreVary: true});
              const registered = await navigator.serviceWorker.getRegistration("/shipments/");
              return Boolean(page) && registered?.active?.state === "activated";
            }"""
        ):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the service worker never held the round")


@pytest.mark.django_db(transaction=True)
def test_three_taps_deliver(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    driver, (first, *_) = fill(cast)
    with house.page(PHONE, as_=driver) as page:
        page.goto("/shipments/round/")
        tap(page, "Anna", "Delivered", "Yes, delivered now")
        expect(page.locator(".outbox-row")).to_have_attribute("data-state", "held")
        expect(page.locator(".outbox-row")).to_have_attribute("data-state", "arrived", timeout=15_000)
        expect(page.locator(".stop-done")).to_contain_text("Anna")
    first.refresh_from_db()
    told = ShipmentReport.objects.get()
    assert (first.outcome, first.acted_at) == ("kept", told.said_at)
    assert told.said_at <= told.received_at - timedelta(seconds=5), "the tap counts, not the arrival"


@pytest.mark.django_db(transaction=True)
def test_the_search_key_leads_to_the_round_s_own_field(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    driver, _ = fill(cast)
    for person in (driver, cast.manager):
        with house.page(Look(1440, "light", "en"), as_=person) as page:
            page.goto("/shipments/round/")
            key = page.locator(".round-words kbd")
            expect(key).to_be_visible()
            page.keyboard.press("/")
            expect(page.locator("#stop-find")).to_be_focused()
            expect(key).to_be_hidden()
            expect(page.locator(".finder > kbd:visible")).to_have_count(0)


def test_a_wrong_tap_is_undone_before_it_leaves(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    driver, _ = fill(cast)
    with house.page(PHONE, as_=driver) as page:
        page.goto("/shipments/round/")
        tap(page, "Anna", "Delivered", "Yes, delivered now")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".outbox-row")).to_have_count(0)
        tap(page, "Béla", "Late", "30 minutes")
        expect(page.locator(".outbox-row")).to_have_attribute("data-state", "arrived", timeout=15_000)
    assert [told.outcome for told in ShipmentReport.objects.all()] == ["late"]


@pytest.mark.django_db(transaction=True)
def test_what_is_tapped_without_a_signal_arrives_once_and_in_order(
    lived_in: tuple[House, Cast], tmp_path: Path
) -> None:
    house, cast = lived_in
    driver, (first, second, third) = fill(cast)
    photo = tmp_path / "box.jpg"
    photo.write_bytes(picture(size=(2400, 1800), place=True))
    with house.page(PHONE, as_=driver) as page:
        page.goto("/shipments/round/")
        page.reload()
        ready(page)
        page.context.set_offline(True)
        tap(page, "Anna", "Delivered", "Yes, delivered now")
        expect(page.locator(".outbox-row")).to_have_count(1)
        damaged = opened(page, "Béla", "Damaged")
        damaged.locator(".pick", has_text="Crushed").click()
        damaged.locator("textarea").fill("The box is flat.")
        damaged.locator("input[type=file]").set_input_files(photo)
        expect(damaged.locator("canvas")).to_have_count(1)
        damaged.get_by_role("button", name="Customer refused it").click()
        expect(page.locator(".outbox-row")).to_have_count(2)
        tap(page, "Celia", "Delivered", "Yes, delivered now")
        expect(page.locator(".outbox-row")).to_have_count(3)
        assert not ShipmentReport.objects.exists()

        page.reload()
        expect(page.get_by_role("heading", name="My round")).to_be_visible()
        expect(page.locator(".stop")).to_have_count(3)
        expect(page.locator(".outbox-row")).to_have_count(3)
        expect(page.locator(".stop[data-reported]")).to_have_count(3)
        expect(page.locator("#signal")).to_contain_text("No signal")

        page.context.set_offline(False)
        expect(page.locator(".outbox-row[data-state=arrived]")).to_have_count(3, timeout=30_000)
        page.reload()
        expect(page.locator(".stop")).to_have_count(1)
    told = list(ShipmentReport.objects.order_by("id"))
    assert [(one.promise_id, one.outcome) for one in told] == [
        (first.pk, "delivered"),
        (second.pk, "damaged"),
        (third.pk, "delivered"),
    ]
    assert told[0].said_at < told[1].said_at < told[2].said_at
    assert ShipmentPhoto.objects.get().report == told[1]
    assert max(ShipmentPhoto.objects.get().width, ShipmentPhoto.objects.get().height) == 2048
    second.refresh_from_db()
    assert (second.outcome, second.standing) == ("open", "at_risk")


def _sign_in(page: Page, person: Person) -> None:
    page.goto("/sign-in/")
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form").get_by_role("button").first.click()
    expect(page.locator("body[data-viewer]")).to_have_count(1)


@pytest.mark.django_db(transaction=True)
def test_a_report_waits_for_its_own_person(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    driver, (first, *_) = fill(cast)
    other = make_driver(cast, "other@vektor.example", "Odd Other")
    with house.page(PHONE) as page:
        _sign_in(page, driver)
        page.goto("/shipments/round/")
        page.reload()
        ready(page)
        page.context.set_offline(True)
        tap(page, "Anna", "Delivered", "Yes, delivered now")
        expect(page.locator(".outbox-row")).to_have_count(1)
        page.context.clear_cookies(name="goodwill_session")
        page.context.set_offline(False)
        expect(page.locator(".outbox-row")).to_have_attribute("data-state", "signed_out", timeout=30_000)

        _sign_in(page, other)
        assert page.evaluate("caches.keys()") == [], "the first driver's customers are still on the device"
        page.goto("/shipments/round/")
        expect(page.locator(".outbox-row")).to_contain_text("Waiting for Dora Driver to sign in.")
        expect(page.locator(".outbox-row")).not_to_contain_text("Anna")
        page.wait_for_timeout(500)
        assert not ShipmentReport.objects.exists()

        page.context.clear_cookies(name="goodwill_session")
        _sign_in(page, driver)
        page.goto("/shipments/round/")
        expect(page.locator(".outbox-row")).to_have_attribute("data-state", "arrived", timeout=30_000)
    told = ShipmentReport.objects.get()
    assert (told.person_id, told.promise_id) == (driver.pk, first.pk)


@pytest.mark.django_db(transaction=True)
def test_a_full_device_still_shows_what_the_server_answers(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    driver, _ = fill(cast)
    with house.page(PHONE, as_=driver) as page:
        page.goto("/shipments/round/")
        page.reload()
        ready(page)
        (worker,) = page.context.service_workers
        worker.evaluate("() => { Cache.prototype.put = () => Promise.reject(new Error('the device is full')); }")
        worker.evaluate("async () => { for (const name of await caches.keys()) await caches.delete(name); }")
        page.reload()
        expect(page.locator(".stop")).to_have_count(3)


@pytest.mark.django_db(transaction=True)
def test_signing_out_takes_the_kept_round_along(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    driver, _ = fill(cast)
    with house.page(PHONE, as_=driver) as page:
        page.goto("/shipments/round/")
        page.reload()
        ready(page)
        page.locator("details.menu summary", has_text="Your menu").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert page.evaluate("async () => (await caches.keys()).length") == 0


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_shown_with_its_reason_and_kept(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    driver, (first, *_) = fill(cast)
    with house.page(PHONE, as_=driver) as page:
        page.goto("/shipments/round/")
        page.reload()
        ready(page)
        page.context.set_offline(True)
        tap(page, "Anna", "Delivered", "Yes, delivered now")
        Promise.objects.filter(pk=first.pk).update(
            settled_at=timezone.now(), acted_at=timezone.now(), outcome="kept", standing="", wakes_at=None
        )
        page.context.set_offline(False)
        row = page.locator(".outbox-row")
        expect(row).to_have_attribute("data-state", "refused", timeout=30_000)
        expect(row).to_contain_text("This was settled already.")
        page.reload()
        expect(row).to_have_attribute("data-state", "refused")
        row.get_by_role("button", name="Drop it").click()
        expect(row).to_have_count(0)
    assert not ShipmentReport.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_server_in_trouble_loses_nothing(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    driver, _ = fill(cast)
    with house.page(PHONE, as_=driver) as page:
        _answer(page.context, 503)
        page.goto("/shipments/round/")
        tap(page, "Anna", "Delivered", "Yes, delivered now")
        expect(page.locator(".outbox-row")).to_have_attribute("data-state", "saved", timeout=15_000)
        page.context.unroute_all(behavior="wait")
        page.reload()
        expect(page.locator(".outbox-row")).to_have_attribute("data-state", "arrived", timeout=30_000)
    assert ShipmentReport.objects.count() == 1


def _answer(context: BrowserContext, status: int) -> None:
    context.route("**/report/", lambda route: route.fulfill(status=status, body="down", content_type="text/html"))


@pytest.mark.django_db(transaction=True)
def test_the_round_works_without_scripts(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    driver, (first, *_) = fill(cast)
    with house.page(PHONE, as_=driver, javascript=False) as page:
        page.goto("/shipments/round/")
        tap(page, "Anna", "Delivered", "Yes, delivered now")
        expect(page.locator("#toasts")).to_contain_text("Delivered. Thank you.")
        expect(page.locator(".stop-done")).to_contain_text("Anna")
    first.refresh_from_db()
    assert first.outcome == "kept"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_the_round_is_in_order_in_every_look(lived_in: tuple[House, Cast], look: Look) -> None:
    house, cast = lived_in
    driver = make_driver(cast)
    with house.page(look, as_=driver) as page:
        page.goto("/shipments/round/")
        assert_in_order(page, look, "round-nothing")
        stops = fill_more(cast)
        page.goto("/shipments/round/")
        assert_in_order(page, look, "round")
        for place in range(3):
            taps = page.locator(".stop").first.locator(".tap > summary")
            taps.nth(place).click()
            assert_in_order(page, look, f"round-tap-{place}")
        small = page.locator(".round :is(summary, button, a.btn, input[type=search], .pick span):visible").evaluate_all(
            "those => those.map(one => [one.textContent.trim(), one.getBoundingClientRect()])"
            ".filter(([, box]) => box.height < 43.9).map(([text]) => text)"
        )
        assert small == [], "too small for a thumb"
        page.locator(".stop").first.locator(".tap[open] .tap-go").first.click()
        expect(page.locator(".outbox-row")).to_have_count(1)
        assert_in_order(page, look, "round-tapped")
        seen = Said(
            "k",
            ReportOutcome.DAMAGED,
            condition=Condition.WET,
            is_accepted=False,
            words="Everything is wet, and the box is flat.",
            photos=(picture(size=(640, 480)), picture("PNG", size=(300, 500))),
        )
        shipment_reports.report(stops[1].pk, seen, by=cast.viewer(driver), at=timezone.now())
        page.goto(f"/promises/{stops[1].pk}/")
        expect(page.locator(".photos img")).to_have_count(2)
        assert_in_order(page, look, "round-promise")


def fill_more(cast: Cast) -> list[Promise]:
    """Late, at risk, warned, by the day; long names and streets."""
    now = timezone.now()
    made = []
    for hours, name, more in (
        (-3, "Megszentségteleníthetetlenségeskedéseitekért Kft.", {"outcome": "broken_silent", "standing": "late"}),
        (1, "Общество с ограниченной ответственностью «Северная доставка»", {"standing": "at_risk"}),
        (2, "Anna Kovács", {"warned_at": now - HOUR}),
        (30, "Li", {"late_rule": "end_of_day"}),
    ):
        who = Customer.objects.create(kind="organisation", name=name, site=cast.shop, created_at=now)
        Address.objects.create(customer=who, kind="phone", value="+36301234567")
        made.append(delivery(cast, who, at=now - 5 * HOUR, due_at=now + hours * HOUR, **more))
    return made
