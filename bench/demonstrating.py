"""How fast the demonstration firm is drawn and written down: 100,000 orders with everything around them."""

import os
import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from bench.figures import Figure
from bench.homes import most_megabytes_held, run_apart
from tests.cluster import cluster, programs

SEED = 2026
ORDERS = 100_000
RUNS = 3
MOST_MEGABYTES = 1000
_AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def measure() -> list[Figure]:
    """Orders a second (wall clock, median of three fresh homes) and memory, on SQLite and where it is on PostgreSQL."""
    figures = _figures("SQLite", [once() for _ in range(RUNS)], bar=4_000)
    if programs() is not None:
        on_postgres = []
        for _ in range(RUNS):
            with cluster(is_durable=True) as url:
                on_postgres.append(once(url))
        figures += _figures("PostgreSQL", on_postgres, bar=2_500)
    return figures


def _figures(database: str, runs: Sequence[tuple[float, float]], *, bar: float) -> list[Figure]:
    rate = median(rate for rate, _ in runs)
    memory = max(megabytes for _, megabytes in runs)
    return [
        Figure(f"demonstration on {database}", rate, "orders/s", at_least=bar),
        Figure(f"memory under {MOST_MEGABYTES} MB on {database}", MOST_MEGABYTES / memory, "times", at_least=1),
    ]


def once(database: str | None = None, orders: int = ORDERS) -> tuple[float, float]:
    """Load into a fresh home in a process of its own: orders a second, and the most memory it held in MB."""
    return run_apart("bench.demonstrating", str(orders), database)


def _load_and_say(orders: int) -> None:
    """The database is made first: drawing the firm and writing it down are measured, with its tables of truth."""
    from goodwill.cli.opening import open_house

    open_house()
    from pathlib import Path

    from goodwill.actions import demonstrations
    from goodwill.adapters.truths import TruthFolder
    from goodwill.domain.simulated_firm import SimulatedBlock
    from goodwill.domain.simulated_tables import COLUMNS, parameters
    from goodwill.domain.simulation import FIRM, Plan, simulate
    from goodwill.domain.viewers import OPERATOR

    plan = Plan(orders, _AT)
    written = 0
    begun = perf_counter()
    with TruthFolder(Path(os.environ["GOODWILL_HOME"]) / "truth", COLUMNS, parameters(), is_packed=True) as truth:

        def tell(block: SimulatedBlock) -> None:
            nonlocal written
            truth.add(block.truth)
            written += len(block.orders)

        blocks = simulate(plan, lambda number: random.Random(f"{SEED}/{number}"))
        loaded = demonstrations.load(FIRM, blocks, by=OPERATOR, at=plan.begun_at, tell=tell)
        truth.finish()
    if not loaded:
        raise SystemExit(f"refused: {loaded}")
    print(written / (perf_counter() - begun), most_megabytes_held())


if __name__ == "__main__":
    _load_and_say(int(sys.argv[1]))
