"""No letter at night or on a day off, on the reader's own clock, whatever that clock does."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain.quiet_hours import Rest, awake, clock_of, is_quiet, minute_of, next_digest

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe")]
NIGHT = Rest(BERLIN)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def on_weekdays(day: date) -> bool:
    return day.weekday() < 5


def never(day: date) -> bool:
    return False


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2026-03-04T12:00", "2026-03-04T12:00"),
        ("2026-03-04T19:59", "2026-03-04T19:59"),
        ("2026-03-04T20:00", "2026-03-05T07:00"),
        ("2026-03-05T03:00", "2026-03-05T07:00"),
        ("2026-03-05T07:00", "2026-03-05T07:00"),
        ("2026-03-06T21:00", "2026-03-09T07:00"),  # Friday evening: Monday
        ("2026-03-07T12:00", "2026-03-09T07:00"),
    ],
)
def test_a_letter_of_the_night_or_the_weekend_waits_for_the_morning_of_a_working_day(at: str, leaves: str) -> None:
    assert awake(local(at), NIGHT, on_weekdays) == local(leaves)


def test_quiet_hours_may_lie_within_one_day_or_not_be_at_all() -> None:
    midday = Rest(BERLIN, time(12), time(14), on_days_off=False)
    assert awake(local("2026-03-07T12:30"), midday, on_weekdays) == local("2026-03-07T14:00")
    none = Rest(BERLIN, time(9), time(9), on_days_off=False)
    assert not is_quiet(local("2026-03-04T09:00"), none, on_weekdays)


def test_a_calendar_that_never_works_holds_no_letter_for_ever() -> None:
    at = local("2026-03-04T12:00")
    assert awake(at, NIGHT, never) == at
    assert next_digest(at, time(8), BERLIN, never) == local("2026-03-05T08:00")


def test_the_night_in_which_the_clock_is_put_forward_or_back_ends_in_the_morning_all_the_same() -> None:
    always = Rest(BERLIN, on_days_off=False)
    for night in ("2026-03-28T22:00", "2026-10-24T22:00"):
        morning = awake(local(night), always, on_weekdays)
        assert morning.astimezone(BERLIN).time() == time(7)
    # An end that the clock leaps over, and one that it shows twice.
    leapt = Rest(BERLIN, time(1), time(2, 30), on_days_off=False)
    assert not is_quiet(awake(local("2026-03-29T01:30"), leapt, on_weekdays), leapt, on_weekdays)
    twice = Rest(BERLIN, time(1), time(2, 30), on_days_off=False)
    second = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 for the second time
    assert awake(second, twice, on_weekdays) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
clocks = st.integers(0, 1439).map(clock_of)
rests = st.builds(Rest, st.sampled_from(ZONES), clocks, clocks, st.booleans())


@given(moments, rests)
def test_a_letter_never_leaves_in_quiet_hours_nor_waits_longer_than_they_last(at: datetime, rest: Rest) -> None:
    leaves = awake(at, rest, on_weekdays)
    assert leaves >= at
    assert not is_quiet(leaves, rest, on_weekdays)
    assert leaves - at <= 4 * DAY
    if not is_quiet(at, rest, on_weekdays):
        assert leaves == at


@given(moments, clocks, st.sampled_from(ZONES))
def test_the_digest_comes_at_its_time_on_the_next_working_day(at: datetime, clock: time, zone: ZoneInfo) -> None:
    comes = next_digest(at, clock, zone, on_weekdays)
    there = comes.astimezone(zone)
    assert at < comes <= at + 4 * DAY
    assert on_weekdays(there.date())
    # Only where the clock leaps over that time is it another.
    shown = datetime.combine(there.date(), clock, zone)
    exists = shown.astimezone(UTC).astimezone(zone).time() == clock
    assert there.time() == clock or not exists


def test_a_digest_missed_by_a_second_comes_the_next_working_day() -> None:
    at = local("2026-03-06T08:00")
    assert next_digest(at - timedelta(seconds=1), time(8), BERLIN, on_weekdays) == at
    assert next_digest(at, time(8), BERLIN, on_weekdays) == local("2026-03-09T08:00")


def test_a_time_of_day_is_so_many_minutes_and_back() -> None:
    assert [minute_of(clock_of(minute)) for minute in (0, 480, 1439)] == [0, 480, 1439]
    assert clock_of(480) == time(8)
