"""Bulk: ids reserved ahead and plain INSERTs of many rows, for imports; COPY where the database has it."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, TypeVar

from django.db import connection, models

from goodwill.store.among import listed

Row = TypeVar("Row", bound=models.Model)
_TOGETHER = 50
"""Rows of one INSERT of SQLite's: one by one they take half as long again, and more do not take less."""


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


def having_keys(model: type[Row], source: str, keys: Collection[str]) -> "models.QuerySet[Row]":
    """Rows of a source with these outside keys, through the unique index.

    That index leaves empty keys out, and is used only by a question that says that it does so, too.
    """
    rows = model._default_manager.filter(source=source, external_key__in=keys)
    return rows.exclude(external_key="").order_by()


def known(model: type[models.Model], source: str, keys: Collection[str]) -> dict[str, tuple[int, str]]:
    """Those of these outside keys that have a row: key → (id, digest). For a thousand keys at a time and no ORM."""
    if not keys:
        return {}
    among, listed_keys = listed(keys, "varchar")
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT external_key, id, digest FROM "{model._meta.db_table}" '  # noqa: S608  names of our own tables
            f"WHERE source = %s AND external_key IN ({among}) AND NOT (external_key = '')",
            [source, *listed_keys],
        )
        return {key: (pk, digest) for key, pk, digest in cursor.fetchall()}


def works_elsewhere() -> bool:
    """Whether the database is a process of its own, so that we may do something else while it works."""
    return connection.vendor != "sqlite"


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of ready values in this order of columns. Moments are aware; JSON is text already.

    Every column without a default in the database must be named: no model code runs.
    """
    if not rows:
        return
    table = model._meta.db_table
    named = ", ".join(f'"{column}"' for column in columns)
    if connection.vendor == "sqlite":
        moments = _moments(model, columns)
        _insert_together(f'INSERT INTO "{table}" ({named})', list(_as_text(rows, moments)) if moments else rows)
        return
    # COPY goes past Django's cursor, which would otherwise turn the driver's errors into its own
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f'COPY "{table}" ({named}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _insert_together(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Past Django's cursor, which would look for its marks in every long statement anew."""
    connection.ensure_connection()
    driver: sqlite3.Connection = connection.connection
    width = len(rows[0])
    some = max(1, min(_TOGETHER, driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // width))
    marks = f"({', '.join('?' * width)})"
    together = f"{statement} VALUES {', '.join([marks] * some)}"
    whole = len(rows) - len(rows) % some
    with connection.wrap_database_errors:
        for first in range(0, whole, some):
            driver.execute(together, list(chain.from_iterable(rows[first : first + some])))
        driver.executemany(f"{statement} VALUES {marks}", rows[whole:])


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
    if isinstance(value, datetime):
        said = (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ")[:-6]
    else:
        said = value.isoformat()
    _WRITTEN[value] = said
    return said
