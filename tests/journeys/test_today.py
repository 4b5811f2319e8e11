"""Today, the list of promises and the page of one, as people see them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from goodwill.actions import settling
from goodwill.domain.records import Cause
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer
from goodwill.store.promises import Promise
from tests.cast import Cast
from tests.journeys.looks import FEW_LOOKS, House, Look, assert_in_order, tab_to

HOUR = timedelta(hours=1)


def fill(cast: Cast) -> Promise:
    """A day with everything in it: late, at risk, warned, on time, internal; long names and large sums."""
    now = timezone.now()
    names = (
        "Megszentségteleníthetetlenségeskedéseitekért Kft.",
        "Общество с ограниченной ответственностью «Северная доставка»",
        "Anna Kovács",
        "",
    )
    rows = [Customer.objects.create(kind="organisation", name=n, site=cast.shop, created_at=now) for n in names]
    Address.objects.create(customer=rows[0], kind="phone", value="+36301234567")
    made = {"made_at": now - 90 * HOUR, "promised_on": now.date()}
    cast.promise(rows[0], due_at=now - 50 * HOUR, outcome="broken_silent", standing="late", broken_at=now - 50 * HOUR,
                 wakes_at=None, what="Delivery of order 4711 to the second address, after five in the afternoon",
                 money_waiting_minor=100_000_000, currency="EUR", **made)  # fmt: skip
    cast.promise(rows[1], due_at=now + 2 * HOUR, standing="at_risk", unit=cast.back_unit, person=None, **made)
    truck = cast.promise(rows[2], due_at=now + 20 * HOUR, what="bring the pallets", **made)
    cast.promise(rows[2], due_at=now + 30 * HOUR, depends_on=truck, money_waiting_minor=118_799, currency="EUR", **made)
    cast.promise(rows[3], due_at=now + 60 * HOUR, late_rule="end_of_day", **made)
    cast.promise(cast.shop_unit.customer, due_at=now + 70 * HOUR, kind="internal_request", what="", **made)
    settling.warn(
        truck.pk, now + 44 * HOUR, Cause.CARRIER, "The truck broke down near Győr.", by=cast.viewer(cast.head), at=now
    )
    truck.refresh_from_db()
    return truck


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_today_and_promises_are_in_order_in_every_look(lived_in: tuple[House, Cast], look: Look) -> None:
    house, cast = lived_in
    with house.page(look, as_=cast.head) as page:
        page.goto("/")
        assert_in_order(page, look, "today-nothing")
        truck = fill(cast)
        for name, address in (
            ("today", "/"),
            ("today-mine", "/?whose=mine"),
            ("promises", "/promises/?state=all"),
            ("promises-none", "/promises/?state=withdrawn"),
            ("promise", f"/promises/{truck.pk}/"),
            ("promise-warn", f"/promises/{truck.pk}/?act=warn"),
            ("promise-move", f"/promises/{truck.pk}/?act=move"),
        ):
            page.goto(address)
            assert_in_order(page, look, name)


@pytest.mark.django_db(transaction=True)
def test_the_day_is_walked_with_j_k_and_enter(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    fill(cast)
    with house.page(as_=cast.head) as page:
        page.goto("/")
        for key in ("j", "j", "k", "j", "j"):
            page.keyboard.press(key)
        assert "Anna Kovács" in page.evaluate("document.activeElement.textContent")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="bring the pallets").wait_for()
        page.keyboard.press("g")
        page.keyboard.press("t")
        page.get_by_role("heading", name="Customers we owe something").wait_for()
        page.keyboard.press("j")
        page.keyboard.press("w")
        page.wait_for_url("**/promises/*/?act=warn*")


@pytest.mark.django_db(transaction=True)
def test_a_customer_is_warned_and_the_promise_kept_by_keyboard_alone(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    now = timezone.now()
    promise = cast.promise(due_at=now + 3 * HOUR, standing="at_risk", made_at=now - HOUR, promised_on=now.date())
    with house.page(as_=cast.agent) as page:
        page.goto(f"/promises/{promise.pk}/")
        page.keyboard.press("w")
        tab_to(page, "New time")
        page.keyboard.type("in 2 days")
        tab_to(page, "True cause")
        page.keyboard.type("Not in")
        tab_to(page, "What we told")
        page.keyboard.type("It comes on Friday, our supplier is late.")
        page.keyboard.press("Enter")
        page.get_by_text("The warning was written down").wait_for()
        page.keyboard.press("x")
        page.get_by_text("Marked as kept.").wait_for()
    promise.refresh_from_db()
    assert promise.outcome == "kept" and promise.warned_at is not None
