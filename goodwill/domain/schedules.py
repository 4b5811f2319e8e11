"""Which calendar counts when: versions by date, hand-overs between calendars, and days of business across them."""

from dataclasses import dataclass
from datetime import date, timedelta

from goodwill.domain.hours import Calendar, HoursError
from goodwill.domain.windows import LAST_YEAR, SECOND, instant_of, local_midnight, moment


@dataclass(frozen=True)
class Piece:
    """A calendar in force from an instant on; `since` is its date, None for an undated one or a hand-over."""

    starts: int
    calendar: Calendar
    since: date | None = None


@dataclass(frozen=True)
class Schedule:
    """Calendars by time, ascending; each holds until the next begins, and the first reaches back for ever.

    Reaching back is deliberate: a promise older than the first calendar on record was still made in working hours, and
    that calendar is the only witness.
    """

    pieces: tuple[Piece, ...]

    def calendar_at(self, instant: int) -> Calendar:
        """The calendar in force at an instant."""
        return self.piece_at(instant).calendar

    def piece_at(self, instant: int) -> Piece:
        """The piece in force at an instant."""
        return next((piece for piece in reversed(self.pieces) if piece.starts <= instant), self.pieces[0])

    def reach(self, start: int, spend: int) -> int:
        """The first instant at which `spend` open microseconds have passed since `start`, across all pieces."""
        (calendar, begin), *later = self._from(start)
        for successor, end in later:
            gain = calendar.spent(begin, end)
            if gain >= spend:
                break
            spend -= gain
            calendar, begin = successor, end
        return calendar.reach(begin, spend)

    def spent(self, begin: int, end: int) -> int:
        """Open microseconds from `begin` to a later `end`, across all pieces."""
        return sum(calendar.spent(low, high) for calendar, low, high in self._between(begin, end))

    def spans(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The open intervals from `begin` to `end`, ascending, across all pieces."""
        return [span for calendar, low, high in self._between(begin, end) for span in calendar.spans(low, high)]

    def then(self, at: int, other: "Schedule") -> "Schedule":
        """This schedule until `at`, the other one from then on."""
        ours = tuple(piece for piece in self.pieces if piece.starts < at) or self.pieces[:1]
        later = tuple(piece for piece in other.pieces if piece.starts > at)
        return Schedule((*ours, Piece(at, other.calendar_at(at)), *later))

    def after_business_days(self, start: int, days: int) -> int:
        """The same local time on the n-th later working day; where closed then, the end of that day's last window.

        A working day is one on which a window opens. Raises HoursError where the calendar runs out of them.
        """
        zone = self.calendar_at(start).zone
        local = moment(start, zone)
        day, counted = local.date(), 0
        clock = (local.hour * 3600 + local.minute * 60 + local.second) * SECOND + local.microsecond
        while True:
            day += timedelta(days=1)
            if day.year > LAST_YEAR:
                raise HoursError("target.business_days", "the calendar has too few working days")
            midnight = local_midnight(day)
            calendar = self.calendar_at(instant_of(zone, midnight))
            hours = calendar.hours_on(day)
            if hours is None:
                continue
            counted += 1
            if counted == days:
                at = instant_of(calendar.zone, midnight + clock)
                return at if calendar.spent(at, at + 1) else hours[1]

    def _from(self, start: int) -> list[tuple[Calendar, int]]:
        """The calendar in force at `start`, then each later one, with the instant from which it counts."""
        later = [(piece.calendar, piece.starts) for piece in self.pieces[1:] if piece.starts > start]
        return [(self.calendar_at(start), start), *later]

    def _between(self, begin: int, end: int) -> list[tuple[Calendar, int, int]]:
        first, *later = self._from(begin)
        stretches = [first, *((calendar, low) for calendar, low in later if low < end)]
        ends = [*(low for _, low in stretches[1:]), end]
        return [(calendar, low, high) for (calendar, low), high in zip(stretches, ends, strict=True)]


def schedule_of(calendar: Calendar) -> Schedule:
    """One calendar, in force for ever."""
    return Schedule((Piece(0, calendar),))


def versions(dated: list[tuple[date | None, Calendar]]) -> Schedule:
    """Calendars by the date each takes force, at midnight of its own zone; the first may be undated.

    Raises HoursError where there is none, or where a date is missing or given twice.
    """
    if not dated:
        raise HoursError("calendars", "holds no calendar")
    undated = sum(since is None for since, _ in dated)
    if undated > 1 or len({since for since, _ in dated}) < len(dated):
        raise HoursError("calendars", "each needs a date of its own in 'from'; only the first may go without")
    pieces = [
        Piece(
            0 if since is None else instant_of(calendar.zone, local_midnight(since)),
            calendar,
            since,
        )
        for since, calendar in sorted(dated, key=lambda version: version[0] or date.min)
    ]
    return Schedule(tuple(pieces))
