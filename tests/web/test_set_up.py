"""The first-run set-up, over HTTP and without JavaScript."""

import pytest
from django.test import Client

from goodwill.store.calendars import CalendarVersion
from goodwill.store.firms import Firm
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from goodwill.store.policies import PolicyVersion
from goodwill.store.sites import Site
from goodwill.store.units import Unit
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
SAID = {
    "firm_name": "Vektor Kft.",
    "country": "HU",
    "currency": "HUF",
    "zone": "Europe/Budapest",
    "mon": "9-13, 14-18",
    "tue": "9-17",
    "with_holidays": "on",
    "site_name": "Main shop",
    "site_mode": "store",
    "unit_name": "Sales",
    "head_name": "Ágnes Kovács",
    "head_email": "Agnes@Vektor.example",
    "password": PASSWORD,
    "password_again": PASSWORD,
}


def test_every_page_of_an_empty_house_leads_to_the_set_up(client: Client) -> None:
    assert client.get("/people/")["Location"] == "/set-up/"
    assert client.get("/sign-in/")["Location"] == "/set-up/"


def test_the_country_brings_its_currency_and_zone(client: Client) -> None:
    answer = client.get("/set-up/?country=HU")
    page = client.get(answer["Location"]).content.decode()
    assert '<option value="HUF" selected>' in page
    assert 'value="Europe/Budapest"' in page
    assert 'value="09:00–17:00"' in page


def test_the_browser_s_country_is_chosen_at_first(client: Client) -> None:
    page = client.get("/set-up/", headers={"Accept-Language": "pt-BR,pt;q=0.9"}).content.decode()
    assert '<option value="BR" selected>' in page


def test_an_unknown_country_leads_back_to_the_first_step(client: Client) -> None:
    assert client.get("/set-up/firm/?country=XX")["Location"] == "/set-up/"
    assert client.get("/set-up/?country=XX").status_code == 200


def test_a_firm_is_founded_and_its_head_is_signed_in(client: Client) -> None:
    client.cookies["goodwill_language"] = "hu"
    answer = client.post("/set-up/firm/", SAID)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    firm = Firm.the()
    assert firm is not None
    assert (firm.name, firm.currency, firm.zone, firm.country, firm.language) == (
        "Vektor Kft.", "HUF", "Europe/Budapest", "HU", "hu",
    )  # fmt: skip
    head = Person.objects.get(email="agnes@vektor.example")
    assert head.check_password(PASSWORD)
    assert head.password.startswith("argon2")
    assert head.language == "hu"
    unit, site = Unit.objects.get(), Site.objects.get()
    assert list(unit.sites.all()) == [site]
    assert unit.chief == head
    assert sorted(head.assignments.values_list("role", "unit_id")) == [("administrator", None), ("head", unit.pk)]
    version = CalendarVersion.objects.get()
    assert version.weekly == {"mon": [["09:00", "13:00"], ["14:00", "18:00"]], "tue": [["09:00", "17:00"]]}
    assert (version.country, version.calendar_id) == ("HU", firm.calendar_id)
    assert PolicyVersion.objects.count() == 1
    kinds = list(JournalEntry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["firm_set_up", "policy_changed", "unit_changed", "signed_in"]
    assert client.session["_auth_user_id"] == str(head.pk)


def test_a_firm_is_founded_once(client: Client) -> None:
    client.post("/set-up/firm/", SAID)
    again = Client()
    assert again.post("/set-up/firm/", SAID | {"firm_name": "Other"})["Location"] == "/"
    assert again.get("/set-up/")["Location"] == "/"
    assert again.get("/set-up/firm/?country=HU")["Location"] == "/"
    assert [firm.name for firm in Firm.objects.all()] == ["Vektor Kft."]
    assert Person.objects.count() == 1


def test_the_set_up_is_closed_where_a_firm_lives(client: Client, cast: Cast) -> None:
    assert client.get("/set-up/")["Location"] == "/"
    assert client.post("/set-up/firm/", SAID)["Location"] == "/"
    assert not Person.objects.filter(name="Ágnes Kovács").exists()


@pytest.mark.parametrize(
    ("field", "typed", "remedy"),
    [
        ("firm_name", "", "Please fill this in."),
        ("zone", "Budapest", "Choose one like Europe/Berlin."),
        ("mon", "nine to five", "“nine to five” are not opening hours."),
        ("head_email", "agnes", "Write it like name@firm.example."),
        ("currency", "GOLD", "GOLD"),
        ("password", "short", "at least 10 characters"),
        ("password", "agnes@vektor.example", "too similar"),
        ("password_again", "another long password", "The two passwords differ."),
    ],
)
def test_bad_input_names_field_and_remedy_and_nothing_typed_is_lost(
    client: Client, field: str, typed: str, remedy: str
) -> None:
    answer = client.post("/set-up/firm/", SAID | {field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert remedy in page
    for name, value in SAID.items():
        if name not in (field, "password", "password_again", "country", "currency", "site_mode", "with_holidays"):
            assert f'value="{value}"' in page, name
    assert PASSWORD not in page
    assert Firm.the() is None
    assert not Person.objects.exists()


def test_hours_that_never_open_are_refused(client: Client) -> None:
    answer = client.post("/set-up/firm/", SAID | {"mon": "", "tue": ""})
    assert answer.status_code == 422
    assert "These hours never open." in answer.content.decode()
    assert Firm.the() is None


def test_a_blank_in_the_zone_is_read_as_people_write_it(client: Client) -> None:
    client.post("/set-up/firm/", SAID | {"zone": "America/Sao Paulo"})
    firm = Firm.the()
    assert firm is not None
    assert firm.zone == "America/Sao_Paulo"
