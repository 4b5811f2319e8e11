"""How long something took by the clock on the wall, beside reading that clock twice."""

from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodwill.domain.wall_clocks import DAY, HOUR, WallClock, WallClocks, median_of
from goodwill.domain.windows import micros

# A busy machine is no failure: the laws are about answers, not about speed.
settings.register_profile("patient", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Havana and São Paulo spring forward at midnight, Apia skipped a whole day, Casablanca changed at a year's last hour.
ZONES = [
    "Europe/Berlin", "America/New_York", "America/Havana", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Pacific/Apia", "Africa/Casablanca",
]  # fmt: skip
names = st.sampled_from(ZONES)
moments = st.datetimes(datetime(1980, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
MICRO = timedelta(microseconds=1)


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


@given(names, st.lists(st.tuples(moments, moments), min_size=1, max_size=5))
def test_a_length_is_the_difference_of_two_readings(name: str, pairs: list[tuple[datetime, datetime]]) -> None:
    clock, zone = WallClock(ZoneInfo(name)), ZoneInfo(name)
    for begin, end in pairs:
        assert clock.between(micros(begin), micros(end)) * MICRO == wall(end, zone) - wall(begin, zone)


@given(names, moments, st.integers(0, 400))
def test_a_length_over_a_short_while_is_the_same(name: str, begin: datetime, hours: int) -> None:
    zone, end = ZoneInfo(name), begin + timedelta(hours=hours)
    assert WallClock(zone).between(micros(begin), micros(end)) * MICRO == wall(end, zone) - wall(begin, zone)


@given(names, moments, st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(-1, 1))
def test_midnight_of_a_promised_day_means_midnight(name: str, placed: datetime, day: date, off: int) -> None:
    """Also where the promise is said to be for the day before, or after."""
    zone, midnight = ZoneInfo(name), datetime.combine(day, time.min)
    due, on = midnight.replace(tzinfo=zone).astimezone(UTC), day + timedelta(days=off)
    meant = midnight if off == 0 else wall(due, zone)
    found = WallClock(zone).until(micros(placed), micros(due), number(on))
    assert found * MICRO == meant - wall(placed, zone)


@pytest.mark.parametrize(
    ("name", "day"), [("America/Sao_Paulo", date(2017, 10, 15)), ("Pacific/Apia", date(2011, 12, 30))]
)
def test_a_midnight_that_the_clock_skips_means_midnight_for_its_own_day_only(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    due = micros(datetime.combine(day, time.min, zone).astimezone(UTC))
    clock, placed = WallClock(zone), due - DAY
    assert clock.until(placed, due, number(day)) == DAY
    assert clock.until(placed, due, number(day) - 1) == clock.between(placed, due) > DAY


@pytest.mark.parametrize(("name", "year"), [("Africa/Casablanca", 1985), ("Asia/Kathmandu", 1985)])
def test_a_clock_set_anew_in_a_years_last_hours_is_seen(name: str, year: int) -> None:
    zone, new_year = ZoneInfo(name), datetime(year + 1, 1, 1, tzinfo=UTC)
    for hours in range(-8, 9):
        at = new_year + timedelta(hours=hours)
        begin = at - timedelta(days=2)
        assert WallClock(zone).between(micros(begin), micros(at)) * MICRO == wall(at, zone) - wall(begin, zone)


def test_a_year_beyond_all_books_is_read_as_well() -> None:
    berlin = WallClocks()["Europe/Berlin"]
    begin, end = datetime(2300, 1, 1, tzinfo=UTC), datetime(2300, 7, 1, tzinfo=UTC)
    assert berlin.between(micros(begin), micros(end)) == micros(end) - micros(begin) + HOUR


def test_a_clock_is_made_once() -> None:
    clocks = WallClocks()
    assert clocks["Asia/Tokyo"] is clocks["Asia/Tokyo"]


@given(st.lists(st.integers(-10 * DAY, 10 * DAY), max_size=9))
def test_the_median_is_that_of_the_numbers_in_the_unit(lengths: list[int]) -> None:
    expected = median([timedelta(microseconds=length) / timedelta(days=1) for length in lengths]) if lengths else None
    assert median_of(lengths, DAY) == expected
