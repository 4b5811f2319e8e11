"""Readiness: whether this house can answer now, in codes that anybody may read."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.utils import DatabaseError

from goodwill.reads import schema
from goodwill.reads.health import WORKER_KEY

_QUIET = timedelta(seconds=60)
_LEAST_FREE_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Readiness:
    """`database` ok or unreachable; `schema` current, older, newer, unmade or unknown; `disk` ok or full; `worker`
    ok, late, never or unknown: a worker that is late is a warning, because the pages answer without it."""

    database: str
    schema: str
    worker: str
    disk: str

    @property
    def is_ready(self) -> bool:
        """Whether requests may be sent here."""
        return (self.database, self.schema, self.disk) == ("ok", "current", "ok")

    def as_json(self) -> dict[str, Any]:
        """The wire shape."""
        checks = {"database": self.database, "schema": self.schema, "worker": self.worker, "disk": self.disk}
        return {"ready": self.is_ready, "checks": checks}


def look(at: datetime) -> Readiness:
    """How things stand. Two small reads of the database; names nobody and nothing, so it asks for no viewer."""
    disk = "ok" if shutil.disk_usage(settings.HOME).free >= _LEAST_FREE_BYTES else "full"
    try:
        state = schema.look().state
        worker = _worker(at) if state != "unmade" else "never"
    except DatabaseError:
        return Readiness("unreachable", "unknown", "unknown", disk)
    return Readiness("ok", state, worker, disk)


def worker_age(at: datetime) -> float | None:
    """Seconds since any worker was last seen; None where none was today."""
    beat: dict[str, Any] | None = cache.get(WORKER_KEY)
    return None if beat is None else max(0.0, (at - datetime.fromisoformat(beat["at"])).total_seconds())


def _worker(at: datetime) -> str:
    age = worker_age(at)
    return "never" if age is None else "late" if age > _QUIET.total_seconds() else "ok"
