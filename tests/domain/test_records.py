"""A promise as it is written down: its terms, its events, and how it is judged."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain.contacts import is_heard
from goodwill.domain.histories import Kind
from goodwill.domain.hours import Calendar
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.next_acts import NextAct, next_act
from goodwill.domain.promises import read_clock
from goodwill.domain.records import Record, TargetKind, broken_as, lead_seconds, next_look
from goodwill.domain.schedules import schedule_of
from goodwill.domain.targets import (
    BusinessDays,
    Day,
    LateRule,
    Moment,
    Outcome,
    Policy,
    Seconds,
    Standing,
    Target,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 5, 11, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = schedule_of(Calendar(BERLIN, (((0, 86_400),),) * 7))
PROMISE = Record(
    made_at=NOON - 48 * HOUR,
    zone=BERLIN,
    late_rule=LateRule.MOMENT,
    target_kind=TargetKind.MOMENT,
    target_count=None,
    promised_at=NOON,
    promised_on=date(2026, 3, 5),
    due_at=NOON,
)
BY_DAY = replace(
    PROMISE, late_rule=LateRule.END_OF_DAY, target_kind=TargetKind.DAY, due_at=datetime(2026, 3, 5, 23, 0, tzinfo=UTC)
)


@pytest.mark.parametrize(
    ("record", "target"),
    [
        (PROMISE, Moment(NOON)),
        (BY_DAY, Day(date(2026, 3, 5), BERLIN)),
        # a moment that is judged by the day stands for its day
        (replace(PROMISE, late_rule=LateRule.END_OF_DAY), Day(date(2026, 3, 5), BERLIN)),
        (replace(PROMISE, target_kind=TargetKind.SECONDS, target_count=7200), Seconds(7200)),
        (replace(PROMISE, target_kind=TargetKind.BUSINESS_DAYS, target_count=2), BusinessDays(2)),
        (replace(PROMISE, target_kind=TargetKind.SECONDS), Seconds(0)),
        (replace(PROMISE, target_kind=TargetKind.BUSINESS_DAYS), BusinessDays(0)),
    ],
)
def test_the_target_is_the_one_that_was_promised(record: Record, target: Target) -> None:
    assert record.target() == target


def test_every_moment_on_record_is_an_event() -> None:
    assert [event.kind for event in PROMISE.events()] == [Kind.START]
    full = replace(PROMISE, warned_at=NOON, acted_at=NOON, withdrawn_at=NOON)
    assert [event.kind for event in full.events()] == [Kind.START, Kind.WARNED, Kind.STOP, Kind.WITHDRAWN]


@pytest.mark.parametrize(("hours", "outcome"), [(-1, Outcome.KEPT), (0, Outcome.KEPT), (1, Outcome.BROKEN_SILENT)])
def test_an_act_at_exactly_due_keeps_it(hours: int, outcome: Outcome) -> None:
    assert PROMISE.fulfilled_as(NOON + hours * HOUR) is outcome


def test_an_act_at_24_00_of_the_promised_day_is_late() -> None:
    assert BY_DAY.fulfilled_as(BY_DAY.due_at - timedelta(seconds=1)) is Outcome.KEPT
    assert BY_DAY.fulfilled_as(BY_DAY.due_at) is Outcome.BROKEN_SILENT


def test_only_a_warning_ahead_of_the_due_moment_is_one() -> None:
    assert broken_as(NOON, NOON - 19.5 * HOUR, is_history=False) is Outcome.BROKEN_WARNED
    assert lead_seconds(NOON, NOON - 19.5 * HOUR) == 70_200
    for warned_at in (None, NOON, NOON + HOUR):
        assert lead_seconds(NOON, warned_at) is None
        assert broken_as(NOON, warned_at, is_history=False) is Outcome.BROKEN_SILENT
        assert broken_as(NOON, warned_at, is_history=True) is Outcome.BROKEN_UNRECORDED


def test_it_is_late_after_its_due_moment_and_not_at_it() -> None:
    assert not PROMISE.has_come_due(NOON) and PROMISE.standing(NOON) is Standing.ON_TIME
    assert PROMISE.has_come_due(NOON + timedelta(microseconds=1))
    assert PROMISE.standing(NOON + HOUR) is Standing.LATE


def test_the_next_look_is_when_the_reading_changes_and_just_after_it_is_due_at_the_latest() -> None:
    after = NOON + timedelta(microseconds=1)
    assert next_look(NOON - 9 * HOUR, NOON - 4 * HOUR, NOON) == NOON - 4 * HOUR
    for wakes_at in (None, NOON, NOON + HOUR, NOON - 9 * HOUR):
        assert next_look(NOON - 5 * HOUR, wakes_at, NOON) == after


@given(
    st.booleans(),
    st.one_of(st.none(), st.integers(-3_000, 3_000)),
    st.one_of(st.none(), st.integers(-2_800, 3_000)),
    st.booleans(),
)
def test_the_record_is_judged_as_its_clock_reads(
    by_day: bool, warned: int | None, acted: int | None, is_history: bool
) -> None:
    record = BY_DAY if by_day else PROMISE
    minutes = [None if m is None else record.due_at + timedelta(minutes=m) for m in (warned, acted)]
    record = replace(record, warned_at=minutes[0], acted_at=minutes[1], is_history=is_history)
    if record.acted_at is None or (record.warned_at and record.warned_at > record.acted_at):
        return
    read = read_clock(record.terms(ALWAYS, Policy()), record.events(), at=record.due_at + 9_000 * HOUR)
    assert record.fulfilled_as(record.acted_at) is read.outcome


def test_whoever_may_not_get_it_in_time_hears_so_first() -> None:
    for standing in (Standing.AT_RISK, Standing.LATE):
        assert next_act(standing, is_warned=False) is NextAct.WARN
        assert next_act(standing, is_warned=True) is NextAct.KEEP
    assert next_act(Standing.ON_TIME, is_warned=False) is NextAct.KEEP


def test_i9_a_mailing_is_not_hearing_from_us_whatever_carries_it() -> None:
    for channel in Channel:
        for direction in Direction:
            assert not is_heard(channel, direction, is_mailing=True)
    assert is_heard(Channel.EMAIL, Direction.TO_CUSTOMER, is_mailing=False)
    assert is_heard(Channel.PHONE, Direction.FROM_CUSTOMER, is_mailing=False)
    assert not is_heard(Channel.EMAIL, Direction.FROM_CUSTOMER, is_mailing=False)
