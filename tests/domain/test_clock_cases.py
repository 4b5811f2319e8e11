"""A case in plain data becomes terms and events, or an error that names its field."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from goodwill.domain.clock_cases import read_calendar, read_case, read_event, read_policy, read_target
from goodwill.domain.histories import Kind
from goodwill.domain.hours import HoursError
from goodwill.domain.promises import read_clock
from goodwill.domain.targets import BusinessDays, Day, Handover, Metric, Moment, Policy, Priority, Reopen, Seconds
from tests.domain.desks import BERLIN, NEW_YORK, B, on

NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
BERLIN_DESK = {"zone": "Europe/Berlin", "weekly": WEEK}
NEW_YORK_DESK = {"zone": "America/New_York", "weekly": WEEK}
STARTED = {"calendar": BERLIN_DESK, "target_seconds": 3600, "started_at": "2026-03-06T16:30:00+01:00"}


def due(case: dict[str, Any]) -> datetime | None:
    read = read_case(case, at=NOW)
    return read_clock(read.terms, read.events, at=read.at).due_at


def culprit(case: object) -> str:
    with pytest.raises(HoursError) as refusal:
        read_case(case, at=NOW)
    return refusal.value.field


def test_the_short_form_and_the_long_form_say_the_same() -> None:
    long_form = {
        "calendars": [{"from": None, "calendar": BERLIN_DESK}],
        "target": {"seconds": 3600},
        "events": [{"at": "2026-03-06T16:30:00+01:00", "kind": "start"}],
    }
    assert due(STARTED) == due(long_form) == on("03-09 09:30")


def test_the_same_hours_are_one_calendar_compiled_once() -> None:
    assert read_calendar(BERLIN_DESK) is read_calendar(dict(reversed(BERLIN_DESK.items())))
    assert read_calendar(BERLIN_DESK) == B


def test_a_calendar_reads_days_of_its_own() -> None:
    calendar = read_calendar(
        BERLIN_DESK
        | {"name": "Head office", "holidays": ["2026-04-03"], "special": {"2026-12-24": [["09:00", "12:00:30"]]}}
    )
    assert calendar.name == "Head office"
    assert calendar.windows_on(date(2026, 4, 3)) == ()
    assert calendar.windows_on(date(2026, 12, 24)) == ((32400, 43230),)
    assert read_calendar({"zone": "UTC", "weekly": {"sat": [["22:00", "24:00"]]}}).windows_on(date(2026, 3, 7)) == (
        (79_200, 86_400),
    )


def test_a_named_calendar_is_told_by_its_name() -> None:
    case = read_case(STARTED | {"calendar": BERLIN_DESK | {"name": "Head office"}}, at=NOW)
    told = dict(read_clock(case.terms, case.events, at=case.at).explanation)
    assert told["calendar_named"] == {"zone": "Europe/Berlin", "name": "Head office"}


def test_every_policy_field_is_read() -> None:
    policy = read_policy(
        {
            "reopen": "total",
            "priority": "from_change",
            "handover": "last",
            "at_risk_share": 0.5,
            "at_risk_floor_seconds": 60,
            "at_risk_cap_share": 0.75,
            "retroactive_start": True,
            "retroactive_pause": True,
            "version": "7",
        }
    )
    assert policy == Policy(Reopen.TOTAL, Priority.FROM_CHANGE, Handover.LAST, 0.5, 60, 0.75, True, True, "7")
    case = read_case(STARTED | {"policy": {"version": "7"}, "metric": "resolution", "depends_late": True}, at=NOW)
    assert (case.terms.policy, case.terms.metric, case.terms.depends_late) == (
        Policy(version="7"),
        Metric.RESOLUTION,
        True,
    )


def test_every_kind_of_target_is_read() -> None:
    moment = "2026-03-06T23:30:00-05:00"
    assert read_target({"seconds": 1.5}) == Seconds(1.5)
    assert read_target({"business_days": 2}) == BusinessDays(2)
    assert read_target({"moment": moment}) == Moment(datetime.fromisoformat(moment))
    assert read_target({"day": "2026-03-06", "zone": "America/New_York"}) == Day(date(2026, 3, 6), NEW_YORK)
    assert read_target({"moment": moment, "rule": "end_of_day"}) == Day(date(2026, 3, 6))
    in_berlin = {"moment": moment, "rule": "end_of_day", "zone": "Europe/Berlin"}
    assert read_target(in_berlin) == Day(date(2026, 3, 7), BERLIN)


def test_every_part_of_an_event_is_read() -> None:
    at = "2026-03-06T16:30:00Z"
    targets: list[dict[str, object]] = [{"target_seconds": 60}, {"target": {"seconds": 60}}]
    for change in targets:
        assert read_event({"at": at, "kind": "priority", **change}).target == Seconds(60)
    calendars: list[dict[str, object]] = [
        {"calendar": NEW_YORK_DESK},
        {"calendars": [{"from": "2026-01-01", "calendar": NEW_YORK_DESK}]},
    ]
    for change in calendars:
        schedule = read_event({"at": at, "kind": "handover", **change}).schedule
        assert schedule is not None
        assert schedule.calendar_at(0).zone == ZoneInfo("America/New_York")
    merge = read_event({"at": at, "kind": "merge", "started_at": at, "dated_at": at, "by": "Ada"})
    assert (merge.kind, merge.started_at, merge.dated_at, merge.by) == (Kind.MERGE, merge.at, merge.at, "Ada")


def test_pauses_and_stops_of_the_short_form_are_events() -> None:
    pauses = [["2026-03-06T16:40:00+01:00", "2026-03-06T16:50:00+01:00"], ["2026-03-06T16:55:00+01:00", None]]
    read = read_case(STARTED | {"pauses": pauses, "stopped_at": "2026-03-09T09:00:00+01:00"}, at=NOW)
    assert [event.kind for event in read.events] == [Kind.START, Kind.PAUSE, Kind.RESUME, Kind.PAUSE, Kind.STOP]


def test_a_case_may_begin_with_a_message_or_need_no_beginning() -> None:
    message = {"at": "2026-03-06T16:30:00+01:00", "kind": "customer_message"}
    assert due({"calendar": BERLIN_DESK, "target_seconds": 3600, "events": [message]}) == on("03-09 09:30")
    assert due({"calendar": BERLIN_DESK, "target": {"day": "2026-03-09"}}) == on("03-10 00:00")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"calendar": []}, "calendar"),
        ({"calendar": {"zone": "UTC", "weekly": {"monday": []}}}, "calendar.weekly.monday"),
        ({"calendar": {"zone": "UTC", "weekly": []}}, "calendar.weekly"),
        ({"calendar": {"zone": 7, "weekly": WEEK}}, "calendar.zone"),
        ({"calendar": {"zone": "../UTC", "weekly": WEEK}}, "calendar.zone"),
        ({"calendar": {"zone": "Europe", "weekly": WEEK}}, "calendar.zone"),
        ({"calendar": BERLIN_DESK | {"holidays": ["03.04.2026"]}}, "calendar.holidays[0]"),
        ({"calendar": BERLIN_DESK | {"holidays": ["2026-02-30"]}}, "calendar.holidays[0]"),
        ({"calendar": BERLIN_DESK | {"holidays": ["1026-02-03"]}}, "calendar.holidays[0]"),
        ({"calendar": BERLIN_DESK | {"holidays": "2026-04-03"}}, "calendar.holidays"),
        ({"calendar": {"zone": "UTC", "weekly": {"mon": [["24:00", "12:00"]]}}}, "calendar.weekly.mon[0][0]"),
        ({"calendar": BERLIN_DESK | {"special": {"2026-12-24": [["09:00"]]}}}, "calendar.special.2026-12-24[0]"),
        ({"calendar": {"zone": "UTC", "weekly": {"mon": [["09:00", "24:30"]]}}}, "calendar.weekly.mon[0][1]"),
        ({"calendar": {"zone": "UTC", "weekly": {"mon": [["9", "12:00"]]}}}, "calendar.weekly.mon[0][0]"),
        ({"calendars": []}, "calendars"),
        ({"calendars": [{"calendar": None}]}, "calendars[0].calendar"),
        ({"calendars": [{"from": "x", "calendar": BERLIN_DESK}]}, "calendars[0].from"),
        ({"target": {"seconds": 5}}, "target_seconds"),
        ({"target_seconds": "5"}, "target_seconds"),
        ({"target_seconds": float("nan")}, "target_seconds"),
        ({"target_seconds": 10**12}, "target_seconds"),
        ({"target_seconds": None, "target": {}}, "target"),
        ({"target_seconds": None, "target": {"seconds": 5, "business_days": 1}}, "target"),
        ({"target_seconds": None, "target": {"business_days": 1.5}}, "target.business_days"),
        ({"target_seconds": None, "target": {"business_days": 0}}, "target.business_days"),
        ({"started_at": "yesterday"}, "started_at"),
        ({"started_at": "1026-03-06T16:30:00Z"}, "started_at"),
        ({"started_at": 5}, "started_at"),
        ({"at": "2026-03-06"}, "at"),
        ({"stopped_at": "2026-03-06T16:29:59+01:00"}, "stopped_at"),
        ({"pauses": {}}, None),
        ({"pauses": {"a": 1}}, "pauses"),
        ({"pauses": [["2026-03-06T16:30:00Z"]]}, "pauses[0]"),
        ({"pauses": ["2026-03-06T16:30:00Z"]}, "pauses[0]"),
        ({"pauses": [["2026-03-06T16:30:01Z", "2026-03-06T16:30:00Z"]]}, "pauses[0][1]"),
        ({"policy": {"reopen": "never"}}, "policy.reopen"),
        ({"policy": {"at_risk_share": 2}}, "policy.at_risk_share"),
        ({"policy": {"at_risk_floor_seconds": -2}}, "policy.at_risk_floor_seconds"),
        ({"policy": {"retroactive_start": 1}}, "policy.retroactive_start"),
        ({"policy": {"version": 2}}, "policy.version"),
        ({"metric": 5}, "metric"),
        ({"events": [5]}, "events[0]"),
        ({"events": [{"kind": "start"}]}, "events[0].at"),
        ({"events": [{"at": "2026-03-06T16:30:00Z"}]}, "events[0].kind"),
        ({"events": [{"at": "2026-03-06T16:30:00Z", "kind": "priority"}]}, "events[0].target"),
        ({"events": [{"at": "2026-03-06T16:30:00Z", "kind": "handover"}]}, "events[0].calendar"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_its_path(change: dict[str, Any], field: str | None) -> None:
    if field is None:
        assert due(STARTED | change) == due(STARTED)
    else:
        assert culprit(STARTED | change) == field


def test_a_case_that_is_no_object_or_too_deep_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert culprit([]) == "case"
    assert culprit(STARTED | {"calendar": BERLIN_DESK | {"name": deep}}) == "calendar"
    assert culprit({"calendar": BERLIN_DESK, "target_seconds": 60}) == "started_at"
    with pytest.raises(HoursError) as refusal:
        read_calendar({"zone": "UTC", "weekly": {}}, "version")
    assert refusal.value.field == "version"
