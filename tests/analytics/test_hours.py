"""The vectorised arithmetic says what the scalar engine says, to the microsecond, wherever that is defined."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodwill.analytics import hours
from goodwill.analytics.hours import WorkingTime
from goodwill.analytics.wall_clocks import instants_of, readings_of
from goodwill.domain.hours import Calendar, HoursError
from goodwill.domain.schedules import Schedule, schedule_of, versions
from goodwill.domain.windows import SECOND, instant_of, micros, moment
from tests.domain.desks import ALWAYS, BERLIN, EASTER, NEW_YORK, B, desk, on

ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin", "Europe/Budapest", "Europe/Moscow", "America/New_York", "America/Sao_Paulo", "America/Havana",
        "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca", "UTC",
    )
]  # fmt: skip
FIRST, LAST = date(2010, 1, 1), date(2013, 12, 31)
times = st.sampled_from([0, 7200, 9 * 3600, 12 * 3600, 13 * 3600 + 1, 17 * 3600, 22 * 3600]) | st.integers(0, 86_399)
window = st.tuples(times, times | st.just(86_400))
windows = st.lists(window, max_size=3).map(tuple)
calendars = st.builds(
    Calendar,
    st.sampled_from(ZONES),
    st.tuples(*[windows] * 7).filter(any),
    st.frozensets(st.dates(FIRST, LAST), max_size=5),
    st.dictionaries(st.dates(FIRST, LAST), windows, max_size=4).map(lambda days: tuple(sorted(days.items()))),
)
schedules = st.dictionaries(st.none() | st.dates(FIRST, LAST), calendars, min_size=1, max_size=3).map(
    lambda dated: versions(list(dated.items()))
)
instants = st.integers(micros(datetime(2010, 1, 1, tzinfo=UTC)), micros(datetime(2013, 12, 31, tzinfo=UTC)))
arrays = st.lists(instants, min_size=1, max_size=12).map(lambda many: np.array(many, dtype=np.int64))
patient = settings(deadline=None, max_examples=60)


def at(text: str, zone: ZoneInfo = BERLIN) -> int:
    return micros(on(text, zone))


@given(schedules, arrays, st.integers(0, 90 * 3600) | st.floats(0, 400_000))
@patient
def test_added_time_is_the_scalar_engines(schedule: Schedule, starts: np.ndarray, seconds: float) -> None:
    spend = round(seconds * SECOND)
    expected = [schedule.reach(int(start), spend) for start in starts]
    assert hours.add(schedule, starts, seconds).tolist() == expected


@given(schedules, arrays, arrays)
@patient
def test_time_between_is_the_scalar_engines(schedule: Schedule, some: np.ndarray, others: np.ndarray) -> None:
    size = min(some.size, others.size)
    low, high = np.minimum(some[:size], others[:size]), np.maximum(some[:size], others[:size])
    expected = [schedule.spent(int(begin), int(end)) for begin, end in zip(low, high, strict=True)]
    assert hours.between(schedule, low, high).tolist() == expected
    assert hours.between(schedule, high, low).tolist() == [-spent for spent in expected]


@given(schedules, arrays, st.integers(1, 30))
@patient
def test_business_days_are_the_scalar_engines(schedule: Schedule, starts: np.ndarray, days: int) -> None:
    expected = [schedule.after_business_days(int(start), days) for start in starts]
    assert hours.after_business_days(schedule, starts, days).tolist() == expected


@given(schedules, arrays, st.integers(1, 40 * 3600))
@patient
def test_a_target_used_up_at_a_closing_is_due_at_the_closing(
    schedule: Schedule,
    starts: np.ndarray,
    seconds: int,
) -> None:
    time = WorkingTime(schedule)
    due = time.add(starts, seconds)
    assert (time.between(starts, due) == seconds * SECOND).all()
    assert (time.between(starts, due - 1) == seconds * SECOND - 1).all()


@given(st.sampled_from(ZONES), arrays)
@patient
def test_clocks_are_read_as_the_scalar_engine_reads_them(zone: ZoneInfo, moments: np.ndarray) -> None:
    wall = [moment(int(one), zone).replace(tzinfo=UTC) for one in moments]
    assert readings_of(zone, moments).tolist() == [micros(one) for one in wall]
    # the same numbers taken for readings, skipped and repeated ones among them
    assert instants_of(zone, moments).tolist() == [instant_of(zone, int(one)) for one in moments]


def test_a_reading_that_is_skipped_is_the_first_instant_after_and_of_two_the_first() -> None:
    readings = np.array(
        [micros(datetime(2026, 3, 8, 2, 30, tzinfo=UTC)), micros(datetime(2026, 11, 1, 1, 30, tzinfo=UTC))]
    )
    assert instants_of(NEW_YORK, readings).tolist() == [at("03-08 03:00", NEW_YORK), at("11-01 01:30", NEW_YORK)]


@pytest.mark.parametrize(
    ("calendar", "start", "minutes", "due"),
    [
        (B, "03-06 16:30", 60, "03-09 09:30"),
        (B, "03-06 15:00", 120, "03-06 17:00"),
        (B, "03-06 15:00", 121, "03-09 09:01"),
        (desk("08:00-12:00", "13:30-18:00"), "03-04 12:30", 60, "03-04 14:30"),
        (EASTER, "04-02 16:00", 120, "04-07 10:00"),
        (B, "03-27 16:00", 120, "03-30 10:00"),
        (desk("22:00-24:00", "00:00-06:00", days="1234567"), "03-04 05:30", 60, "03-04 22:30"),
    ],
)
def test_the_worked_cases_come_out(calendar: Calendar, start: str, minutes: int, due: str) -> None:
    assert hours.add(calendar, [at(start)], minutes * 60).tolist() == [at(due)]


def test_shapes_broadcast_and_nothing_in_gives_nothing_out() -> None:
    starts = np.array([[at("03-06 16:30")], [at("03-09 09:00")]])
    due = hours.add(B, starts, [60, 3600, 0])
    assert due.shape == (2, 3)
    assert due[1].tolist() == [at("03-09 09:01"), at("03-09 10:00"), at("03-09 09:00")]
    assert hours.add(B, [], 60).shape == hours.between(B, [], []).shape == (0,)
    assert hours.after_business_days(B, [], 1).shape == (0,)
    assert hours.add(B, at("03-06 16:30"), 60).shape == ()
    assert hours.add(B, np.empty((0, 3), dtype=np.int64), 60.0).shape == (0, 3)
    none = np.empty(0, dtype=np.int64)
    assert readings_of(BERLIN, none).size == instants_of(BERLIN, none).size == 0


def test_more_moments_than_are_worked_on_at_once_are_all_answered() -> None:
    starts = np.arange(200_000, dtype=np.int64) * 60 * SECOND + at("01-02 00:00")
    due = hours.add(B, starts, 3600)
    assert [int(due[place]) for place in (0, 70_000, 199_999)] == [
        schedule_of(B).reach(int(starts[place]), 3600 * SECOND) for place in (0, 70_000, 199_999)
    ]
    assert (hours.between(B, starts, due) == 3600 * SECOND).all()


def test_datetime64_is_read_as_utc_whatever_its_unit() -> None:
    expected = [at("03-09 09:30")]
    for unit in ("s", "ms", "us", "ns", "m"):
        assert hours.add(B, np.array(["2026-03-06T15:30"], dtype=f"datetime64[{unit}]"), 3600).tolist() == expected


def test_years_are_compiled_as_they_are_asked_for_in_any_order() -> None:
    time = WorkingTime(B)
    for start, due in (("03-06 16:30", "03-09 09:30"), ("2031-03-07 16:30", "2031-03-10 09:30"),
                       ("2019-03-08 16:30", "2019-03-11 09:30"), ("2026-12-31 16:30", "2027-01-01 09:30")):  # fmt: skip
        assert time.add([at(start)], 3600).tolist() == [at(due)]
    # eight hours a day for ten years and more
    far = WorkingTime(B).add([at("01-05 09:00")], 3000 * 8 * 3600)
    assert far.tolist() == [schedule_of(B).reach(at("01-05 09:00"), 3000 * 8 * 3600 * SECOND)]


def test_a_year_without_open_hours_has_none() -> None:
    once = desk(days="", _20270601=["09:00-12:00"])
    assert hours.between(once, [at("03-06 09:00")], [at("12-06 09:00")]).tolist() == [0]
    assert hours.add(once, [at("03-06 09:00")], 3600).tolist() == [at("2027-06-01 10:00")]


@pytest.mark.parametrize("start", ["03-06 09:00", "2030-03-06 09:00"])
def test_a_calendar_that_closes_for_good_is_refused_in_the_scalar_engines_words(start: str) -> None:
    once = schedule_of(desk(days="", _20270601=["09:00-12:00"]))
    with pytest.raises(HoursError) as scalar:
        once.reach(at(start), 4 * 3600 * SECOND)
    with pytest.raises(HoursError) as ours:
        hours.add(once, [at(start)], 4 * 3600)
    assert str(ours.value) == str(scalar.value) == "calendar: closes for good before the target is used up"


def test_what_is_not_used_up_in_time_is_refused() -> None:
    with pytest.raises(HoursError, match="target: is not used up before the year 2200"):
        hours.add(desk("09:00-09:01", days="1"), [at("2190-01-01 09:00")], 360_000)
    with pytest.raises(HoursError, match="too few working days"):
        hours.after_business_days(desk(days="", _20270601=["09:00-12:00"]), [at("03-06 09:00")], 2)


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        (np.array(["2026-03-06", "NaT"], dtype="datetime64[s]"), r"starts\[1\]: is not a time \(NaT\)"),
        (np.array(["1899-03-06"], dtype="datetime64[s]"), r"starts\[0\]: is not from 1900 to 2199"),
        (np.array([0, 1 << 62]), r"starts\[1\]: is not from 1900 to 2199"),
        (np.array([1.5]), "starts: holds neither whole microseconds nor datetime64"),
        (["2026-03-06"], "starts: holds neither"),
    ],
)
def test_what_is_no_moment_is_refused_by_its_place(starts: object, words: str) -> None:
    with pytest.raises(HoursError, match=words):
        hours.add(B, starts, 60)


@pytest.mark.parametrize("seconds", [-1, [3, float("nan")], float("inf"), 1e12])
def test_seconds_that_cannot_be_added_are_refused(seconds: object) -> None:
    with pytest.raises(HoursError, match="seconds: cannot be negative, missing"):
        hours.add(B, [0, 0], seconds)


@pytest.mark.parametrize("days", [0, [1, -2], 1.5])
def test_days_are_whole_and_at_least_one(days: object) -> None:
    with pytest.raises(HoursError, match="days: are whole numbers from 1"):
        hours.after_business_days(B, [0, 0], days)
    with pytest.raises(HoursError, match="seconds: are not numbers"):
        hours.add(B, [0], "an hour")


def test_a_desk_that_never_closes_adds_like_a_clock() -> None:
    always = Calendar(NEW_YORK, (ALWAYS,) * 7)
    starts = np.arange(0, 400, dtype=np.int64) * 86_400 * SECOND + at("01-01 00:00")
    assert (hours.add(always, starts, 86_400) - starts == 86_400 * SECOND).all()
