"""Deliveries: how orders stand, and how long customers wait, by the clock on their own wall."""

from array import array
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from goodwill.domain.records import PromiseKind, Side
from goodwill.domain.reports import Figure
from goodwill.domain.viewers import Viewer
from goodwill.domain.wall_clocks import DAY, WallClocks, median_of
from goodwill.store.instants import Days, Micros
from goodwill.store.orders import Order
from goodwill.store.promises import Promise


@dataclass(frozen=True, slots=True)
class OrderStatuses:
    """How many orders stand where, most first."""

    statuses: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, Any]:
        """The wire shape: `{"n", "statuses": [{"status", "n"}]}`."""
        return {
            "n": sum(n for _, n in self.statuses),
            "statuses": [{"status": status, "n": n} for status, n in self.statuses],
        }


@dataclass(frozen=True, slots=True)
class LeadTimes:
    """Medians in days over delivered orders (None of none): from purchase to delivery, from purchase to the
    promised moment, and how many calendar days before the promised day it came."""

    n: int
    to_deliver: float | None
    promised: float | None
    early: float | None

    def as_json(self) -> dict[str, Any]:
        """The wire shape; days to four decimal places."""
        return {
            "n": self.n,
            "median_days": {
                "purchase_to_delivered": _four(self.to_deliver),
                "purchase_to_promised": _four(self.promised),
                "delivered_before_promised": _four(self.early),
            },
        }


def order_statuses(viewer: Viewer) -> OrderStatuses:
    """Orders the viewer may see, counted by the status their source gave them."""
    seen = Order.objects.visible_to(viewer).order_by().values("status").annotate(n=Count("pk"))
    return OrderStatuses(tuple(seen.order_by("-n", "status").values_list("status", "n")))


def lead_times(viewer: Viewer) -> LeadTimes:
    """Lead times of the delivered orders the viewer may see.

    Local readings are subtracted: from 20:00 to 08:00 is half a day to the customer on any night of the year.
    Eight bytes are held for each order and figure.
    """
    delivered: QuerySet[Any, tuple[Any, ...]] = (
        Promise.objects.visible_to(viewer)
        .filter(kind=PromiseKind.DELIVERY, order__isnull=False, acted_at__isnull=False, acted_on__isnull=False)
        .filter(outcome__in=Figure.N.outcomes)
        .exclude(side=Side.THEIRS)
        .order_by()
        .values_list(
            Micros("order__placed_at"),
            Micros("acted_at"),
            Micros("promised_at"),
            Days("promised_on"),
            Days("acted_on"),
            "zone",
        )
    )
    clocks = WallClocks()
    to_deliver, promised, early = array("q"), array("q"), array("q")
    for placed, acted, due, due_on, acted_on, zone in delivered.iterator(chunk_size=5_000):
        clock = clocks[zone]
        to_deliver.append(clock.between(placed, acted))
        promised.append(clock.until(placed, due, due_on))
        early.append(due_on - acted_on)
    return LeadTimes(len(early), median_of(to_deliver, DAY), median_of(promised, DAY), median_of(early, 1))


def _four(days: float | None) -> float | None:
    return None if days is None else round(days, 4)
