"""Sites, units, calendars, policies and the firm: who may change them, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from goodwill.actions import calendars, firms, policies, sites, units
from goodwill.actions.calendars import Hours
from goodwill.actions.firms import Beginning
from goodwill.actions.policies import Rules
from goodwill.actions.sites import Place
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import NOBODY
from goodwill.store.calendars import Calendar, CalendarVersion
from goodwill.store.customers import SearchWord
from goodwill.store.firms import Firm
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from goodwill.store.policies import PolicyVersion
from goodwill.store.sites import Site
from goodwill.store.units import Unit
from tests.cast import NOW, OFFICE, Cast

TODAY = date(2026, 3, 4)
PLACE = Place("Depot", "wholesale", "Europe/Budapest")
HOURS = Hours(zone="Europe/Berlin", weekly={"mon": [["09:00", "13:00"], ["14:00", "18:00"]]})


def why(done: object) -> tuple[Reason, str] | None:
    return (done.reason, done.field) if isinstance(done, Refusal) else None


def last() -> JournalEntry:
    return JournalEntry.objects.latest("pk")


# ------------------------------------------------------------------ sites
def test_a_site_is_added_and_changed_with_an_entry_each_that_holds_no_name(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    site = sites.add(PLACE, by=head, at=NOW)
    assert isinstance(site, Site)
    assert (last().kind, last().facts) == (
        Entry.SITE_CHANGED, {"site_id": site.pk, "mode": "wholesale", "added": 1},
    )  # fmt: skip
    changed = sites.change(site.pk, replace(PLACE, mode="service", is_active=False), by=head, at=NOW)
    assert isinstance(changed, Site)
    assert (changed.mode, changed.is_active) == ("service", False)
    assert last().facts == {"site_id": site.pk, "fields": "mode,is_active"}
    before = JournalEntry.objects.count()
    sites.change(site.pk, replace(PLACE, mode="service", is_active=False), by=head, at=NOW)
    assert JournalEntry.objects.count() == before, "nothing changed, nothing written"


@pytest.mark.parametrize(
    ("place", "refusal"),
    [
        (replace(PLACE, name=" "), (Reason.REQUIRED, "name")),
        (replace(PLACE, name="x" * 121), (Reason.TOO_LONG, "name")),
        (replace(PLACE, name="Shop"), (Reason.ALREADY_USED, "name")),
        (replace(PLACE, mode="kiosk"), (Reason.NOT_A_CHOICE, "mode")),
        (replace(PLACE, zone="Moon/Base"), (Reason.NOT_A_ZONE, "zone")),
        (replace(PLACE, calendar_id=10**6), (Reason.NOT_A_CHOICE, "calendar")),
    ],
)
def test_a_bad_site_is_refused_new_or_old(cast: Cast, place: Place, refusal: tuple[Reason, str]) -> None:
    head = cast.viewer(cast.head)
    assert why(sites.add(place, by=head, at=NOW)) == refusal
    assert why(sites.change(cast.elsewhere.pk, place, by=head, at=NOW)) == refusal
    assert why(sites.change(10**6, PLACE, by=head, at=NOW)) == (Reason.NOT_FOUND, "")


# ------------------------------------------------------------------ units
def test_a_unit_is_a_customer_that_is_found_by_its_name(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    unit = units.add("Customer care", chief_id=cast.mate.pk, site_ids=[cast.shop.pk], by=head, at=NOW)
    assert isinstance(unit, Unit)
    assert (unit.customer.kind, unit.customer.name) == ("unit", "Customer care")
    words = SearchWord.objects.filter(customer=unit.customer).values_list("word", flat=True)
    assert set(words) == {"customer", "care"}
    renamed = units.change(unit.pk, "Aftercare", chief_id=None, site_ids=[], by=head, at=NOW)
    assert isinstance(renamed, Unit)
    unit.customer.refresh_from_db()
    assert (unit.customer.name, unit.customer.sort_name) == ("Aftercare", "aftercare")
    assert list(SearchWord.objects.filter(customer=unit.customer).values_list("word", flat=True)) == ["aftercare"]
    assert not unit.sites.exists()
    before = JournalEntry.objects.count()
    units.change(unit.pk, "Aftercare", chief_id=None, site_ids=[], by=head, at=NOW)
    assert JournalEntry.objects.count() == before


def test_a_bad_unit_is_refused(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    for name, chief, places, refusal in (
        ("", None, [], (Reason.REQUIRED, "name")),
        ("x" * 121, None, [], (Reason.TOO_LONG, "name")),
        ("Accounting", None, [], (Reason.ALREADY_USED, "name")),
        ("New", 10**6, [], (Reason.NOT_A_CHOICE, "chief")),
        ("New", None, [10**6], (Reason.NOT_A_CHOICE, "sites")),
    ):
        assert why(units.add(name, chief_id=chief, site_ids=places, by=head, at=NOW)) == refusal
        done = units.change(cast.other_unit.pk, name, chief_id=chief, site_ids=places, by=head, at=NOW)
        assert why(done) == refusal
    assert why(units.change(10**6, "New", chief_id=None, site_ids=[], by=head, at=NOW)) == (Reason.NOT_FOUND, "")


# ------------------------------------------------------------------ calendars
def test_a_calendar_s_first_version_reaches_back_to_the_beginning(cast: Cast) -> None:
    calendar = calendars.add(" Depot ", HOURS, by=cast.viewer(cast.head), at=NOW)
    assert isinstance(calendar, Calendar)
    assert calendar.name == "Depot"
    assert calendar.versions.get().from_on == calendars.BEGINNING
    assert last().kind == Entry.CALENDAR_CHANGED


def test_today_s_edit_is_a_new_version_and_yesterday_keeps_its_own(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    old = cast.calendar.versions.get()
    version = calendars.change(cast.calendar.pk, HOURS, from_on=TODAY, by=head, at=NOW)
    assert isinstance(version, CalendarVersion)
    old.refresh_from_db()
    assert old.weekly == OFFICE
    assert cast.calendar.versions.count() == 2
    again = calendars.change(cast.calendar.pk, replace(HOURS, zone="Europe/Paris"), from_on=TODAY, by=head, at=NOW)
    assert isinstance(again, CalendarVersion)
    assert (again.pk, again.zone, cast.calendar.versions.count()) == (version.pk, "Europe/Paris", 2)
    yesterday = TODAY - timedelta(days=1)
    done = calendars.change(cast.calendar.pk, HOURS, from_on=yesterday, by=head, at=NOW)
    assert why(done) == (Reason.IN_THE_PAST, "from_on")


def test_a_version_to_come_is_taken_back_one_in_force_is_not(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    ahead = calendars.change(cast.calendar.pk, HOURS, from_on=TODAY + timedelta(days=1), by=head, at=NOW)
    assert isinstance(ahead, CalendarVersion)
    assert isinstance(calendars.take_back(ahead.pk, by=head, at=NOW), Calendar)
    assert why(calendars.take_back(ahead.pk, by=head, at=NOW)) == (Reason.NOT_FOUND, "")
    in_force = cast.calendar.versions.get()
    assert why(calendars.take_back(in_force.pk, by=head, at=NOW)) == (Reason.ALREADY_SETTLED, "")


@pytest.mark.parametrize(
    ("hours", "refusal"),
    [
        (replace(HOURS, weekly={}), (Reason.UNREACHABLE_CALENDAR, "weekly")),
        (replace(HOURS, weekly={}, special={"2026-03-02": [["09:00", "10:00"]]}),
         (Reason.UNREACHABLE_CALENDAR, "weekly")),
        (replace(HOURS, weekly={}, special={"2029-03-02": [["09:00", "10:00"]]}),
         (Reason.UNREACHABLE_CALENDAR, "weekly")),
        (replace(HOURS, zone="Moon/Base"), (Reason.NOT_A_ZONE, "zone")),
        (replace(HOURS, country="XX"), (Reason.NOT_A_CHOICE, "country")),
        (replace(HOURS, country="DE", subdivision="ZZ"), (Reason.NOT_A_CHOICE, "subdivision")),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_kept_are_refused_when_they_are_set(
    cast: Cast, hours: Hours, refusal: tuple[Reason, str]
) -> None:
    head = cast.viewer(cast.head)
    assert why(calendars.add("Depot", hours, by=head, at=NOW)) == refusal
    assert why(calendars.change(cast.calendar.pk, hours, from_on=TODAY, by=head, at=NOW)) == refusal


def test_a_few_special_days_are_hours_enough(cast: Cast) -> None:
    fair = replace(HOURS, weekly={}, special={"2026-09-12": [["10:00", "16:00"]]})
    assert isinstance(calendars.add("Fair", fair, by=cast.viewer(cast.head), at=NOW), Calendar)


def test_a_calendar_s_name_is_its_own(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    assert why(calendars.add("Office hours", HOURS, by=head, at=NOW)) == (Reason.ALREADY_USED, "name")
    assert why(calendars.add("x" * 121, HOURS, by=head, at=NOW)) == (Reason.TOO_LONG, "name")
    assert why(calendars.rename(cast.calendar.pk, " ", by=head, at=NOW)) == (Reason.REQUIRED, "name")
    assert why(calendars.rename(10**6, "X", by=head, at=NOW)) == (Reason.NOT_FOUND, "")
    assert why(calendars.rename(cast.calendar.pk, "Office hours", by=head, at=NOW)) is None
    assert why(calendars.rename(cast.calendar.pk, "Shop hours", by=head, at=NOW)) is None
    assert Calendar.objects.get(pk=cast.calendar.pk).name == "Shop hours"


# ------------------------------------------------------------------ policy
def test_a_policy_changes_from_today_on_and_not_before(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    rules = Rules(late_rule="moment", at_risk_share=Decimal("0.1"), at_risk_hours=Decimal("1.5"), reopen="total")
    version = policies.change(rules, from_on=TODAY, by=head, at=NOW)
    assert isinstance(version, PolicyVersion)
    assert (version.late_rule, version.at_risk_share_micro, version.at_risk_floor_seconds, version.reopen) == (
        "moment", 100_000, 5_400, "total",
    )  # fmt: skip
    assert PolicyVersion.in_force(TODAY) == version
    assert PolicyVersion.in_force(TODAY - timedelta(days=1)).pk is None
    assert (last().kind, last().policy_id) == (Entry.POLICY_CHANGED, version.pk)
    done = policies.change(rules, from_on=TODAY - timedelta(days=1), by=head, at=NOW)
    assert why(done) == (Reason.IN_THE_PAST, "from_on")


def test_a_policy_that_says_the_same_is_no_new_version(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    rules = Rules(late_rule="moment")
    version = policies.change(rules, from_on=TODAY, by=head, at=NOW)
    for on in (TODAY, TODAY + timedelta(days=9)):
        assert policies.change(rules, from_on=on, by=head, at=NOW) is None
    assert list(PolicyVersion.objects.all()) == [version]
    assert JournalEntry.objects.filter(kind=Entry.POLICY_CHANGED).count() == 1
    assert policies.change(Rules(), from_on=TODAY + timedelta(days=9), by=head, at=NOW) is not None
    assert PolicyVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (Rules(late_rule="never"), "late_rule"),
        (Rules(reopen="never"), "reopen"),
        (Rules(priority="never"), "priority"),
        (Rules(handover="never"), "handover"),
        (Rules(at_risk_share=Decimal("1.01")), "at_risk_share"),
        (Rules(at_risk_hours=Decimal(-1)), "at_risk_hours"),
    ],
)
def test_a_rule_that_is_none_is_refused(cast: Cast, rules: Rules, field: str) -> None:
    done = policies.change(rules, from_on=TODAY, by=cast.viewer(cast.head), at=NOW)
    assert why(done) == (Reason.NOT_A_CHOICE, field)


# ------------------------------------------------------------------ firm
def firm_fields(cast: Cast, **changes: object) -> dict[str, object]:
    return {
        "name": "Vektor",
        "currency": "EUR",
        "country": "DE",
        "zone": "Europe/Berlin",
        "language": "en",
        "calendar_id": cast.calendar.pk,
        **changes,
    }


def test_the_currency_is_fixed_once_there_are_orders(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    assert isinstance(firms.change(**firm_fields(cast, currency="HUF"), by=head, at=NOW), Firm)  # type: ignore[arg-type]
    assert (last().kind, last().facts) == (Entry.SETTINGS_CHANGED, {"fields": "currency"})
    cast.order()
    done = firms.change(**firm_fields(cast), by=head, at=NOW)  # type: ignore[arg-type]
    assert why(done) == (Reason.CURRENCY_FIXED, "currency")
    renamed = firms.change(**firm_fields(cast, currency="HUF", name="Vektor & Co"), by=head, at=NOW)  # type: ignore[arg-type]
    assert isinstance(renamed, Firm)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": ""}, (Reason.REQUIRED, "name")),
        ({"name": "x" * 121}, (Reason.TOO_LONG, "name")),
        ({"currency": "GOLD"}, (Reason.NOT_A_CURRENCY, "currency")),
        ({"country": "XX"}, (Reason.NOT_A_CHOICE, "country")),
        ({"zone": "X"}, (Reason.NOT_A_ZONE, "zone")),
        ({"language": "de"}, (Reason.NOT_A_CHOICE, "language")),
        ({"calendar_id": 10**6}, (Reason.NOT_A_CHOICE, "calendar")),
    ],
)
def test_a_firm_is_not_changed_into_nonsense(
    cast: Cast, changes: dict[str, object], refusal: tuple[Reason, str]
) -> None:
    done = firms.change(**firm_fields(cast, **changes), by=cast.viewer(cast.head), at=NOW)  # type: ignore[arg-type]
    assert why(done) == refusal
    assert Firm.objects.get().name == "Vektor"


@pytest.mark.django_db
def test_a_firm_is_founded_with_everything_it_needs_and_only_once() -> None:
    said = Beginning(
        firm_name="Vektor", currency="EUR", country="DE", zone="Europe/Berlin", language="en", weekly=OFFICE,
        calendar_name="Hours", site_name="Shop", site_mode="store", unit_name="Sales", head_name="Helen",
        head_email="helen@vektor.example", password="a long password",
    )  # fmt: skip
    assert why(firms.set_up(replace(said, weekly={}), by=NOBODY, at=NOW)) == (Reason.UNREACHABLE_CALENDAR, "weekly")
    assert not Firm.objects.exists()
    assert isinstance(firms.set_up(said, by=NOBODY, at=NOW), Person)
    assert why(firms.set_up(replace(said, head_email="eve@evil.example"), by=NOBODY, at=NOW)) == (
        Reason.ALREADY_SET_UP, "",
    )  # fmt: skip
    assert [person.email for person in Person.objects.active()] == ["helen@vektor.example"]
    taken = replace(said, head_email="HELEN@vektor.example", site_mode="kiosk", head_name="x" * 121)
    assert {(r.reason, r.field) for r in firms.judge(taken, at=NOW)} == {
        (Reason.ALREADY_USED, "head_email"), (Reason.NOT_A_CHOICE, "site_mode"), (Reason.TOO_LONG, "head_name"),
    }  # fmt: skip
    without = firms.judge(replace(said, head_email="nobody", country="AQ", with_holidays=False), at=NOW)
    assert {(r.reason, r.field) for r in without} == {(Reason.NOT_AN_ADDRESS, "head_email")}


# ------------------------------------------------------------------ everybody else
@pytest.mark.parametrize("who", ["agent", "mate", "stranger", "accountant", "manager"])
def test_who_changes_no_settings_changes_nothing(cast: Cast, who: str) -> None:
    by = cast.viewer(getattr(cast, who))
    version = cast.calendar.versions.get()
    for done in (
        sites.add(PLACE, by=by, at=NOW),
        sites.change(cast.shop.pk, PLACE, by=by, at=NOW),
        units.add("New", by=by, at=NOW),
        units.change(cast.shop_unit.pk, "New", chief_id=None, site_ids=[], by=by, at=NOW),
        calendars.add("New", HOURS, by=by, at=NOW),
        calendars.change(cast.calendar.pk, HOURS, from_on=TODAY, by=by, at=NOW),
        calendars.rename(cast.calendar.pk, "New", by=by, at=NOW),
        calendars.take_back(version.pk, by=by, at=NOW),
        policies.change(Rules(), from_on=TODAY, by=by, at=NOW),
        firms.change(**firm_fields(cast, name="Mine"), by=by, at=NOW),  # type: ignore[arg-type]
    ):
        assert isinstance(done, Refusal)
        assert done.reason in (Reason.NOT_ALLOWED, Reason.NOT_FOUND)
    assert JournalEntry.objects.count() == 0
