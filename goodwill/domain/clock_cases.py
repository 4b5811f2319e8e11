"""A clock's case as plain data (parsed JSON) into terms and events, or an error that names the field.

Shapes are in docs/look-up: `calendar` or `calendars`, `target_seconds` or `target`, `started_at`, `pauses`,
`stopped_at`, `events`, `policy`, `metric`, `at`. Fields it does not know are left alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from goodwill.domain.fields import (
    as_choice,
    as_day,
    as_flag,
    as_list,
    as_mapping,
    as_moment,
    as_number,
    as_text,
    as_windows,
    as_zone,
    needed,
)
from goodwill.domain.histories import Event, Kind
from goodwill.domain.hours import Calendar, HoursError
from goodwill.domain.schedules import Schedule, versions
from goodwill.domain.targets import (
    BusinessDays,
    Day,
    Handover,
    LateRule,
    Metric,
    Moment,
    Policy,
    Priority,
    Reopen,
    Seconds,
    Target,
    Terms,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A century of working time; beyond it a number is a slip of the keyboard.
_LONGEST = 100 * 366 * 86_400


@dataclass(frozen=True)
class Case:
    """One question to the clock."""

    terms: Terms
    events: tuple[Event, ...]
    at: datetime


def read_case(case: object, *, at: datetime) -> Case:
    """The terms, events and moment of a case; `at` is the moment for a case that names none.

    Raises HoursError, whose `field` is a path such as `events[2].at`.
    """
    fields = as_mapping(case, "case")
    schedule = _schedule(fields, "")
    target = _case_target(fields)
    if isinstance(target, Seconds | BusinessDays) and fields.get("events") is None:
        needed(fields, "started_at", "")
    return Case(
        Terms(
            target=target,
            schedule=schedule,
            policy=_policy(fields.get("policy")),
            metric=as_choice(Metric, fields.get("metric"), Metric.ANY, "metric"),
            depends_late=as_flag(fields.get("depends_late"), False, "depends_late"),
            warnings_recorded=as_flag(fields.get("warnings_recorded"), True, "warnings_recorded"),
        ),
        tuple(_events(fields)),
        at if fields.get("at") is None else as_moment(fields["at"], "at"),
    )


def read_calendar(data: object, name: str = "calendar") -> Calendar:
    """A calendar from its fields: zone, weekly, holidays, special, and a name of its own if it has one.

    The same data give the same object, so that its compiled hours serve every case. Raises HoursError.
    """
    try:
        return _kept_calendar(json.dumps(as_mapping(data, name), sort_keys=True), name)
    except RecursionError:
        raise HoursError(name, "is nested too deeply") from None


@lru_cache(maxsize=512)
def _kept_calendar(text: str, name: str) -> Calendar:
    data = json.loads(text)
    weekly = as_mapping(needed(data, "weekly", name), f"{name}.weekly")
    for day in weekly:
        if day not in WEEKDAYS:
            raise HoursError(f"{name}.weekly.{day}", "is not a day: " + ", ".join(WEEKDAYS))
    special = as_mapping(data.get("special") or {}, f"{name}.special")
    try:
        return Calendar(
            as_zone(needed(data, "zone", name), f"{name}.zone"),
            tuple(as_windows(weekly.get(day) or [], f"{name}.weekly.{day}") for day in WEEKDAYS),
            frozenset(
                as_day(day, f"{name}.holidays[{place}]")
                for place, day in enumerate(as_list(data.get("holidays") or [], f"{name}.holidays"))
            ),
            tuple(
                sorted(
                    (as_day(day, f"{name}.special"), as_windows(windows, f"{name}.special.{day}"))
                    for day, windows in special.items()
                )
            ),
            as_text(data.get("name") or "", f"{name}.name"),
        )
    except HoursError as error:
        field = error.field if error.field.startswith(name) else f"{name}.{error.field}".replace(".calendar", "")
        raise HoursError(field, error.message) from None


def read_policy(data: object, name: str = "policy") -> Policy:
    """A policy from its fields; what is missing keeps the house's default. Raises HoursError."""
    fields = as_mapping(data, name)
    house = Policy()

    def share(field: str, otherwise: float) -> float:
        number = as_number(fields.get(field, otherwise), f"{name}.{field}")
        if not 0 <= number <= 1:
            raise HoursError(f"{name}.{field}", "is a share from 0 to 1")
        return number

    floor = as_number(fields.get("at_risk_floor_seconds", house.at_risk_floor_seconds), f"{name}.at_risk_floor_seconds")
    if floor < 0:
        raise HoursError(f"{name}.at_risk_floor_seconds", "cannot be negative")
    return Policy(
        reopen=as_choice(Reopen, fields.get("reopen"), house.reopen, f"{name}.reopen"),
        priority=as_choice(Priority, fields.get("priority"), house.priority, f"{name}.priority"),
        handover=as_choice(Handover, fields.get("handover"), house.handover, f"{name}.handover"),
        at_risk_share=share("at_risk_share", house.at_risk_share),
        at_risk_floor_seconds=floor,
        at_risk_cap_share=share("at_risk_cap_share", house.at_risk_cap_share),
        retroactive_start=as_flag(fields.get("retroactive_start"), False, f"{name}.retroactive_start"),
        retroactive_pause=as_flag(fields.get("retroactive_pause"), False, f"{name}.retroactive_pause"),
        version=as_text(fields.get("version") or "", f"{name}.version"),
    )


def _policy(data: object) -> Policy:
    return Policy() if data is None else read_policy(data)


def read_target(data: object, name: str = "target") -> Target:
    """A target: exactly one of seconds, business_days, moment and day. Raises HoursError.

    A moment under `"rule": "end_of_day"` is its local day in the zone it is written in, or in `"zone"`.
    """
    fields = as_mapping(data, name)
    given = [key for key in ("seconds", "business_days", "moment", "day") if fields.get(key) is not None]
    if len(given) != 1:
        raise HoursError(name, "needs one of seconds, business_days, moment, day")
    key, value = given[0], fields[given[0]]
    zone = None if fields.get("zone") is None else as_zone(fields["zone"], f"{name}.zone")
    if key == "seconds":
        return as_seconds(value, f"{name}.seconds")
    if key == "business_days":
        if isinstance(value, bool) or not isinstance(value, int):
            raise HoursError(f"{name}.business_days", "is a whole number of days")
        if not 0 < value <= _LONGEST // 86_400:
            raise HoursError(f"{name}.business_days", "must be above zero and within a century")
        return BusinessDays(value)
    if key == "day":
        return Day(as_day(value, f"{name}.day"), zone)
    at = as_moment(value, f"{name}.moment")
    if as_choice(LateRule, fields.get("rule"), LateRule.MOMENT, f"{name}.rule") is LateRule.MOMENT:
        return Moment(at)
    return Day((at if zone is None else at.astimezone(zone)).date(), zone)


def _case_target(fields: Mapping[str, object]) -> Target:
    if fields.get("target") is not None:
        if fields.get("target_seconds") is not None:
            raise HoursError("target_seconds", "cannot stand beside target")
        return read_target(fields["target"])
    return as_seconds(needed(fields, "target_seconds", ""), "target_seconds")


def _schedule(fields: Mapping[str, object], name: str) -> Schedule:
    prefix = f"{name}." if name else ""
    if fields.get("calendars") is None:
        return versions([(None, read_calendar(needed(fields, "calendar", name), f"{prefix}calendar"))])
    dated: list[tuple[date | None, Calendar]] = []
    for place, item in enumerate(as_list(fields["calendars"], f"{prefix}calendars")):
        here = f"{prefix}calendars[{place}]"
        version = as_mapping(item, here)
        since = None if version.get("from") is None else as_day(version["from"], f"{here}.from")
        dated.append((since, read_calendar(needed(version, "calendar", here), f"{here}.calendar")))
    return versions(dated)


def _events(fields: Mapping[str, object]) -> list[Event]:
    found: list[Event] = []
    if fields.get("started_at") is not None:
        found.append(Event(as_moment(fields["started_at"], "started_at"), Kind.START))
    for place, pause in enumerate(as_list(fields.get("pauses") or [], "pauses")):
        here = f"pauses[{place}]"
        pair = as_list(pause, here)
        if len(pair) != 2:
            raise HoursError(here, "is a pair: begin, and end or null")
        begin = as_moment(pair[0], f"{here}[0]")
        found.append(Event(begin, Kind.PAUSE))
        if pair[1] is not None:
            end = as_moment(pair[1], f"{here}[1]")
            if end < begin:
                raise HoursError(f"{here}[1]", "ends before it begins")
            found.append(Event(end, Kind.RESUME))
    if fields.get("stopped_at") is not None:
        stopped = Event(as_moment(fields["stopped_at"], "stopped_at"), Kind.STOP)
        if any(start.kind is Kind.START and start.at > stopped.at for start in found):
            raise HoursError("stopped_at", "lies before started_at")
        found.append(stopped)
    for place, item in enumerate(as_list(fields.get("events") or [], "events")):
        found.append(read_event(item, f"events[{place}]"))
    return found


def read_event(data: object, name: str = "event") -> Event:
    """One event from its fields. Raises HoursError."""
    fields = as_mapping(data, name)
    kind = as_choice(Kind, needed(fields, "kind", name), None, f"{name}.kind")
    target, schedule = None, None
    if kind is Kind.PRIORITY:
        seconds = fields.get("target_seconds")
        target = (
            read_target(needed(fields, "target", name), f"{name}.target")
            if seconds is None
            else as_seconds(seconds, f"{name}.target_seconds")
        )
    if kind is Kind.HANDOVER:
        schedule = _schedule(fields, name)

    def optional(field: str) -> datetime | None:
        return None if fields.get(field) is None else as_moment(fields[field], f"{name}.{field}")

    return Event(
        as_moment(needed(fields, "at", name), f"{name}.at"),
        kind,
        as_text(fields.get("by") or "", f"{name}.by"),
        optional("dated_at"),
        target,
        schedule,
        optional("started_at"),
    )


def as_seconds(value: object, name: str) -> Seconds:
    """A target of working time. Raises HoursError."""
    number = as_number(value, name)
    if not 0.000001 <= number <= _LONGEST:
        raise HoursError(name, "must be above zero and within a century")
    return Seconds(number)
