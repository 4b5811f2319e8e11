"""Own fields: what a firm adds to customers and orders, typed; values are plain JSON."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from goodwill.domain.refusals import Reason
from goodwill.domain.search_words import fold

LONGEST = 500
Value = str | bool | None
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,10})?", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f']")


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"


class FieldNoun(StrEnum):
    """What a field belongs to."""

    CUSTOMER = "customer"
    ORDER = "order"


def read(kind: FieldKind, typed: str, choices: Sequence[str] = ()) -> Value | Reason:
    """The value as it is kept (text, canonical number, ISO day, true or false), None for nothing, or the reason
    why it cannot be. A number may have a point or a comma as its decimal mark, and spaces between thousands."""
    typed = typed.strip()
    if not typed:
        return None
    if kind is FieldKind.TEXT:
        return typed if len(typed) <= LONGEST else Reason.TOO_LONG
    if kind is FieldKind.NUMBER:
        return _number(typed)
    if kind is FieldKind.DATE:
        return _day(typed)
    if kind is FieldKind.YES_NO:
        return {"yes": True, "no": False}.get(typed, Reason.NOT_A_CHOICE)
    return typed if typed in choices else Reason.NOT_A_CHOICE


def key_of(label: str, taken: frozenset[str]) -> str:
    """A key for a new field: its label in folded letters, with a number where that key is taken."""
    plain = re.sub(r"\W+", "_", fold(label)).strip("_")[:32] or "field"
    key, count = plain, 1
    while key in taken:
        count += 1
        key = f"{plain}_{count}"
    return key


def _number(typed: str) -> str | Reason:
    plain = _SPACES.sub("", typed)
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        return Reason.NOT_A_NUMBER
    return f"{Decimal(plain):f}"


def _day(typed: str) -> str | Reason:
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        return Reason.NOT_A_DAY
