"""Transactions of a file, CSV or Parquet, or of an engine's table, as customer, day, amount; or what forbids it."""

import codecs
import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir

from goodwill.analytics.results import Reason, Refused
from goodwill.analytics.text_files import as_number

ROLES = ("customer", "date", "amount", "currency")
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
SPACE = "space"
_DAY = r"^\d{4}-\d{1,2}-\d{1,2}([T ].*)?$"
_BASIC_DAY = r"^\d{8}$"
_CHUNK = 1 << 20
_NO_SEPARATOR = "\x1f"


@ibis.udf.scalar.builtin(name="try_strptime")  # type: ignore[untyped-decorator]
def _read_moment(text: str, pattern: str) -> ibis.dtype("timestamp"):  # type: ignore[valid-type]
    """DuckDB's try_strptime: the moment, or null where the text is of another form."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out: columns by role (a name, or a position from 1), header, separator, form of the dates.

    `separator` is a character, a name of `SEPARATORS`, "space" (any run of white space), or None: told by the first
    line. `date_format` is strptime's; None reads ISO 8601, extended or basic, with or without a time of day.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    has_header: bool = True
    separator: str | None = None
    date_format: str | None = None


def read(source: Path | ir.Table, layout: Layout, *, with_amount: bool) -> ir.Table | Refused:
    """A file, or a table of an engine, as a table `customer, date` (and `amount`, float), read as it is asked.

    Parquet is told by its first bytes. Every cell that will be used has been looked at once; a refusal names the
    first bad one: missing customer, unreadable date or number, negative amount, a second currency, bytes that are
    not UTF-8.
    """
    if not isinstance(source, Path):
        return _look(_choose(source, None, layout, with_amount=with_amount), with_amount=with_amount)
    path, connection = source, ibis.duckdb.connect()
    with path.open("rb") as file:
        is_parquet = file.read(4) == b"PAR1"
    try:
        if is_parquet:
            raw, names = connection.read_parquet(path), None
        else:
            garbled = _garbled(path, has_header=layout.has_header)
            if garbled is not None:
                return garbled
            if not _first_line(path).strip():
                return Refused(Reason.NO_ROWS)
            raw, names = _read_text(connection, path, layout)
        return _look(_choose(raw, names, layout, with_amount=with_amount), with_amount=with_amount)
    except duckdb.Error as problem:
        line = re.search(r"Line: (\d+)", str(problem))
        row = int(line.group(1)) - layout.has_header if line else None
        return Refused(Reason.NOT_A_TABLE, row=row, value=str(problem).splitlines()[0])


def _look(found: ir.Table | Refused, *, with_amount: bool) -> ir.Table | Refused:
    if isinstance(found, Refused):
        return found
    bad = _first_bad(found)
    return found.select("customer", "date", *(["amount"] if with_amount else [])) if bad is None else bad


def _garbled(path: Path, *, has_header: bool) -> Refused | None:
    """Where the first byte is that is no UTF-8."""
    decoder, lines = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as problem:
                seen = problem.object[: problem.start]
                line_start = seen.rfind(b"\n") + 1
                line = lines + seen.count(b"\n")
                tail = problem.object[line_start : problem.end].decode("latin-1")
                column = len(re.findall(r"[,;\t|]", tail)) + 1
                return Refused(Reason.NOT_UTF8, str(column), line - has_header, repr(tail[-1]))
            if not chunk:
                return None
            lines += chunk.count(b"\n")


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return file.readline().rstrip("\r\n")


def _separator(asked: str | None, line: str) -> str:
    if asked is None:
        return max(SEPARATORS.values(), key=line.count)
    return SEPARATORS.get(asked, asked)


def _read_text(connection: Any, path: Path, layout: Layout) -> tuple[ir.Table, list[str]]:
    """All cells as text, in columns named `c0, c1, …`, and the names the file gives them."""
    line = _first_line(path)
    separator = _separator(layout.separator, line)
    settings = {"auto_detect": False, "encoding": "utf-8", "header": layout.has_header}
    if separator == SPACE:
        whole = {"delim": _NO_SEPARATOR, "quote": "", "escape": "", "columns": {"line": "VARCHAR"}}
        lines = connection.read_csv(path, **whole, **settings)
        parts = lines.filter(lines.line.strip() != "").select(cells=ibis._.line.strip().re_split(r"\s+"))
        names = line.split()
        return parts.select(**{f"c{place}": parts.cells[place] for place in range(len(names))}), names
    names = next(csv.reader([line], delimiter=separator))
    columns = {f"c{place}": "VARCHAR" for place in range(len(names))}
    return connection.read_csv(path, delim=separator, quote='"', escape='"', columns=columns, **settings), names


def _choose(raw: ir.Table, names: list[str] | None, layout: Layout, *, with_amount: bool) -> ir.Table | Refused:
    """The columns that play a role, typed, beside the text they were read from and the number of the row."""
    places = list(raw.columns)
    known = dict(zip(places if names is None else names if layout.has_header else [], places, strict=False))
    chosen: dict[str, Any] = {}
    for role in ROLES if with_amount else ROLES[:2]:
        asked = layout.columns.get(role, role)
        if asked in known:
            chosen[role] = raw[known[asked]]
        elif asked.isdigit() and 1 <= int(asked) <= len(places):
            chosen[role] = raw[places[int(asked) - 1]]
        elif role != "currency" or role in layout.columns:
            return Refused(Reason.NO_COLUMN, asked, value=", ".join(known) or str(len(places)))
    text = {f"{role}_text": cell.cast("string") for role, cell in chosen.items()}
    typed = {"customer": _present(chosen["customer"]), "date": _as_day(chosen["date"], layout.date_format)}
    if with_amount:
        amount = chosen["amount"]
        typed["amount"] = as_number(amount)
        typed["currency"] = text.pop("currency_text", ibis.literal("")).fill_null("")
    return raw.select(**typed, **text)


def _present(cell: Any) -> Any:
    return cell.strip().nullif("") if cell.type().is_string() else cell


def _as_day(cell: Any, pattern: str | None) -> Any:
    if cell.type().is_temporal():
        return cell.cast("date")
    text = cell.cast("string").strip()
    if pattern is not None:
        return _read_moment(text, pattern).date()
    extended = text.re_search(_DAY).ifelse(text.re_extract(r"^[0-9-]+", 0).try_cast("date"), ibis.null("date"))
    return text.re_search(_BASIC_DAY).ifelse(_read_moment(text, "%Y%m%d").date(), extended)


def _first_bad(table: ir.Table) -> Refused | None:
    """The first row a lifetime cannot be computed with, found by a second look only where the first saw one."""
    has_amount = "amount" in table.columns
    wrong: dict[Reason, tuple[str, Any]] = {
        Reason.MISSING: ("customer", table.customer.isnull()),
        Reason.NOT_A_DATE: ("date", table.date.isnull()),
    }
    if has_amount:
        amount = table.amount
        wrong[Reason.NOT_A_NUMBER] = ("amount", amount.isnull() | amount.isnan() | amount.isinf())
        wrong[Reason.MONEY_NEGATIVE] = ("amount", amount < 0)
    counts = {str(reason): test.sum() for reason, (_, test) in wrong.items()}
    if has_amount:
        counts |= {"lowest": table.currency.min(), "highest": table.currency.max()}
    seen = table.aggregate(rows=table.count(), **counts).to_pyarrow().to_pylist()[0]
    if not seen["rows"]:
        return Refused(Reason.NO_ROWS)
    if has_amount and seen["lowest"] != seen["highest"]:
        first = table.limit(1).currency.to_pyarrow()[0].as_py()
        wrong[Reason.MIXED_CURRENCIES] = ("currency", table.currency != first)
        seen[str(Reason.MIXED_CURRENCIES)] = 1
    for reason, (column, test) in wrong.items():
        if seen[str(reason)]:
            text = table[f"{column}_text"] if f"{column}_text" in table.columns else table[column]
            rows = table.select(row=ibis.row_number() + 1, text=text, bad=test)
            found = rows.filter(rows.bad).order_by("row").limit(1).to_pyarrow().to_pylist()[0]
            return Refused(reason, column, found["row"], "" if found["text"] is None else str(found["text"]))
    return None
