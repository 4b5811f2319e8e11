"""The standing cast asks every address of the house.

A new address is asked by itself: it must guard itself with `@needs(…)`, or be named below with the reason why not.
"""

import pytest
from django.test import Client

from goodwill.domain.roles import May
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from tests.cast import Cast, make_person
from tests.rounds import make_driver
from tests.web.every_url import Door, Faults, World, doors

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DOORS = doors()

OPEN = {
    "set_language",  # whoever reads, reads in some language
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "web:set_up",  # closed by itself once there is a firm
    "web:set_up_firm",
    "web:join",  # these three ask for a signed token
    "web:new_password",
    "web:one_time",
    "web:health_live",  # these three answer programs, in codes and counts
    "web:health_ready",
    "web:metrics",
    "web:round_worker",  # a program of ours that knows nobody's data; the browser asks for it signed out, too
}
PROBES = {"web:health_live", "web:health_ready", "web:metrics"}
"""They answer before sessions and forms are looked at, and know nothing but a look."""
FOR_ALL = {
    "web:today",  # everybody's own list
    "web:preferences",  # one's own
    "web:preferences_password",
    "web:theme",
    "web:tokens",  # one's own
    "web:token_make",
    "web:token_revoke",
    "web:search",  # finds what the viewer may see
    "web:notices",  # one's own; another's notice leads to one's own list, as one that is gone does
    "web:notices_bell",
    "web:notices_count",
    "web:notices_mark_all",
    "web:notices_undo",
    "web:notice",
    "web:notice_mark",
    "web:notice_preferences",
}
BY_SIGHT = {
    # The back office and logistics come here, too: each sees the promises that they may see, the rest is not there.
    "web:promise",
    "web:promise_keep",
    "web:promise_warn",
    "web:promise_move",
    "web:promise_withdraw",
    "web:promise_correct",
}
ASKS_FURTHER = {"web:journal_csv": May.EXPORT, "web:journal_lines": May.EXPORT}
"""A right that the view itself asks for, after its guard."""
SPENT = {"web:join": 410, "web:new_password": 410, "web:one_time": 410}
BUYERS = {"photo_id", "customer_id", "order_id", "promise_id", "address_id", "interaction_id"}
WHO = ("agent", "mate", "stranger", "head", "administrator", "accountant", "manager", "roleless", "driver")


@pytest.fixture
def world(cast: Cast) -> World:
    """The cast and the buyer's rows, and somebody who signs in but holds no role."""
    make_person("roleless@vektor.example", "Rosa Roleless")
    make_driver(cast)
    return World(cast)


def person(world: World, who: str) -> Person:
    """A member of the cast."""
    if who in ("roleless", "driver"):
        return Person.objects.get(email=f"{who}@vektor.example")
    found = getattr(world.cast, who)
    assert isinstance(found, Person)
    return found


def visitor(world: World, who: str, *, enforce_csrf_checks: bool = False) -> Client:
    """The browser of somebody signed in; a fault is an answer of 500, not an exception."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=enforce_csrf_checks)
    client.force_login(person(world, who), backend=BACKEND)
    return client


def test_there_are_addresses_to_ask() -> None:
    assert len(DOORS) > 60
    assert {door.name for door in DOORS} >= OPEN


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_every_address_says_who_may_open_it(door: Door) -> None:
    if door.name in OPEN:
        assert door.is_open
    else:
        assert not door.is_open, "open to strangers without being named here"
        assert door.guards or door.name in FOR_ALL | BY_SIGHT, (
            "guard it with @needs(May.…), or name it here with the reason"
        )


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_nobody_comes_in_without_signing_in(door: Door, world: World) -> None:
    client = Client(raise_request_exception=False)
    for method in (client.get, client.post):
        answer = method(world.path(door))
        assert "Berta Buyer" not in answer.content.decode()
        if door.name in OPEN:
            assert answer.status_code == SPENT.get(door.name, answer.status_code)
            assert answer.status_code < 500
        else:
            assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in/")


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_every_address_answers_by_right(door: Door, world: World) -> None:
    path = world.path(door)
    for who in WHO:
        viewer = world.cast.viewer(person(world, who))
        answer = visitor(world, who).get(path)
        status = answer.status_code
        further = ASKS_FURTHER.get(door.name)
        has_right = door.opens_to(viewer) and (further is None or viewer.may(further))
        if door.name in SPENT:
            assert status == SPENT[door.name], who
        elif not has_right:
            # 405: a deed that is asked for by a mere look says so before it asks who is there.
            assert status in (403, 405), who
        elif who == "head":
            assert status in (200, 302, 405), who
        else:
            assert status in (200, 302, 404, 405), who
        if who == "stranger" and has_right and BUYERS & set(door.arguments):
            assert status in (404, 405), "the stranger learns that it exists"
        if who in ("stranger", "administrator", "accountant", "roleless"):
            assert "Berta Buyer" not in _text(answer), who
        if status == 200 and answer["Content-Type"].startswith("text/html"):
            assert Faults(_text(answer)).found == [], who


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_no_form_is_taken_from_elsewhere(door: Door, world: World) -> None:
    refused = 405 if door.name in PROBES else 403
    answer = visitor(world, "head", enforce_csrf_checks=True).post(world.path(door))
    assert answer.status_code == refused
    assert Client(enforce_csrf_checks=True).post(world.path(door)).status_code == refused


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_an_empty_form_breaks_nothing(door: Door, world: World) -> None:
    path = world.path(door)
    for who in ("roleless", "administrator", "stranger", "head"):
        before = JournalEntry.objects.count()
        answer = visitor(world, who).post(path)
        assert answer.status_code < 500, who
        if who != "head" and BUYERS & set(door.arguments):
            assert answer.status_code in (403, 404, 405), who
            assert JournalEntry.objects.count() == before, "a stranger's deed left a trace"


@pytest.mark.parametrize("door", [door for door in DOORS if not door.arguments], ids=str)
def test_every_page_carries_the_headers_that_protect_it(door: Door, world: World) -> None:
    for client in (visitor(world, "head"), Client(raise_request_exception=False)):
        answer = client.get(world.path(door))
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        for name, cookie in answer.cookies.items():
            assert cookie["samesite"] == "Lax", name
            assert cookie["httponly"] or name == "goodwill_csrf", name


def test_what_the_stranger_does_not_see_the_team_does(world: World) -> None:
    seen = {
        who: sum("Berta Buyer" in _text(visitor(world, who).get(world.path(door))) for door in DOORS)
        for who in ("agent", "mate", "manager", "head")
    }
    assert min(seen.values()) >= 2, seen


def test_pages_of_the_signed_in_are_kept_by_no_cache(world: World) -> None:
    answer = visitor(world, "head").get("/preferences/")
    assert answer["Cache-Control"] == "private, no-store"


def test_cookies_travel_by_tls_only_where_the_house_has_it() -> None:
    import os
    import subprocess
    import sys

    program = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0,"
        "s.SESSION_COOKIE_HTTPONLY)"
    )
    environment = {**os.environ, "GOODWILL_URL": "https://goodwill.example"}
    said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True"] * 5


def _text(answer: object) -> str:
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]
