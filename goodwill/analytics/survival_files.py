"""Customers of a file, CSV or Parquet, or of an engine's table, as cohorts followed until they left; or a refusal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np

from goodwill.analytics.results import Reason, Refused, Window
from goodwill.analytics.survivals import Flags, Floats
from goodwill.analytics.text_files import as_date, find_garbled, is_parquet, read_text

ROLES = ("customer", "joined", "left", "cohort")
EVERYBODY = "all"
_NEEDED = ("customer", "joined", "left")


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Each cohort's days watched and whether they ended in a departure; the days on which customers joined.

    `until` is the last day of watching; `left_out` customers joined after it.
    """

    cohorts: Mapping[str, tuple[Floats, Flags]]
    window: Window
    until: date
    left_out: int


def read(source: Path | ir.Table, columns: Mapping[str, str], until: date | None = None) -> Followed | Refused:
    """The customers of a file or of an engine's table, a row each, in cohorts.

    Each has the day of having `joined`, the day of having `left` (empty: still here) and the `cohort`.

    `columns` names the column of each role that is not called as the role is; without a cohort all are one. Who left
    after `until` (by default the last day in the file) was still here. Refused, by column and row (1 is the first
    below the header): a missing customer or day of joining, a day that is none, one who left before joining, a
    customer who is there twice, bytes that are not UTF-8.
    """
    if not isinstance(source, Path):
        return _read_table(source, {name: name for name in source.columns}, columns, until)
    path, connection = source, ibis.duckdb.connect()
    try:
        if is_parquet(path):
            raw = connection.read_parquet(path)
            known = {name: name for name in raw.columns}
        else:
            garbled = find_garbled(path)
            if garbled is not None:
                return garbled
            raw, names = read_text(connection, path)
            # of two columns with one name the first is meant
            known = {name: f"c{names.index(name)}" for name in names if name}
        return _read_table(raw, known, columns, until)
    except duckdb.Error as problem:
        line = re.search(r"Line: (\d+)", str(problem))
        return Refused(Reason.NOT_A_TABLE, row=int(line[1]) - 1 if line else None, value=str(problem).splitlines()[0])


def _read_table(
    raw: ir.Table, known: Mapping[str, str], columns: Mapping[str, str], until: date | None
) -> Followed | Refused:
    asked = {role: columns.get(role, role) for role in ROLES}
    absent = [name for role, name in asked.items() if name not in known and (role in _NEEDED or role in columns)]
    if absent:
        return Refused(Reason.NO_COLUMN, absent[0], value=", ".join(known))
    cells = {role: raw[known[name]] for role, name in asked.items() if name in known}
    table = raw.select(**_type(cells))
    bad = _find_bad(table, asked)
    return bad if bad is not None else _follow(table, until)


def _type(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Cells typed by role, beside the text they were read from and the row they are in."""
    typed: dict[str, Any] = {"row": ibis.row_number() + 1}
    for role, cell in cells.items():
        text = cell.cast("string").strip().nullif("")
        typed[f"{role}_text"] = text
        if role in ("joined", "left"):
            typed[role] = as_date(cell if cell.type().is_temporal() else text)
        else:
            typed[role] = text
    return typed


def _find_bad(table: ir.Table, asked: Mapping[str, str]) -> Refused | None:
    """The first row that cannot be: one look at all, a second only where something is wrong."""
    many = ibis.row_number().over(group_by=table.customer, order_by=table.row)
    rows: Any = table.mutate(place=many)
    tests: dict[tuple[Reason, str], Any] = {
        (Reason.MISSING, "customer"): rows.customer.isnull(),
        (Reason.MISSING, "joined"): rows.joined_text.isnull(),
        (Reason.NOT_A_DATE, "joined"): rows.joined.isnull(),
        (Reason.NOT_A_DATE, "left"): rows.left.isnull() & rows.left_text.notnull(),
        (Reason.ENDS_BEFORE_START, "left"): rows.left < rows.joined,
        (Reason.DUPLICATE_UNITS, "customer"): rows.place > 0,
    }
    if "cohort" in table.columns:
        tests[Reason.MISSING, "cohort"] = rows.cohort.isnull()
    seen = rows.aggregate(rows=rows.count(), **{f"t{i}": test.sum() for i, test in enumerate(tests.values())})
    counts = seen.to_pyarrow().to_pylist()[0]
    if not counts["rows"]:
        return Refused(Reason.NO_ROWS)
    for i, ((reason, role), test) in enumerate(tests.items()):
        if counts[f"t{i}"]:
            first = rows.filter(test).order_by("row").limit(1).to_pyarrow().to_pylist()[0]
            return Refused(reason, asked[role], first["row"], first[f"{role}_text"] or "")
    return None


def _follow(table: ir.Table, until: date | None) -> Followed | Refused:
    days: Any = table.aggregate(joined=table.joined.max(), left=table.left.max())
    ends = days.to_pyarrow().to_pylist()[0]
    last = until or max(day for day in ends.values() if day is not None)
    here: Any = table.filter(table.joined <= last)
    end = ibis.literal(last, type="date")
    gone = (here.left <= end).fill_null(False)
    rows = here.select(
        cohort=here.cohort if "cohort" in table.columns else ibis.literal(EVERYBODY),
        days=gone.ifelse(here.left, end).delta(here.joined, unit="day").cast("float64"),
        gone=gone,
        joined=here.joined,
    )
    found = rows.order_by(["cohort", "days"]).to_pyarrow()
    if not len(found):
        return Refused(Reason.NO_ROWS)
    followed, left = found["days"].to_numpy(), found["gone"].to_numpy()
    names, starts = np.unique(np.array(found["cohort"].to_pylist(), dtype=object).astype(str), return_index=True)
    stops = [*starts[1:], len(found)]
    first = found["joined"].to_pylist()
    return Followed(
        {
            str(name): (followed[start:stop], left[start:stop])
            for name, start, stop in zip(names, starts, stops, strict=True)
        },
        Window(min(first), last),
        last,
        int(table.count().to_pyarrow().as_py()) - len(found),
    )
