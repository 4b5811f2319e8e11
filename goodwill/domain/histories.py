"""What happened to a promise: events, put in the one order that does not depend on when they were heard of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from goodwill.domain.hours import HoursError
from goodwill.domain.schedules import Schedule
from goodwill.domain.targets import Policy, Reopen, Target
from goodwill.domain.windows import micros


class Kind(StrEnum):
    """What an event is. The order is that of events of one moment.

    A message comes before the reply that answers it; a reply before the pause saved with it; a pause before its own
    end; a hold ends before the stop saved with it.
    """

    SPLIT = "split"
    MERGE = "merge"
    START = "start"
    HANDOVER = "handover"
    PRIORITY = "priority"
    CUSTOMER_MESSAGE = "customer_message"
    WARNED = "warned"
    REPLY = "reply"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    REOPEN = "reopen"
    WITHDRAWN = "withdrawn"
    INTERNAL_NOTE = "internal_note"
    AUTO_REPLY = "auto_reply"
    OUT_OF_OFFICE = "out_of_office"
    BOT = "bot"


NEVER_FULFILS = frozenset({Kind.INTERNAL_NOTE, Kind.AUTO_REPLY, Kind.OUT_OF_OFFICE, Kind.BOT})
_RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Event:
    """One thing that happened; `at` is when it was received, aware.

    `dated_at`: the date it claims for itself (a late mail's); counts only where the policy says so, for starts and
    pauses. `by`: who did it, for the explanation; "agent" on a start means that we opened the case ourselves.
    `target` comes with a priority, `schedule` with a hand-over, `started_at` (of the other case) with a merge.
    """

    at: datetime
    kind: Kind
    by: str = ""
    dated_at: datetime | None = None
    target: Target | None = None
    schedule: Schedule | None = None
    started_at: datetime | None = None


Dated = tuple[int, Event]
"""An event with the instant at which it counts."""


def ordered(events: Iterable[Event], policy: Policy, *, at: int) -> list[Dated]:
    """The events known at an instant, in the order in which they count.

    A merge stands as a start of the other case's moment, so that the earliest start counts; what lies before a split
    belongs to the parent, and the split stands as a start. Raises HoursError for naive moments.
    """
    known: list[Dated] = []
    for event in events:
        for name, read in (("at", event.at), ("dated_at", event.dated_at), ("started_at", event.started_at)):
            if read is not None and read.utcoffset() is None:
                raise HoursError(f"events.{name}", "needs an offset from UTC")
        if micros(event.at) <= at:
            known.append((_counts_at(event, policy), event))
    split = max((instant for instant, event in known if event.kind is Kind.SPLIT), default=None)
    own = [(instant, _as_start(event)) for instant, event in known if split is None or instant >= split]
    return sorted(own, key=lambda dated: (dated[0], _RANK[dated[1].kind], dated[1].by))


def _as_start(event: Event) -> Event:
    if event.kind in (Kind.SPLIT, Kind.MERGE):
        return Event(event.at, Kind.START, event.by)
    return event


def _counts_at(event: Event, policy: Policy) -> int:
    if event.kind is Kind.MERGE and event.started_at is not None:
        return min(micros(event.started_at), micros(event.at))
    retroactive = {
        Kind.START: policy.retroactive_start,
        Kind.CUSTOMER_MESSAGE: policy.retroactive_start,
        Kind.PAUSE: policy.retroactive_pause,
        Kind.RESUME: policy.retroactive_pause,
    }.get(event.kind, False)
    if retroactive and event.dated_at is not None:
        return min(micros(event.dated_at), micros(event.at))
    return micros(event.at)


def without_passing_stops(events: Sequence[Dated], policy: Policy) -> list[Dated]:
    """Under the `total` policy a stop that was reopened never stopped anything; otherwise the events as they are."""
    if policy.reopen is not Reopen.TOTAL:
        return list(events)
    reopened = [place for place, (_, event) in enumerate(events) if event.kind is Kind.REOPEN]
    last = reopened[-1] if reopened else -1
    return [
        dated for place, dated in enumerate(events) if not (place <= last and dated[1].kind in (Kind.STOP, Kind.REOPEN))
    ]
