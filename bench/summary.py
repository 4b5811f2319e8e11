"""Orders in Parquet to the customer summary, beside a DuckDB query by hand that counts distinct days; and ten times
as many, for how time and memory grow. CPU seconds and peak memory of processes of their own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import duckdb

from bench.figures import RUNS, Figure

ROWS = int(os.environ.get("SUMMARY_ROWS", "5000000"))
"""The real run has 5,000,000; fewer are for trying it out."""
_FILL = """
COPY (
    SELECT hash(i) % ({rows} // 5) AS customer,
           DATE '2022-01-01' + CAST(hash(i + 3) % 1400 AS INTEGER) AS date,
           (hash(i + 5) % 30000) / 100 AS amount
    FROM range({rows}) t(i)
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""
_OURS = """
import sys
from datetime import date
import ibis
from goodwill.analytics.purchases import summarise
table = ibis.duckdb.connect().read_parquet(sys.argv[1])
found = summarise(table, until=date(2026, 1, 1)).to_pyarrow()
print(found.num_rows, sum(found["x"].to_numpy()))
"""
_BY_HAND = """
import sys
import duckdb
found = duckdb.sql(f'''
    SELECT customer, count(DISTINCT date) - 1 AS x, date_diff('day', min(date), max(date)) AS t_x,
           date_diff('day', min(date), DATE '2026-01-01') AS T
    FROM '{sys.argv[1]}' WHERE date <= DATE '2026-01-01' GROUP BY customer
''').to_arrow_table()
print(found.num_rows, sum(found["x"].to_numpy()))
"""
_NOTHING = "import duckdb, ibis, goodwill.analytics.purchases"


def ask(program: str, *words: str) -> tuple[float, float, str]:
    """CPU seconds, peak MiB and the answer of a Python program in a process of its own."""
    child = subprocess.Popen([sys.executable, "-c", program, *words], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    assert child.returncode == 0
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said


def medians(runs: Sequence[tuple[float, float, str]]) -> tuple[float, float]:
    """The median seconds and MiB of runs that all said the same."""
    assert len({said for _, _, said in runs}) == 1
    return median(one[0] for one in runs), median(one[1] for one in runs)


def measure() -> list[Figure]:
    """Both for many orders and a tenth of them; what starting Python and loading the libraries takes is left out."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few.parquet", Path(folder) / "many.parquet"
        for path, rows in ((few, ROWS // 10), (many, ROWS)):
            duckdb.sql(_FILL.format(rows=rows, path=path))
        asked = {"by hand": _BY_HAND, "goodwill": _OURS}
        assert ask(_OURS, str(few))[2] == ask(_BY_HAND, str(few))[2]
        start, empty = medians([ask(_NOTHING) for _ in range(RUNS)])
        bare, _ = medians([ask("import duckdb, pyarrow, numpy") for _ in range(RUNS)])
        found = {
            (name, path): medians([ask(program, str(path)) for _ in range(RUNS)])
            for name, program in asked.items()
            for path in (few, many)
        }
    ours, hand = found["goodwill", many], found["by hand", many]
    small = found["goodwill", few]
    seconds, raw = max(ours[0] - start, 1e-3), max(hand[0] - bare, 1e-3)
    times = seconds / max(small[0] - start, 1e-3)
    memory = (ours[1] - empty) / max(small[1] - empty, 1.0)
    return [
        Figure(f"{ROWS:,} orders by hand, CPU", raw, "s"),
        Figure(f"{ROWS:,} orders by goodwill, CPU", seconds, "s"),
        Figure("by hand", ROWS / raw, "orders/s"),
        Figure("goodwill", ROWS / seconds, "orders/s", "by hand", at_least=0.5),
        Figure("peak memory", ours[1], "MiB"),
        Figure("time for ten times as many", times, "x"),
        Figure("memory for ten times as many", memory, "x"),
        Figure("time and memory linear (10 / the larger)", 10 / max(times, memory), "x", at_least=0.8),
    ]
