"""People, settings and sign-in pages, looked at in every way."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from goodwill.actions import invitations, sign_ins
from goodwill.domain.roles import Role
from goodwill.domain.viewers import OPERATOR
from goodwill.store.people import Person
from goodwill.store.policies import PolicyVersion
from tests.cast import NOW, PASSWORD, Cast
from tests.journeys.looks import FEW_LOOKS, House, Look, assert_in_order, tab_to

INSIDE: dict[str, Callable[[Cast], str]] = {
    "people": lambda cast: "/people/",
    "invite": lambda cast: "/people/invite/",
    "person": lambda cast: f"/people/{cast.manager.pk}/",
    "person-close": lambda cast: f"/people/{cast.manager.pk}/close/",
    "settings": lambda cast: "/settings/",
    "firm": lambda cast: "/settings/firm/",
    "letters": lambda cast: "/settings/letters/",
    "sites": lambda cast: "/settings/sites/",
    "site": lambda cast: f"/settings/sites/{cast.shop.pk}/",
    "units": lambda cast: "/settings/units/",
    "unit": lambda cast: f"/settings/units/{cast.shop_unit.pk}/",
    "policy": lambda cast: "/settings/policy/",
    "calendars": lambda cast: "/settings/calendars/",
    "calendar": lambda cast: f"/settings/calendars/{cast.calendar.pk}/",
    "calendar-change": lambda cast: f"/settings/calendars/{cast.calendar.pk}/change/",
    "calendar-new": lambda cast: "/settings/calendars/new/",
    "preferences": lambda cast: "/preferences/",
}
OUTSIDE = {"sign-in": "/sign-in/", "reset": "/reset/", "reset-sent": "/reset/sent/", "reset-done": "/reset/done/",
           "reset-bad-link": "/reset/key/1-bad/", "join-bad-link": "/join/1-1-bad/"}  # fmt: skip


@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_every_page_of_people_and_settings_is_in_order(lived_in: tuple[House, Cast], look: Look) -> None:
    house, cast = lived_in
    with house.page(look, as_=cast.head) as page:
        for name, path in INSIDE.items():
            answer = page.goto(path(cast))
            assert answer is not None
            assert answer.ok, path(cast)
            assert_in_order(page, look, name)


@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_every_page_before_sign_in_is_in_order(lived_in: tuple[House, Cast], look: Look) -> None:
    house, cast = lived_in
    person = Person.objects.create_person("new@vektor.example", "Nora New", at=cast.firm.created_at)
    from django.utils import timezone

    token = sign_ins.seal(person, sign_ins.Purpose.JOIN, at=timezone.now())
    with house.page(look) as page:
        for name, path in {**OUTSIDE, "join": f"/join/{token}/"}.items():
            page.goto(path)
            assert_in_order(page, look, name)


def test_signing_in_by_keyboard(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    cache.clear()
    with house.page() as page:
        page.goto("/people/")
        page.keyboard.type("x")  # a key too early goes nowhere
        tab_to(page, "E-mail address")
        page.keyboard.type(cast.head.email)
        page.keyboard.press("Tab")
        page.keyboard.type("wrong password")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("do not belong together")
        assert_in_order(page, Look(), "sign-in-mistake")
        page.locator("[name=password]").focus()
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{house.url}/people/")


def test_an_invited_person_joins_in_their_own_language(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    from django.utils import timezone

    done = invitations.invite(
        "nora@vektor.example", "Nora", {(Role.AGENT, cast.shop_unit.pk)}, language="hu", by=OPERATOR, at=timezone.now()
    )
    assert isinstance(done, invitations.Invitation)
    with house.page(Look(390, "light", "hu")) as page:
        page.goto(done.path)
        page.locator("[name=name]").fill("Nagy Nóra")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password_again]").fill(PASSWORD)
        page.locator("[name=password_again]").press("Enter")
        expect(page).to_have_url(f"{house.url}/")
    person = Person.objects.get(pk=done.person_id)
    assert (person.name, person.language, person.joined_at is not None) == ("Nagy Nóra", "hu", True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["en", "ru", "hu"])
def test_a_fact_keeps_half_the_phone_however_long_its_name(lived_in: tuple[House, Cast], language: str) -> None:
    house, cast = lived_in
    PolicyVersion.objects.create(from_on=NOW.date())
    with house.page(Look(390, "light", language), as_=cast.head) as page:
        for address in ("/settings/policy/", f"/people/{cast.agent.pk}/"):
            page.goto(address)
            facts = page.locator(".facts-list dd:visible")
            assert facts.count() > 3
            narrowest: float = facts.evaluate_all(
                "those => Math.min(...those.map(one => one.clientWidth / one.parentElement.clientWidth))"
            )
            assert narrowest > 0.45
