"""Days of business: the same local time on a later working day, and what pauses and changes do to it."""

from goodwill.domain.histories import Event, Kind
from goodwill.domain.targets import (
    BusinessDays,
    Outcome,
    Priority,
)
from tests.domain.desks import happened, on, read, terms


def test_business_days_wait_with_the_customer() -> None:
    events = happened("start 03-02 10:00", "pause 03-03 10:00")
    paused = read(terms(BusinessDays(2)), events, "03-03 12:00")
    assert (paused.due_at, paused.left_seconds, paused.used_seconds) == (None, 8 * 3600, 8 * 3600)
    events += happened("resume 03-03 13:00")
    assert read(terms(BusinessDays(2)), events, "03-03 14:00").due_at == on("03-04 13:00")
    late = read(terms(BusinessDays(2)), events, "03-05 09:00")
    assert (late.outcome, late.left_seconds) == (Outcome.BROKEN_SILENT, -4 * 3600)
    beyond = happened("start 03-02 10:00", "pause 03-02 09:00", "resume 03-02 11:00", "pause 03-05 09:00")
    assert read(terms(BusinessDays(2)), beyond, "03-05 10:00").due_at == on("03-04 11:00")


def test_business_days_resume_after_reopening() -> None:
    solved_while_waiting = happened("start 03-02 10:00", "pause 03-02 12:00", "stop 03-02 13:00", "reopen 03-03 10:00")
    assert read(terms(BusinessDays(2)), solved_while_waiting, "03-03 10:00").due_at is None
    resumed = [*solved_while_waiting, *happened("resume 03-03 11:00")]
    assert read(terms(BusinessDays(2)), resumed, "03-03 11:00").due_at == on("03-04 17:00")
    outlasting = happened(
        "start 03-02 10:00", "pause 03-02 12:00", "stop 03-02 13:00", "resume 03-02 15:00", "reopen 03-03 10:00"
    )
    assert read(terms(BusinessDays(2)), outlasting, "03-03 11:00").due_at == on("03-04 16:00")


def test_business_days_from_a_change_of_priority_count_from_it() -> None:
    change = Event(on("03-03 11:00"), Kind.PRIORITY, target=BusinessDays(1))
    events = [*happened("start 03-02 10:00"), change]
    assert read(terms(BusinessDays(5), priority=Priority.FROM_CHANGE), events, "03-03 12:00").due_at == on(
        "03-04 11:00"
    )
    assert read(terms(BusinessDays(5)), events, "03-03 12:00").due_at == on("03-03 10:00")


def test_business_days_from_a_change_within_a_pause_wait_from_the_change() -> None:
    change = Event(on("03-03 11:00"), Kind.PRIORITY, target=BusinessDays(1))
    events = [*happened("start 03-02 10:00", "pause 03-03 10:00", "resume 03-03 13:00"), change]
    from_change = terms(BusinessDays(5), priority=Priority.FROM_CHANGE)
    assert read(from_change, events, "03-03 14:00").due_at == on("03-04 13:00")
    gone_by = [*happened("start 03-02 10:00", "pause 03-02 11:00", "resume 03-02 12:00"), change]
    assert read(from_change, gone_by, "03-03 14:00").due_at == on("03-04 11:00")


def test_business_days_take_no_notice_of_a_pause_outside_hours() -> None:
    events = happened("start 03-02 10:00", "pause 03-02 18:00", "resume 03-03 08:00")
    assert read(terms(BusinessDays(2)), events, "03-03 14:00").due_at == on("03-04 10:00")


def test_a_closed_hour_of_the_last_business_day_means_the_end_of_its_last_window() -> None:
    start = happened("start 03-06 20:00")
    assert read(terms(BusinessDays(1)), start, "03-06 20:00").due_at == on("03-09 17:00")
