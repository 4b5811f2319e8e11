"""Days off from outside, and what they do to working time."""

import csv
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from goodwill.adapters.calendars import FeedDay, country_days, feed_days, own_days
from goodwill.domain import hours
from goodwill.domain.hours import Calendar, HoursError

BERLIN = ZoneInfo("Europe/Berlin")
TABLE = Path(__file__).resolve().parents[3] / "shared/data/calendars/ru_hu_2023_2027_from_holidays_0.109.csv"


def feed(*lines: str) -> bytes:
    body = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *lines, "END:VCALENDAR", ""]
    return "\r\n".join(body).encode()


def event(uid: str, *lines: str) -> tuple[str, ...]:
    return ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT")


def days(data: bytes, first: date, last: date) -> list[date]:
    return [day.on for day in feed_days(data, first, last, zone=BERLIN)]


@pytest.mark.parametrize(
    ("country", "working_days"),
    [("RU", {2023: 247, 2024: 248, 2025: 247, 2026: 247, 2027: 247}), ("HU", {2023: 251, 2024: 251, 2025: 252})],
)
def test_a_year_has_as_many_working_days_as_its_government_decreed(country: str, working_days: dict[int, int]) -> None:
    known = country_days(country, working_days)
    for year, number in working_days.items():
        ordinals = range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
        whole = [date.fromordinal(ordinal) for ordinal in ordinals]
        worked = [day for day in whole if (day.weekday() < 5 and day not in known.off) or day in known.worked]
        assert len(worked) == number, (country, year)


def test_days_moved_by_decree_are_off_and_their_saturdays_are_worked() -> None:
    russia, hungary = country_days("RU", [2024, 2025, 2026]), country_days("HU", [2026])
    assert {date(2026, 1, 9), date(2026, 12, 31)} <= set(russia.off)
    assert {date(2024, 4, 27), date(2024, 11, 2), date(2024, 12, 28), date(2025, 11, 1)} <= russia.worked
    assert {date(2026, 1, 2), date(2026, 8, 21)} <= set(hungary.off)
    assert hungary.worked == {date(2026, 1, 10), date(2026, 8, 8)}


@pytest.mark.real
def test_the_days_are_those_of_the_recorded_table() -> None:
    if not TABLE.exists():
        pytest.skip("the real data sets are absent")
    rows = list(csv.DictReader(TABLE.open(encoding="utf-8")))
    for country in ("RU", "HU"):
        known = country_days(country, range(2023, 2028))
        recorded = {
            kind: {date.fromisoformat(r["date"]) for r in rows if (r["country"], r["kind"]) == (country, kind)}
            for kind in ("holiday", "weekend_workday")
        }
        assert set(known.off) == recorded["holiday"] - known.worked
        assert known.worked == recorded["weekend_workday"]


def test_a_holiday_has_a_name_in_the_language_asked_for() -> None:
    assert country_days("RU", [2026], language="en_US").off[date(2026, 5, 9)] == "Victory Day"
    assert country_days("DE", [2026], subdivision="BY").off[date(2026, 1, 6)]
    assert date(2026, 1, 6) not in country_days("DE", [2026], subdivision="BE").off


def test_a_place_nobody_recorded_is_refused_by_name() -> None:
    with pytest.raises(HoursError) as refusal:
        country_days("XX", [2026])
    assert refusal.value.field == "country"
    with pytest.raises(HoursError):
        country_days("DE", [2026], subdivision="XX")


def test_a_worked_saturday_has_the_hours_of_a_weekday() -> None:
    office = Calendar(ZoneInfo("Europe/Budapest"), (((9 * 3600, 17 * 3600),),) * 5 + ((), ()))
    known = country_days("HU", [2026])
    real = hours.with_days(office, holidays=known.off, worked=known.worked)
    thursday_before_new_year = datetime(2025, 12, 31, 16, tzinfo=office.zone)
    # 1 January is a holiday, 2 January was moved to Saturday the 10th
    assert hours.add(real, thursday_before_new_year, 2 * 3600) == datetime(2026, 1, 5, 10, tzinfo=office.zone)
    assert hours.is_open(real, datetime(2026, 1, 10, 9, tzinfo=office.zone))


def test_every_day_of_a_long_closure_is_off() -> None:
    data = feed(*event("a", "SUMMARY:Summer", "DTSTART;VALUE=DATE:20260801", "DTEND;VALUE=DATE:20260901"))
    assert days(data, date(2026, 1, 1), date(2026, 12, 31)) == [date(2026, 8, day) for day in range(1, 32)]
    assert days(data, date(2026, 8, 30), date(2026, 9, 5)) == [date(2026, 8, 30), date(2026, 8, 31)]


def test_a_recurring_holiday_comes_every_year_but_for_its_exceptions() -> None:
    data = feed(
        *event(
            "a",
            "SUMMARY:Founding day",
            "DTSTART;VALUE=DATE:20200612",
            "RRULE:FREQ=YEARLY",
            "EXDATE;VALUE=DATE:20270612",
        )
    )
    assert days(data, date(2025, 1, 1), date(2028, 12, 31)) == [date(y, 6, 12) for y in (2025, 2026, 2028)]


def test_a_meeting_closes_nothing_but_a_timed_whole_day_does() -> None:
    data = feed(
        *event("a", "SUMMARY:Meeting", "DTSTART:20260304T090000Z", "DTEND:20260304T100000Z"),
        *event("b", "SUMMARY:Night", "DTSTART:20260305T210000Z", "DTEND:20260306T040000Z"),
        # midnight to midnight in Berlin, written in UTC
        *event("c", "SUMMARY:Move", "DTSTART:20260309T230000Z", "DTEND:20260311T230000Z"),
        *event("d", "SUMMARY:Floating", "DTSTART:20260316T000000", "DTEND:20260317T000000"),
    )
    found = days(data, date(2026, 3, 1), date(2026, 3, 31))
    assert found == [date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 16)]


def test_observances_are_told_apart_and_cancelled_events_left_out() -> None:
    data = feed(
        *event("a", "SUMMARY:St. Martin", "DESCRIPTION:Observance", "DTSTART;VALUE=DATE:20261111"),
        *event("b", "SUMMARY:Christmas", "DESCRIPTION:Public holiday", "DTSTART;VALUE=DATE:20261225"),
        *event("c", "SUMMARY:Off", "STATUS:CANCELLED", "DTSTART;VALUE=DATE:20261226"),
    )
    assert feed_days(data, date(2026, 1, 1), date(2026, 12, 31), zone=BERLIN) == [
        FeedDay(date(2026, 11, 11), "St. Martin", True),
        FeedDay(date(2026, 12, 25), "Christmas", False),
    ]


@pytest.mark.parametrize("data", [b"", b"hello", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:x\r\n"])
def test_what_is_no_icalendar_file_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(HoursError) as refusal:
        feed_days(data, date(2026, 1, 1), date(2026, 12, 31), zone=BERLIN)
    assert refusal.value.field == "file"


def test_own_days_are_closed_or_have_hours_of_their_own() -> None:
    own = own_days("# ours\n2026-12-31\n\n2026-12-24 09:00-12:00 13:00-15:00  # half day\n")
    assert own.off == {date(2026, 12, 31)}
    assert own.special == {date(2026, 12, 24): ((32400, 43200), (46800, 54000))}


@pytest.mark.parametrize("line", ["31.12.2026", "2026-02-30", "2026-12-24 9-12", "2026-12-24 09:00"])
def test_a_bad_line_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(HoursError) as refusal:
        own_days("2026-12-31\n" + line)
    assert refusal.value.field.startswith("line 2")
