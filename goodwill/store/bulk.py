"""Bulk: ids reserved ahead and plain INSERTs of many rows, for imports; COPY where the database has it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, models


def reserve(model: type[models.Model], count: int) -> Iterator[int]:
    """Ids that no other row has or ever had. Call it inside the transaction that inserts the rows."""
    table = model._meta.db_table
    if count == 0:
        return iter(())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # writers queue up (IMMEDIATE), so nobody else can take these
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            found = cursor.fetchone()
            first = (found[0] if found else 0) + 1
            return iter(range(first, first + count))
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return iter([row[0] for row in cursor.fetchall()])


def settle_in() -> None:
    """Prepare this connection for very many inserts: SQLite copies its log into the file less often."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint = 16000")


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of ready values in this order of columns. Moments are aware; JSON is text already.

    Every column without a default in the database must be named: no model code runs.
    """
    if not rows:
        return
    table = model._meta.db_table
    named = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(
                f'INSERT INTO "{table}" ({named}) VALUES ({marks})',  # noqa: S608  names of our own columns
                list(_as_text(rows, _moments(model, columns))),
            )
            return
        # COPY goes past Django's cursor, which would otherwise turn the driver's errors into its own
        with connection.wrap_database_errors, cursor.copy(f'COPY "{table}" ({named}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


def add(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add to whole-number columns: each row holds what to add, then the id."""
    if not rows:
        return
    named = ", ".join(f'"{column}" = "{column}" + %s' for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(
            f'UPDATE "{model._meta.db_table}" SET {named} WHERE id = %s',  # noqa: S608  names of our own columns
            rows,
        )


def _moments(model: type[models.Model], columns: Sequence[str]) -> list[int]:
    by_column = {field.column: field for field in model._meta.concrete_fields}
    return [
        place
        for place, column in enumerate(columns)
        if isinstance(by_column[column], models.DateField)  # moments, too, are days to Django
    ]


def _as_text(rows: Iterable[Sequence[Any]], places: Sequence[int]) -> Iterator[list[Any]]:
    """SQLite keeps moments as text in UTC without an offset, and days as ISO 8601."""
    for row in rows:
        values = list(row)
        for place in places:
            value = values[place]
            if value is not None:
                said = _WRITTEN.get(value)
                values[place] = _written(value) if said is None else said
        yield values


_WRITTEN: dict[date, str] = {}
"""Moments as SQLite writes them: one moment of an order stands in up to six rows."""


def _written(value: date) -> str:
    if len(_WRITTEN) > 20_000:
        _WRITTEN.clear()
    said = value.astimezone(UTC).isoformat(" ")[:-6] if isinstance(value, datetime) else value.isoformat()
    _WRITTEN[value] = said
    return said
