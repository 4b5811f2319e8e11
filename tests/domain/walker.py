"""A brute-force clock: walks every minute or second and asks the wall whether it is open. It shares nothing with the
engine and is slow and obvious on purpose.

A rota is plain data: a zone's name, seven lists of (open, close) in seconds, a set of closed dates and a dict of
special ones; a close beyond 86,400 runs on into the next day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import compress, islice
from zoneinfo import ZoneInfo


@dataclass
class Rota:
    """The opening hours of a desk as plain data."""

    zone: str
    weekly: list[list[tuple[int, int]]]
    closed: set[date] = field(default_factory=set)
    special: dict[date, list[tuple[int, int]]] = field(default_factory=dict)

    def windows(self, day: date) -> list[tuple[int, int]]:
        if day in self.special:
            return self.special[day]
        return [] if day in self.closed else self.weekly[day.weekday()]

    def reads_open(self, day: date, second: int) -> bool:
        """Whether a wall clock reading lies in a window of its day, or in one that the day before left running."""
        return any(low <= second < high for low, high in self.windows(day)) or any(
            low <= second + 86_400 < high for low, high in self.windows(day - timedelta(days=1))
        )


def flags(rota: Rota, begin: datetime, steps: int, step: int) -> bytes:
    """For each step of so many seconds from `begin` on: 1 where the desk is open at its beginning."""
    zone = ZoneInfo(rota.zone)
    found = bytearray()
    for minute in range(0, steps * step, 60):
        local = (begin + timedelta(seconds=minute)).astimezone(zone)
        clock = local.hour * 3600 + local.minute * 60 + local.second
        found.extend(rota.reads_open(local.date(), clock + second) for second in range(0, 60, step))
    return bytes(found[:steps])


@dataclass
class Walk:
    """A history in steps: when it started, when it was paused and stopped (from, to or None), and when it is read."""

    start: int
    target: int
    pauses: Sequence[tuple[int, int | None]]
    stops: Sequence[tuple[int, int | None]]
    at: int


@dataclass
class Found:
    """What the walk found: steps used, the step at which the target was used up, and what became of the promise."""

    used: int
    due: int | None
    outcome: str
    due_is_comparable: bool


def walk(open_steps: bytes, history: Walk) -> Found:
    """Walk a history over open steps; what happens after `at` is not known yet."""
    running = bytearray(open_steps)
    running[: history.start] = bytes(history.start)
    end = len(running)
    stopped_since: int | None = None
    waiting = False
    late_pause = False
    for begin, until in history.stops:
        if begin <= history.at:
            closes = end if until is None or until > history.at else until
            stopped_since = begin if closes == end else stopped_since
            _clear(running, begin, closes)
    for begin, until in history.pauses:
        if begin <= history.at:
            closes = end if until is None or until > history.at else until
            waiting = waiting or closes == end
            late_pause = late_pause or (stopped_since is not None and closes >= stopped_since)
            _clear(running, begin, closes)
    used = running.count(1, 0, history.at)
    due = next(islice(compress(range(end), running), history.target - 1, None), None)
    if due is None and stopped_since is not None and not waiting and not late_pause:
        # what would have come had it not stopped
        running[stopped_since:] = open_steps[stopped_since:]
        due = next(islice(compress(range(end), running), history.target - 1, None), None)
    due = None if due is None else due + 1
    judged = history.at if stopped_since is None else stopped_since
    broken = due is not None and judged > due
    outcome = "broken_silent" if broken else ("open" if stopped_since is None else "kept")
    return Found(used, due, outcome, not (stopped_since is not None and (waiting or late_pause)))


def _clear(running: bytearray, begin: int, closes: int) -> None:
    running[begin:closes] = bytes(max(closes - begin, 0))


def change_of_clock(zone: str, begin: datetime, days: int) -> datetime | None:
    """The first hour in a range at which the zone's offset differs from the hour before."""
    there = ZoneInfo(zone)
    hours = [begin.astimezone(UTC) + timedelta(hours=hour) for hour in range(days * 24)]
    offsets = [hour.astimezone(there).utcoffset() for hour in hours]
    return next((hours[k] for k in range(1, len(hours)) if offsets[k] != offsets[k - 1]), None)
