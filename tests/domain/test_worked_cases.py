"""Thirty worked cases that a correct engine must pass, by number; where desks in use get them wrong is on record."""

from datetime import UTC as UTC_ZONE
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from goodwill.domain import hours
from goodwill.domain.histories import Event, Kind
from goodwill.domain.hours import Calendar, HoursError
from goodwill.domain.schedules import schedule_of
from goodwill.domain.targets import (
    BusinessDays,
    Handover,
    Metric,
    Outcome,
    Priority,
    Reopen,
    Seconds,
)
from tests.domain.desks import ALWAYS, BERLIN, EASTER, NEW_YORK, B, desk, due, due_days, happened, on, read, terms

NEW_YORK_OFFICE = desk("09:00-17:00", zone=NEW_YORK)
ROUND_THE_CLOCK = Calendar(NEW_YORK, (ALWAYS,) * 7)
SYDNEY = ZoneInfo("Australia/Sydney")


def test_case_1_friday_evening_runs_on_on_monday() -> None:
    assert due(60, B, on("03-06 16:30")) == on("03-09 09:30")


def test_case_2_a_saturday_start_counts_from_monday() -> None:
    assert due(30, B, on("03-07 11:00")) == on("03-09 09:30")


def test_case_3_time_used_up_at_closing_is_due_at_closing() -> None:
    assert due(120, B, on("03-06 15:00")) == on("03-06 17:00")
    assert due(121, B, on("03-06 15:00")) == on("03-09 09:01")


def test_case_4_the_lunch_break_does_not_count() -> None:
    office = desk("08:00-12:00", "13:30-18:00")
    assert due(60, office, on("03-04 11:30")) == on("03-04 14:00")
    assert due(60, office, on("03-04 12:30")) == on("03-04 14:30")


def test_case_5_easter_does_not_count() -> None:
    assert due(120, EASTER, on("04-02 16:00")) == on("04-07 10:00")


def test_case_6_a_half_day_counts_by_its_own_hours() -> None:
    office = desk("09:00-17:00", holidays=["2026-12-25"], _20261224=["09:00-12:00"])
    assert due(300, office, on("12-23 16:00")) == on("12-28 10:00")


def test_case_7_the_skipped_hour_of_spring_is_not_worked() -> None:
    start = on("03-07 22:00", NEW_YORK)
    assert due(8 * 60, ROUND_THE_CLOCK, start) == on("03-08 07:00", NEW_YORK)
    assert due(24 * 60, ROUND_THE_CLOCK, start) == on("03-08 23:00", NEW_YORK)


def test_case_8_a_night_window_is_an_hour_short_in_spring() -> None:
    night = desk("00:00-06:00", zone=NEW_YORK, days="17")
    assert due(5.5 * 60, night, on("03-08 00:00", NEW_YORK)) == on("03-09 00:30", NEW_YORK)


def test_case_9_the_repeated_hour_of_autumn_is_worked_twice() -> None:
    assert due(8 * 60, ROUND_THE_CLOCK, on("10-31 22:00", NEW_YORK)) == on("11-01 05:00", NEW_YORK)


def test_case_10_opening_stays_at_nine_by_the_clock_on_the_wall() -> None:
    found = due(120, B, on("03-27 16:00"))
    assert found == on("03-30 10:00")
    assert found is not None
    assert found.astimezone(UTC_ZONE) == datetime(2026, 3, 30, 8, tzinfo=UTC_ZONE)


def test_case_11_the_two_half_past_ones_are_an_hour_apart() -> None:
    first = due(60, ROUND_THE_CLOCK, on("11-01 01:30", NEW_YORK, fold=0))
    second = due(60, ROUND_THE_CLOCK, on("11-01 01:30", NEW_YORK, fold=1))
    assert first is not None and second is not None
    assert first.isoformat() == "2026-11-01T01:30:00-05:00"
    assert second.isoformat() == "2026-11-01T02:30:00-05:00"


def test_case_12_a_window_whose_opening_is_skipped_opens_at_the_first_existing_minute() -> None:
    nine = ((9 * 3600, 17 * 3600),)
    office = Calendar(NEW_YORK, (nine, (), (), (), (), (), ((9000, 21600),)))
    assert due(180, office, on("03-08 01:00", NEW_YORK)) == on("03-08 06:00", NEW_YORK)
    assert hours.next_opening(office, on("03-08 01:00", NEW_YORK)) == on("03-08 03:00", NEW_YORK)


def test_case_13_berlin_and_new_york_are_five_hours_apart_for_a_week() -> None:
    found = due(60, NEW_YORK_OFFICE, on("03-11 10:00", BERLIN))
    assert found == on("03-11 10:00", NEW_YORK)
    assert found is not None
    assert found.astimezone(BERLIN) == on("03-11 15:00", BERLIN)


def test_case_14_a_wait_over_night_is_taken_off() -> None:
    events = happened("start 03-04 09:00", "pause 03-04 10:00", "resume 03-05 11:00")
    assert read(terms(480), events, "03-05 12:00").due_at == on("03-06 10:00")


def test_case_15_only_the_working_time_of_a_pause_matters() -> None:
    events = happened("start 03-06 15:00", "pause 03-06 16:00", "resume 03-09 10:00")
    assert read(terms(240), events, "03-09 10:00").due_at == on("03-09 13:00")


def test_case_16_a_pause_outside_hours_changes_nothing() -> None:
    events = happened("start 03-06 16:00", "pause 03-06 18:00", "resume 03-07 12:00")
    assert read(terms(120), events, "03-08 12:00").due_at == on("03-09 10:00")


def test_case_17_two_pauses_in_one_minute_keep_their_seconds() -> None:
    events = happened(
        "start 03-04 09:00",
        "pause 03-04 10:00:10",
        "resume 03-04 10:00:40",
        "pause 03-04 10:00:50",
        "resume 03-04 10:30:50",
    )
    assert read(terms(120), events, "03-04 11:00").due_at == on("03-04 11:30:30")


def test_case_18_overlapping_pauses_count_once() -> None:
    events = happened(
        "start 03-04 09:00", "pause 03-04 10:00", "pause 03-04 12:00", "resume 03-04 13:00", "resume 03-04 15:00"
    )
    assert read(terms(120), events, "03-04 15:30").due_at == on("03-04 16:00")


def test_case_19_reopening_resumes_restarts_or_never_stopped() -> None:
    events = happened("start 03-04 09:00", "stop 03-04 11:00", "reopen 03-09 10:00")
    at = "03-09 10:00"
    assert read(terms(480), events, at).due_at == on("03-09 16:00")
    assert read(terms(480, reopen=Reopen.RESTART), events, at).due_at == on("03-10 10:00")
    total = read(terms(480, reopen=Reopen.TOTAL), events, at)
    assert (total.due_at, total.outcome) == (on("03-04 17:00"), Outcome.BROKEN_SILENT)


def test_case_20_a_new_priority_counts_from_the_start_or_from_the_change() -> None:
    start = Event(on("03-02 09:00"), Kind.START)
    change = Event(on("03-02 12:00"), Kind.PRIORITY, target=Seconds(4 * 3600))
    assert read(terms(24 * 60), [start], "03-02 11:59").due_at == on("03-04 17:00")
    retroactive = read(terms(24 * 60), [start, change], "03-02 12:00")
    assert retroactive.due_at == on("03-02 13:00")
    from_change = read(terms(24 * 60, priority=Priority.FROM_CHANGE), [start, change], "03-02 12:00")
    assert from_change.due_at == on("03-02 16:00")
    for reading in (retroactive, from_change):
        assert dict(reading.explanation)["target_changed_from_due"]["due"] == on("03-04 17:00")


def test_case_21_the_oldest_unanswered_message_counts_and_one_wait_is_missed_once() -> None:
    events = happened("customer_message 03-03 16:30", "customer_message 03-04 09:15")
    for metric in (Metric.NEXT_REPLY, Metric.ANY):
        assert read(terms(120, metric=metric), events, "03-04 10:00").due_at == on("03-04 10:30")
        assert read(terms(120, metric=metric), events, "03-06 10:00").misses == 1


def test_case_22_a_handover_counts_each_calendar_for_its_own_piece() -> None:
    events = [
        Event(on("03-04 12:00"), Kind.START),
        Event(on("03-04 16:00"), Kind.HANDOVER, schedule=schedule_of(NEW_YORK_OFFICE)),
    ]
    at = "03-04 16:30"
    assert read(terms(480), events, at).due_at == on("03-04 14:00", NEW_YORK)
    assert read(terms(480, handover=Handover.LAST), events, at).due_at == on("03-04 17:00", NEW_YORK)
    assert read(terms(480, handover=Handover.FIRST), events, at).due_at == on("03-05 12:00")


def test_case_23_an_internal_clock_has_hours_of_its_own_and_each_handover_its_instance() -> None:
    finance = desk("10:00-16:00")
    asked = terms(240, finance, reopen=Reopen.RESTART)
    first = happened("start 03-03 15:00")
    assert read(asked, first, "03-03 15:00").due_at == on("03-04 13:00")
    returned = [*first, *happened("stop 03-04 12:00", "reopen 03-04 14:00")]
    second = read(asked, returned, "03-04 15:00")
    assert second.due_at == on("03-05 12:00")
    assert (second.used_seconds, second.used_in_all_seconds) == (3600, 4 * 3600)
    # the customer's own clock runs on through all of it
    assert read(terms(480), first, "03-04 15:00").used_seconds == 8 * 3600


def test_case_24_night_windows_meet_at_midnight() -> None:
    assert due(60, desk("22:00-24:00", "00:00-06:00", days="1234567"), on("03-04 05:30")) == on("03-04 22:30")


def test_case_25_the_day_is_that_of_the_calendars_own_zone() -> None:
    office = desk("09:00-17:00", zone=SYDNEY, holidays=["2026-01-26"])
    start = datetime(2026, 1, 25, 22, 30, tzinfo=UTC_ZONE)
    assert due(60, office, start) == on("01-27 10:00", SYDNEY)


def test_case_26_a_clock_can_go_back_by_half_an_hour() -> None:
    island = ZoneInfo("Australia/Lord_Howe")
    assert due(24 * 60, Calendar(island, (ALWAYS,) * 7), on("04-04 12:00", island)) == on("04-05 11:30", island)


def test_case_27_seconds_are_kept() -> None:
    assert due(1, B, on("03-05 16:59:30")) == on("03-06 09:00:30")


def test_case_28_a_month_of_closure_is_no_limit() -> None:
    office = desk("09:00-17:00", holidays=[str(date(2026, 8, day)) for day in range(1, 32)])
    assert due(60, office, on("07-31 16:30")) == on("09-01 09:30")


def test_case_29_a_calendar_that_never_opens_is_refused_when_configured() -> None:
    with pytest.raises(HoursError) as refusal:
        desk()
    assert refusal.value.field == "calendar"


def test_case_30_two_business_days_are_two_working_days() -> None:
    assert due_days(2, EASTER, on("04-02 16:00")) == on("04-08 16:00")
    assert due(16 * 60, EASTER, on("04-02 16:00")) == on("04-08 16:00")
    assert due_days(1, B, on("03-06 16:55")) == on("03-09 16:55")
    one_day = read(terms(BusinessDays(1)), happened("start 03-06 16:55"), "03-06 16:55")
    assert one_day.left_seconds == 8 * 3600
