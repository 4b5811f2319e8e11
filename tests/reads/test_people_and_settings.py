"""What the pages of people and settings show, and to whom."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from goodwill.actions import calendars as deeds
from goodwill.actions import policies
from goodwill.actions.calendars import Hours
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import OPERATOR
from goodwill.reads import calendars_shown, people, settings
from goodwill.store.calendars import Calendar, CalendarVersion
from goodwill.store.deliveries import Delivery
from goodwill.store.people import Person
from tests.cast import NOW, OFFICE, Cast

FEED = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260730
DTEND;VALUE=DATE:20260801
SUMMARY:Works outing
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20250101
SUMMARY:Long past
END:VEVENT
END:VCALENDAR
"""


def test_the_list_shows_everyone_with_roles_and_units_active_ones_first(cast: Cast) -> None:
    Person.objects.get_queryset().filter(pk=cast.agent.pk).update(is_active=False)
    rows = people.listed(cast.viewer(cast.head))
    assert [row.name for row in rows][-1] == "Anna Agent"
    mate = next(row for row in rows if row.id == cast.mate.pk)
    assert [(held.role, held.unit_name) for held in mate.held] == [("agent", "Sales floor")]
    assert (mate.is_active, mate.has_joined, mate.last_signed_in_at) == (True, True, None)


def test_a_list_of_people_takes_two_questions_however_long(cast: Cast, django_assert_num_queries: object) -> None:
    viewer = cast.viewer(cast.head)
    assert callable(django_assert_num_queries)
    with django_assert_num_queries(2):
        people.listed(viewer)


def test_who_may_be_changed_by_whom(cast: Cast) -> None:
    head, administrator = cast.viewer(cast.head), cast.viewer(cast.administrator)
    of_head = people.shown(administrator, cast.head.pk)
    assert of_head is not None
    assert not of_head.may_change
    own = people.shown(administrator, cast.administrator.pk)
    assert own is not None
    assert (own.may_change, own.may_change_roles, own.is_self) == (True, False, True)
    manager = people.shown(head, cast.manager.pk)
    assert manager is not None
    assert (manager.may_change, manager.may_change_roles, manager.customers) == (True, True, 1)
    assert people.shown(head, 10**6) is None


def test_units_show_chief_sites_and_people(cast: Cast) -> None:
    cast.shop_unit.chief = cast.mate
    cast.shop_unit.save()
    row, site_ids = people.unit(cast.viewer(cast.head), cast.shop_unit.pk) or (None, ())
    assert row is not None
    assert (row.name, row.chief_name, row.site_names, row.people) == ("Sales floor", "Mark Mate", ("Shop",), 3)
    assert site_ids == (cast.shop.pk,)
    assert people.unit(cast.viewer(cast.head), 10**6) is None
    assert (cast.back_unit.pk, "Accounting") in people.unit_choices(OPERATOR)
    assert people.choices(cast.viewer(cast.head))[0] == (cast.administrator.pk, "Adam Admin")


@pytest.mark.parametrize("who", ["agent", "mate", "stranger", "accountant", "manager"])
def test_who_manages_nothing_sees_nothing_of_it(cast: Cast, who: str) -> None:
    viewer = cast.viewer(getattr(cast, who))
    assert people.listed(viewer) == []
    assert people.shown(viewer, cast.mate.pk) is None
    assert people.choices(viewer) == []
    assert people.units(viewer) == []
    assert people.unit(viewer, cast.shop_unit.pk) is None
    assert settings.firm(viewer) is None
    assert settings.sites(viewer) == []
    assert settings.site(viewer, cast.shop.pk) is None
    assert settings.site_choices(viewer) == []
    assert settings.calendar_choices(viewer) == []
    assert settings.policies(viewer, at=NOW) == []
    assert settings.letters(viewer) is None
    assert calendars_shown.listed(viewer, at=NOW) == []
    assert calendars_shown.shown(viewer, cast.calendar.pk, at=NOW) is None
    assert isinstance(calendars_shown.days_in_file(viewer, FEED, zone="UTC", at=NOW), Refusal)


def test_a_customer_sees_nothing_of_the_staff_s_side(cast: Cast) -> None:
    assert people.listed(cast.customer) == []
    assert settings.sites(cast.customer) == []


def test_the_firm_and_its_sites(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    firm = settings.firm(head)
    assert firm is not None
    assert (firm.name, firm.currency_is_fixed) == ("Vektor", False)
    cast.order()
    firm = settings.firm(head)
    assert firm is not None
    assert firm.currency_is_fixed
    site = settings.site(head, cast.shop.pk)
    assert site is not None
    assert (site.mode, site.calendar_name, site.unit_names) == ("store", "Office hours", ("Sales floor",))


def test_policies_say_which_is_in_force(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    today = date(2026, 3, 4)
    for from_on, late_rule in ((today, "end_of_day"), (today + timedelta(days=10), "moment")):
        policies.change(policies.Rules(late_rule=late_rule), from_on=from_on, by=head, at=NOW)
    ahead, now = settings.policies(head, at=NOW)
    assert (ahead.is_in_force, ahead.is_ahead, ahead.is_first) == (False, True, False)
    assert (now.is_in_force, now.is_ahead, now.is_first) == (True, False, True)
    assert (now.at_risk_share, now.at_risk_hours) == (Decimal("0.25"), Decimal(4))


def test_letters_are_counted_by_how_they_fare(cast: Cast) -> None:
    for n, state in enumerate(("waiting", "waiting", "failed", "delivered")):
        Delivery.objects.create(key=str(n), state=state, created_at=NOW + timedelta(minutes=n))
    counts = settings.letters(cast.viewer(cast.head))
    assert counts is not None
    assert (counts.waiting, counts.failed, counts.delivered, counts.oldest_waiting_at) == (2, 1, 1, NOW)


def test_days_that_are_alike_are_listed_together(cast: Cast) -> None:
    row = calendars_shown.listed(cast.viewer(cast.head), at=NOW)[0]
    assert row.runs == (("mon", "fri", "09:00–17:00"),)
    assert (row.site_names, row.is_firms) == (("Elsewhere", "Shop"), True)
    CalendarVersion.objects.update(
        weekly={"mon": [["09:00", "17:00"]], "wed": [["09:00", "17:00"]], "sat": [["09:00", "12:00"]]}
    )
    row = calendars_shown.listed(cast.viewer(cast.head), at=NOW)[0]
    assert [(first, last) for first, last, _ in row.runs] == [("mon", "mon"), ("wed", "wed"), ("sat", "sat")]


def ahead(cast: Cast, at_day: date = date(2026, 3, 4)) -> dict[date, calendars_shown.DayAhead]:
    page = calendars_shown.shown(cast.viewer(cast.head), cast.calendar.pk, at=NOW, language="hu")
    assert page is not None
    assert page.ahead[0].on == at_day
    assert len(page.ahead) == 30
    return {day.on: day for day in page.ahead}


def test_the_days_ahead_name_the_country_s_holidays(cast: Cast) -> None:
    CalendarVersion.objects.update(country="HU", holidays=["2026-03-10"], special={"2026-03-14": [["10:00", "12:00"]]})
    days = ahead(cast)
    assert (days[date(2026, 3, 4)].windows, days[date(2026, 3, 7)].windows) == ("09:00–17:00", "")
    assert (days[date(2026, 3, 10)].windows, days[date(2026, 3, 10)].is_own) == ("", True)
    assert (days[date(2026, 3, 14)].windows, days[date(2026, 3, 14)].is_own) == ("10:00–12:00", True)
    assert (days[date(2026, 3, 15)].windows, days[date(2026, 3, 15)].holiday) == ("", "Nemzeti ünnep")


def test_a_moved_working_saturday_opens_like_a_weekday(cast: Cast) -> None:
    CalendarVersion.objects.update(country="HU", holidays=[])
    page = calendars_shown.shown(
        cast.viewer(cast.head), cast.calendar.pk, at=NOW.replace(year=2024, month=7, day=29), language="hu"
    )
    assert page is not None
    days = {day.on: day for day in page.ahead}
    assert (days[date(2024, 8, 3)].windows, days[date(2024, 8, 3)].is_worked) == ("09:00–17:00", True)
    assert days[date(2024, 8, 19)].windows == "", "the day the Saturday was moved for"
    assert days[date(2024, 8, 20)].holiday != ""


def test_versions_to_come_show_in_the_days_ahead(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    tomorrow = date(2026, 3, 5)
    hours = Hours(zone="Europe/Berlin", weekly={"mon": [["08:00", "12:00"]]})
    deeds.change(cast.calendar.pk, hours, from_on=tomorrow, by=head, at=NOW)
    days = ahead(cast)
    assert days[date(2026, 3, 4)].windows == "09:00–17:00"
    assert days[tomorrow].windows == ""
    assert days[date(2026, 3, 9)].windows == "08:00–12:00"
    page = calendars_shown.shown(head, cast.calendar.pk, at=NOW)
    assert page is not None
    assert [(v.is_in_force, v.is_ahead, v.is_first) for v in page.versions] == [
        (False, True, False), (True, False, True),
    ]  # fmt: skip
    assert page.in_force.weekly == OFFICE


def test_a_calendar_without_a_version_is_not_shown(cast: Cast) -> None:
    empty = Calendar.objects.create(name="Empty")
    head = cast.viewer(cast.head)
    assert calendars_shown.shown(head, empty.pk, at=NOW) is None
    assert empty.pk not in {row.id for row in calendars_shown.listed(head, at=NOW)}
    assert calendars_shown.shown(head, 10**6, at=NOW) is None


def test_a_calendar_file_gives_its_days_to_come(cast: Cast) -> None:
    found = calendars_shown.days_in_file(cast.viewer(cast.head), FEED, zone="Europe/Berlin", at=NOW)
    assert found == [("2026-07-30", "Works outing"), ("2026-07-31", "Works outing")]


@pytest.mark.parametrize("data", [b"", b"not a calendar", b"BEGIN:VCALENDAR\n", b"\xff\xfe\x00", b"x" * 2_000_001])
def test_what_is_no_calendar_file_is_refused(cast: Cast, data: bytes) -> None:
    done = calendars_shown.days_in_file(cast.viewer(cast.head), data, zone="Europe/Berlin", at=NOW)
    assert isinstance(done, Refusal)
    assert done.reason is Reason.NOT_A_CALENDAR_FILE
