"""The arithmetic of a reading as reason codes and values, for any language to put into sentences."""

from collections.abc import Iterator, Mapping, Sequence

from goodwill.domain.clocks import Clock, Stretch, Wait
from goodwill.domain.histories import Dated, Kind
from goodwill.domain.hours import seconds_of
from goodwill.domain.schedules import Schedule
from goodwill.domain.targets import (
    BusinessDays,
    Day,
    Handover,
    Moment,
    Outcome,
    Priority,
    Reason,
    Reopen,
    Seconds,
    Target,
    Terms,
    Value,
)
from goodwill.domain.windows import moment


def explain(
    terms: Terms,
    clock: Clock,
    history: Sequence[Dated],
    *,
    now: int,
    due: int | None,
    used: int,
    left: int,
    lead: int | None,
    outcome: Outcome,
) -> tuple[Reason, ...]:
    """How a reading came about, in the order of its arithmetic.

    Codes and their values are listed in `goodwill/web/wording_clock.py`, which has a sentence for each.
    """
    wait = clock.waits[-1]
    schedule = clock.schedule
    return (
        *_started(clock, wait),
        *_terms(terms, wait, schedule),
        *_earlier(clock, now),
        *_handovers(terms, history, schedule),
        *_changes(terms, clock),
        *_counted(wait, schedule),
        *_unheeded(clock),
        *_due(wait, schedule, due),
        *_result(wait, schedule, now, used, left, lead, outcome),
    )


def _at(instant: int, schedule: Schedule) -> Value:
    return moment(instant, schedule.calendar_at(instant).zone)


def _target(target: Target, code: str) -> Reason:
    match target:
        case Seconds(seconds):
            return f"{code}_seconds", {"seconds": seconds}
        case BusinessDays(days):
            return f"{code}_business_days", {"days": days}
        case Moment(at):
            return f"{code}_moment", {"at": at}
    return f"{code}_day", {"day": target.on}


def _started(clock: Clock, wait: Wait) -> Iterator[Reason]:
    if not clock.needs_no_start:
        yield "started", {"at": _at(wait.opened, clock.schedule)}


def _terms(terms: Terms, wait: Wait, schedule: Schedule) -> Iterator[Reason]:
    yield _target(terms.target, "target")
    piece = schedule.piece_at(wait.opened)
    values: Mapping[str, Value] = {"zone": piece.calendar.zone.key, "name": piece.calendar.name}
    if piece.since is not None:
        yield "calendar_since", {**values, "day": piece.since}
    elif piece.calendar.name:
        yield "calendar_named", values
    else:
        yield "calendar", values
    if terms.policy.version:
        yield "policy_version", {"version": terms.policy.version}


def _earlier(clock: Clock, now: int) -> Iterator[Reason]:
    """Waits before this one, by whether they were kept."""
    kept = sum(not wait.is_missed(now) for wait in clock.waits[:-1])
    missed = len(clock.waits) - 1 - kept
    if kept:
        yield "earlier_waits_kept", {"count": kept}
    if missed:
        yield "earlier_waits_missed", {"count": missed}
    if clock.waits[-1].again:
        yield "reopened_restart", {"at": _at(clock.waits[-1].opened, clock.schedule)}


def _handovers(terms: Terms, history: Sequence[Dated], schedule: Schedule) -> Iterator[Reason]:
    code = {
        Handover.PIECEWISE: "handed_over_piecewise",
        Handover.FIRST: "handed_over_first",
        Handover.LAST: "handed_over_last",
    }[terms.policy.handover]
    for at, event in history:
        if event.kind is Kind.HANDOVER and event.schedule is not None:
            yield code, {"at": _at(at, schedule), "zone": event.schedule.calendar_at(at).zone.key}
        if event.kind is Kind.REOPEN and terms.policy.reopen is Reopen.TOTAL:
            yield "reopened_total", {"at": _at(at, schedule)}


def _changes(terms: Terms, clock: Clock) -> Iterator[Reason]:
    schedule = clock.schedule
    for at, target, due in clock.changes:
        if due is None:
            yield "target_changed", {"at": _at(at, schedule)}
        else:
            yield "target_changed_from_due", {"at": _at(at, schedule), "due": _at(due, schedule)}
        yield _target(target, "new_target")
        if terms.policy.priority is Priority.FROM_CHANGE:
            yield "counts_from_change", {"at": _at(at, schedule)}


def _counted(wait: Wait, schedule: Schedule) -> Iterator[Reason]:
    if isinstance(wait.target, Moment | Day):
        return
    steps: list[tuple[int, Reason]] = []
    for stretch in wait.ran:
        windows = len(schedule.spans(stretch.begins, stretch.ends))
        steps.append((stretch.begins, ("counted", _stretch(stretch, schedule) | {"windows": windows})))
    for pause in wait.paused:
        code = "paused_by" if pause.by else "paused"
        steps.append((pause.begins, (code, _stretch(pause, schedule) | {"by": pause.by})))
    for gap in wait.stopped:
        steps.append((gap.begins, ("stopped_between", _stretch(gap, schedule))))
    yield from (reason for _, reason in sorted(steps, key=lambda step: step[0]))


def _stretch(stretch: Stretch, schedule: Schedule) -> dict[str, Value]:
    return {
        "begin": _at(stretch.begins, schedule),
        "end": _at(stretch.ends, schedule),
        "seconds": seconds_of(stretch.spent),
    }


def _unheeded(clock: Clock) -> Iterator[Reason]:
    for at, event in clock.unheeded:
        yield f"unheeded_{event.kind}", {"at": _at(at, clock.schedule)}


def _due(wait: Wait, schedule: Schedule, due: int | None) -> Iterator[Reason]:
    if due is None:
        since = wait.opened if wait.paused_since is None else wait.paused_since
        if wait.paused_by:
            yield "still_paused_by", {"since": _at(since, schedule), "by": wait.paused_by}
        else:
            yield "still_paused", {"since": _at(since, schedule)}
    elif isinstance(wait.target, Day):
        yield "due_end_of_day", {"day": wait.target.on}
    else:
        yield "due", {"at": _at(due, schedule)}


def _result(
    wait: Wait, schedule: Schedule, now: int, used: int, left: int, lead: int | None, outcome: Outcome
) -> Iterator[Reason]:
    if left >= 0:
        yield "used_and_left", {"used": seconds_of(used), "left": seconds_of(left)}
    else:
        yield "used_and_over", {"used": seconds_of(used), "over": seconds_of(-left)}
    if wait.warned is not None:
        if lead is None:
            yield "warned", {"at": _at(wait.warned, schedule)}
        else:
            yield "warned_ahead", {"at": _at(wait.warned, schedule), "seconds": seconds_of(lead)}
    if wait.ended is not None:
        code = "withdrawn_at" if wait.was_withdrawn else "answered_at"
        yield code, {"at": _at(wait.ended, schedule)}
    yield f"outcome_{outcome}", {"at": _at(now, schedule)}
