"""Measures: how the work stands, in a few numbers for a monitor.

Each number comes from the end of an index, or from counting along one up to `MOST`, so that a million promises take
no longer than ten thousand. What is more is taken from what the database believes of that index (refreshed nightly
and after imports); of late promises, whose number no index knows, `MOST` is shown: an alarm rings long before.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Max, Min, QuerySet
from django.db.models.expressions import RawSQL

from goodwill.reads import readiness
from goodwill.store import statistics
from goodwill.store.deliveries import Delivery
from goodwill.store.imports import Import
from goodwill.store.jobs import Job
from goodwill.store.journal import JournalEntry
from goodwill.store.promises import Promise

MOST = 10_000
_OLDEST_OF = 1_000
"""Among so many that come next the oldest waiting one is looked for."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts, and ages in seconds; an age is None where nothing waits (of the worker: where none was seen today).

    `promises` by owed, at_risk and late (owed and past their due moment); `waking_lag` is how long the promise that
    has waited longest to be looked at has waited. `journal` is the highest number an entry has, which on PostgreSQL
    may pass the number of entries by a few.
    """

    promises: dict[str, int]
    waking_lag: float
    deliveries: dict[str, int]
    oldest_delivery_age: float | None
    jobs: dict[str, int]
    oldest_job_age: float | None
    worker_age: float | None
    imports_running: int
    journal: int


def look(at: datetime) -> Measures:
    """How the work stands at this moment. It names nobody, so it asks for no viewer; the door asks for a token."""
    owed = Promise.objects.owed()
    waiting = Delivery.objects.filter(_as_written("state = 'waiting'")).order_by("next_at", "id")
    failed = Delivery.objects.filter(_as_written("state = 'failed'")).order_by("created_at")
    at_risk = Promise.objects.filter(_as_written("standing = 'at_risk' AND settled_at IS NULL")).order_by(
        "due_at", "id"
    )
    soonest = waiting.values("created_at")[:_OLDEST_OF]
    jobs = Job.objects.order_by()
    ready = jobs.filter(state="ready")
    return Measures(
        promises={
            "owed": _counted(owed.order_by("due_at", "id"), "promise_owed"),
            "at_risk": _counted(at_risk, "promise_at_risk"),
            "late": _counted(owed.filter(due_at__lte=at).order_by("due_at", "id")),
        },
        waking_lag=_age(at, Promise.objects.filter(wakes_at__isnull=False).aggregate(first=Min("wakes_at"))) or 0.0,
        deliveries={
            "waiting": _counted(waiting, "delivery_waiting"),
            "failed": _counted(failed, "delivery_failed"),
        },
        oldest_delivery_age=_age(at, soonest.aggregate(first=Min("created_at"))),
        jobs={state: _counted(jobs.filter(state=state)) for state in ("ready", "running", "failed")},
        oldest_job_age=_age(at, ready.aggregate(first=Min("enqueued_at"))),
        worker_age=readiness.worker_age(at),
        imports_running=_counted(Import.objects.filter(state="running").order_by()),
        journal=JournalEntry.objects.aggregate(last=Max("id"))["last"] or 0,
    )


def _as_written(condition: str) -> RawSQL:
    """A condition in the words of its index: SQLite does not see that a value sent apart is the one of the index."""
    return RawSQL(condition, (), BooleanField())  # noqa: S611  our own words, nobody's values


def _counted(rows: QuerySet[Any, Any], index: str = "") -> int:
    """How many rows, counted in the order of an index; above `MOST` what the database believes of this index."""
    count = rows.values("pk")[:MOST].count()
    return max(count, statistics.entries(connection, index)) if index and count == MOST else count


def _age(at: datetime, found: dict[str, Any]) -> float | None:
    """Seconds since the first moment, never less than none; None where there is none."""
    first: datetime | None = found["first"]
    return None if first is None else max(0.0, (at - first).total_seconds())
