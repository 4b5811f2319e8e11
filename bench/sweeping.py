"""How long it takes to break promises that fall due at once: `python -m bench.sweeping [--promises N]`.

Three runs over the same simulated rows in a throw-away home (DATABASE_URL chooses the database); each run puts the
promises back and sweeps them with the worker's own tick. Prints one JSON line with the median in seconds.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta

DUE = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
BATCH = 5_000
RUNS = 3


def main() -> None:
    """Seed, sweep, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--promises", type=int, default=100_000)
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
