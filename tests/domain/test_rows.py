"""Values of files are read exactly or refused with their reason."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from goodwill.domain import rows
from goodwill.domain.rows import BadValue, Fault

BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


@pytest.mark.parametrize(
    ("value", "decimal", "read"),
    [
        ("1187.99", ".", "1187.99"),
        ("1,187.99", ".", "1187.99"),
        ("1 187,99", ",", "1187.99"),
        ("1.187,99", ",", "1187.99"),
        ("1\u00a0234\u00a0567", ".", "1234567"),
        ("-3.50", ".", "-3.50"),
        ("+4", ",", "4"),
    ],
)
def test_a_number_is_read_with_its_decimal_mark_and_groups(value: str, decimal: str, read: str) -> None:
    assert rows.number(value, "price", decimal) == Decimal(read)


@pytest.mark.parametrize("value", ["129,90", "12.9.0", "1.234,50", "R$ 12", "1e3", "12,34,567", "½", "--3"])
def test_what_only_resembles_a_number_is_refused(value: str) -> None:
    with pytest.raises(BadValue) as caught:
        rows.number(value, "price", ".")
    assert (caught.value.field, caught.value.fault) == ("price", Fault.NOT_A_NUMBER)


@pytest.mark.parametrize(
    ("value", "currency", "sum_"),
    [("12.9", "EUR", 1290), ("12", "EUR", 1200), ("12.90", "EUR", 1290), ("1,200.50", "EUR", 120_050), ("5", "JPY", 5)],
)
def test_money_is_read_into_minor_units_exactly(value: str, currency: str, sum_: int) -> None:
    assert rows.minor(value, "price", currency) == sum_


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("12.905", Fault.TOO_FINE),
        ("-1", Fault.OUT_OF_RANGE),
        ("", Fault.MISSING),
        ("9" * 17, Fault.OUT_OF_RANGE),
        ("12.9x", Fault.NOT_A_NUMBER),
    ],
)
def test_money_that_cannot_be_exact_is_refused(value: str, fault: Fault) -> None:
    with pytest.raises(BadValue) as caught:
        rows.minor(value, "price", "EUR")
    assert caught.value.fault is fault


@pytest.mark.parametrize("value", ["1,5", "-1", "", "1 000", "1.x", ".5"])
def test_a_machine_writes_no_comma_sign_or_group(value: str) -> None:
    with pytest.raises(BadValue):
        rows.plain_decimal(value, "price")
    rows.plain_decimal("12.50", "price")
    rows.plain_decimal("12", "price")


@pytest.mark.parametrize(
    ("value", "order", "read", "has_time"),
    [
        ("2026-03-06", "dmy", datetime(2026, 3, 6), False),
        ("2026-03-06 16:30", "dmy", datetime(2026, 3, 6, 16, 30), True),
        ("2026-03-06T16:30:05", "dmy", datetime(2026, 3, 6, 16, 30, 5), True),
        ("06.03.2026", "dmy", datetime(2026, 3, 6), False),
        ("06/03/2026 9:05", "dmy", datetime(2026, 3, 6, 9, 5), True),
        ("03/06/2026", "mdy", datetime(2026, 3, 6), False),
        ("2026. 03. 06.", "dmy", datetime(2026, 3, 6), False),
        ("2026/3/6", "mdy", datetime(2026, 3, 6), False),
        ("3/6/2026 4:05 PM", "mdy", datetime(2026, 3, 6, 16, 5), True),
        ("03/06/2026 12:05:09 am", "mdy", datetime(2026, 3, 6, 0, 5, 9), True),
        ("2026-03-06 12:30 p.m.", "dmy", datetime(2026, 3, 6, 12, 30), True),
        ("2026-03-06 09:30 AM", "dmy", datetime(2026, 3, 6, 9, 30), True),
    ],
)
def test_dates_are_read_as_people_write_them(value: str, order: str, read: datetime, has_time: bool) -> None:
    assert rows.reading(value, "placed", order) == (read, has_time)


@pytest.mark.parametrize(
    "value",
    [
        "2017-13-45",
        "31.02.2026",
        "yesterday",
        "20260306",
        "2026-W10-5",
        "06.03.26",
        "123/4/2026",
        "0001-01-01",
        "3/6/2026 13:05 PM",
        "3/6/2026 0:05 AM",
        "3/6/2026 PM",
    ],
)
def test_a_day_no_calendar_has_is_refused(value: str) -> None:
    with pytest.raises(BadValue) as caught:
        rows.reading(value, "placed")
    assert caught.value.fault is Fault.NOT_A_DATE


def test_an_empty_date_is_missing() -> None:
    for read in (lambda: rows.reading(" ", "placed"), lambda: rows.iso_moment("", "placed", BERLIN)):
        with pytest.raises(BadValue) as caught:
            read()
        assert caught.value.fault is Fault.MISSING


def test_a_reading_that_occurs_twice_is_the_first_of_them() -> None:
    assert rows.instant(datetime(2025, 10, 26, 2, 30), BERLIN) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    aware = datetime(2025, 10, 26, 2, 30, tzinfo=UTC)
    assert rows.instant(aware, BERLIN) == aware


def test_a_day_that_begins_at_one_o_clock_ends_the_day_before_at_that_moment() -> None:
    # in 2017 the clocks of São Paulo went from 15 October 00:00 to 01:00
    assert rows.end_of_day(date(2017, 10, 14), SAO_PAULO) == datetime(2017, 10, 15, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["2018-06-12", "2018-06-12T20:07:44", "2018-02-30 00:00:00", "12.06.2018 20:07:44", "1900-01-01 00:00:00"]
)
def test_a_moment_of_a_machine_is_taken_in_one_form_only(value: str) -> None:
    with pytest.raises(BadValue):
        rows.iso_moment(value, "placed", SAO_PAULO)
    moment, day = rows.iso_moment("2018-06-12 22:07:44", "placed", SAO_PAULO)
    assert (moment, day) == (datetime(2018, 6, 13, 1, 7, 44, tzinfo=UTC), date(2018, 6, 12))


def test_texts_keys_and_whole_numbers_have_limits() -> None:
    assert rows.needed(" a ", "name", 3) == "a"
    assert rows.text("  ", "name", 3) == ""
    assert rows.hex_key("0" * 32, "id") == "0" * 32
    assert rows.whole("5.0", "score", 1, 5) == 5
    refused = {
        Fault.MISSING: (
            lambda: rows.needed(" ", "name", 3),
            lambda: rows.hex_key("", "id"),
            lambda: rows.whole(" ", "score", 1, 5),
        ),
        Fault.TOO_LONG: (lambda: rows.needed("abcd", "name", 3), lambda: rows.text("abcd", "name", 3)),
        Fault.NOT_A_KEY: (lambda: rows.hex_key("xyz", "id"),),
        Fault.NOT_WHOLE: (lambda: rows.whole("5.5", "score", 1, 5), lambda: rows.whole("five", "score", 1, 5)),
        Fault.OUT_OF_RANGE: (lambda: rows.whole("6", "score", 1, 5), lambda: rows.whole("9" * 13, "score", 1, 5)),
    }
    for fault, tries in refused.items():
        for attempt in tries:
            with pytest.raises(BadValue) as caught:
                attempt()
            assert caught.value.fault is fault
