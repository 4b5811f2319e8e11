"""Feeds: when a watched folder or a fetched address is looked at, and which of the files seen there are to be taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SETTLED = timedelta(minutes=2)
"""A file that was last written so long ago is finished, even at the first look."""
APART = timedelta(seconds=5)
"""Two looks closer than this say nothing about a file that is still being written."""
SOON = timedelta(seconds=5)
"""When to look again while an import of the same feed is under way and others wait for it."""
AGAIN = timedelta(seconds=30)
"""When to look again while a file is being written, or one that is being imported is to be moved aside."""
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=6)
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".download", ".swp")
LEAST_MINUTES, MOST_MINUTES = 1, 7 * 24 * 60


class Kind(StrEnum):
    """Where the daily file comes from."""

    FOLDER = "folder"
    URL = "url"


class FileState(StrEnum):
    """What became of a file that was seen.

    growing: it may still be being written · taken: copied into the house, its import is about to begin · imported: an
    import was begun, which says the rest · seen_already: the same content was dealt with before · empty, unreadable,
    a_link (it leads elsewhere), not_a_table (not a kind of file that is read) · refused: no import could be made of
    it · vanished: gone before it could be taken.
    """

    GROWING = "growing"
    TAKEN = "taken"
    IMPORTED = "imported"
    SEEN_ALREADY = "seen_already"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    A_LINK = "a_link"
    NOT_A_TABLE = "not_a_table"
    REFUSED = "refused"
    VANISHED = "vanished"


_LOOKED_AT_AGAIN = (FileState.GROWING, FileState.UNREADABLE)
"""An unreadable file may be opened to us without being written anew."""
FAILED_STATES = frozenset({FileState.EMPTY, FileState.UNREADABLE, FileState.A_LINK, FileState.REFUSED})
"""Files that somebody should look after."""


class Result(StrEnum):
    """How a look ended."""

    IMPORTED = "imported"
    NOTHING_NEW = "nothing_new"
    WAITING = "waiting"
    """A file is there and is not finished yet, or waits for the import before it."""
    FAILED_FILES = "failed_files"
    NO_FOLDER = "no_folder"
    FOLDER_NOT_ALLOWED = "folder_not_allowed"
    HOST_NOT_ALLOWED = "host_not_allowed"
    REDIRECTED = "redirected"
    STATUS = "status"
    EMPTY = "empty"
    NOT_AN_ADDRESS = "not_an_address"
    PRIVATE_ADDRESS = "private_address"
    UNKNOWN_HOST = "unknown_host"
    NO_ANSWER = "no_answer"
    NOT_TRUSTED = "not_trusted"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    NO_ROOM = "no_room"


WELL = frozenset({Result.IMPORTED, Result.NOTHING_NEW, Result.WAITING})
"""Results after which nobody has to do anything."""


class PauseReason(StrEnum):
    """Why a feed stands still."""

    BY_HAND = "by_hand"
    MAKER_LEFT = "maker_left"
    MAKER_MAY_NOT = "maker_may_not"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often to look: every so many minutes, or once a day at a local time. Exactly one of them is given."""

    every_minutes: int | None = None
    daily_at: time | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file as it lies there: bytes, and when it was last written in nanoseconds since 1970."""

    name: str
    size: int
    mtime_ns: int
    is_link: bool = False
    is_table: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What is written down of the file of a name: how it looked, since when it looks so, and what became of it."""

    size: int
    mtime_ns: int
    since: datetime
    state: FileState


class Act(StrEnum):
    """What to do about a file."""

    LEAVE = "leave"
    """Nothing is to be done or shown: its name says so, or it was dealt with and has not changed."""
    WAIT = "wait"
    TAKE = "take"
    SHOW = "show"
    """It cannot be taken; say so once."""


def next_look(rhythm: Rhythm, *, at: datetime, zone: ZoneInfo) -> datetime:
    """The next moment to look after `at`, in UTC: later than `at`, and with a daily time once on each local day.

    A local time that a day lacks is read as the same time before the clocks moved; of one that a day has twice the
    first counts.
    """
    daily = rhythm.daily_at
    if daily is None:
        return (at + timedelta(minutes=rhythm.every_minutes or LEAST_MINUTES)).astimezone(UTC)
    today = at.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(3)]
    moments: list[datetime] = [datetime.combine(day, daily, zone).astimezone(UTC) for day in days]
    return min(moment for moment in moments if moment > at)


def after_failure(failures: int, *, at: datetime) -> datetime:
    """When to try again after so many failures in a row: after five minutes, then twice as long each time, at most
    six hours."""
    wait = _FIRST_WAIT * (1 << min(max(failures, 1) - 1, 10))
    return at + min(wait, _LONGEST_WAIT)


def is_left_alone(name: str) -> bool:
    """Whether the name says that the file is hidden, a program's own, or not written to its end."""
    return name.startswith((".", "~")) or name.lower().endswith(_UNFINISHED)


def judge(seen: Sighting, known: Known | None, *, at: datetime) -> tuple[Act, FileState | None]:
    """What to do about a file, and the state to write down where that is SHOW or WAIT.

    A file is finished when it has looked the same for two looks, or was last written some time ago. One that was
    dealt with and looks otherwise now is a new one.
    """
    if is_left_alone(seen.name):
        return Act.LEAVE, None
    same = known is not None and (known.size, known.mtime_ns) == (seen.size, seen.mtime_ns)
    if known is not None and same and known.state not in _LOOKED_AT_AGAIN:
        return Act.LEAVE, None
    if seen.is_link:
        return Act.SHOW, FileState.A_LINK
    if not seen.is_table:
        return Act.SHOW, FileState.NOT_A_TABLE
    stood = known is not None and same and at - known.since >= APART
    written = seen.mtime_ns / 1_000_000_000
    if not stood and written > (at - SETTLED).timestamp():
        return Act.WAIT, FileState.GROWING
    if seen.size == 0:
        return Act.SHOW, FileState.EMPTY
    return Act.TAKE, None


def in_turn(seen: Sequence[Sighting]) -> list[Sighting]:
    """Oldest first, and by name where two are of the same moment: a correction comes after what it corrects."""
    return sorted(seen, key=lambda one: (one.mtime_ns, one.name))


def gone(known: Mapping[str, Known], seen: Sequence[Sighting]) -> tuple[list[str], list[str]]:
    """Names that are no longer there: those that were never taken, and the others."""
    here = {one.name for one in seen}
    missing = [name for name in known if name not in here]
    lost = [name for name in missing if known[name].state is FileState.GROWING]
    return lost, [name for name in missing if name not in set(lost)]
