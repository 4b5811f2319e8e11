"""Ratings of purchases: how many, how complete, how soon, and how they differ between promises kept and broken."""

from array import array
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Sum, When
from django.db.models.functions import Length, Substr, Trim

from goodwill.domain.reports import Question
from goodwill.domain.roles import Scope
from goodwill.domain.viewers import Viewer
from goodwill.domain.wall_clocks import HOUR, WallClocks, median_of
from goodwill.reads.readings import asked
from goodwill.store import tallies
from goodwill.store.instants import Micros
from goodwill.store.orders import Order
from goodwill.store.ratings import Rating


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
    given: QuerySet[Rating] = Rating.objects.order_by()
    if viewer.scope is not Scope.ALL:
        given = given.filter(order__in=orders)
    by_order = given.values("order_id").annotate(ratings=Count("pk"))
    rated = by_order.aggregate(
        n=Sum("ratings", default=0), orders=Count("order_id"), several=Count("order_id", filter=Q(ratings__gt=1))
    )
    told = given.annotate(own=_source_key(), said=Length(Trim("words"))).aggregate(
        source_keys=Count("own", distinct=True), with_words=Count("pk", filter=Q(said__gt=0))
    )
    kept, broken = _scores(viewer, question)
    every = orders.count()
    return RatingsReport(
        n=rated["n"],
        source_keys=told["source_keys"],
        orders=every,
        orders_several=rated["several"],
        orders_none=every - rated["orders"],
        with_words=told["with_words"],
        hours=_hours(given),
        kept=kept,
        broken=broken,
    )


def _source_key() -> Case:
    """The source's own key, NULL without one. A key of ours is the source's own and the order's after it, so that one
    review of two orders is two rows: the order's part is cut off again."""
    own = Substr("external_key", 1, Length("external_key") - Length("order__external_key") - 1)
    return Case(When(~Q(external_key=""), then=own))


def _hours(given: QuerySet[Rating]) -> float | None:
    answered = given.filter(asked_at__isnull=False, answered_at__isnull=False)
    clocks, waits = WallClocks(), array("q")
    for asked_at, answered_at, zone in answered.values_list(
        Micros("asked_at"), Micros("answered_at"), "order__site__zone"
    ).iterator(chunk_size=5_000):
        waits.append(clocks[zone].between(asked_at, answered_at))
    return median_of(waits, HOUR)


def _scores(viewer: Viewer, question: Question) -> tuple[tuple[Scores, ...], tuple[Scores, ...]]:
    rows = asked(viewer, question).values("id", "order_id", "reading")
    sides: tuple[dict[int, dict[int, int]], dict[int, dict[int, int]]] = ({}, {})
    for reading, scale, score, n in tallies.rated(rows, question.as_of):
        if reading in ("open", "withdrawn"):
            continue
        numbers = sides[reading != "kept"].setdefault(scale, {})
        numbers[score] = numbers.get(score, 0) + n
    kept, broken = (
        tuple(Scores(scale, tuple(sorted(numbers.items()))) for scale, numbers in sorted(side.items()))
        for side in sides
    )
    return kept, broken
