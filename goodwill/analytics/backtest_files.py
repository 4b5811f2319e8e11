"""Files of promises and acts, CSV or Parquet, as arrays; or the first cell that forbids it.

A moment with an offset from UTC is an instant; one without is a reading of the clause's own clock; a day alone is a
day. A row without an act is still owed and is left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from goodwill.analytics.results import Reason, Refused
from goodwill.analytics.text_files import find_garbled, is_parquet, read_text
from goodwill.analytics.wall_clocks import Micros
from goodwill.domain.drafts import Clause
from goodwill.domain.windows import FIRST_YEAR, LAST_YEAR

PROMISED, DELIVERED = "promised", "delivered"
CUSTOMER, CURRENCY, MEASURE = "customer", "currency", "measure"
MICRO = 1_000_000
NO_CURRENCY = "XXX"
"""ISO 4217's code for a transaction without one: what amounts are in where nobody says."""
_TEXTS = (CUSTOMER, CURRENCY, MEASURE)
_DAY = r"^\d{4}-\d\d-\d\d$"
_OFFSET = r":\d\d(\.\d+)?\s*([Zz]|[+-]\d\d(:?\d\d)?)$"


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """A column of moments in microseconds: instants where `has_offset`, else readings of a clock yet to be named."""

    values: Micros
    has_offset: npt.NDArray[np.bool_]
    is_day: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """A column of words: `names`, each once, and for each row the place of its own among them."""

    places: npt.NDArray[np.int32]
    names: tuple[str, ...]

    def are(self, name: str) -> npt.NDArray[np.bool_]:
        """Which rows bear the name."""
        place = self.names.index(name) if name in self.names else -1
        found: npt.NDArray[np.bool_] = self.places == place
        return found


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The rows that were acted on: moments and amounts (in millionths) by role, and what each row belongs to.

    `left_out` rows were not acted on. `customers` and `measures` are None where the file has no such column.
    """

    moments: Mapping[str, Moments]
    amounts: Mapping[str, Micros]
    customers: Labels | None
    measures: Labels | None
    currency: str
    left_out: int


def read(path: Path, clauses: Sequence[Clause], columns: Mapping[str, str], currency: str = "") -> History | Refused:
    """The history that the clauses need; `columns` names the column of a role that is not called like it.

    Refused, by column and row (1 is the first below the header): a missing promise or amount, a moment or amount that
    is none, a negative amount, a second currency, bytes that are not UTF-8.
    """
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
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
        return _read(raw, known, clauses, columns, currency)
    except duckdb.Error as problem:
        line = re.search(r"Line: (\d+)", str(problem))
        return Refused(Reason.NOT_A_TABLE, row=int(line[1]) - 1 if line else None, value=str(problem).splitlines()[0])


def _read(
    raw: ir.Table, known: Mapping[str, str], clauses: Sequence[Clause], columns: Mapping[str, str], currency: str
) -> History | Refused:
    moments = [DELIVERED, *dict.fromkeys(PROMISED if one.term is None else one.term.since for one in clauses)]
    amounts = list(dict.fromkeys(one.credit.of for one in clauses if one.credit is not None))
    names = {role: columns.get(role, role) for role in (*moments, *amounts, *_TEXTS)}
    for role, name in names.items():
        if name not in known and (role not in _TEXTS or role in columns):
            return Refused(Reason.NO_COLUMN, name, value=", ".join(known))
    texts = [role for role in _TEXTS if names[role] in known]
    cells: dict[str, Any] = {"row": ibis.row_number() + 1}
    for kind, roles in (("moment", moments), ("amount", amounts), ("text", texts)):
        for role in roles:
            cells |= _cells(raw[known[names[role]]], f"{kind}_{role}", kind)
    table = raw.select(**cells)
    wrong = _wrong(table, moments, amounts, texts)
    refused = _look(table, wrong, names)
    if refused is not None:
        return refused
    acted: Any = table[f"moment_{DELIVERED}_value"].notnull()
    everything = int(table.count().to_pyarrow().as_py())
    kept = [name for name in table.columns if name != "row" and not name.endswith("_text")]
    rows = table.filter(acted).order_by("row").select(*kept).to_pyarrow()
    if not rows.num_rows:
        return Refused(Reason.NO_ROWS)
    said = {currency or NO_CURRENCY}
    if CURRENCY in texts:
        said = set(rows[f"text_{CURRENCY}_value"].unique().to_pylist())
    if len(said) > 1:
        first = rows[f"text_{CURRENCY}_value"][0].as_py()
        seconds: Any = table.filter(acted & (table[f"text_{CURRENCY}_value"] != first)).order_by("row").limit(1)
        second = seconds.to_pyarrow().to_pylist()[0]
        return Refused(Reason.MIXED_CURRENCIES, names[CURRENCY], second["row"], second[f"text_{CURRENCY}_text"])
    return History(
        {
            role: Moments(
                rows[f"moment_{role}_value"].to_numpy(),
                rows[f"moment_{role}_offset"].to_numpy(),
                rows[f"moment_{role}_day"].to_numpy(),
            )
            for role in moments
        },
        {role: rows[f"amount_{role}_value"].to_numpy() for role in amounts},
        _labels(rows[f"text_{CUSTOMER}_value"]) if CUSTOMER in texts else None,
        _labels(rows[f"text_{MEASURE}_value"]) if MEASURE in texts else None,
        str(said.pop()),
        everything - rows.num_rows,
    )


def _labels(column: Any) -> Labels:
    encoded = column.combine_chunks().dictionary_encode()
    return Labels(encoded.indices.to_numpy(), tuple(encoded.dictionary.to_pylist()))


def _cells(cell: Any, name: str, kind: str) -> dict[str, Any]:
    """A cell's text, and its value: of a moment also whether it has an offset and whether it is a day alone."""
    is_text = cell.type().is_string()
    text = cell.strip().nullif("") if is_text else cell.cast("string")
    found: dict[str, Any] = {f"{name}_text": text}
    if kind == "text":
        found[f"{name}_value"] = text
    elif kind == "amount":
        found[f"{name}_value"] = (text.try_cast("decimal(18, 6)") * MICRO).cast("int64")
    else:
        value = text.try_cast("timestamp") if is_text else cell.cast("timestamp")
        micros = value.delta(ibis.timestamp("1970-01-01"), unit="microsecond")
        years = value.year()
        found[f"{name}_value"] = ibis.ifelse(years.between(FIRST_YEAR + 1, LAST_YEAR - 1), micros, None).cast("int64")
        aware = cell.type().is_timestamp() and cell.type().timezone is not None
        day = cell.type().is_date()
        found[f"{name}_offset"] = (text.re_search(_OFFSET) if is_text else ibis.literal(aware)).fill_null(False)
        found[f"{name}_day"] = (text.re_search(_DAY) if is_text else ibis.literal(day)).fill_null(False)
    return found


def _wrong(
    table: ir.Table, moments: Sequence[str], amounts: Sequence[str], texts: Sequence[str]
) -> dict[str, tuple[Reason, str, Any]]:
    """What is looked for, as (reason, column of the table, test); only rows that were acted on need an amount."""
    acted: Any = table[f"moment_{DELIVERED}_text"].notnull()
    wrong: dict[str, tuple[Reason, str, Any]] = {}

    def add(reason: Reason, name: str, test: Any) -> None:
        wrong[f"{reason}_{name}"] = (reason, name, test.fill_null(False))

    for name, reason in (
        *((f"moment_{role}", Reason.NOT_A_DATE) for role in moments),
        *((f"amount_{role}", Reason.NOT_A_NUMBER) for role in amounts),
    ):
        text: Any = table[f"{name}_text"]
        add(reason, name, text.notnull() & table[f"{name}_value"].isnull())
        if name != f"moment_{DELIVERED}":
            add(Reason.MISSING, name, acted & text.isnull())
        if reason is Reason.NOT_A_NUMBER:
            add(Reason.MONEY_NEGATIVE, name, table[f"{name}_value"] < 0)
    for role in texts:
        add(Reason.MISSING, f"text_{role}", acted & table[f"text_{role}_text"].isnull())
    return wrong


def _look(table: ir.Table, wrong: Mapping[str, tuple[Reason, str, Any]], names: Mapping[str, str]) -> Refused | None:
    """One look at all cells; a second, for the row, only where the first saw something wrong."""
    counts: dict[str, Any] = {name: test.sum() for name, (_, _, test) in wrong.items()}
    seen = table.aggregate(**counts).to_pyarrow().to_pylist()[0]
    for key, (reason, name, test) in wrong.items():
        if seen[key]:
            bad: Any = table.filter(test).order_by("row").limit(1).to_pyarrow().to_pylist()[0]
            return Refused(reason, names[name.split("_", 1)[1]], bad["row"], bad[f"{name}_text"] or "")
    return None
