"""Single fields of plain data (parsed JSON) as the domain's values, or an error that names the field."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from math import isfinite
from typing import TypeVar
from zoneinfo import ZoneInfo

from goodwill.domain.hours import HoursError, Window
from goodwill.domain.windows import FIRST_YEAR, LAST_YEAR

_Choice = TypeVar("_Choice", bound=StrEnum)
_CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9]))?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def needed(fields: Mapping[str, object], field: str, name: str) -> object:
    """A field that must be there; `name` is the path of what should hold it."""
    if fields.get(field) is None:
        raise HoursError(f"{name}.{field}" if name else field, "is missing")
    return fields[field]


def as_mapping(value: object, name: str) -> Mapping[str, object]:
    """An object with named fields."""
    if not isinstance(value, Mapping):
        raise HoursError(name, "is not an object with fields")
    return value


def as_list(value: object, name: str) -> Sequence[object]:
    """A list; a string is none."""
    if not isinstance(value, list | tuple):
        raise HoursError(name, "is not a list")
    return value


def as_text(value: object, name: str) -> str:
    """A string."""
    if not isinstance(value, str):
        raise HoursError(name, "is not a string")
    return value


def as_flag(value: object, otherwise: bool, name: str) -> bool:
    """True or false; `otherwise` for none."""
    if value is None:
        return otherwise
    if not isinstance(value, bool):
        raise HoursError(name, "is not true or false")
    return value


def as_number(value: object, name: str) -> float:
    """A finite number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise HoursError(name, "is not a number")
    if isinstance(value, float) and not isfinite(value):
        raise HoursError(name, "is not a finite number")
    return value


def as_choice(choices: type[_Choice], value: object, otherwise: _Choice | None, name: str) -> _Choice:
    """One of an enum's words; `otherwise` for none."""
    if value is None and otherwise is not None:
        return otherwise
    words = [choice.value for choice in choices]
    if not isinstance(value, str) or value not in words:
        raise HoursError(name, "is not one of " + ", ".join(words))
    return choices(value)


def as_moment(value: object, name: str) -> datetime:
    """An ISO 8601 date and time with its offset from UTC."""
    text = as_text(value, name)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise HoursError(name, "is not a date and time such as 2026-03-06T16:30:00+01:00") from None
    if moment.utcoffset() is None:
        raise HoursError(name, "needs an offset from UTC, such as +01:00 or Z")
    # a year within at both ends, so that no zone can carry it over the edge
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise HoursError(name, f"must lie between {FIRST_YEAR + 1} and {LAST_YEAR - 1}")
    return moment


def as_day(value: object, name: str) -> date:
    """An ISO 8601 date."""
    text = as_text(value, name)
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR < day.year < LAST_YEAR:
        raise HoursError(name, "is not a date such as 2026-03-06")
    return day


def as_zone(value: object, name: str) -> ZoneInfo:
    """A zone of the IANA database by its name."""
    text = as_text(value, name)
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        # names that leave the database's folder are a ValueError, folders in it an OSError
        raise HoursError(name, "is not a time zone such as Europe/Berlin") from None


def as_windows(value: object, name: str) -> tuple[Window, ...]:
    """Windows of a day: a list of pairs such as ["09:00", "17:00"]."""
    windows: list[Window] = []
    for place, item in enumerate(as_list(value, name)):
        here = f"{name}[{place}]"
        pair = as_list(item, here)
        if len(pair) != 2:
            raise HoursError(here, "is a pair: opens, closes")
        opens, closes = (_clock_time(time, f"{here}[{side}]") for side, time in enumerate(pair))
        if opens == 86_400:
            raise HoursError(f"{here}[0]", "opens from 00:00 to 23:59:59")
        windows.append((opens, closes))
    return tuple(windows)


def _clock_time(value: object, name: str) -> int:
    match = _CLOCK.fullmatch(as_text(value, name))
    if match is None:
        raise HoursError(name, "is not a time such as 09:00, up to 24:00")
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
    if seconds > 86_400:
        raise HoursError(name, "is not a time such as 09:00, up to 24:00")
    return seconds
