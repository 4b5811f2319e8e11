"""Files of trials, CSV or Parquet, or a table of an engine, as arm and outcome; or the first cell that forbids it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir

from goodwill.analytics.results import Reason, Refused, Window
from goodwill.analytics.text_files import as_date, as_number, find_garbled, is_parquet, read_text
from goodwill.analytics.verdicts import GUARDRAIL

TEXTS = ("unit", "arm", "cluster", "currency", "group")
ENTERED = "entered"
CURRENCY = "currency"
_MOST = 1e100
"""Squares of numbers beyond this have no room in a float; nobody earns as much."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column plays which role: `unit, arm, outcome, cost, before, cluster, currency, entered, group`.

    `guardrails` are further outcomes. A column named "currency" is read as one without being asked for.
    """

    columns: Mapping[str, str]
    guardrails: tuple[str, ...] = ()

    def all(self) -> dict[str, str]:
        """Columns by role."""
        return {**self.columns, **{GUARDRAIL + name: name for name in self.guardrails}}


@dataclass(frozen=True, slots=True)
class Maturity:
    """Outcomes may be read `days` after entering; `leave_out` younger units instead of refusing them."""

    days: int
    as_of: date
    leave_out: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class TrialTable:
    """The rows, typed and checked, by role; the days on which units entered; how many young ones were left out."""

    table: ir.Table
    window: Window | None
    left_out: int


def read(source: Path | ir.Table, layout: Layout, maturity: Maturity | None = None) -> TrialTable | Refused:
    """The rows of a file or of an engine's table by role, read as they are asked; or the first thing wrong with them.

    Every cell that will be used has been looked at once. Refused, by column and row (1 is the first below the header):
    a missing cell, a number or a day that is none, a second currency, a unit that is there twice, an outcome that is
    not mature, bytes that are not UTF-8.
    """
    if not isinstance(source, Path):
        typed = _choose(source, {name: name for name in source.columns}, layout)
        return typed if isinstance(typed, Refused) else _check(typed, layout, maturity)
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
        typed = _choose(raw, known, layout)
        return typed if isinstance(typed, Refused) else _check(typed, layout, maturity)
    except duckdb.Error as problem:
        line = re.search(r"Line: (\d+)", str(problem))
        return Refused(Reason.NOT_A_TABLE, row=int(line[1]) - 1 if line else None, value=str(problem).splitlines()[0])


def _choose(raw: ir.Table, known: Mapping[str, str], layout: Layout) -> ir.Table | Refused:
    """Each role's column, typed, beside the text it was read from."""
    columns = layout.all()
    if CURRENCY in known:
        columns.setdefault(CURRENCY, CURRENCY)
    typed: dict[str, Any] = {}
    for role, name in columns.items():
        if name not in known:
            return Refused(Reason.NO_COLUMN, name, value=", ".join(known))
        cell: Any = raw[known[name]]
        text = cell.strip().nullif("") if cell.type().is_string() else cell
        typed[f"{role}_text"] = cell
        if role == ENTERED:
            typed[role] = as_date(text)
        elif role in TEXTS:
            typed[role] = text.cast("string") if role == "arm" else text
        else:
            typed[role] = as_number(text)
    return raw.select(**typed)


def _check(table: ir.Table, layout: Layout, maturity: Maturity | None) -> TrialTable | Refused:
    """One look at all cells; a second, for the row, only where the first saw something wrong."""
    roles = [name for name in table.columns if not name.endswith("_text")]
    columns = {CURRENCY: CURRENCY, **layout.all()}
    wrong: dict[str, tuple[Reason, str, Any]] = {}
    for role in roles:
        cell: Any = table[role]
        blank: Any = table[f"{role}_text"].isnull()
        if table[f"{role}_text"].type().is_string():
            blank = blank | (table[f"{role}_text"].strip() == "")
        wrong[f"{role}_missing"] = (Reason.MISSING, role, blank)
        if role == ENTERED:
            wrong[f"{role}_none"] = (Reason.NOT_A_DATE, role, cell.isnull() & ~blank)
        elif role not in TEXTS:
            wrong[f"{role}_none"] = (
                Reason.NOT_A_NUMBER,
                role,
                ~blank & (cell.isnull() | cell.isnan() | (cell.abs() > _MOST)),
            )
    counts: dict[str, Any] = {name: test.sum() for name, (_, _, test) in wrong.items()}
    if CURRENCY in roles:
        counts |= {"lowest": table[CURRENCY].min(), "highest": table[CURRENCY].max()}
    if ENTERED in roles:
        counts |= {"first": table[ENTERED].min(), "last": table[ENTERED].max()}
    seen = table.aggregate(rows=table.count(), **counts).to_pyarrow().to_pylist()[0]
    if not seen["rows"]:
        return Refused(Reason.NO_ROWS)
    for name, (reason, role, test) in wrong.items():
        if seen[name]:
            return _point_at(table, reason, role, columns[role], test)
    if CURRENCY in roles and seen["lowest"] != seen["highest"]:
        first = table.limit(1)[CURRENCY].to_pyarrow()[0].as_py()
        return _point_at(table, Reason.MIXED_CURRENCIES, CURRENCY, columns[CURRENCY], table[CURRENCY] != first)
    twice = _find_twice(table, columns["unit"]) if "unit" in roles else None
    if twice is not None:
        return twice
    left_out = 0
    if maturity is not None and ENTERED in roles:
        young: Any = table[ENTERED] > ibis.literal(maturity.as_of) - ibis.interval(days=maturity.days)
        left_out = int(table.filter(young).count().to_pyarrow().as_py())
        if left_out and not maturity.leave_out:
            return _point_at(table, Reason.IMMATURE, ENTERED, columns[ENTERED], young)
        table = table.filter(~young)
        if left_out == seen["rows"]:
            return Refused(Reason.IMMATURE, columns[ENTERED])
        seen["last"] = min(seen["last"], maturity.as_of - timedelta(days=maturity.days))
    window = Window(seen["first"], seen["last"]) if ENTERED in roles else None
    return TrialTable(table.select(*roles), window, left_out)


def _point_at(table: ir.Table, reason: Reason, role: str, column: str, test: Any) -> Refused:
    """The first row where the test holds."""
    rows: Any = table.select(row=ibis.row_number() + 1, text=table[f"{role}_text"].cast("string"), bad=test)
    first = rows.filter(rows.bad).order_by("row").limit(1).to_pyarrow().to_pylist()[0]
    return Refused(reason, column, first["row"], first["text"] or "")


def _find_twice(table: ir.Table, column: str) -> Refused | None:
    """The first row whose unit has been there before. Counting distinct units first spares a table of all of them."""
    seen: Any = table.aggregate(rows=table.count(), units=table.unit.nunique()).to_pyarrow().to_pylist()[0]
    if seen["units"] == seen["rows"]:
        return None
    numbered: Any = table.select(row=ibis.row_number() + 1, unit=table.unit)
    seconds = numbered.mutate(place=ibis.row_number().over(group_by=numbered.unit, order_by=numbered.row))
    first = seconds.filter(seconds.place == 1).order_by("row").limit(1).to_pyarrow().to_pylist()[0]
    return Refused(Reason.DUPLICATE_UNITS, column, first["row"], str(first["unit"]))
