"""What was promised and how it is judged: the words of a promise, before anything has happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from goodwill.domain.schedules import Schedule

Value = str | int | float | bool | date | datetime | None
Reason = tuple[str, Mapping[str, Value]]
"""A code and the values its sentence needs; moments are aware and already in the zone of the promise."""


class Outcome(StrEnum):
    """What has become of a promise."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN_WARNED = "broken_warned"
    BROKEN_SILENT = "broken_silent"
    BROKEN_UNRECORDED = "broken_unrecorded"
    WITHDRAWN = "withdrawn"

    @property
    def is_broken(self) -> bool:
        """Whether it was missed, however honestly."""
        return self in (Outcome.BROKEN_WARNED, Outcome.BROKEN_SILENT, Outcome.BROKEN_UNRECORDED)


class Standing(StrEnum):
    """How a promise that is still owed stands; `late` is owed beyond its due moment."""

    ON_TIME = "on_time"
    AT_RISK = "at_risk"
    LATE = "late"


class LateRule(StrEnum):
    """When an act is late: after the promised local day, or after the promised moment."""

    END_OF_DAY = "end_of_day"
    MOMENT = "moment"


class Metric(StrEnum):
    """What fulfils the promise, and what begins a new wait.

    `any`: a reply or a stop, whichever comes first; after a reply the customer's next message begins a new wait.
    `first_reply`: the first reply or stop, once. `next_reply`: a reply or stop answers every open message.
    `first_resolution`: the first stop, once. `resolution`: a stop, unless reopened.
    """

    ANY = "any"
    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    FIRST_RESOLUTION = "first_resolution"
    RESOLUTION = "resolution"


class Reopen(StrEnum):
    """What reopening does to the clock: go on, begin anew, or count as if it had never stopped."""

    RESUME = "resume"
    RESTART = "restart"
    TOTAL = "total"


class Priority(StrEnum):
    """Whether a new target counts from the start or from its change."""

    RETROACTIVE = "retroactive"
    FROM_CHANGE = "from_change"


class Handover(StrEnum):
    """Whose calendar counts after a hand-over: each its own piece, the first throughout, or the last throughout."""

    PIECEWISE = "piecewise"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True)
class Seconds:
    """Working time; `seconds` above 0."""

    seconds: float


@dataclass(frozen=True)
class BusinessDays:
    """The same local time on the n-th later working day; `days` above 0."""

    days: int


@dataclass(frozen=True)
class Moment:
    """A wall-clock moment, whatever the calendar says."""

    at: datetime


@dataclass(frozen=True)
class Day:
    """A local day, to its very end; in the zone of the calendar unless it has its own."""

    on: date
    zone: ZoneInfo | None = None


Target = Seconds | BusinessDays | Moment | Day


@dataclass(frozen=True)
class Policy:
    """The choices an agreement makes about its clocks; the defaults are the house's."""

    reopen: Reopen = Reopen.RESUME
    priority: Priority = Priority.RETROACTIVE
    handover: Handover = Handover.PIECEWISE
    at_risk_share: float = 0.25
    at_risk_floor_seconds: float = 4 * 3600
    at_risk_cap_share: float = 1.0
    retroactive_start: bool = False
    retroactive_pause: bool = False
    version: str = ""

    def risk_seconds(self, target: float) -> float:
        """How much time left counts as at risk: a share of the target, at least the floor, at most the cap's share.

        The cap keeps a short promise, all of which lies under the floor, from being at risk all its life, for those
        who lower it from the whole target.
        """
        return min(max(self.at_risk_share * target, self.at_risk_floor_seconds), self.at_risk_cap_share * target)


@dataclass(frozen=True)
class Terms:
    """A promise as given: its target, the hours that count, and how it is judged.

    `depends_late`: something it depends on is late, which puts it at risk. `warnings_recorded` is False for imported
    history that would show no warning even if there had been one.
    """

    target: Target
    schedule: Schedule
    policy: Policy = field(default_factory=Policy)
    metric: Metric = Metric.ANY
    depends_late: bool = False
    warnings_recorded: bool = True
