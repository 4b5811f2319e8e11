"""Rows: one value of a file at a time, read exactly or refused with a reason the user can act on."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from goodwill.domain.money import exponent


class Fault(StrEnum):
    """What is wrong with a row or one of its values; the doors turn each into a sentence with its remedy."""

    UNREADABLE_BYTES = "unreadable_bytes"
    UNCLOSED_QUOTE = "unclosed_quote"
    WRONG_COLUMNS = "wrong_columns"
    NOT_AN_OBJECT = "not_an_object"
    BROKEN_OFF = "broken_off"
    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_KEY = "not_a_key"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_DATE = "not_a_date"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    TOO_FINE = "too_fine"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_CURRENCY = "not_a_currency"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_A_PHONE = "not_a_phone"
    OTHER_CURRENCY = "other_currency"
    CONTRADICTS = "contradicts"
    UNKNOWN_ROLE = "unknown_role"
    REFUSED = "refused"
    PARENT_MISSING = "parent_missing"


class BadValue(Exception):
    """A value that cannot enter: which field, why, and what its sentence names."""

    def __init__(self, field: str, fault: Fault, **values: str) -> None:
        super().__init__(field, fault)
        self.field = field
        self.fault = fault
        self.values = values


_HEX_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_DATE = re.compile(
    r"(\d{1,4})[./-] ?(\d{1,2})[./-] ?(\d{1,4})\.?"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?)?",
    re.ASCII,
)
_GROUPED = {
    ".": re.compile(r"[+-]?(\d{1,3}([, \u00a0\u202f'])\d{3}(\2\d{3})*|\d+)(\.\d+)?", re.ASCII),
    ",": re.compile(r"[+-]?(\d{1,3}([. \u00a0\u202f'])\d{3}(\2\d{3})*|\d+)(,\d+)?", re.ASCII),
}
_EARLIEST, _LATEST = 1970, 2200
MOST_MINOR = 10**15
"""No single sum in a file is larger than this many minor units."""


def needed(value: str, field: str, longest: int) -> str:
    """A text that must be there."""
    value = value.strip()
    if not value:
        raise BadValue(field, Fault.MISSING)
    if len(value) > longest:
        raise BadValue(field, Fault.TOO_LONG, longest=str(longest))
    return value


def text(value: str, field: str, longest: int) -> str:
    """A text that may be empty."""
    value = value.strip()
    if len(value) > longest:
        raise BadValue(field, Fault.TOO_LONG, longest=str(longest))
    return value


def words(value: str, field: str, longest: int) -> str:
    """A customer's own words, just as they came: even a blank line is theirs."""
    text(value, field, longest)
    return value


def hex_key(value: str, field: str) -> str:
    """A key of 32 hexadecimal digits."""
    value = value.strip()
    if not value:
        raise BadValue(field, Fault.MISSING)
    if not _HEX_KEY.fullmatch(value):
        raise BadValue(field, Fault.NOT_A_KEY)
    return value


def whole(value: str, field: str, least: int, most: int) -> int:
    """A whole number within limits; `5.0` is one."""
    value = value.strip()
    if not value:
        raise BadValue(field, Fault.MISSING)
    head, dot, tail = value.partition(".")
    if not (head.isascii() and head.isdigit()) or (dot and tail.strip("0")):
        raise BadValue(field, Fault.NOT_WHOLE)
    if len(head) > 12 or not least <= int(head) <= most:
        raise BadValue(field, Fault.OUT_OF_RANGE, least=str(least), most=str(most))
    return int(head)


def number(value: str, field: str, decimal: str = ".") -> Decimal:
    """An exact number with this decimal mark; groups of three may be parted by the other marks."""
    value = value.strip()
    if not value:
        raise BadValue(field, Fault.MISSING)
    if not _GROUPED[decimal].fullmatch(value):
        raise BadValue(field, Fault.NOT_A_NUMBER)
    head, _, tail = value.partition(decimal)
    digits = "".join(c for c in head if c in "+-0123456789")
    return Decimal(f"{digits}.{tail}" if tail else digits)


def minor(value: str, field: str, currency: str, decimal: str = ".") -> int:
    """A sum of money that is not negative, in minor units, read exactly; finer than the minor unit is refused."""
    head, _, tail = value.partition(decimal)
    places = exponent(currency)
    # the plain case, which is nearly every one
    if head.isascii() and head.isdigit() and len(tail) <= places and (not tail or (tail.isascii() and tail.isdigit())):
        sum_ = int(head + tail.ljust(places, "0"))
    else:
        scaled = number(value, field, decimal).scaleb(places)
        if scaled < 0:
            raise BadValue(field, Fault.OUT_OF_RANGE, least="0", most="")
        if scaled != int(scaled):
            raise BadValue(field, Fault.TOO_FINE, currency=currency)
        sum_ = int(scaled)
    if sum_ > MOST_MINOR:
        raise BadValue(field, Fault.OUT_OF_RANGE, least="0", most=str(MOST_MINOR))
    return sum_


def plain_decimal(value: str, field: str) -> None:
    """Refuse a number that a machine would not have written: a comma, groups, a sign."""
    head, dot, tail = value.strip().partition(".")
    if not value.strip():
        raise BadValue(field, Fault.MISSING)
    if not (head.isascii() and head.isdigit()) or (dot and not (tail.isascii() and tail.isdigit())):
        raise BadValue(field, Fault.NOT_A_NUMBER)


def reading(value: str, field: str, order: str = "dmy") -> tuple[datetime, bool]:
    """A local date with or without a time as the clock read it (naive), and whether a time was given.

    ISO 8601 is always understood; else `order` says what the first of three numbers is: "dmy" or "mdy"; a first
    number of four digits is the year.
    """
    value = value.strip()
    if not value:
        raise BadValue(field, Fault.MISSING)
    try:
        # fromisoformat also takes week dates and bare digits, which nobody writes by intent
        if len(value) >= 10 and value[4] == value[7] == "-" and value[-1] not in "mM.":
            found = datetime.fromisoformat(value)
            has_time = len(value) > 10
        else:
            found, has_time = _written(value, order)
    except ValueError:
        raise BadValue(field, Fault.NOT_A_DATE) from None
    if not _EARLIEST <= found.year < _LATEST:
        raise BadValue(field, Fault.NOT_A_DATE)
    return found, has_time


def _written(value: str, order: str) -> tuple[datetime, bool]:
    match = _DATE.fullmatch(value)
    if match is None:
        raise ValueError(value)
    first, second, third = match[1], match[2], match[3]
    if len(first) == 4:
        year, month, day_ = first, second, third
    elif len(third) != 4 or len(first) > 2:
        raise ValueError(value)
    elif order == "mdy":
        month, day_, year = first, second, third
    else:
        day_, month, year = first, second, third
    hour, half = int(match[4] or 0), match[7]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(value)
        hour = hour % 12 + 12 * (half in "pP")
    found = datetime(  # noqa: DTZ001  a wall clock's reading; the zone comes after
        int(year), int(month), int(day_), hour, int(match[5] or 0), int(match[6] or 0)
    )
    return found, match[4] is not None


def instant(found: datetime, zone: ZoneInfo) -> datetime:
    """The moment in UTC at which a clock in the zone reads so: the first one where it does so twice."""
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone, fold=0)
    return found.astimezone(UTC)


def iso_moment(value: str, field: str, zone: ZoneInfo) -> tuple[datetime, date]:
    """`2018-06-12 20:07:44` as a moment in UTC and its local day; nothing else is taken."""
    value = value.strip()
    if not value:
        raise BadValue(field, Fault.MISSING)
    try:
        if len(value) != 19 or value[4] != "-" or value[10] != " ":
            raise ValueError(value)
        found = datetime.fromisoformat(value)
    except ValueError:
        raise BadValue(field, Fault.NOT_A_DATE) from None
    if not _EARLIEST <= found.year < _LATEST:
        raise BadValue(field, Fault.NOT_A_DATE)
    return found.replace(tzinfo=zone).astimezone(UTC), found.date()


@lru_cache(maxsize=65_536)
def start_of_day(day_: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime(day_.year, day_.month, day_.day, tzinfo=zone).astimezone(UTC)


def end_of_day(day_: date, zone: ZoneInfo) -> datetime:
    """The moment at which a local day is over (24:00), in UTC."""
    return start_of_day(day_ + timedelta(days=1), zone)
