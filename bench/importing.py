"""How fast orders come in: 100,000 simulated orders of one plain file, with line, shipment, promise and journal."""

import csv
import random
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.figures import Figure
from bench.homes import most_megabytes_held, run_apart
from tests.cluster import cluster, programs

SEED = 2026
ORDERS = 100_000
RUNS = 3
MOST_MEGABYTES = 500
_FIRST = datetime(2025, 1, 1, 8, 0)  # noqa: DTZ001  a shop's wall clock, as files hold it
_NAMES = ("Anna", "Béla", "Clara", "Dmitri", "Erika", "Ferenc", "Galina", "Hans", "Ilona", "Jörg", "Katja", "László")
_FAMILIES = ("Kovács", "Nagy", "Иванова", "Schmidt", "Szabó", "Петров", "Weber", "Tóth", "Fischer", "Молнар")
_HEADER = (
    *("order", "customer_number", "customer", "email", "phone", "placed", "promised", "delivered", "status"),
    *("item", "category", "quantity", "unit_price", "freight", "currency", "paid"),
)
_ITEMS = tuple(f"{what} {size}" for what in ("Boots", "Jacket", "Tent", "Lamp", "Stove") for size in range(1, 61))


def write_orders(
    path: Path,
    orders: int = ORDERS,
    *,
    seed: int = SEED,
    share_open: float = 0.01,
    sites: Sequence[str] = (),
    until: datetime | None = None,
) -> int:
    """Write a file of simulated orders, the same for the same seed; returns its rows.

    One order follows another in five minutes, or in as many that those of two years end at `until`. The last ones,
    `share_open` of them, have not arrived.
    """
    dice = random.Random(seed)
    rows = 0
    step = timedelta(minutes=5)
    first = _FIRST
    if until is not None:
        step = timedelta(days=730) / orders
        first = (until - timedelta(days=730)).replace(tzinfo=None, microsecond=0)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow((*_HEADER, "site") if sites else _HEADER)
        for number in range(1, orders + 1):
            who = dice.randrange(orders * 6 // 10)
            name = f"{_NAMES[who % 12]} {_FAMILIES[who // 12 % 10]}"
            placed = first + step * number + timedelta(seconds=dice.randrange(300))
            promised = placed + timedelta(days=dice.randint(3, 9))
            delivered = promised + timedelta(hours=dice.gauss(-40, 30))
            is_open = number > orders * (1 - share_open)
            lines = [
                (dice.choice(_ITEMS), dice.randint(1, 3), dice.randint(500, 20_000), dice.randint(0, 900))
                for _ in range(1 + (dice.random() < 0.3))
            ]
            paid = sum(count * price + freight for _, count, price, freight in lines)
            for item, count, price, freight in lines:
                rows += 1
                table.writerow(
                    (
                        f"S-{number}",
                        f"C{who}",
                        name,
                        f"c{who}@example.com",
                        f"+3630{who:07d}",
                        f"{placed:%Y-%m-%d %H:%M:%S}",
                        f"{promised:%Y-%m-%d}",
                        "" if is_open else f"{delivered:%Y-%m-%d %H:%M:%S}",
                        "shipped" if is_open else "delivered",
                        item,
                        item.partition(" ")[0],
                        count,
                        f"{price / 100:.2f}",
                        f"{freight / 100:.2f}",
                        "EUR",
                        f"{paid / 100:.2f}",
                        # neither name nor site says anything of the other
                        *([sites[who // 120 % len(sites)]] if sites else []),
                    )
                )
    return rows


def measure() -> list[Figure]:
    """Orders a second (wall clock, median of three fresh homes) and memory, on SQLite and where it is on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="goodwill-bench-") as folder:
        path = Path(folder) / "orders.csv"
        write_orders(path)
        figures = _figures("SQLite", [once(path) for _ in range(RUNS)], bar=4_000)
        if programs() is not None:
            on_postgres = []
            for _ in range(RUNS):
                with cluster(is_durable=True) as url:
                    on_postgres.append(once(path, url))
            figures += _figures("PostgreSQL", on_postgres, bar=2_500)
    return figures


def _figures(database: str, runs: Sequence[tuple[float, float]], *, bar: float) -> list[Figure]:
    rate = ORDERS / median(seconds for seconds, _ in runs)
    memory = max(megabytes for _, megabytes in runs)
    return [
        Figure(f"import on {database}", rate, "orders/s", at_least=bar),
        Figure(f"memory under {MOST_MEGABYTES} MB on {database}", MOST_MEGABYTES / memory, "times", at_least=1),
    ]


def once(path: Path, database: str | None = None) -> tuple[float, float]:
    """Import the file into a fresh home in a process of its own: seconds, and the most memory it held in MB."""
    return run_apart("bench.importing", str(path), database)


def _import_and_say(path: str) -> None:
    """The database is made first: only the import is measured."""
    from goodwill.cli.opening import open_house

    open_house()
    from datetime import UTC

    from goodwill.actions.imports import bring_in
    from goodwill.adapters.presets.looking import Options, files_of
    from goodwill.domain.viewers import OPERATOR

    started = perf_counter()
    done = bring_in(files_of([Path(path)]), Options(), by=OPERATOR, at=datetime.now(UTC))
    seconds = perf_counter() - started
    if not done:
        raise SystemExit(f"refused: {done}")
    print(seconds, most_megabytes_held())


if __name__ == "__main__":
    _import_and_say(sys.argv[1])
