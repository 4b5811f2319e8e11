"""Feeds: looks come in their rhythm, and a file is taken when it is finished, once, oldest first."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain.feeds import (
    APART,
    SETTLED,
    Act,
    FileState,
    Known,
    Rhythm,
    Sighting,
    after_failure,
    gone,
    in_turn,
    is_left_alone,
    judge,
    next_look,
)

AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from([ZoneInfo(n) for n in ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe")])
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))


def nanos(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000_000)


def seen(name: str = "day.csv", *, size: int = 10, written: datetime = AT, **more: bool) -> Sighting:
    return Sighting(name, size, nanos(written), **more)


def known(one: Sighting, *, since: datetime, state: FileState = FileState.GROWING) -> Known:
    return Known(one.size, one.mtime_ns, since, state)


@given(MOMENTS, ZONES, TIMES)
def test_the_daily_look_is_later_than_now_and_within_two_days(at: datetime, zone: ZoneInfo, daily: time) -> None:
    assert at < next_look(Rhythm(daily_at=daily), at=at, zone=zone) <= at + timedelta(hours=50)


@given(MOMENTS, ZONES, TIMES)
def test_there_is_one_daily_look_on_each_local_day(at: datetime, zone: ZoneInfo, daily: time) -> None:
    days: list[date] = []
    for _ in range(5):
        at = next_look(Rhythm(daily_at=daily), at=at, zone=zone)
        days.append(at.astimezone(zone).date())
    assert len(set(days)) == 5


@given(MOMENTS, ZONES, st.integers(1, 10_000))
def test_every_so_many_minutes_is_so_many_minutes(at: datetime, zone: ZoneInfo, minutes: int) -> None:
    assert next_look(Rhythm(every_minutes=minutes), at=at, zone=zone) - at == timedelta(minutes=minutes)


def test_a_time_that_the_day_lacks_is_looked_at_an_hour_later_and_one_it_has_twice_once() -> None:
    half_past_two = Rhythm(daily_at=time(2, 30))
    spring = next_look(half_past_two, at=datetime(2026, 3, 28, 22, tzinfo=UTC), zone=BERLIN)
    assert spring == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    autumn = next_look(half_past_two, at=datetime(2026, 10, 24, 22, tzinfo=UTC), zone=BERLIN)
    assert autumn == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_look(half_past_two, at=autumn, zone=BERLIN) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@given(st.integers(-3, 10_000))
def test_failures_wait_longer_and_longer_and_never_longer_than_six_hours(failures: int) -> None:
    first, then = after_failure(failures, at=AT) - AT, after_failure(failures + 1, at=AT) - AT
    assert timedelta(minutes=5) <= first <= then <= timedelta(hours=6)


def test_five_minutes_then_ten() -> None:
    assert [(after_failure(n, at=AT) - AT) // timedelta(minutes=1) for n in (1, 2, 3, 8)] == [5, 10, 20, 360]


@pytest.mark.parametrize(
    "name", [".day.csv", "~day.csv", "~$day.xlsx", "day.csv.part", "day.TMP", "a.filepart", "b.csv.crdownload"]
)
def test_an_unfinished_or_hidden_name_is_left_alone_whatever_lies_there(name: str) -> None:
    assert is_left_alone(name)
    assert judge(seen(name, written=AT - timedelta(days=9)), None, at=AT) == (Act.LEAVE, None)


@pytest.mark.parametrize("name", ["day.csv", "Part.csv", "tmp.csv", "день 1.csv"])
def test_an_ordinary_name_is_not_left_alone(name: str) -> None:
    assert not is_left_alone(name)


def test_a_file_just_written_waits_and_is_taken_when_it_stood_for_two_looks() -> None:
    file = seen(written=AT)
    assert judge(file, None, at=AT) == (Act.WAIT, FileState.GROWING)
    assert judge(file, known(file, since=AT), at=AT + APART) == (Act.TAKE, None)


def test_two_looks_at_once_do_not_make_a_file_finished() -> None:
    file = seen(written=AT)
    assert judge(file, known(file, since=AT), at=AT + APART / 2) == (Act.WAIT, FileState.GROWING)


def test_a_file_that_grew_between_the_looks_waits_on() -> None:
    small, grown = seen(size=10), seen(size=20, written=AT + timedelta(seconds=50))
    assert judge(grown, known(small, since=AT), at=AT + timedelta(seconds=60)) == (Act.WAIT, FileState.GROWING)


def test_a_file_written_long_ago_is_taken_at_the_first_look() -> None:
    assert judge(seen(written=AT - SETTLED), None, at=AT) == (Act.TAKE, None)


def test_a_file_from_the_future_is_taken_when_it_stood_for_two_looks() -> None:
    file = seen(written=AT + timedelta(days=300))
    assert judge(file, None, at=AT) == (Act.WAIT, FileState.GROWING)
    assert judge(file, known(file, since=AT), at=AT + timedelta(minutes=1)) == (Act.TAKE, None)


@pytest.mark.parametrize(
    "state", [state for state in FileState if state not in (FileState.GROWING, FileState.UNREADABLE)]
)
def test_what_was_dealt_with_and_has_not_changed_is_left(state: FileState) -> None:
    file = seen()
    assert judge(file, known(file, since=AT, state=state), at=AT + timedelta(days=9)) == (Act.LEAVE, None)


def test_what_was_imported_and_has_changed_is_taken_again_when_it_is_finished() -> None:
    before, after = seen(size=10), seen(size=12, written=AT + timedelta(hours=1))
    imported = known(before, since=AT, state=FileState.IMPORTED)
    assert judge(after, imported, at=AT + timedelta(hours=1)) == (Act.WAIT, FileState.GROWING)
    assert judge(after, imported, at=AT + timedelta(hours=2)) == (Act.TAKE, None)


def test_a_link_an_empty_file_and_another_kind_of_file_are_shown_and_not_taken() -> None:
    old = AT - timedelta(days=1)
    assert judge(seen(written=old, is_link=True), None, at=AT) == (Act.SHOW, FileState.A_LINK)
    assert judge(seen("notes.pdf", written=old, is_table=False), None, at=AT) == (Act.SHOW, FileState.NOT_A_TABLE)
    assert judge(seen(size=0, written=old), None, at=AT) == (Act.SHOW, FileState.EMPTY)
    assert judge(seen(size=0), None, at=AT) == (Act.WAIT, FileState.GROWING)


def test_a_file_that_could_not_be_opened_is_tried_again_though_it_looks_the_same() -> None:
    file = seen()
    shut = known(file, since=AT, state=FileState.UNREADABLE)
    assert judge(file, shut, at=AT + timedelta(minutes=1)) == (Act.TAKE, None)


SIGHTINGS = st.builds(
    Sighting, st.text(min_size=1, max_size=8), st.integers(0, 99), st.integers(0, 9), st.booleans(), st.booleans()
)
KNOWNS = st.builds(
    Known, st.integers(0, 99), st.integers(0, 9), st.just(AT), st.sampled_from(list(FileState))
)  # fmt: skip


@given(SIGHTINGS, st.none() | KNOWNS)
def test_nothing_is_taken_that_is_empty_a_link_no_table_or_unfinished_by_name(one: Sighting, old: Known | None) -> None:
    act, state = judge(one, old, at=AT + timedelta(hours=1))
    if act is Act.TAKE:
        assert one.size and not one.is_link and one.is_table and not is_left_alone(one.name)
    assert (state is None) == (act in (Act.TAKE, Act.LEAVE))


@given(st.lists(SIGHTINGS))
def test_the_oldest_comes_first(files: list[Sighting]) -> None:
    turn = in_turn(files)
    assert sorted(map(hash, turn)) == sorted(map(hash, files))
    assert all(a.mtime_ns <= b.mtime_ns for a, b in pairwise(turn))


def test_what_is_gone_was_either_never_taken_or_is_somebody_elses_affair_now() -> None:
    file = seen()
    rows = {
        "a.csv": known(file, since=AT),
        "b.csv": known(file, since=AT, state=FileState.IMPORTED),
        "day.csv": known(file, since=AT),
    }
    assert gone(rows, [file]) == (["a.csv"], ["b.csv"])
