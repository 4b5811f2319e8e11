"""Lifetime models and the customer summary, against `lifetimes` 0.11.3 and raw DuckDB, on the same rows in one run.

Customers are simulated from the CDNOW parameters, first purchases spread over 12 weeks of days, 39 weeks from the first
of them to the end. Ours starts from the customers' arrays, as theirs does, so counting unique rows is in its time; ours
ends with standard errors, theirs for BG/NBD only. `python -m bench.lifetime --full` takes the full sizes.
"""

import sys
import tempfile
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

import duckdb
import ibis
import lifetimes
import numpy as np

from bench.figures import RUNS, Figure, per_second
from goodwill.analytics import bgnbd, paretonbd
from goodwill.analytics.lifetime_simulations import draw_beta_geometric, draw_pareto, in_days
from goodwill.analytics.purchases import Rows, count_rows, summarise

BG_CUSTOMERS, PARETO_CUSTOMERS, ORDERS = 1_000_000, 20_000, 2_000_000
FULL = (1_000_000, 100_000, 5_000_000)
BG_BAR, PARETO_BAR, SUMMARY_BAR = 50.0, 25.0, 0.5
BG = bgnbd.PARAMS(0.2426, 4.4136, 0.7929, 2.4259)
PARETO = paretonbd.PARAMS(0.553, 10.578, 0.606, 11.669)
LAST = date(1997, 9, 30)


def measure(
    bg_customers: int = BG_CUSTOMERS, pareto_customers: int = PARETO_CUSTOMERS, orders: int = ORDERS
) -> list[Figure]:
    """Customers a second of CPU for the fits, orders a second of wall time for the summary."""
    rng = np.random.default_rng(1997)
    figures = _fits("BG/NBD", _bg(bg_customers, rng), bgnbd.fit, lifetimes.BetaGeoFitter, BG_BAR)
    figures += _fits("Pareto/NBD", _pareto(pareto_customers, rng), paretonbd.fit, lifetimes.ParetoNBDFitter, PARETO_BAR)
    return figures + _summary(orders, rng)


def _ages(customers: int, rng: np.random.Generator) -> np.ndarray:
    return (273 - rng.integers(0, 84, customers)) / 7


def _bg(customers: int, rng: np.random.Generator) -> Rows:
    return in_days(draw_beta_geometric(BG, _ages(customers, rng), rng), 7)


def _pareto(customers: int, rng: np.random.Generator) -> Rows:
    return in_days(draw_pareto(PARETO, _ages(customers, rng), rng), 7)


def _fits(
    model: str, rows: Rows, fit: Callable[[Rows], object], peer: Callable[[], object], bar: float
) -> list[Figure]:
    """Ours and theirs; raises AssertionError where the two do not find the same parameters."""
    ours: list[object] = []
    theirs: list[object] = []

    def run() -> None:
        ours.append(fit(count_rows(rows.x, rows.t_x, rows.T)))

    def peer_run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs.append(peer().fit(rows.x, rows.t_x, rows.T))  # type: ignore[attr-defined]

    size = len(rows)
    name, peer_name = f"{model}, {size:,} customers, goodwill", f"{model}, {size:,} customers, lifetimes 0.11.3"
    here, there = per_second(run, size), per_second(peer_run, size)
    found = np.array(list(ours[-1].params))  # type: ignore[attr-defined]
    known = np.array(list(theirs[-1].params_))  # type: ignore[attr-defined]
    # four decimals; of Pareto/NBD theirs leaves s and β on a slope it calls small, right to three digits
    near = np.abs(found - known) <= (5e-5 if model == "BG/NBD" else 2e-3 * known)
    assert near.all(), (found, known)
    return [
        Figure(name, here, "customers/s", peer_name, bar),
        Figure(peer_name, there, "customers/s"),
    ]


def _summary(orders: int, rng: np.random.Generator) -> list[Figure]:
    """Orders in Parquet to the customer summary, against the query a DuckDB user would write."""
    with tempfile.TemporaryDirectory(prefix="goodwill-bench-") as folder:
        path = Path(folder) / "orders.parquet"
        made = (
            f"SELECT (random() * {orders // 4})::BIGINT customer, DATE '1997-01-01' + (random() * 272)::INT date, "  # noqa: S608
            f"random() * 100 amount FROM range({orders})"
        )
        duckdb.sql(f"SELECT setseed({rng.random()})")
        duckdb.sql(f"COPY ({made}) TO '{path}' (FORMAT parquet)")
        known, connection = duckdb.connect(), ibis.duckdb.connect()
        raw_query = (
            "SELECT customer, count(DISTINCT date) - 1 x, max(date) - min(date) t_x, "  # noqa: S608
            f"DATE '{LAST}' - min(date) T FROM '{path}' WHERE date <= DATE '{LAST}' GROUP BY customer"
        )
        query = ibis.to_sql(summarise(connection.read_parquet(path), until=LAST))
        keep, check = "CREATE OR REPLACE TABLE answer AS", "SELECT sum(x), sum(t_x), sum(T), count(*) FROM answer"
        ours = _wall(lambda: connection.raw_sql(f"{keep} {query}"))
        raw = _wall(lambda: known.execute(f"{keep} {raw_query}"))
        assert connection.raw_sql(check).fetchall() == known.execute(check).fetchall()
    name, raw_name = f"summary of {orders:,} orders, goodwill", f"summary of {orders:,} orders, raw DuckDB"
    return [
        Figure(name, orders / ours, "orders/s", raw_name, SUMMARY_BAR),
        Figure(raw_name, orders / raw, "orders/s"),
    ]


def _wall(work: Callable[[], object]) -> float:
    """Seconds of the wall clock, a median, as DuckDB works on all cores at once."""
    work()
    taken = []
    for _ in range(RUNS):
        begun = perf_counter()
        work()
        taken.append(perf_counter() - begun)
    return median(taken)


if __name__ == "__main__":
    from bench.__main__ import rows as lines

    for line in lines("lifetime", measure(*(FULL if "--full" in sys.argv[1:] else ()))):
        print("  ".join(line))
