"""Parquet files: a table row group by row group, its typed columns written as exact text."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from goodwill.adapters.json_lines import plain
from goodwill.adapters.packages import open_to_seek, size_of
from goodwill.adapters.records import PARQUET, Place, Record, Shape, TableProblem, broken_off, record_of
from goodwill.adapters.sniffing import decimal_of
from goodwill.domain.rows import Fault

MAGIC = b"PAR1"
_ROWS = 200
_BATCH = 1_000


def _arrow() -> tuple[Any, Any, Any]:
    """The reader; raises TableProblem where the analytics extra is not installed."""
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.parquet
    except ImportError:
        raise TableProblem("needs_analytics") from None
    return pyarrow, pyarrow.compute, pyarrow.parquet


@contextmanager
def _opened(place: Place) -> Iterator[Any]:
    arrow, _, parquet = _arrow()
    with open_to_seek(place) as file:
        try:
            table = parquet.ParquetFile(file, pre_buffer=False)
        except (arrow.ArrowException, OSError, ValueError):
            raise TableProblem("unreadable_file") from None
        yield table


def sniff(place: Place, *, decimal: str = "") -> tuple[Shape, list[list[str]]]:
    """The columns of a table (nested ones with dots) and its first rows; raises TableProblem."""
    arrow, _, _ = _arrow()
    with _opened(place) as table:
        try:
            batch = next(table.iter_batches(batch_size=_ROWS), None)
            flat = _flat(batch) if batch is not None else _flat_schema(table)
        except (arrow.ArrowException, OSError, ValueError):
            raise TableProblem("unreadable_file") from None
    header = tuple(flat.column_names)
    if len(header) < 2:
        raise TableProblem("no_header")
    words = [column.to_pylist() for column in flat.columns if _is_text(column.type)]
    texts = [[value for value in column if isinstance(value, str)] for column in words]
    shape = Shape("", ",", decimal or decimal_of(texts), header, PARQUET)
    return shape, [[text or "" for text in row] for row in _texts(flat, shape.decimal, _days(flat))]


class RowGroups:
    """The rows of a table as records; a record's line is the row's number, the first being 1."""

    def __init__(self, place: Place, shape: Shape) -> None:
        self.place = place
        self.shape = shape
        self.bytes_done = 0

    def records(self, after: int = 0) -> Iterator[Record]:
        """The records after the first `after`: every row is one, so whole row groups are passed over unread."""
        arrow, _, _ = _arrow()
        size, line = size_of(self.place), 0
        with _opened(self.place) as table:
            rows = table.metadata.num_rows
            days = None
            try:
                for group in range(table.metadata.num_row_groups):
                    inside = table.metadata.row_group(group).num_rows
                    if not inside:
                        continue  # clusters write such, one for each part of theirs that had nothing
                    if line + inside <= after:
                        line += inside
                        if days is None:
                            days = _days(_flat(next(table.iter_batches(batch_size=_BATCH, row_groups=[group]))))
                        continue
                    for batch in table.iter_batches(batch_size=_BATCH, row_groups=[group]):
                        flat = _flat(batch)
                        days = _days(flat) if days is None else days
                        for texts in _texts(flat, self.shape.decimal, days):
                            line += 1
                            if line <= after:
                                continue
                            self.bytes_done = size * line // rows
                            fields = [text or "" for text in texts]
                            fault = Fault.UNREADABLE_BYTES if None in texts else None
                            yield record_of(line, fields, fault)
            except (arrow.ArrowException, OSError, ValueError):
                yield broken_off(line + 1)


def _flat(batch: Any) -> Any:
    """A batch as a table without nested columns."""
    arrow, _, _ = _arrow()
    table = arrow.Table.from_batches([batch])
    while any(arrow.types.is_struct(column.type) for column in table.columns):
        table = table.flatten()
    return table


def _flat_schema(file: Any) -> Any:
    return file.schema_arrow.empty_table().flatten()


def _is_text(kind: Any) -> bool:
    arrow, _, _ = _arrow()
    return bool(arrow.types.is_string(kind) or arrow.types.is_large_string(kind) or arrow.types.is_dictionary(kind))


def _days(table: Any) -> frozenset[str]:
    """The columns of moments that hold days: all midnights, as tools write that have no type for a day."""
    arrow, compute, _ = _arrow()
    found = set()
    for name, column in zip(table.column_names, table.columns, strict=True):
        if arrow.types.is_timestamp(column.type) and column.type.tz is None:
            times = compute.unique(compute.cast(column, arrow.timestamp("us"), safe=False).drop_null())
            if all(value.as_py().time() == time() for value in times):
                found.add(name)
    return frozenset(found)


def _texts(table: Any, decimal: str, days: frozenset[str]) -> Iterator[tuple[str | None, ...]]:
    """Row by row the text of each value; None where its bytes are no text."""
    names = table.column_names
    columns = [_column(column, decimal, name in days) for name, column in zip(names, table.columns, strict=True)]
    return zip(*columns, strict=True)


def _column(column: Any, decimal: str, is_days: bool) -> list[str | None]:
    arrow, compute, _ = _arrow()
    kind, types = column.type, arrow.types
    if types.is_timestamp(kind):
        # finer than a microsecond no clock of a shop is
        column = compute.cast(column, arrow.timestamp("us", kind.tz), safe=False)
    if types.is_floating(kind) and kind.bit_width < 64:
        # 12.1 as a short float is 12.1000003815 as a long one: its own shortest text is what was meant
        values: list[Any] = [None if value is None else _shortest(value) for value in column.to_pylist()]
    else:
        values = column.to_pylist()
    write = _writer(decimal)
    if is_days:
        values = [value.date() if value is not None and value.time() == time() else value for value in values]
    return [write(value) for value in values]


def _shortest(value: float) -> Decimal | float:
    for digits in range(1, 10):
        text = format(value, f".{digits}g")
        if abs(float(text) - value) <= abs(value) * 2**-24:
            return Decimal(text)
    return value


def _in_json(value: Any) -> str:
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat(sep=" ")
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _writer(decimal: str) -> Callable[[Any], str | None]:
    def mark(text: str) -> str:
        return text.replace(".", decimal) if decimal != "." else text

    def write(value: Any) -> str | None:
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, float):
            if value != value:  # not a number is how NumPy leaves a cell empty
                return ""
            return mark(plain(repr(int(value) if value.is_integer() and abs(value) < 2**53 else value)))
        if isinstance(value, Decimal):
            return mark(format(value, "f"))
        if isinstance(value, datetime):
            return value.replace(microsecond=0).isoformat(sep=" ")
        if hasattr(value, "isoformat"):
            return str(value.isoformat())
        if isinstance(value, bytes):
            try:
                return value.decode("utf-8")
            except UnicodeDecodeError:
                return None
        if isinstance(value, list):
            # as in a file of objects: it stays JSON, which the packed lines of an export are read from
            return json.dumps(value, ensure_ascii=False, default=_in_json)
        return str(value)

    return write
