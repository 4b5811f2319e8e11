"""How long it takes to break promises that fall due at once: `python -m bench.sweeping [--promises N]`.

Three runs over the same simulated rows in a throw-away home (DATABASE_URL chooses the database); each run puts the
promises back and sweeps them with the worker's own tick. Prints one JSON line with the median in seconds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.figures import Figure
from tests.cluster import cluster, programs

PROMISES = 100_000
BAR_SECONDS = 15
DUE = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
BATCH = 5_000
RUNS = 3


def measure() -> list[Figure]:
    """Seconds to break a hundred thousand at once, on SQLite and where it is on PostgreSQL; the bar is 15 s."""
    figures = [_figure("SQLite", _swept(""))]
    if programs() is not None:
        with cluster(is_durable=True) as url:
            figures.append(_figure("PostgreSQL", _swept(url)))
    return figures


def _swept(url: str) -> dict[str, Any]:
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | ({"DATABASE_URL": url} if url else {})
    done = subprocess.run(
        [sys.executable, "-m", "bench.sweeping"], env=environment, check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _figure(database: str, found: dict[str, Any]) -> Figure:
    seconds = found["seconds"]
    return Figure(f"{PROMISES:,} broken at once, {database}: {seconds} s", BAR_SECONDS / seconds, "x 15 s", at_least=1)


def main() -> None:
    """Seed, sweep, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--promises", type=int, default=PROMISES)
    count = asked.parse_args().promises
    with tempfile.TemporaryDirectory(prefix="goodwill-sweeping-") as folder:
        os.environ["GOODWILL_HOME"] = folder

        from goodwill.cli.opening import open_house

        open_house()
        seed(count)
        seconds = [sweep() for _ in range(RUNS)]
    median = statistics.median(seconds)
    print(
        json.dumps(
            {
                "promises": count,
                "cores": os.cpu_count(),
                "seconds": round(median, 2),
                "runs": [round(each, 2) for each in seconds],
                "per_second": round(count / median),
            }
        )
    )


def seed(count: int) -> None:
    """A firm with `count` promises, to a tenth as many customers, all due at one moment."""
    from django.db import connection

    from goodwill.store import models as rows

    firm = {"name": "Bench", "currency": "EUR", "zone": "Europe/Berlin", "created_at": DUE}
    rows.Firm.objects.get_or_create(id=1, defaults=firm)
    customers = rows.Customer.objects.bulk_create(
        [rows.Customer(kind="person", name=f"Customer {n}", created_at=DUE) for n in range(max(count // 10, 1))], BATCH
    )
    rows.Promise.objects.bulk_create(
        [
            rows.Promise(
                customer=customers[n % len(customers)], kind="answer", what="answer", zone="Europe/Berlin",
                made_at=DUE - timedelta(days=1), late_rule="moment", target_kind="moment", promised_at=DUE,
                promised_on=DUE.date(), due_at=DUE, wakes_at=DUE, standing="at_risk",
            )
            for n in range(count)
        ],
        BATCH,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def sweep() -> float:
    """Seconds to break them all, the rows put back first."""
    from goodwill.store.promises import Promise
    from goodwill.worker import clock

    Promise.objects.update(outcome="open", standing="at_risk", broken_at=None, wakes_at=DUE)
    began = time.perf_counter()
    clock.tick(DUE + timedelta(seconds=1))
    taken = time.perf_counter() - began
    assert not Promise.objects.exclude(outcome="broken_silent").exists()
    return taken


if __name__ == "__main__":
    main()
