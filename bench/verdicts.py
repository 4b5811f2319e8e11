"""A verdict on 10,000,000 rows of Parquet: CPU seconds from file to answer in its own process, and peak memory."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

import duckdb

from bench.figures import RUNS, Figure

ROWS = 10_000_000
MOST_SECONDS = 5.0
MOST_MIB = 1000.0
_FILL = """
COPY (
    SELECT i AS customer,
           CASE WHEN hash(i) % 2 = 0 THEN 'letter' ELSE 'none' END AS arm,
           CASE WHEN hash(i + 7) % 20 = 0 THEN round(20 + (hash(i + 3) % 8000) / 100, 2) ELSE 0 END AS spend,
           (hash(i + 5) % 30000) / 100 AS past
    FROM range({rows}) t(i)
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""
_ASKED = ("--arm", "arm", "--control", "none", "--outcome", "spend", "--margin", "0.3", "--json")


def spent() -> float:
    """CPU seconds of all processes waited for so far."""
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def ask(path: Path, *options: str) -> float:
    """CPU seconds of one verdict on all cores, start of Python included: no less than it takes on an idle machine."""
    begun = spent()
    done = subprocess.run(
        [sys.executable, "-m", "goodwill", "verdict", str(path), *_ASKED, *options], capture_output=True, check=True
    )
    taken = spent() - begun
    assert json.loads(done.stdout)["n"] > 0
    return taken


def measure() -> list[Figure]:
    """Rows a second with and without a look for units that are there twice; the bars are 5 s and under 1 GB."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few.parquet", Path(folder) / "many.parquet"
        for path, rows in ((few, ROWS // 10), (many, ROWS)):
            duckdb.sql(_FILL.format(rows=rows, path=path))
        ask(few)
        seconds = {
            "10,000,000 rows": median(ask(many, "--before", "past") for _ in range(RUNS)),
            "1,000,000 rows": median(ask(few, "--before", "past") for _ in range(RUNS)),
        }
        seconds["10,000,000 rows, units checked"] = median(
            ask(many, "--before", "past", "--unit", "customer") for _ in range(RUNS)
        )
        # of all processes waited for the largest, in KiB
        peak = getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024
    bar = 1 / MOST_SECONDS
    return [
        *(Figure(f"CPU seconds, {name}", taken, "s") for name, taken in seconds.items()),
        *(Figure(name, 1 / taken, "verdicts/s", at_least=bar) for name, taken in seconds.items()),
        Figure("peak memory", peak, "MiB"),
        Figure("room left under 1 GB", MOST_MIB - peak, "MiB", at_least=0),
    ]
