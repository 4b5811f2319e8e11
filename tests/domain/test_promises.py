"""What fulfils a promise, what does not, what heals it (nothing), and what other desks' own figures say."""

import random
from datetime import date, datetime, timedelta

import pytest

from goodwill.domain.histories import Event, Kind
from goodwill.domain.hours import HoursError
from goodwill.domain.promises import read_clock
from goodwill.domain.schedules import Piece, Schedule, schedule_of, versions
from goodwill.domain.targets import (
    BusinessDays,
    Day,
    Metric,
    Moment,
    Outcome,
    Policy,
    Reopen,
    Seconds,
    Standing,
    Terms,
)
from goodwill.domain.windows import micros
from tests.domain.desks import NEW_YORK, B, desk, happened, on, read, terms


@pytest.mark.parametrize("kind", ["internal_note", "auto_reply", "out_of_office", "bot"])
def test_nothing_but_a_persons_answer_fulfils(kind: str) -> None:
    reading = read(terms(60), happened("start 03-04 09:00", f"{kind} 03-04 09:05"), "03-04 12:00")
    assert (reading.outcome, reading.standing) == (Outcome.BROKEN_SILENT, Standing.LATE)
    assert f"unheeded_{kind}" in dict(reading.explanation)


def test_our_own_opening_words_on_a_case_we_opened_do_not_fulfil() -> None:
    events = [Event(on("03-04 09:00"), Kind.START, by="agent"), *happened("reply 03-04 09:00")]
    assert read(terms(60), events, "03-04 09:30").outcome is Outcome.OPEN
    assert read(terms(60), [*events, *happened("reply 03-04 09:10")], "03-04 09:30").outcome is Outcome.KEPT


def test_a_reply_saved_with_a_pause_fulfils_first() -> None:
    events = happened("start 03-04 09:00", "pause 03-04 09:30", "reply 03-04 09:30")
    reading = read(terms(60), events, "03-04 18:00")
    assert (reading.outcome, reading.due_at) == (Outcome.KEPT, on("03-04 10:00"))


def test_a_hold_ended_and_a_case_solved_in_one_save_keeps_the_hold() -> None:
    events = happened("start 03-04 09:00", "pause 03-04 09:30", "resume 03-04 16:00", "stop 03-04 16:00")
    reading = read(terms(60), events, "03-04 18:00")
    assert (reading.outcome, reading.used_seconds) == (Outcome.KEPT, 1800)


def test_a_pause_after_the_breach_does_not_heal_it() -> None:
    events = happened("start 03-04 09:00", "pause 03-04 10:30", "resume 03-04 16:00", "stop 03-04 16:10")
    assert read(terms(60), events, "03-04 18:00").outcome is Outcome.BROKEN_SILENT
    assert read(terms(60), events, "03-04 18:00").due_at == on("03-04 10:00")


def test_an_act_at_exactly_due_is_kept_and_one_a_moment_later_is_not() -> None:
    start = Event(on("03-04 09:00"), Kind.START)
    in_time = Event(on("03-04 10:00"), Kind.STOP)
    too_late = Event(on("03-04 10:00") + timedelta(microseconds=1), Kind.STOP)
    assert read(terms(60), [start, in_time], "03-05 09:00").outcome is Outcome.KEPT
    assert read(terms(60), [start, too_late], "03-05 09:00").outcome is Outcome.BROKEN_SILENT


def test_time_used_up_at_closing_leaves_no_time_until_the_next_morning() -> None:
    events = happened("start 03-06 16:00", "stop 03-07 11:00")
    reading = read(terms(60), events, "03-09 09:00")
    assert (reading.due_at, reading.left_seconds, reading.outcome) == (on("03-06 17:00"), 0, Outcome.BROKEN_SILENT)


def test_without_an_act_it_is_open_at_due_and_broken_the_moment_after() -> None:
    start = happened("start 03-04 09:00")
    at_due = read(terms(60), start, "03-04 10:00")
    assert (at_due.outcome, at_due.standing, at_due.left_seconds) == (Outcome.OPEN, Standing.AT_RISK, 0)
    assert at_due.wakes_at == on("03-04 10:00") + timedelta(microseconds=1)
    after = read_clock(terms(60), start, at=at_due.wakes_at)
    assert (after.outcome, after.standing, after.wakes_at) == (Outcome.BROKEN_SILENT, Standing.LATE, None)


def test_a_merge_keeps_the_earliest_start() -> None:
    merge = Event(on("03-04 11:00"), Kind.MERGE, started_at=on("03-04 09:00"))
    events = [*happened("start 03-04 10:00"), merge]
    assert read(terms(240), events, "03-04 10:30").due_at == on("03-04 14:00")
    assert read(terms(240), events, "03-04 11:00").due_at == on("03-04 13:00")
    later = Event(on("03-04 11:00"), Kind.MERGE, started_at=on("03-04 10:30"))
    assert read(terms(240), [*happened("start 03-04 10:00"), later], "03-04 12:00").due_at == on("03-04 14:00")
    bare = [*happened("start 03-04 10:00", "merge 03-04 11:00", "reply 03-04 09:00")]
    assert read(terms(240), bare, "03-04 12:00").due_at == on("03-04 14:00")


def test_a_split_starts_its_own_clock() -> None:
    events = happened("start 03-04 09:00", "pause 03-04 10:00", "split 03-04 11:00")
    assert read(terms(60), events, "03-04 11:30").due_at == on("03-04 12:00")


def test_a_late_mail_counts_from_its_receipt_unless_the_clause_says_otherwise() -> None:
    mail = Event(on("03-04 11:00"), Kind.CUSTOMER_MESSAGE, dated_at=on("03-04 09:00"))
    assert read(terms(60), [mail], "03-04 11:30").due_at == on("03-04 12:00")
    assert read(terms(60, retroactive_start=True), [mail], "03-04 11:30").due_at == on("03-04 10:00")
    pause = Event(on("03-04 11:00"), Kind.PAUSE, dated_at=on("03-04 10:00"))
    events = [*happened("start 03-04 09:00", "resume 03-04 12:00"), pause]
    assert read(terms(240), events, "03-04 12:30").due_at == on("03-04 14:00")
    assert read(terms(240, retroactive_pause=True), events, "03-04 12:30").due_at == on("03-04 15:00")


def test_todays_edit_of_holidays_or_targets_does_not_rejudge_yesterday() -> None:
    from_monday = desk("09:00-12:00")
    schedule = versions([(None, B), (date(2026, 3, 9), from_monday)])
    closed_before = read(terms(120, schedule), happened("start 03-05 14:00", "stop 03-05 16:00"), "03-20 09:00")
    assert closed_before.outcome is Outcome.KEPT
    across = read(terms(240, schedule), happened("start 03-06 15:00"), "03-06 15:00")
    assert across.due_at == on("03-09 11:00")
    change = Event(on("03-05 17:00"), Kind.PRIORITY, target=Seconds(60))
    after = read(terms(120), [*happened("start 03-05 14:00", "stop 03-05 16:00"), change], "03-20 09:00")
    assert after.outcome is Outcome.KEPT
    assert read(terms(60), [*happened("start 03-05 09:00"), change], "03-05 18:00").due_at == on("03-05 10:00")


def test_two_readers_in_two_zones_read_the_same_instant() -> None:
    start = happened("start 03-04 09:00")
    here = read_clock(terms(60), start, at=on("03-04 09:30"))
    there = read_clock(terms(60), start, at=on("03-04 09:30").astimezone(NEW_YORK))
    assert (here.due_at, here.used_seconds, here.wakes_at) == (there.due_at, there.used_seconds, there.wakes_at)


def test_events_in_any_order_give_one_reading() -> None:
    events = happened(
        "start 03-04 09:00", "pause 03-04 10:00", "customer_message 03-04 10:30", "resume 03-04 10:30",
        "warned 03-04 11:00", "stop 03-04 12:00", "reopen 03-05 09:00", "internal_note 03-05 09:30",
    )  # fmt: skip
    rng = random.Random(7)
    readings = set()
    for _ in range(20):
        rng.shuffle(events)
        readings.add(str(read(terms(240), events, "03-05 10:00")))
    assert len(readings) == 1


def test_what_happens_after_the_reading_is_not_known_yet() -> None:
    events = happened("start 03-04 09:00", "stop 03-04 09:30")
    assert read(terms(60), events, "03-04 09:10").outcome is Outcome.OPEN
    before = read(terms(60), events, "03-04 08:00")
    assert (before.outcome, before.due_at, before.left_seconds) == (Outcome.OPEN, None, None)


def test_a_warning_is_honest_only_ahead_of_time_and_resets_nothing() -> None:
    warned = happened("start 03-04 09:00", "warned 03-04 11:00", "warned 03-04 12:30", "stop 03-05 09:30")
    reading = read(terms(240), warned, "03-06 09:00")
    assert (reading.outcome, reading.warned_lead_seconds) == (Outcome.BROKEN_WARNED, 7200)
    assert reading.due_at == on("03-04 13:00")
    too_late = happened("start 03-04 09:00", "warned 03-04 13:00", "stop 03-05 09:30")
    reading = read(terms(240), too_late, "03-06 09:00")
    assert (reading.outcome, reading.warned_lead_seconds) == (Outcome.BROKEN_SILENT, None)
    assert "warned" in dict(reading.explanation)


def test_the_lead_of_a_warning_runs_over_the_night() -> None:
    """Thursday's noon, told on Wednesday at 16:30: 19.5 hours ahead."""
    reading = read(terms(Moment(on("03-05 12:00"))), happened("warned 03-04 16:30"), "03-05 18:00")
    assert (reading.outcome, reading.warned_lead_seconds) == (Outcome.BROKEN_WARNED, 19.5 * 3600)


def test_history_without_a_trace_of_warnings_is_never_called_silent() -> None:
    given = Terms(Seconds(3600), schedule_of(B), warnings_recorded=False)
    assert read(given, happened("start 03-04 09:00"), "03-05 09:00").outcome is Outcome.BROKEN_UNRECORDED


def test_consent_withdraws_a_promise_but_not_a_miss() -> None:
    agreed = happened("start 03-04 09:00", "withdrawn 03-04 09:30", "stop 03-04 12:00", "reopen 03-04 13:00")
    reading = read(terms(60), agreed, "03-05 09:00")
    assert (reading.outcome, reading.standing, reading.misses) == (Outcome.WITHDRAWN, None, 0)
    too_late = happened("start 03-04 09:00", "withdrawn 03-04 10:30")
    assert read(terms(60), too_late, "03-05 09:00").outcome is Outcome.BROKEN_SILENT
    never_begun = read(terms(60), happened("withdrawn 03-04 09:30"), "03-05 09:00")
    assert (never_begun.outcome, never_begun.standing) == (Outcome.WITHDRAWN, None)


def test_a_promised_day_lasts_until_2400_and_an_act_at_2400_is_late() -> None:
    given = terms(Day(date(2026, 3, 5)))
    assert read(given, [], "03-05 12:00").due_at == on("03-06 00:00")
    for moment, outcome in (("03-05 23:59:59", Outcome.KEPT), ("03-06 00:00", Outcome.BROKEN_SILENT)):
        reading = read(given, happened(f"stop {moment}"), "03-07 09:00")
        assert reading.outcome is outcome
        assert ("due_end_of_day", {"day": date(2026, 3, 5)}) in reading.explanation
    far = read(terms(Day(date(2026, 3, 5), NEW_YORK)), happened("start 03-04 09:00"), "03-05 12:00")
    assert far.due_at == on("03-06 00:00", NEW_YORK)
    called_off = happened("withdrawn 03-06 00:00")
    assert read(given, called_off, "03-07 09:00").outcome is Outcome.WITHDRAWN


def test_a_promised_moment_takes_no_notice_of_hours_and_pauses() -> None:
    events = happened("start 03-05 12:00", "pause 03-05 13:00")
    reading = read(terms(Moment(on("03-08 12:00"))), events, "03-06 12:00")
    assert (reading.due_at, reading.used_seconds, reading.left_seconds) == (on("03-08 12:00"), 86_400, 2 * 86_400)
    assert reading.wakes_at == on("03-07 18:00")  # a quarter of three days before it is due


def test_at_risk_is_a_share_of_the_target_and_four_hours_at_least() -> None:
    start = happened("start 03-02 09:00")
    for minutes, wakes in ((40 * 60, "03-05 15:00"), (8 * 60, "03-02 13:00")):
        reading = read(terms(minutes), start, "03-02 09:00")
        assert (reading.standing, reading.wakes_at) == (Standing.ON_TIME, on(wakes))
        there = read_clock(terms(minutes), start, at=on(wakes))
        assert (there.standing, there.wakes_at) == (Standing.AT_RISK, there.due_at)
    assert read(terms(60), start, "03-02 09:00").standing is Standing.AT_RISK
    assert read(terms(60, at_risk_cap_share=0.5), start, "03-02 09:00").wakes_at == on("03-02 09:30")


def test_a_promise_is_at_risk_when_what_it_depends_on_is_late() -> None:
    given = Terms(Seconds(40 * 3600), schedule_of(B), depends_late=True)
    reading = read(given, happened("start 03-02 09:00"), "03-02 09:00")
    assert (reading.standing, reading.wakes_at) == (Standing.AT_RISK, on("03-06 17:00"))


def test_a_running_pause_leaves_the_due_time_open_and_says_whom_we_wait_for() -> None:
    events = [*happened("start 03-02 09:00"), Event(on("03-02 10:00"), Kind.PAUSE, by="customer")]
    reading = read(terms(40 * 60), events, "03-02 12:00")
    assert (reading.due_at, reading.wakes_at, reading.standing) == (None, None, Standing.ON_TIME)
    assert ("still_paused_by", {"since": on("03-02 10:00"), "by": "customer"}) in reading.explanation
    resumed = read(terms(40 * 60), [*events, *happened("resume 03-02 11:00")], "03-02 12:00")
    assert dict(resumed.explanation)["paused_by"]["by"] == "customer"
    assert dict(read(terms(60), happened("pause 03-02 08:00", "start 03-02 09:00"), "03-02 10:00").explanation)[
        "still_paused"
    ] == {"since": on("03-02 09:00")}


def test_a_case_solved_while_paused_is_due_when_the_pause_would_have_ended() -> None:
    events = happened("start 03-04 09:00", "pause 03-04 10:00", "stop 03-04 11:00", "pause 03-04 11:30")
    assert read(terms(120), events, "03-04 12:00").due_at is None
    events += happened("resume 03-04 12:00", "resume 03-04 13:00", "resume 03-04 13:30")
    reading = read(terms(120), events, "03-04 14:00")
    assert (reading.due_at, reading.outcome, reading.used_seconds) == (on("03-04 14:00"), Outcome.KEPT, 3600)


def test_a_start_after_the_first_message_begins_nothing_anew() -> None:
    assert read(terms(60), happened("customer_message 03-04 09:00", "start 03-04 09:20"), "03-04 09:30").due_at == on(
        "03-04 10:00"
    )


def test_a_start_after_the_answer_is_a_new_instance_but_of_what_is_answered_once() -> None:
    events = happened("start 03-04 09:00", "stop 03-04 09:30", "start 03-05 09:00")
    second = read(terms(60), events, "03-05 09:15")
    assert (second.due_at, second.used_seconds, second.used_in_all_seconds) == (on("03-05 10:00"), 900, 2700)
    assert read(terms(60, metric=Metric.FIRST_RESOLUTION), events, "03-05 09:15").outcome is Outcome.KEPT


def test_a_new_target_before_anything_begins_is_the_target() -> None:
    change = Event(on("03-04 08:00"), Kind.PRIORITY, target=Seconds(3600))
    idle = Event(on("03-04 08:30"), Kind.PRIORITY)
    events = [change, idle, *happened("start 03-04 09:00")]
    assert read(terms(240), events, "03-04 09:00").due_at == on("03-04 10:00")
    while_paused = [*happened("start 03-04 09:00", "pause 03-04 10:00"), Event(on("03-04 11:00"), Kind.PRIORITY,
                    target=Seconds(1800))]  # fmt: skip
    assert read(terms(240), while_paused, "03-04 12:00").due_at == on("03-04 09:30")


def test_first_metrics_are_answered_once_and_reopening_changes_nothing() -> None:
    events = happened("start 03-04 09:00", "reply 03-04 09:30", "stop 03-04 11:30", "reopen 03-04 14:00",
                      "customer_message 03-04 14:00")  # fmt: skip
    first = read(terms(60, metric=Metric.FIRST_REPLY), events, "03-05 09:00")
    assert (first.outcome, first.used_seconds) == (Outcome.KEPT, 1800)
    resolution = read(terms(60, metric=Metric.FIRST_RESOLUTION), events, "03-05 09:00")
    assert (resolution.outcome, resolution.used_seconds) == (Outcome.BROKEN_SILENT, 9000)
    total = read(terms(240, metric=Metric.RESOLUTION), events, "03-04 15:00")
    assert (total.outcome, total.due_at) == (Outcome.OPEN, on("03-04 15:30"))


def test_each_wait_for_a_reply_is_its_own_and_earlier_ones_are_told() -> None:
    events = happened(
        "customer_message 03-04 09:00", "reply 03-04 09:30", "customer_message 03-04 10:00", "reply 03-04 12:00",
        "customer_message 03-04 13:00", "warned 03-04 13:10",
    )  # fmt: skip
    reading = read(terms(60, metric=Metric.NEXT_REPLY), events, "03-04 13:30")
    assert (reading.outcome, reading.misses, reading.due_at) == (Outcome.OPEN, 1, on("03-04 14:00"))
    assert dict(reading.explanation)["earlier_waits_kept"] == {"count": 1}
    assert dict(reading.explanation)["earlier_waits_missed"] == {"count": 1}
    solved = happened("customer_message 03-04 09:00", "stop 03-04 09:30", "customer_message 03-04 10:00")
    assert read(terms(60, metric=Metric.NEXT_REPLY), solved, "03-04 10:30").outcome is Outcome.OPEN
    assert read(terms(60), solved, "03-04 10:30").outcome is Outcome.KEPT


def test_a_restart_does_not_heal_a_miss() -> None:
    events = happened("start 03-04 09:00", "stop 03-04 11:00", "reopen 03-05 09:00", "start 03-05 09:10")
    reading = read(terms(60, reopen=Reopen.RESTART), events, "03-05 09:30")
    assert (reading.outcome, reading.misses, reading.due_at) == (Outcome.BROKEN_SILENT, 1, on("03-05 10:00"))
    ahead = [*events, *happened("warned 03-04 09:30")]
    assert read(terms(60, reopen=Reopen.RESTART), ahead, "03-05 09:30").outcome is Outcome.BROKEN_WARNED


def test_stray_events_change_nothing() -> None:
    events = happened("pause 03-04 07:00", "resume 03-04 07:30", "reply 03-04 08:00",
                      "resume 03-04 08:10", "reopen 03-04 08:20", "stop 03-04 08:30",
                      "warned 03-04 08:30", "start 03-04 09:00", "handover 03-04 09:10")  # fmt: skip
    assert read(terms(60), events, "03-04 09:30").due_at == on("03-04 10:00")


def test_a_handover_takes_the_versions_of_the_new_calendar_along() -> None:
    later = Schedule((Piece(0, desk("09:00-12:00")), Piece(micros(on("03-06 00:00")), B, date(2026, 3, 6))))
    events = [*happened("start 03-04 16:00"), Event(on("03-05 10:00"), Kind.HANDOVER, schedule=later)]
    assert read(terms(6 * 60), events, "03-05 10:00").due_at == on("03-06 11:00")


def test_nonsense_is_refused_by_name() -> None:
    start = happened("start 03-04 09:00")
    naive = datetime(2026, 3, 4, 9)
    for given, events, at, field in (
        (terms(60), start, naive, "at"),
        (terms(60), [Event(naive, Kind.START)], on("03-04 09:00"), "events.at"),
        (terms(0), start, on("03-04 09:00"), "target"),
        (terms(BusinessDays(-1)), start, on("03-04 09:00"), "target"),
        (terms(Moment(naive)), start, on("03-04 09:00"), "target.moment"),
    ):
        with pytest.raises(HoursError) as refusal:
            read_clock(given, events, at=at)
        assert refusal.value.field == field


def test_the_explanation_names_versions_of_calendar_and_policy() -> None:
    schedule = versions([(date(2026, 1, 1), B), (date(2025, 1, 1), desk("10:00-16:00"))])
    given = Terms(Seconds(3600), schedule, Policy(version="2026-02"))
    told = dict(read(given, happened("start 03-04 09:00"), "03-04 09:30").explanation)
    assert told["calendar_since"]["day"] == date(2026, 1, 1)
    assert told["policy_version"] == {"version": "2026-02"}
