"""Ratings of purchases: how many, how complete, how soon, and how they differ between promises kept and broken."""

from array import array
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import Length, Substr, Trim

from goodwill.domain.reports import Question
from goodwill.domain.viewers import Viewer
from goodwill.reads.readings import asked
from goodwill.store import tallies
from goodwill.store.orders import Order
from goodwill.store.ratings import Rating

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Scores:
    """Overall scores of the orders behind promises kept, or broken: number of rows by score, on 1…`scale`."""

    scale: int
    numbers: tuple[tuple[int, int], ...]

    @property
    def n(self) -> int:
        """How many rows."""
        return sum(n for _, n in self.numbers)

    def as_json(self) -> dict[str, Any]:
        """The wire shape: mean to four places, shares of each score to six."""
        return {
            "scale": self.scale,
            "n": self.n,
            "mean": float(round(Decimal(sum(score * n for score, n in self.numbers)) / self.n, 4)),
            "shares": {str(score): float(round(Decimal(n) / self.n, 6)) for score, n in self.numbers},
        }


@dataclass(frozen=True, slots=True)
class RatingsReport:
    """Ratings of the orders somebody may see.

    `source_keys` counts different keys of the source, which may be fewer than rows (one review of two orders);
    `with_words` those that say anything beside spaces; `hours` is the median from asking to answering by the local
    clock, None of none.
    """

    n: int
    source_keys: int
    orders: int
    orders_several: int
    orders_none: int
    with_words: int
    hours: float | None
    kept: tuple[Scores, ...]
    broken: tuple[Scores, ...]

    def as_json(self) -> dict[str, Any]:
        """The wire shape."""
        return {
            "n": self.n,
            "source_keys": self.source_keys,
            "orders": self.orders,
            "orders_with_several": self.orders_several,
            "orders_without": self.orders_none,
            "with_words": self.with_words,
            "share_with_words": float(round(Decimal(self.with_words) / self.n, 6)) if self.n else None,
            "median_hours_to_answer": None if self.hours is None else round(self.hours, 3),
            "kept": [scores.as_json() for scores in self.kept],
            "broken": [scores.as_json() for scores in self.broken],
        }


def ratings(viewer: Viewer, question: Question) -> RatingsReport:
    """Ratings of the orders the viewer may see; kept and broken by the question's rule."""
    orders = Order.objects.visible_to(viewer)
    given = Rating.objects.filter(order__in=orders)
    rated = Rating.objects.filter(order_id=OuterRef("pk"))
    spoken = given.annotate(said=Length(Trim("words"))).filter(said__gt=0)
    several = given.order_by().values("order_id").annotate(n=Count("pk")).filter(n__gt=1)
    kept, broken = _scores(viewer, question)
    return RatingsReport(
        n=given.count(),
        source_keys=_source_keys(given),
        orders=orders.count(),
        orders_several=several.count(),
        orders_none=orders.filter(~Exists(rated)).count(),
        with_words=spoken.count(),
        hours=_hours(given),
        kept=kept,
        broken=broken,
    )


def _source_keys(given: Any) -> int:
    """Different keys of the source. A key of ours is the source's own and the order's after it, so that one review
    of two orders is two rows: the order's part is cut off again."""
    own = given.exclude(external_key="").annotate(
        own=Substr("external_key", 1, Length("external_key") - Length("order__external_key") - 1)
    )
    return int(own.aggregate(n=Count("own", distinct=True))["n"])


def _hours(given: Any) -> float | None:
    answered = given.filter(asked_at__isnull=False, answered_at__isnull=False).order_by()
    waits = array("d")
    for asked_at, answered_at, zone in answered.values_list("asked_at", "answered_at", "order__site__zone").iterator(
        chunk_size=5_000
    ):
        info = ZoneInfo(zone)
        wall = answered_at.astimezone(info).replace(tzinfo=None) - asked_at.astimezone(info).replace(tzinfo=None)
        waits.append(wall / _HOUR)
    return median(waits) if waits else None


def _scores(viewer: Viewer, question: Question) -> tuple[tuple[Scores, ...], tuple[Scores, ...]]:
    rows = asked(viewer, question).values("id", "order_id", "reading")
    sides: tuple[dict[int, dict[int, int]], dict[int, dict[int, int]]] = ({}, {})
    for reading, scale, score, n in tallies.rated(rows, None, question.as_of, stored=False):
        if reading in ("open", "withdrawn"):
            continue
        numbers = sides[reading != "kept"].setdefault(scale, {})
        numbers[score] = numbers.get(score, 0) + n
    kept, broken = (
        tuple(Scores(scale, tuple(sorted(numbers.items()))) for scale, numbers in sorted(side.items()))
        for side in sides
    )
    return kept, broken
