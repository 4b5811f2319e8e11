"""The pages of people, settings and preferences, over HTTP."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from goodwill.store.calendars import Calendar
from goodwill.store.customers import Customer
from goodwill.store.firms import Firm
from goodwill.store.people import Person
from goodwill.store.policies import PolicyVersion
from goodwill.store.sites import Site
from goodwill.store.units import Unit
from tests.cast import PASSWORD, Cast
from tests.reads.test_people_and_settings import FEED

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WEEK = {"mon": "9-13, 14-18", "zone": "Europe/Berlin", "holidays": "", "special": "", "country": ""}


@pytest.fixture
def head(cast: Cast, client: Client) -> Client:
    client.force_login(cast.head, backend=BACKEND)
    return client


def test_an_invitation_shows_its_link_once(cast: Cast, head: Client) -> None:
    said = {
        "name": "Nora New", "email": "Nora@Vektor.example", "language": "hu",
        "role_0": "agent", "unit_0": str(cast.shop_unit.pk), "role_1": "", "unit_1": "",
    }  # fmt: skip
    page = head.post("/people/invite/", said).content.decode()
    assert "Nora New is invited" in page
    assert "/join/" in page
    nora = Person.objects.get(email="nora@vektor.example")
    assert list(nora.assignments.values_list("role", "unit_id")) == [("agent", cast.shop_unit.pk)]
    assert "/join/" not in head.get(f"/people/{nora.pk}/").content.decode()
    again = head.post(f"/people/{nora.pk}/link/").content.decode()
    assert "/join/" in again


def test_a_bad_invitation_keeps_what_was_typed(cast: Cast, head: Client) -> None:
    said = {"name": "Nora New", "email": cast.agent.email, "language": "hu", "role_0": "agent", "unit_0": ""}
    answer = head.post("/people/invite/", said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_email_error"' in page
    assert 'value="Nora New"' in page
    assert '<option value="agent" selected>' in page
    without_role = head.post("/people/invite/", {**said, "email": "n@vektor.example", "role_0": ""})
    assert 'id="roles-error"' in without_role.content.decode()


def test_roles_are_changed_on_the_person_s_page(cast: Cast, head: Client) -> None:
    path = f"/people/{cast.agent.pk}/"
    said = {"role_0": "logistics", "unit_0": "", "role_1": "agent", "unit_1": str(cast.shop_unit.pk)}
    assert head.post(f"{path}roles/", said)["Location"] == path
    assert set(cast.agent.assignments.values_list("role", flat=True)) == {"agent", "logistics"}
    answer = head.post(f"/people/{cast.head.pk}/roles/", {"role_0": "agent", "unit_0": ""})
    assert answer.status_code == 422
    assert "at least one active head" in answer.content.decode()


def test_an_account_is_closed_after_a_question_and_opened_again(cast: Cast, head: Client) -> None:
    path = f"/people/{cast.agent.pk}/"
    assert "Close the account of Anna Agent?" in head.get(f"{path}close/").content.decode()
    assert Person.objects.get(pk=cast.agent.pk).is_active
    head.post(f"{path}close/")
    assert not Person.objects.get(pk=cast.agent.pk).is_active
    assert "Open the account again" in head.get(path).content.decode()
    head.post(f"{path}reopen/")
    assert Person.objects.get(pk=cast.agent.pk).is_active
    page = head.post(f"/people/{cast.head.pk}/close/", follow=True).content.decode()
    assert "at least one active head" in page


def test_customers_are_handed_over_and_counted(cast: Cast, head: Client) -> None:
    path = f"/people/{cast.manager.pk}/hand-over/"
    assert head.post(path, {"to": ""}).status_code == 422
    page = head.post(path, {"to": str(cast.mate.pk)}, follow=True).content.decode()
    assert "1 customer was handed over." in page
    assert Customer.objects.get(pk=cast.buyer.pk).owner == cast.mate


def test_a_name_is_changed(cast: Cast, head: Client) -> None:
    head.post(f"/people/{cast.agent.pk}/name/", {"name": "Anna Ágens"})
    assert Person.objects.get(pk=cast.agent.pk).name == "Anna Ágens"
    assert head.post(f"/people/{cast.agent.pk}/name/", {"name": ""}).status_code == 422


def test_an_administrator_may_look_at_a_head_but_not_change_one(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator, backend=BACKEND)
    path = f"/people/{cast.head.pk}/"
    assert "changed by heads only" in client.get(path).content.decode()
    page = client.post(f"{path}link/", follow=True).content.decode()
    assert "Your role does not include this." in page
    assert "/new-password/" not in page


def test_a_link_for_a_new_password_is_shown_to_whoever_manages_people(cast: Cast, head: Client) -> None:
    page = head.post(f"/people/{cast.agent.pk}/link/").content.decode()
    assert "/new-password/" in page


def test_firm_sites_and_units_are_saved(cast: Cast, head: Client) -> None:
    firm = {"name": "Vektor & Co", "country": "DE", "currency": "EUR", "zone": "Europe/Berlin", "language": "en",
            "calendar": str(cast.calendar.pk)}  # fmt: skip
    assert head.post("/settings/firm/", firm)["Location"] == "/settings/firm/"
    assert Firm.objects.get().name == "Vektor & Co"
    assert head.post("/settings/firm/", firm | {"zone": "Berlin"}).status_code == 422
    site = {"name": "Depot", "mode": "wholesale", "zone": "Europe/Berlin", "calendar": "", "is_active": "on"}
    head.post("/settings/sites/new/", site)
    depot = Site.objects.get(name="Depot")
    head.post(f"/settings/sites/{depot.pk}/", site | {"mode": "service"})
    depot.refresh_from_db()
    assert (depot.mode, depot.calendar) == ("service", None)
    assert "This is in use already." in head.post("/settings/sites/new/", site).content.decode()
    assert head.post(f"/settings/sites/{depot.pk}/", site | {"name": "Shop"}).status_code == 422
    unit = {"name": "Care", "chief": str(cast.mate.pk), "sites": [str(depot.pk)]}
    head.post("/settings/units/new/", unit)
    care = Unit.objects.get(name="Care")
    head.post(f"/settings/units/{care.pk}/", unit | {"chief": "", "sites": []})
    care.refresh_from_db()
    assert (care.chief, care.sites.count()) == (None, 0)
    assert head.post("/settings/units/new/", unit).status_code == 422
    assert head.post(f"/settings/units/{care.pk}/", unit | {"name": "Accounting"}).status_code == 422


def test_the_currency_of_a_firm_with_orders_cannot_even_be_chosen(cast: Cast, head: Client) -> None:
    cast.order()
    page = head.get("/settings/firm/").content.decode()
    assert "Fixed, because there are orders in it." in page
    firm = {"name": "Vektor", "country": "DE", "currency": "HUF", "zone": "Europe/Berlin", "language": "en",
            "calendar": str(cast.calendar.pk)}  # fmt: skip
    head.post("/settings/firm/", firm)
    assert Firm.objects.get().currency == "EUR"


def test_a_policy_s_new_version_is_saved(cast: Cast, head: Client) -> None:
    today = timezone.now().date()
    said = {"from_on": (today + timedelta(days=2)).isoformat(), "late_rule": "moment", "at_risk_percent": "12.5",
            "at_risk_hours": "2", "reopen": "resume", "priority": "retroactive", "handover": "piecewise"}  # fmt: skip
    assert head.post("/settings/policy/", said)["Location"] == "/settings/policy/"
    version = PolicyVersion.objects.get()
    assert (version.at_risk_share_micro, version.at_risk_floor_seconds) == (125_000, 7_200)
    again = head.post("/settings/policy/", said, follow=True).content.decode()
    assert "nothing was saved" in again
    assert PolicyVersion.objects.count() == 1
    late = head.post("/settings/policy/", said | {"from_on": "2020-01-01"})
    assert late.status_code == 422
    assert "This lies in the past." in late.content.decode()


def test_a_calendar_is_added_changed_renamed_and_a_version_taken_back(cast: Cast, head: Client) -> None:
    head.post("/settings/calendars/new/", WEEK | {"name": "Depot"})
    depot = Calendar.objects.get(name="Depot")
    path = f"/settings/calendars/{depot.pk}/"
    ahead = (timezone.now().date() + timedelta(days=7)).isoformat()
    said = WEEK | {"from_on": ahead, "special": f"{ahead}: 10-12", "holidays": "2030-12-27"}
    assert head.post(f"{path}change/", said)["Location"] == path
    version = depot.versions.get(from_on=ahead)
    assert version.special == {ahead: [["10:00", "12:00"]]}
    assert version.holidays == ["2030-12-27"]
    head.post(f"{path}name/", {"name": "Depot hours"})
    head.post(f"{path}name/", {"name": ""})
    depot.refresh_from_db()
    assert depot.name == "Depot hours"
    other = cast.calendar.versions.get()
    assert head.post(f"{path}take-back/{other.pk}/").status_code == 404
    head.post(f"{path}take-back/{version.pk}/")
    assert depot.versions.count() == 1
    head.post(f"{path}take-back/{depot.versions.get().pk}/")
    assert depot.versions.count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("mon", "", "These hours never open."),
        ("tue", "25-26", "“25-26” are not opening hours."),
        ("holidays", "Christmas", "“Christmas” is not a day."),
        ("special", "2026-12-24: late", "“late” are not opening hours."),
        ("from_on", "2020-01-01", "This lies in the past."),
    ],
)
def test_what_is_wrong_with_a_calendar_is_said_and_kept(
    cast: Cast, head: Client, field: str, typed: str, said: str
) -> None:
    answer = head.post(
        f"/settings/calendars/{cast.calendar.pk}/change/",
        WEEK | {"from_on": timezone.now().date().isoformat(), "sun": ""} | {field: typed},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert typed in page
    assert cast.calendar.versions.count() == 1


def test_a_calendar_file_is_looked_at_before_it_is_saved(cast: Cast, head: Client) -> None:
    path = f"/settings/calendars/{cast.calendar.pk}/change/"
    year = timezone.now().year + 1
    feed = FEED.replace(b"20260", f"{year}0".encode())
    said = {**WEEK, "from_on": timezone.now().date().isoformat(), "holidays": f"{year}-01-02"}
    page = head.post(path, {**said, "file": SimpleUploadedFile("days.ics", feed)}).content.decode()
    assert "2 days off were read from the file." in page
    assert f"{year}-01-02\n{year}-07-30\n{year}-07-31" in page
    assert cast.calendar.versions.count() == 1
    bad = head.post(path, {**said, "file": SimpleUploadedFile("days.ics", b"no calendar")})
    assert bad.status_code == 422
    assert "This is not a calendar file." in bad.content.decode()


def test_preferences_take_effect_at_once(cast: Cast, head: Client) -> None:
    answer = head.post("/preferences/", {"language": "hu", "zone": "Asia/Tokyo", "theme": "dark"})
    assert answer.cookies["goodwill_language"].value == "hu"
    assert answer.cookies["goodwill_theme"].value == "dark"
    me = Person.objects.get(pk=cast.head.pk)
    assert (me.language, me.zone, me.theme) == ("hu", "Asia/Tokyo", "dark")
    page = head.get("/preferences/").content.decode()
    assert 'lang="hu"' in page
    assert 'data-bs-theme="dark"' in page
    assert head.post("/preferences/", {"language": "hu", "zone": "Nowhere", "theme": "dark"}).status_code == 422


def test_a_new_password_keeps_this_session_and_ends_the_others(cast: Cast, head: Client) -> None:
    other = Client()
    other.force_login(cast.head, backend=BACKEND)
    new = "a new long password"
    wrong = {"old": "wrong", "password": new, "password_again": new}
    assert "This is not your password." in head.post("/preferences/password/", wrong).content.decode()
    assert head.post("/preferences/password/", wrong | {"old": PASSWORD})["Location"] == "/preferences/"
    assert head.get("/preferences/").status_code == 200
    assert other.get("/preferences/").status_code == 302


@pytest.mark.parametrize(
    ("back", "landed"),
    [("/people/", "/people/"), ("https://evil.example/", "/"), ("//evil.example", "/"), ("", "/"),
     ("javascript:alert(1)", "/")],
)  # fmt: skip
def test_the_theme_is_changed_where_one_is_and_nobody_is_led_elsewhere(
    cast: Cast, head: Client, back: str, landed: str
) -> None:
    answer = head.post("/preferences/theme/", {"theme": "dark", "next": back})
    assert answer["Location"] == landed
    assert answer.cookies["goodwill_theme"].value == "dark"
    assert Person.objects.get(pk=cast.head.pk).theme == "dark"
    assert "goodwill_theme" not in head.post("/preferences/theme/", {"theme": "pink", "next": back}).cookies


def test_the_letters_page_says_whether_letters_leave(cast: Cast, head: Client) -> None:
    assert "This house sends no letters" in head.get("/settings/letters/").content.decode()
