"""What other tools' own figures say, and what becomes of promises known only from a record."""

from datetime import UTC as UTC_ZONE
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from goodwill.domain.histories import Event, Kind
from goodwill.domain.hours import HoursError
from goodwill.domain.promises import is_late, settle
from goodwill.domain.schedules import schedule_of
from goodwill.domain.targets import (
    Handover,
    LateRule,
    Outcome,
)
from tests.domain.desks import BERLIN, UTC, desk, on, read, terms

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def test_zendesks_own_library_agrees_on_its_own_week() -> None:
    """zendesk/biz, spec/calculation: 19 hours after Monday 11:00 and 39.5 hours in a week."""
    from goodwill.domain import hours
    from goodwill.domain.hours import Calendar

    short, long_, saturday = ((36000, 57600),), ((32400, 61200),), ((39600, 52200),)
    week = Calendar(UTC, (long_, short, long_, short, long_, saturday, ()))
    monday = datetime(2006, 1, 2, 11, tzinfo=UTC)
    assert hours.add(week, monday, 19 * 3600) == datetime(2006, 1, 4, 16, tzinfo=UTC)
    whole = hours.between(week, datetime(2006, 1, 1, tzinfo=UTC), datetime(2006, 1, 8, tzinfo=UTC))
    assert whole == 39.5 * 3600


def test_dbt_zendesks_ticket_comes_out_to_the_second() -> None:
    """fivetran/dbt_zendesk, DECISIONLOG, ticket 941606: 960.13 minutes over both schedules, 690.13 over the last."""
    chicago = desk("12:00-02:00", zone=UTC, days="1234567")
    san_francisco = schedule_of(desk("15:00-00:30", zone=UTC))
    answered = datetime(2020, 9, 30, 19, 1, 46, tzinfo=UTC_ZONE)
    events = [
        Event(datetime(2020, 9, 29, 17, 1, 38, tzinfo=UTC_ZONE), Kind.START),
        Event(datetime(2020, 9, 30, 19, 1, 25, tzinfo=UTC_ZONE), Kind.HANDOVER, schedule=san_francisco),
        Event(answered, Kind.REPLY),
    ]
    for handover, minutes in ((Handover.PIECEWISE, 960.13), (Handover.LAST, 690.13)):
        reading = read(terms(24 * 60, chicago, handover=handover), events, answered)
        assert round(reading.used_seconds / 60, 2) == minutes


def test_late_by_the_day_is_after_the_local_day_and_late_by_the_moment_after_the_moment() -> None:
    promised = on("03-05 00:00", SAO_PAULO)
    evening, midnight = on("03-05 23:59:59", SAO_PAULO), on("03-06 00:00", SAO_PAULO)
    day, moment = LateRule.END_OF_DAY, LateRule.MOMENT
    assert not is_late(promised, evening, zone=SAO_PAULO, rule=day)
    assert is_late(promised, midnight.astimezone(BERLIN), zone=SAO_PAULO, rule=day)
    assert is_late(promised, evening, zone=SAO_PAULO, rule=moment)
    assert not is_late(promised, promised, zone=SAO_PAULO, rule=moment)
    for rule in LateRule:
        assert not is_late(date(2026, 3, 5), evening, zone=SAO_PAULO, rule=rule)
        assert is_late(date(2026, 3, 5), midnight, zone=SAO_PAULO, rule=rule)
    for one, other in ((datetime(2026, 3, 5), evening), (promised, datetime(2026, 3, 5))):
        with pytest.raises(HoursError):
            is_late(one, other, zone=SAO_PAULO, rule=day)


def test_an_imported_promise_is_settled_by_what_the_record_holds() -> None:
    promised, early, late = on("03-05 12:00"), on("03-04 12:00"), on("03-07 12:00")
    rule = LateRule.END_OF_DAY
    assert settle(promised, None, zone=BERLIN, rule=rule) is Outcome.OPEN
    assert settle(promised, early, zone=BERLIN, rule=rule) is Outcome.KEPT
    assert settle(promised, late, zone=BERLIN, rule=rule) is Outcome.BROKEN_UNRECORDED
    assert settle(promised, late, zone=BERLIN, rule=rule, warnings_recorded=True) is Outcome.BROKEN_SILENT
    assert settle(promised, late, zone=BERLIN, rule=rule, warned=early) is Outcome.BROKEN_WARNED
    assert settle(promised, late, zone=BERLIN, rule=rule, warned=late) is Outcome.BROKEN_UNRECORDED
    assert settle(promised, late, zone=BERLIN, rule=rule, withdrawn=True) is Outcome.WITHDRAWN
    assert {outcome for outcome in Outcome if outcome.is_broken} == {
        Outcome.BROKEN_WARNED, Outcome.BROKEN_SILENT, Outcome.BROKEN_UNRECORDED
    }  # fmt: skip
