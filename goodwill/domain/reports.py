"""Reports: what may be asked of the promises, and into which groups they fall."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

NONE = "-"
"""The key of those that have no site, no category, no carrier and so on."""


class Rule(StrEnum):
    """By which rule an act is read as late: each promise's own, or one for all (a reading, which stores nothing)."""

    OWN = "own"
    END_OF_DAY = "end_of_day"
    MOMENT = "moment"


class Grouping(StrEnum):
    """Into what promises are grouped. An order of several sellers or categories counts once in each."""

    MONTH = "month"
    SITE = "site"
    CATEGORY = "category"
    CARRIER = "carrier"
    SELLER = "seller"
    REGION = "region"
    DELAY_BUCKET = "delay_bucket"


class Figure(StrEnum):
    """A figure of the report, which opens to the promises behind it."""

    N = "n"
    KEPT = "kept"
    BROKEN = "broken"
    BROKEN_WARNED = "broken_warned"
    BROKEN_SILENT = "broken_silent"
    BROKEN_UNRECORDED = "broken_unrecorded"
    WITHDRAWN = "withdrawn"
    OPEN = "open"

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes it counts."""
        broken = ("broken_warned", "broken_silent", "broken_unrecorded")
        return {Figure.N: ("kept", *broken), Figure.BROKEN: broken}.get(self, (self.value,))


BUCKETS = (
    ("15+ days early", None, -15),
    ("1-14 early", -14, -1),
    ("on the day", 0, 0),
    ("1-3 late", 1, 3),
    ("4-7 late", 4, 7),
    ("8+ late", 8, None),
)
"""Name, fewest and most days after the promised day; None is without an end."""


def bucket_of(days: int) -> str:
    """The delay bucket of an act so many days after the promised day (negative: before it)."""
    return next(name for name, _, most in BUCKETS if most is None or days <= most)


def bounds_of(bucket: str) -> tuple[int | None, int | None]:
    """Fewest and most days of a bucket, both included. Raises ValueError for a bucket that does not exist."""
    for name, fewest, most in BUCKETS:
        if name == bucket:
            return fewest, most
    raise ValueError(f"no such delay bucket: {bucket}")


def month_of(key: str) -> tuple[date, date]:
    """First and last day of a month like `2017-11`. Raises ValueError for anything else."""
    first = date.fromisoformat(f"{key}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def moment_of(text: str, zone: str) -> datetime:
    """The moment that a person means: a day is its end in this zone, a moment without an offset is in this zone.

    Raises ValueError for anything that is neither.
    """
    if len(text) == len("2018-01-31"):
        return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time.min, ZoneInfo(zone))
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: by which rule, of which promises, at which moment.

    `from_on` and `to_on` bound the due day, both included; `within` narrows to groups, as pairs of grouping and key
    (`("site", "3")`, `("region", "SP")`, `("month", "2017-11")`). With `as_of` the promises are read as they stood
    at that moment; without, as they stand `at` the moment of asking.
    """

    at: datetime
    rule: Rule = Rule.OWN
    by: Grouping | None = None
    as_of: datetime | None = None
    from_on: date | None = None
    to_on: date | None = None
    within: tuple[tuple[Grouping, str], ...] = ()

    @property
    def moment(self) -> datetime:
        """The moment the answer speaks of."""
        return self.as_of or self.at

    def narrowed(self, by: Grouping, key: str) -> "Question":
        """The same question of one group only."""
        return replace(self, within=(*((g, k) for g, k in self.within if g is not by), (by, key)))
