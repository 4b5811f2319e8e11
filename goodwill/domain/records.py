"""Records: a promise as it is written down, turned into the terms and events its clock reads, and judged."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from goodwill.domain.histories import Event, Kind
from goodwill.domain.promises import settle
from goodwill.domain.schedules import Schedule
from goodwill.domain.targets import (
    BusinessDays,
    Day,
    LateRule,
    Moment,
    Outcome,
    Policy,
    Seconds,
    Standing,
    Target,
    Terms,
)


class PromiseKind(StrEnum):
    """What sort of thing was promised; any other word is a free clause of the firm."""

    DELIVERY = "delivery"
    DELIVERY_IN_FULL = "delivery_in_full"
    CALL = "call"
    ANSWER = "answer"
    CLAIM_ANSWER = "claim_answer"
    INVOICE = "invoice"
    REPAIR = "repair"
    INTERNAL_REQUEST = "internal_request"
    OTHER = "other"


class Side(StrEnum):
    """Who owes it: we, or the customer (agreements bind both sides)."""

    OURS = "ours"
    THEIRS = "theirs"


class TargetKind(StrEnum):
    """In which form the time was promised."""

    MOMENT = "moment"
    DAY = "day"
    SECONDS = "seconds"
    BUSINESS_DAYS = "business_days"


class Cause(StrEnum):
    """Why a promise will slip, as the customer is told: the true cause, ours named as ours."""

    CARRIER = "carrier"
    SUPPLIER = "supplier"
    STOCK = "stock"
    STAFF = "staff"
    EQUIPMENT = "equipment"
    WEATHER = "weather"
    OUR_MISTAKE = "our_mistake"
    CUSTOMER = "customer"
    NOT_KNOWN_YET = "not_known_yet"


class Withdrawal(StrEnum):
    """Why a promise stopped being owed without being fulfilled."""

    CHANGED_BY_AGREEMENT = "changed_by_agreement"
    CANCELLED = "cancelled"
    NOT_NEEDED = "not_needed"
    MISTAKEN = "mistaken"


class Correction(StrEnum):
    """What an earlier entry got wrong: there was no such promise, it was not settled, the customer was not warned."""

    MISTAKEN = "mistaken"
    NOT_SETTLED = "not_settled"
    NOT_WARNED = "not_warned"


@dataclass(frozen=True, slots=True)
class Record:
    """What is written down of one promise; moments are aware, `zone` is that in which its day ends."""

    made_at: datetime
    zone: ZoneInfo
    late_rule: LateRule
    target_kind: TargetKind
    target_count: int | None
    promised_at: datetime
    promised_on: date
    due_at: datetime
    warned_at: datetime | None = None
    acted_at: datetime | None = None
    withdrawn_at: datetime | None = None
    is_history: bool = False

    def target(self) -> Target:
        """The target as it was promised, under its own rule."""
        if self.target_kind is TargetKind.SECONDS:
            return Seconds(self.target_count or 0)
        if self.target_kind is TargetKind.BUSINESS_DAYS:
            return BusinessDays(self.target_count or 0)
        if self.late_rule is LateRule.END_OF_DAY:
            return Day(self.promised_on, self.zone)
        return Moment(self.promised_at)

    def terms(self, schedule: Schedule, policy: Policy, *, depends_late: bool = False) -> Terms:
        """The terms its clock reads; `depends_late`: something it depends on is late."""
        return Terms(self.target(), schedule, policy, depends_late=depends_late, warnings_recorded=not self.is_history)

    def events(self) -> tuple[Event, ...]:
        """What happened to it, in any order."""
        moments = (
            (self.made_at, Kind.START),
            (self.warned_at, Kind.WARNED),
            (self.acted_at, Kind.STOP),
            (self.withdrawn_at, Kind.WITHDRAWN),
        )
        return tuple(Event(at, kind) for at, kind in moments if at is not None)

    def has_come_due(self, at: datetime) -> bool:
        """Whether its due moment lies before `at`, so that it is broken unless it was fulfilled."""
        return at > self.due_at

    def broken_as(self) -> Outcome:
        """The outcome if it is not kept."""
        return broken_as(self.due_at, self.warned_at, is_history=self.is_history)

    def fulfilled_as(self, acted_at: datetime) -> Outcome:
        """The outcome of an act at this moment, by the promise's own rule."""
        by_day = self.late_rule is LateRule.END_OF_DAY
        kept = settle(self.promised_on if by_day else self.due_at, acted_at, zone=self.zone, rule=self.late_rule)
        return kept if kept is Outcome.KEPT else self.broken_as()

    def standing(self, at: datetime) -> Standing:
        """How it stands at a moment by its due moment alone, while its risk has not been read."""
        return Standing.LATE if self.has_come_due(at) else Standing.ON_TIME


def next_look(at: datetime, wakes_at: datetime | None, due_at: datetime) -> datetime:
    """When to look at an open promise next: when its reading changes, and just after it is due at the latest."""
    just_after = due_at.astimezone(UTC) + timedelta(microseconds=1)
    return wakes_at if wakes_at is not None and at < wakes_at < due_at else just_after


def broken_as(due_at: datetime, warned_at: datetime | None, *, is_history: bool) -> Outcome:
    """How a promise that was not kept is broken: warned only where the customer heard before it was due."""
    if lead_seconds(due_at, warned_at) is not None:
        return Outcome.BROKEN_WARNED
    return Outcome.BROKEN_UNRECORDED if is_history else Outcome.BROKEN_SILENT


def lead_seconds(due_at: datetime, warned_at: datetime | None) -> int | None:
    """Whole wall-clock seconds from the first warning to the due moment; None without a warning ahead of it."""
    if warned_at is None or warned_at >= due_at:
        return None
    return int((due_at - warned_at).total_seconds())
