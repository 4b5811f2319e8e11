"""Columns of the lake: rows as a database's driver gives them, made Arrow's of stated kinds."""

from collections.abc import Iterator, Sequence
from typing import Any

from goodwill.domain.money import exponent

Columns = tuple[tuple[str, str], ...]
"""Name and kind: int, text, moment (UTC), day, flag; `local_day` stands for the day of the moment before it in the
time zone that the row gives, `exponent` for the decimal places of the currency that the row gives."""


def arrow_schema(columns: Columns) -> Any:
    """The Arrow schema of these columns."""
    import pyarrow as pa

    types = {
        "int": pa.int64(), "text": pa.string(), "moment": pa.timestamp("us", "UTC"), "day": pa.date32(),
        "flag": pa.bool_(), "local_day": pa.date32(), "exponent": pa.int64(),
    }  # fmt: skip
    return pa.schema([(name, types[kind]) for name, kind in columns])


def postgres_types(columns: Columns) -> list[tuple[str, str]]:
    """Each column's name and its type in PostgreSQL."""
    types = {
        "int": "bigint", "text": "text", "moment": "timestamptz", "day": "date", "flag": "boolean",
        "local_day": "date", "exponent": "bigint",
    }  # fmt: skip
    return [(name, types[kind]) for name, kind in columns]


def to_arrow(rows: Sequence[tuple[Any, ...]], columns: Columns) -> Any:
    """One record batch; moments and days may come as text in UTC (SQLite) or as Python's own."""
    import pyarrow as pa

    schema = arrow_schema(columns)
    if not rows:
        return pa.RecordBatch.from_pylist([], schema)
    arrays: list[Any] = []
    for (_, kind), values in zip(columns, zip(*rows, strict=True), strict=True):
        match kind:
            case "moment":
                arrays.append(_moments(values))
            case "day":
                made = pa.array(values, pa.string()).cast(pa.date32()) if _is_text(values) else None
                arrays.append(pa.array(values, pa.date32()) if made is None else made)
            case "flag":
                arrays.append(pa.array([None if value is None else bool(value) for value in values], pa.bool_()))
            case "local_day":
                arrays.append(_local_days(arrays[-1], values))
            case "exponent":
                places = {currency: exponent(currency) for currency in set(values)}
                arrays.append(pa.array([places[currency] for currency in values], pa.int64()))
            case "text":
                arrays.append(pa.array(values, pa.string()))
            case _:
                arrays.append(pa.array(values, pa.int64()))
    return pa.record_batch(arrays, schema=schema)


def months(batch: Any, column: str) -> Iterator[tuple[str, Any]]:
    """A batch's rows apart by the month (`2026-03`, UTC) of a column."""
    import pyarrow as pa
    import pyarrow.compute as pc

    moments = batch.column(batch.schema.get_field_index(column))
    number = pc.add(pc.multiply(pc.year(moments), 12), pc.subtract(pc.month(moments), 1))
    for one in pc.unique(number).sort().to_pylist():
        is_of = pc.equal(number, pa.scalar(one, number.type))
        yield f"{one // 12:04d}-{one % 12 + 1:02d}", batch.filter(is_of)


def _is_text(values: Sequence[Any]) -> bool:
    return isinstance(next((value for value in values if value is not None), None), str)


def _moments(values: Sequence[Any]) -> Any:
    import pyarrow as pa

    if _is_text(values):
        return pa.array(values, pa.string()).cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    return pa.array(values, pa.timestamp("us", "UTC"))


def _local_days(moments: Any, zones: Sequence[str]) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    def days(zone: str) -> Any:
        there = pc.local_timestamp(moments.cast(pa.timestamp("us", zone)))
        return pc.floor_temporal(there, unit="day").cast(pa.date32())

    names = sorted(set(zones))
    found = days(names[0])
    if len(names) > 1:
        of_rows = pa.array(zones)
        for zone in names[1:]:
            found = pc.if_else(pc.equal(of_rows, zone), days(zone), found)
    return found
