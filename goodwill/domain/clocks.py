"""The clock itself: one pass over the events of a promise, in integers, from its start to now.

Each wait for an answer is a run of its own: what was counted, what was paused, when it came due, how it ended.
A due moment that has been reached stands for good: nothing that happens later can heal a miss.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from goodwill.domain.histories import NEVER_FULFILS, Dated, Event, Kind
from goodwill.domain.schedules import Schedule
from goodwill.domain.targets import (
    BusinessDays,
    Day,
    Metric,
    Moment,
    Priority,
    Reopen,
    Seconds,
    Target,
    Terms,
)
from goodwill.domain.windows import SECOND, instant_of, local_midnight, micros

_ONCE = (Metric.FIRST_REPLY, Metric.FIRST_RESOLUTION)
_BY_STOP_ONLY = (Metric.FIRST_RESOLUTION, Metric.RESOLUTION)


@dataclass(frozen=True)
class Stretch:
    """A time the clock ran (or was paused), from instant to instant, and the open microseconds in it."""

    begins: int
    ends: int
    spent: int
    by: str = ""


@dataclass
class Wait:
    """One wait: from a start or an unanswered message to what fulfilled it. All moments are instants.

    `came_due` is set once the due moment has been reached and is final; `due_as_stopped` is where an act in time would
    have been due. `again` marks a wait that a reopening began anew: a miss before it still counts against the promise.
    """

    opened: int
    target: Target
    counts_from: int
    again: bool = False
    counted_before: int = 0
    ran: list[Stretch] = field(default_factory=list)
    paused: list[Stretch] = field(default_factory=list)
    stopped: list[Stretch] = field(default_factory=list)
    running_since: int | None = None
    paused_since: int | None = None
    paused_by: str = ""
    came_due: int | None = None
    due_as_stopped: int | None = None
    ended: int | None = None
    ended_by: Event | None = None
    warned: int | None = None

    @property
    def was_withdrawn(self) -> bool:
        """Whether the customer's consent or a cancellation ended it, in time or not."""
        return self.ended_by is not None and self.ended_by.kind is Kind.WITHDRAWN

    @property
    def spent(self) -> int:
        """Open microseconds counted so far."""
        return sum(stretch.spent for stretch in self.ran)

    def goal(self) -> int:
        """For working seconds: the count at which the wait is due."""
        assert isinstance(self.target, Seconds)  # noqa: S101  asked of no other target
        return self.counted_before + round(self.target.seconds * SECOND)

    def due(self, schedule: Schedule) -> int | None:
        """When it is due; None while a pause keeps that open."""
        if self.came_due is not None:
            return self.came_due
        if isinstance(self.target, Seconds):
            rest = self.goal()
            for stretch in self.ran:
                if stretch.spent >= rest:
                    return schedule.reach(stretch.begins, rest)
                rest -= stretch.spent
            return None if self.running_since is None else schedule.reach(self.running_since, rest)
        if isinstance(self.target, BusinessDays):
            due = self._after_days(self.target, schedule, (*self.paused, *self.stopped))
            return None if self.paused_since is not None and self.paused_since < due else due
        return fixed_due(self.target, schedule, self.opened)

    def due_if_resumed(self, schedule: Schedule, at: int) -> int:
        """For a paused wait of business days: when it would be due if the pause ended at `at`."""
        assert isinstance(self.target, BusinessDays) and self.paused_since is not None  # noqa: S101
        pause = Stretch(self.paused_since, at, schedule.spent(self.paused_since, at))
        return self._after_days(self.target, schedule, (*self.paused, *self.stopped, pause))

    def _after_days(self, target: BusinessDays, schedule: Schedule, gaps: Sequence[Stretch]) -> int:
        due = schedule.after_business_days(self.counts_from, target.days)
        for gap in sorted(gaps, key=lambda stretch: stretch.begins):
            # of a pause that began before the count did, only what lies within it
            begins = max(gap.begins, self.counts_from)
            if begins < min(gap.ends, due):
                due = schedule.reach(due, schedule.spent(begins, gap.ends))
        return due

    def is_missed(self, at: int) -> bool:
        """Whether it was not fulfilled in time, as known at an instant."""
        if self.came_due is None:
            return False
        if self.ended is None:
            return at > self.came_due
        # an act at 24:00 of a promised day is done on the next day
        by_day = isinstance(self.target, Day) and not self.was_withdrawn
        return self.ended >= self.came_due if by_day else self.ended > self.came_due


def fixed_due(target: Moment | Day, schedule: Schedule, opened: int) -> int:
    """The instant of a wall-clock target: the moment itself, or the first one after the day."""
    if isinstance(target, Moment):
        return micros(target.at)
    zone = target.zone or schedule.calendar_at(opened).zone
    return instant_of(zone, local_midnight(target.on + timedelta(days=1)))


@dataclass
class Clock:
    """Runs events through waits. Feed `take` in order, then `stand` once with the moment of reading."""

    terms: Terms
    schedule: Schedule
    waits: list[Wait] = field(default_factory=list)
    unheeded: list[Dated] = field(default_factory=list)
    changes: list[tuple[int, Target, int | None]] = field(default_factory=list)
    pauses: int = 0
    paused_by: str = ""
    opened_by_us_at: int | None = None
    needs_no_start: bool = False

    @property
    def wait(self) -> Wait | None:
        """The latest wait, if any began."""
        return self.waits[-1] if self.waits else None

    def take(self, at: int, event: Event) -> None:
        """Let one event do what it does to the clock."""
        wait = self.wait
        match event.kind:
            case Kind.START:
                if event.by == "agent":
                    self.opened_by_us_at = at
                # while one runs, the earlier start counts; after an answer it is a new instance
                if wait is None or (wait.ended is not None and self.terms.metric not in _ONCE):
                    self.begin(at)
            case Kind.CUSTOMER_MESSAGE:
                if self._message_opens(wait):
                    self.begin(at)
            case Kind.REPLY | Kind.STOP | Kind.WITHDRAWN:
                self._end(wait, at, event)
            case Kind.PAUSE:
                self.pauses += 1
                if self.pauses == 1:
                    self.paused_by = event.by
                    self._pause(wait, at)
            case Kind.RESUME:
                if self.pauses:
                    self.pauses -= 1
                    if not self.pauses:
                        self._resume(wait, at)
            case Kind.REOPEN:
                self._reopen(wait, at)
            case Kind.PRIORITY:
                self._retarget(wait, at, event)
            case Kind.WARNED:
                if wait is not None and wait.ended is None and wait.warned is None:
                    wait.warned = at
            case kind if kind in NEVER_FULFILS:
                self.unheeded.append((at, event))

    def stand(self, at: int) -> None:
        """Count up to the moment of reading."""
        wait = self.wait
        if wait is not None and wait.ended is None:
            self._advance(wait, at)

    def _target(self) -> Target:
        return self.changes[-1][1] if self.changes else self.terms.target

    def begin(self, at: int, *, again: bool = False) -> None:
        """Begin a new wait."""
        wait = Wait(at, self._target(), counts_from=at, again=again)
        if self.pauses:
            wait.paused_since, wait.paused_by = at, self.paused_by
        else:
            wait.running_since = at
        self.waits.append(wait)

    def _message_opens(self, wait: Wait | None) -> bool:
        metric = self.terms.metric
        if wait is None:
            return metric not in _BY_STOP_ONLY
        if wait.ended_by is None:
            return False
        answered = wait.ended_by.kind is Kind.REPLY
        return metric is Metric.NEXT_REPLY or (metric is Metric.ANY and answered)

    def _advance(self, wait: Wait, at: int) -> None:
        """Count a running wait up to `at`, and settle its due moment for good once that is reached."""
        due = wait.due(self.schedule)
        if due is not None and due <= at:
            wait.came_due = due
        if wait.running_since is not None:
            if at > wait.running_since:
                spent = self.schedule.spent(wait.running_since, at)
                wait.ran.append(Stretch(wait.running_since, at, spent))
            wait.running_since = at

    def _end(self, wait: Wait | None, at: int, event: Event) -> None:
        if wait is None or wait.ended is not None:
            return
        if event.kind is Kind.REPLY and (self.terms.metric in _BY_STOP_ONLY or at == self.opened_by_us_at):
            self.unheeded.append((at, event))
            return
        self._advance(wait, at)
        wait.due_as_stopped = wait.due(self.schedule)
        wait.ended, wait.ended_by, wait.running_since = at, event, None

    def _pause(self, wait: Wait | None, at: int) -> None:
        if wait is not None and wait.ended is None:
            self._advance(wait, at)
            wait.running_since, wait.paused_since, wait.paused_by = None, at, self.paused_by

    def _resume(self, wait: Wait | None, at: int) -> None:
        if wait is None or wait.paused_since is None:
            return
        spent = self.schedule.spent(wait.paused_since, at)
        wait.paused.append(Stretch(wait.paused_since, at, spent, wait.paused_by))
        wait.paused_since = None
        if wait.ended is None:
            wait.running_since = at
        else:
            # it ended while paused: only now is it known when it would have been due
            wait.running_since = at
            wait.due_as_stopped = wait.due(self.schedule)
            wait.running_since = None

    def _reopen(self, wait: Wait | None, at: int) -> None:
        if wait is None or wait.ended is None or self.terms.metric in _ONCE or wait.was_withdrawn:
            return
        if self.terms.policy.reopen is Reopen.RESTART:
            self.begin(at, again=True)
            return
        ended = wait.ended
        # a pause that outlasted the stop is cut there, so that the stop's own time is taken off once
        running_on = [Stretch(wait.paused_since, ended, 0, wait.paused_by)] if wait.paused_since is not None else []
        wait.paused = [
            Stretch(begins, ends, self.schedule.spent(begins, ends), by)
            for begins, ends, by in (
                (pause.begins, min(pause.ends, ended), pause.by) for pause in (*wait.paused, *running_on)
            )
        ]
        wait.stopped.append(Stretch(ended, at, self.schedule.spent(ended, at)))
        wait.ended, wait.ended_by, wait.due_as_stopped, wait.paused_since = None, None, None, None
        if self.pauses:
            wait.paused_since, wait.paused_by = at, self.paused_by
        else:
            wait.running_since = at

    def _retarget(self, wait: Wait | None, at: int, event: Event) -> None:
        if event.target is None:
            return
        if wait is None or wait.ended is not None:
            self.changes.append((at, event.target, None))
            return
        self._advance(wait, at)
        self.changes.append((at, event.target, wait.due(self.schedule)))
        if wait.came_due is not None and wait.came_due < at:
            return
        wait.came_due, wait.target = None, event.target
        if self.terms.policy.priority is Priority.FROM_CHANGE:
            wait.counts_from, wait.counted_before = at, wait.spent


def run(terms: Terms, schedule: Schedule, events: Sequence[Dated], *, at: int) -> Clock:
    """The clock after these ordered events, counted up to an instant.

    A wall-clock target needs no start: it is owed from the first thing known of it.
    """
    clock = Clock(terms, schedule)
    begun = any(event.kind in (Kind.START, Kind.CUSTOMER_MESSAGE) for _, event in events)
    if isinstance(terms.target, Moment | Day) and not begun:
        clock.needs_no_start = True
        clock.begin(min((instant for instant, _ in events), default=at))
    for instant, event in events:
        clock.take(instant, event)
    clock.stand(at)
    return clock
