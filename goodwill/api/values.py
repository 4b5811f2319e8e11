"""Values: what goes over the wire, each bounded, so that no program can ask what the house cannot answer."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from goodwill.domain.money import Money

MOST_ID = 2**63 - 1
NO_NUL = r"^[^\x00]*$"
LANGUAGE = r"^[a-z]{0,3}$"
COUNTRY = r"^([A-Z]{2})?$"
CURRENCY = r"^[A-Z]{3}$"
AMOUNT = r"^[0-9]{1,12}(\.[0-9]{1,4})?$"
MONTH = r"^(19[7-9]|20[0-9])[0-9]-(0[1-9]|1[0-2])$"
HOW_TO_WRITE = {
    NO_NUL: "This holds the character NUL. Take it out.",
    LANGUAGE: "This is not a language. Write it in small letters, like hu.",
    COUNTRY: "This is not a country. Write it as two capital letters, like HU.",
    CURRENCY: "This is not a currency. Write it as three capital letters, like EUR.",
    AMOUNT: "This is not an amount. Write it as text with a point, like 1187.99; it is never negative.",
    MONTH: "This is not a month. Write it like 2026-03.",
}
"""The remedy where a text does not fit one of these patterns."""
_LOST_PLUS = re.compile(r"T.* \d\d:?\d\d$")
_FIRST_YEAR, _LAST_YEAR = 1970, 2100


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and _LOST_PLUS.search(value):
        raise ValueError("has a blank where its offset begins; in an address write a plus as %2B")
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("is not a moment; write it like 2026-03-06T16:30:00+01:00") from None
    if at.utcoffset() is None:
        raise ValueError("has no offset from UTC; write it like 2026-03-06T16:30:00+01:00")
    if not _FIRST_YEAR < at.year < _LAST_YEAR:
        raise ValueError(f"lies beyond the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return at


def _day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    try:
        on = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("is not a day; write it like 2026-03-06") from None
    if not _FIRST_YEAR < on.year < _LAST_YEAR:
        raise ValueError(f"lies beyond the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return on


Id = Annotated[int, Field(ge=1, le=MOST_ID)]
"""The number of a row, in an address or a query."""
RowId = Annotated[int, Field(ge=1, le=MOST_ID, strict=True)]
"""The number of a row, in a body: a JSON number, not text."""
Yes = Annotated[bool, Field(strict=True)]
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
"""ISO 8601 with an offset."""
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Short = Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)]
Name = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
Words = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]
Limit = Annotated[int, Field(ge=1, le=200)]
Cursor = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]


class Asked(BaseModel):
    """What a program sends: a field that is not known is refused, so that a typing error never passes for a default."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """What a program is told. Unknown fields may come with later versions."""


class MoneyIn(Asked):
    """A sum of money as text, so that nobody rounds it."""

    amount: Annotated[str, StringConstraints(pattern=AMOUNT)]
    currency: Annotated[str, StringConstraints(pattern=CURRENCY)]

    def money(self) -> Money:
        """The sum; raises ValueError where it is finer than the currency's smallest unit."""
        return Money.of(Decimal(self.amount), self.currency)


class MoneyOut(Told):
    """A sum of money: `{"amount": "1187.99", "currency": "BRL"}`."""

    amount: str
    currency: str
