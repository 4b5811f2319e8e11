"""Quiet hours: when a letter may leave, on the clock and calendar of whoever reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

IsWorking = Callable[[date], bool]
"""Whether a day is one on which the firm works."""
DIGEST_AT, QUIET_FROM, QUIET_UNTIL = time(8), time(20), time(7)
_DAYS = 366
_ONE = timedelta(days=1)
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Rest:
    """When somebody wants no letters: each day from one local time until another (over midnight where the second is
    the earlier; never where they are equal), and on days off."""

    zone: ZoneInfo
    quiet_from: time = QUIET_FROM
    quiet_until: time = QUIET_UNTIL
    on_days_off: bool = True


def minute_of(clock: time) -> int:
    """A time of day in minutes after midnight."""
    return 60 * clock.hour + clock.minute


def clock_of(minute: int) -> time:
    """The time of day so many minutes after midnight."""
    return time(minute // 60 % 24, minute % 60)


def is_quiet(at: datetime, rest: Rest, is_working: IsWorking) -> bool:
    """Whether no letter may leave at this moment."""
    local = at.astimezone(rest.zone)
    return _is_off(local.date(), rest, is_working) or _is_night(local.time(), rest)


def awake(at: datetime, rest: Rest, is_working: IsWorking) -> datetime:
    """The first moment from `at` on at which a letter may leave, in UTC.

    A calendar without a working day for a year holds nobody's letters back for ever: then it is `at`.
    """
    moment = at.astimezone(UTC)
    for _ in range(2 * _DAYS):
        local = moment.astimezone(rest.zone)
        if _is_off(local.date(), rest, is_working):
            moment = _next(_MIDNIGHT, moment, rest.zone)
        elif _is_night(local.time(), rest):
            moment = _next(rest.quiet_until, moment, rest.zone)
        else:
            return moment
    return at.astimezone(UTC)


def next_digest(after: datetime, digest_at: time, zone: ZoneInfo, is_working: IsWorking) -> datetime:
    """The next moment after `after` at which the local clock shows `digest_at` on a working day, in UTC.

    A time that the clock leaps over comes an hour later that day; one that it shows twice, comes once. Without a
    working day for a year it is the next day of any kind.
    """
    today = after.astimezone(zone).date()
    for day in (today + n * _ONE for n in range(_DAYS)):
        moment = datetime.combine(day, digest_at, zone).astimezone(UTC)
        if moment > after and is_working(day):
            return moment
    return _next(digest_at, after, zone)


def _is_off(day: date, rest: Rest, is_working: IsWorking) -> bool:
    return rest.on_days_off and not is_working(day)


def _is_night(clock: time, rest: Rest) -> bool:
    begins, ends = rest.quiet_from, rest.quiet_until
    if begins <= ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends


def _next(clock: time, after: datetime, zone: ZoneInfo) -> datetime:
    """The next moment at which the local clock shows this; either of two where it shows it twice."""
    today = after.astimezone(zone).date()
    moments = (
        datetime.combine(today + n * _ONE, clock, zone).replace(fold=fold).astimezone(UTC)
        for n in range(3)
        for fold in (0, 1)
    )
    return min(moment for moment in moments if moment > after)
