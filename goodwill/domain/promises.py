"""Is a promise kept: the reading of its clock at a moment, with the arithmetic that led there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from goodwill.domain.clocks import Clock, Wait, run
from goodwill.domain.explanations import explain
from goodwill.domain.histories import Dated, Event, Kind, ordered, without_passing_stops
from goodwill.domain.hours import HoursError, seconds_of
from goodwill.domain.schedules import Schedule
from goodwill.domain.targets import (
    BusinessDays,
    Day,
    Handover,
    LateRule,
    Moment,
    Outcome,
    Reason,
    Seconds,
    Standing,
    Terms,
)
from goodwill.domain.windows import EPOCH, SECOND, micros, moment


@dataclass(frozen=True)
class Reading:
    """What a promise's clock says at a moment.

    `due_at` is in the zone of the calendar then in force, None while a pause (or a start yet to come) leaves it open;
    `used_seconds` and `left_seconds` are working time, or wall-clock time for a moment or day; left may be negative,
    and is None where nothing has begun. `standing` is set while it is still owed. `warned_lead_seconds` is wall-clock,
    from the first warning to the due moment, None without a warning ahead of it. `misses` counts every wait that was
    missed, this one included. `wakes_at` is when the reading changes next if nothing happens, in UTC.
    `used_in_all_seconds` sums all waits (every hand-over of an internal request, say).
    """

    due_at: datetime | None
    used_seconds: float
    left_seconds: float | None
    outcome: Outcome
    standing: Standing | None
    warned_lead_seconds: float | None
    misses: int
    wakes_at: datetime | None
    used_in_all_seconds: float
    explanation: tuple[Reason, ...]


def read_clock(terms: Terms, events: Iterable[Event], *, at: datetime) -> Reading:
    """Read a promise's clock: the same answer for the same events in any order, ignoring all later than `at`.

    Raises HoursError for a naive moment, a target that is not above zero, and a calendar that closes for good before
    the target is used up.
    """
    if at.utcoffset() is None:
        raise HoursError("at", "needs an offset from UTC")
    _check(terms)
    now = micros(at)
    history = ordered(events, terms.policy, at=now)
    schedule = _schedule(terms, history)
    clock = run(terms, schedule, without_passing_stops(history, terms.policy), at=now)
    wait = clock.wait
    if wait is None:
        return _not_begun(history)
    due = wait.due_as_stopped if wait.ended is not None else wait.due(schedule)
    used, left = _used_and_left(wait, due, schedule, now)
    lead = None if wait.warned is None or due is None or wait.warned >= due else due - wait.warned
    outcome = _outcome(terms, clock, now)
    standing, wakes = _standing(terms, wait, due, left, schedule, now)
    return Reading(
        due_at=None if due is None else _shown(due, wait, schedule),
        used_seconds=seconds_of(used),
        left_seconds=seconds_of(left),
        outcome=outcome,
        standing=standing,
        warned_lead_seconds=None if lead is None else seconds_of(lead),
        misses=sum(past.is_missed(now) for past in clock.waits),
        wakes_at=None if wakes is None else EPOCH + timedelta(microseconds=wakes),
        used_in_all_seconds=seconds_of(used + sum(past.spent for past in clock.waits[:-1])),
        explanation=explain(terms, clock, history, now=now, due=due, used=used, left=left, lead=lead, outcome=outcome),
    )


def is_late(promised: datetime | date, acted: datetime, *, zone: ZoneInfo, rule: LateRule) -> bool:
    """Whether an act came late: after the promised local day, or after the promised moment, by the rule.

    A promised day under the moment rule ends at its 24:00, and an act at 24:00 sharp is late; a promised moment under
    the day rule stands for its local day in the zone. Raises HoursError for naive moments.
    """
    if acted.utcoffset() is None:
        raise HoursError("acted", "needs an offset from UTC")
    if isinstance(promised, datetime):
        if promised.utcoffset() is None:
            raise HoursError("promised", "needs an offset from UTC")
        if rule is LateRule.MOMENT:
            return micros(acted) > micros(promised)
        return acted.astimezone(zone).date() > promised.astimezone(zone).date()
    return acted.astimezone(zone).date() > promised


def settle(
    promised: datetime | date,
    acted: datetime | None,
    *,
    zone: ZoneInfo,
    rule: LateRule,
    withdrawn: bool = False,
    warned: datetime | None = None,
    warnings_recorded: bool = False,
) -> Outcome:
    """The outcome of a promise from a record that holds little more than its moments.

    Withdrawn stands above all; without an act it is open, however long ago it was due: the record does not say. A
    broken one is silent only if warnings would have been recorded, else unrecorded.
    """
    if withdrawn:
        return Outcome.WITHDRAWN
    if acted is None:
        return Outcome.OPEN
    if not is_late(promised, acted, zone=zone, rule=rule):
        return Outcome.KEPT
    if warned is not None and not is_late(promised, warned, zone=zone, rule=rule):
        return Outcome.BROKEN_WARNED
    return Outcome.BROKEN_SILENT if warnings_recorded else Outcome.BROKEN_UNRECORDED


def _check(terms: Terms) -> None:
    match terms.target:
        case Seconds(amount) | BusinessDays(amount) if not amount > 0:
            raise HoursError("target", "must be above zero")
        case Moment(at) if at.utcoffset() is None:
            raise HoursError("target.moment", "needs an offset from UTC")


def _schedule(terms: Terms, history: list[Dated]) -> Schedule:
    """The calendars that count, hand-overs included as the policy says."""
    handed = [(at, event.schedule) for at, event in history if event.kind is Kind.HANDOVER]
    schedule = terms.schedule
    for at, other in handed:
        if other is None or terms.policy.handover is Handover.FIRST:
            continue
        schedule = other if terms.policy.handover is Handover.LAST else schedule.then(at, other)
    return schedule


def _shown(due: int, wait: Wait, schedule: Schedule) -> datetime:
    zone = schedule.calendar_at(due).zone
    if isinstance(wait.target, Day) and wait.target.zone is not None:
        zone = wait.target.zone
    return moment(due, zone)


def _not_begun(history: list[Dated]) -> Reading:
    """Nothing is owed yet: no start and no message is known."""
    withdrawn = any(event.kind is Kind.WITHDRAWN for _, event in history)
    return Reading(
        due_at=None,
        used_seconds=0,
        left_seconds=None,
        outcome=Outcome.WITHDRAWN if withdrawn else Outcome.OPEN,
        standing=None if withdrawn else Standing.ON_TIME,
        warned_lead_seconds=None,
        misses=0,
        wakes_at=None,
        used_in_all_seconds=0,
        explanation=(("not_begun", {}),),
    )


def _used_and_left(wait: Wait, due: int | None, schedule: Schedule, now: int) -> tuple[int, int]:
    """Microseconds used and left, of working time or, for a moment or a day, of the wall clock."""
    read = now if wait.ended is None else wait.ended
    if isinstance(wait.target, Seconds):
        return wait.spent, wait.goal() - wait.spent
    if isinstance(wait.target, BusinessDays):
        # while paused: what would be left if it went on now
        due = wait.due_if_resumed(schedule, read) if due is None else due
        return wait.spent, schedule.spent(read, due) if due >= read else -schedule.spent(due, read)
    assert due is not None  # noqa: S101  a pause never moves the wall clock
    return read - wait.opened, due - read


def _outcome(terms: Terms, clock: Clock, now: int) -> Outcome:
    wait = clock.waits[-1]
    judged = [wait]
    for earlier, later in zip(reversed(clock.waits[:-1]), reversed(clock.waits), strict=False):
        if not later.again:
            break
        judged.append(earlier)
    missed = [past for past in judged if past.is_missed(now)]
    if missed:
        # the first miss is the one the customer met
        first = missed[-1]
        if first.warned is not None and first.came_due is not None and first.warned < first.came_due:
            return Outcome.BROKEN_WARNED
        return Outcome.BROKEN_SILENT if terms.warnings_recorded else Outcome.BROKEN_UNRECORDED
    if wait.ended is None:
        return Outcome.OPEN
    return Outcome.WITHDRAWN if wait.was_withdrawn else Outcome.KEPT


def _standing(
    terms: Terms, wait: Wait, due: int | None, left: int, schedule: Schedule, now: int
) -> tuple[Standing | None, int | None]:
    """How an unfulfilled promise stands, and the instant at which that changes by itself."""
    if wait.ended is not None:
        return None, None
    if wait.is_missed(now):
        return Standing.LATE, None
    if due is not None and due <= now:
        return Standing.AT_RISK, now + 1  # due this very moment: the next one finds it broken
    risk = round(terms.policy.risk_seconds(_target_seconds(wait, due, left)) * SECOND)
    if terms.depends_late or left <= risk:
        return Standing.AT_RISK, due
    if due is None:
        return Standing.ON_TIME, None
    if isinstance(wait.target, Seconds | BusinessDays):
        return Standing.ON_TIME, schedule.reach(now, left - risk)
    return Standing.ON_TIME, due - risk


def _target_seconds(wait: Wait, due: int | None, left: int) -> float:
    if isinstance(wait.target, Seconds):
        return wait.target.seconds
    if isinstance(wait.target, BusinessDays):
        return (wait.spent - wait.counted_before + left) / SECOND
    assert due is not None  # noqa: S101  a pause never moves the wall clock
    return (due - wait.opened) / SECOND
