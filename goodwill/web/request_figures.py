"""Request figures: how many requests of which route ended how, and how soon, added up over all web processes.

`goodwill serve` names a folder (`PROMETHEUS_MULTIPROC_DIR`) in which each web process keeps its own counts; whichever
process is asked adds all of them up. Without the folder (in tests) there is one process and nothing to add.
"""

import os

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

_own = CollectorRegistry()
_seconds = Histogram(
    "goodwill_request_seconds",
    "Requests by the name of their route and the class of their status",
    ("route", "status"),
    buckets=_BUCKETS,
    registry=_own,
)


def note(route: str, status: int, seconds: float) -> None:
    """Count one request."""
    _seconds.labels(route, f"{status // 100}xx").observe(seconds)


def add_to(registry: CollectorRegistry) -> None:
    """Let this registry show the requests of all web processes."""
    folder = os.environ.get(FOLDER)
    if folder:
        MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    else:
        registry.register(_seconds)
