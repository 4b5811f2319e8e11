"""Working time between moments, at the edges of windows, days, years and clock changes, and its laws."""

from datetime import UTC as UTC_ZONE
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from goodwill.domain import hours
from goodwill.domain.histories import Event, Kind
from goodwill.domain.hours import Calendar, HoursError
from goodwill.domain.schedules import schedule_of, versions
from goodwill.domain.targets import Seconds, Terms
from goodwill.domain.windows import EPOCH
from tests.domain.desks import ALWAYS, BERLIN, NEW_YORK, B, desk, on, read

HAVANA = ZoneInfo("America/Havana")
NEVER: tuple[tuple[int, int], ...] = ()
# A busy machine is no failure: the laws are about answers, not about speed.
settings.register_profile("patient", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ZONES = [BERLIN, NEW_YORK, HAVANA, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/St_Johns")]

seconds_of_day = st.integers(0, 86_399)
windows = st.lists(st.tuples(seconds_of_day, st.integers(1, 86_400)), max_size=3).map(tuple)
calendars = st.builds(
    Calendar,
    st.sampled_from(ZONES),
    st.tuples(*[windows] * 7).filter(lambda weekly: any(weekly)),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5),
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC_ZONE))
targets = st.integers(1, 90 * 3600)


def after(at: datetime, minutes: int) -> datetime:
    return at + timedelta(minutes=minutes)


@given(calendars, moments, targets)
def test_adding_and_measuring_are_inverse(calendar: Calendar, start: datetime, seconds: int) -> None:
    assert hours.between(calendar, start, hours.add(calendar, start, seconds)) == seconds


@given(calendars, moments, targets)
def test_due_is_the_first_instant_at_which_the_time_is_used_up(
    calendar: Calendar, start: datetime, seconds: int
) -> None:
    before = hours.add(calendar, start, seconds).astimezone(UTC_ZONE) - timedelta(microseconds=1)
    assert hours.between(calendar, start, before) < seconds


@given(calendars, moments, targets, targets)
def test_time_added_in_two_steps_is_time_added_at_once(calendar: Calendar, start: datetime, a: int, b: int) -> None:
    assert hours.add(calendar, hours.add(calendar, start, a), b) == hours.add(calendar, start, a + b)


@given(calendars, moments, moments, moments)
def test_time_between_is_additive(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    whole = hours.between(calendar, a, c)
    assert abs(whole - hours.between(calendar, a, b) - hours.between(calendar, b, c)) < 1e-6


@given(calendars, moments, targets, st.integers(0, 6), st.tuples(seconds_of_day, st.integers(1, 86_400)))
def test_a_wider_week_is_never_due_later(
    calendar: Calendar, start: datetime, seconds: int, day: int, extra: tuple[int, int]
) -> None:
    weekly = tuple((*windows, extra) if at == day else windows for at, windows in enumerate(calendar.weekly))
    wider = Calendar(calendar.zone, weekly, calendar.holidays)
    assert hours.add(wider, start, seconds) - EPOCH <= hours.add(calendar, start, seconds) - EPOCH


@given(st.sampled_from(ZONES), moments, targets)
def test_a_desk_that_never_closes_knows_no_change_of_clock(zone: ZoneInfo, start: datetime, seconds: int) -> None:
    always = Calendar(zone, (ALWAYS,) * 7)
    assert hours.add(always, start, seconds) - start == timedelta(seconds=seconds)


@given(calendars, moments, targets)
def test_the_zone_of_the_question_does_not_matter(calendar: Calendar, start: datetime, seconds: int) -> None:
    # subtracted, for Python holds moments of two zones unequal inside a repeated hour
    there = hours.add(calendar, start.astimezone(NEW_YORK), seconds)
    assert there - EPOCH == hours.add(calendar, start, seconds) - EPOCH


@given(calendars, moments, targets, st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 3000)), max_size=4),
       st.integers(0, 20_000), st.permutations(range(9)))  # fmt: skip
def test_waiting_on_the_customer_never_costs_us_time(
    calendar: Calendar, start: datetime, seconds: int, pauses: list[tuple[int, int]], passed: int, order: list[int]
) -> None:
    at = after(start, passed)
    events = [Event(start, Kind.START)]
    for begin, length in pauses:
        events += [Event(after(start, begin), Kind.PAUSE), Event(after(start, begin + length), Kind.RESUME)]
    given_terms = Terms(Seconds(seconds), schedule_of(calendar))
    alone, waited = read(given_terms, events[:1], at), read(given_terms, events, at)
    assert waited.used_seconds <= alone.used_seconds
    assert alone.due_at is not None
    assert waited.due_at is None or waited.due_at - EPOCH >= alone.due_at - EPOCH
    # the same events in any order, and pauses as one union
    shuffled = [events[place] for place in order if place < len(events)]
    assert read(given_terms, shuffled, at) == waited
    ends = sorted((after(start, a), after(start, a + b)) for a, b in pauses)
    union: list[list[datetime]] = []
    for low, high in ends:
        if union and low <= union[-1][1]:
            union[-1][1] = max(high, union[-1][1])
        else:
            union.append([low, high])
    spent = sum(hours.between(calendar, min(low, at), min(high, at)) for low, high in union)
    assert abs(waited.used_seconds + spent - alone.used_seconds) < 1e-6
    # used time only grows
    readings = [read(given_terms, events, after(start, passed * step // 4)).used_seconds for step in range(5)]
    assert all(earlier <= later for earlier, later in pairwise(readings))


def test_windows_that_overlap_count_once() -> None:
    assert hours.between(desk("09:00-13:00", "12:00-17:00"), on("03-04 00:00"), on("03-05 00:00")) == 8 * 3600


def test_a_window_over_midnight_belongs_to_the_day_it_opens() -> None:
    night = desk("22:00-02:00", days="5", holidays=["2026-03-13"])
    assert hours.between(night, on("03-06 00:00"), on("03-08 00:00")) == 4 * 3600
    assert hours.is_open(night, on("03-07 01:59"))
    assert hours.between(night, on("03-13 00:00"), on("03-15 00:00")) == 0
    assert hours.is_open(desk("22:00-02:00", days="5", holidays=["2026-03-07"]), on("03-07 01:00"))
    whole_day = desk("09:00-09:00", days="3")
    assert hours.between(whole_day, on("03-01 00:00"), on("03-08 00:00")) == 86_400


def test_a_window_is_open_at_its_opening_and_closed_at_its_closing() -> None:
    assert hours.is_open(B, on("03-04 09:00"))
    assert not hours.is_open(B, on("03-04 17:00"))
    assert hours.next_opening(B, on("03-04 17:00")) == on("03-05 09:00")
    assert hours.next_opening(B, on("03-05 12:00")) == on("03-05 12:00")


def test_a_clock_set_back_at_midnight_repeats_the_first_hour_of_the_day() -> None:
    # Cuba: 1 November, 01:00 becomes 00:00 again
    early = Calendar(HAVANA, ((((0, 3600),),) * 7))
    day = on("11-01 00:00", HAVANA)
    assert hours.between(early, day, on("11-02 00:00", HAVANA)) == 7200
    due = hours.add(early, day, 5400)
    assert (due.hour, due.minute, due.fold) == (0, 30, 1)
    assert hours.add(early, day.replace(fold=1), 1800) == due


def test_fractions_of_a_second_are_kept_and_used_up_exactly_at_closing() -> None:
    start = on("03-06 16:59:59") + timedelta(milliseconds=300)
    assert hours.add(B, start, 0.7) == on("03-06 17:00")
    assert hours.between(B, start, on("03-09 09:00")) == 0.7
    assert hours.add(B, start, 0) == start


def test_time_runs_over_years_in_both_directions() -> None:
    fresh = desk("09:00-17:00")
    assert hours.add(fresh, on("2030-12-31 16:00"), 7200) == on("2031-01-01 10:00")
    assert hours.add(fresh, on("2020-12-31 16:00"), 7200) == on("2021-01-01 10:00")
    assert hours.between(fresh, on("2031-01-01 10:00"), on("2030-12-31 16:00")) == -7200
    assert hours.add(fresh, on("2020-01-01 00:00"), 261 * 28_800 * 12) > on("2031-01-01 00:00")


def test_a_year_without_open_hours_is_walked_over() -> None:
    once = Calendar(BERLIN, (NEVER,) * 7, special=((date(2028, 6, 1), ((32400, 61200),)),))
    assert hours.add(once, on("2026-01-01 00:00"), 8 * 3600) == on("2028-06-01 17:00")
    with pytest.raises(HoursError) as refusal:
        hours.add(once, on("2026-01-01 00:00"), 8 * 3600 + 1)
    assert refusal.value.field == "calendar"


def test_business_days_run_out_with_the_calendar() -> None:
    once = schedule_of(Calendar(BERLIN, (NEVER,) * 7, special=((date(2026, 6, 1), ((32400, 61200),)),)))
    assert once.after_business_days(0, 1) > 0
    with pytest.raises(HoursError):
        once.after_business_days(0, 2)


def test_a_day_whose_only_window_is_skipped_is_no_working_day() -> None:
    skipped = ((date(2026, 3, 29), ((7200, 10_800),)),)
    with pytest.raises(HoursError) as refusal:
        Calendar(BERLIN, (NEVER,) * 7, special=skipped)
    assert (refusal.value.field, str(refusal.value)) == ("calendar", "calendar: no window ever opens")
    sundays = Calendar(BERLIN, ((NEVER,) * 6 + (((7200, 10_800),),)))
    assert sundays.hours_on(date(2026, 3, 29)) is None
    assert hours.next_opening(sundays, on("03-23 00:00")) == on("04-05 02:00")


@pytest.mark.parametrize("bad", [(-1, 10), (86_400, 10), (0, 86_401), (10, -1)])
def test_a_window_outside_the_day_is_refused(bad: tuple[int, int]) -> None:
    for week, special, field in (
        (((bad,),) * 7, (), "weekly"),
        ((ALWAYS,) * 7, ((date(2026, 1, 1), (bad,)),), "special"),
        ((ALWAYS,) * 6, (), "weekly"),
    ):
        with pytest.raises(HoursError) as refusal:
            Calendar(BERLIN, week, special=special)
        assert refusal.value.field == field


def test_moments_without_a_zone_and_times_out_of_reach_are_refused() -> None:
    naive = datetime(2026, 3, 4, 9)
    for ask in (
        lambda: hours.add(B, naive, 60),
        lambda: hours.between(B, naive, on("03-04 09:00")),
        lambda: hours.between(B, on("03-04 09:00"), naive),
        lambda: hours.is_open(B, naive),
        lambda: hours.next_opening(B, naive),
        lambda: hours.add(B, on("03-04 09:00"), -1),
        lambda: hours.add(B, on("1800-03-04 09:00"), 60),
        lambda: hours.add(B, on("2199-12-31 12:00"), 10**6),
    ):
        with pytest.raises(HoursError):
            ask()


def test_worked_days_get_the_hours_of_a_weekday_unless_they_have_their_own() -> None:
    saturday, other, own = date(2026, 3, 7), date(2026, 3, 14), date(2026, 3, 21)
    office = desk("09:00-17:00", _20260321=["10:00-11:00"])
    open_more = hours.with_days(office, holidays=[date(2026, 3, 9)], worked=[saturday, own])
    assert open_more.windows_on(saturday) == ((32400, 61200),)
    assert open_more.windows_on(own) == ((36000, 39600),)
    assert open_more.windows_on(date(2026, 3, 9)) == ()
    assert hours.with_days(office, worked=[other], like=6).windows_on(other) == ()


def test_calendars_by_date_need_dates_of_their_own() -> None:
    for dated in ([], [(None, B), (None, B)], [(date(2026, 1, 1), B), (date(2026, 1, 1), B)]):
        with pytest.raises(HoursError) as refusal:
            versions(list(dated))
        assert refusal.value.field == "calendars"


def test_the_first_calendar_reaches_back_before_its_date() -> None:
    schedule = versions([(date(2026, 3, 9), B)])
    assert read(Terms(Seconds(3600), schedule), [Event(on("03-06 16:30"), Kind.START)], "03-06 16:30").due_at == on(
        "03-09 09:30"
    )


@given(moments, targets, st.integers(0, 400))
def test_a_version_that_changes_nothing_changes_nothing(start: datetime, seconds: int, day: int) -> None:
    assume(seconds > 0)
    same = versions([(None, B), (date(2026, 1, 1) + timedelta(days=day), desk("09:00-17:00"))])
    one = schedule_of(B)
    events = [Event(start, Kind.START)]
    at = after(start, 1000)
    assert (
        read(Terms(Seconds(seconds), same), events, at).due_at == read(Terms(Seconds(seconds), one), events, at).due_at
    )


def test_a_clock_set_back_in_the_last_hours_of_a_year_is_read_as_set() -> None:
    """In Casablanca 1985 ended twice: at 24:00 the clock went back to 23:00."""
    late = desk("23:00-24:00", zone=ZoneInfo("Africa/Casablanca"), days="2")
    assert hours.is_open(late, datetime(1985, 12, 31, 23, 30, tzinfo=UTC_ZONE))
    assert hours.between(late, datetime(1985, 12, 31, tzinfo=UTC_ZONE), datetime(1986, 1, 1, tzinfo=UTC_ZONE)) == 7_200
