"""Instants: moments and days as whole numbers, where a million of them are read and only differences are wanted.

Making an aware datetime of a column takes longer than everything that is done with it.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Func
from django.db.models.sql.compiler import SQLCompiler

# SQLite keeps a moment as text in UTC, with six digits of a second after the twentieth letter where they are not zero.
# Its unixepoch() would do, were it not younger than some machines' SQLite.
_SECONDS = "CAST(strftime('%%%%s', %(expressions)s) AS integer)"


class _Whole(Func):
    """A whole number, which the driver brings as one already: Django would make one of it again, for each row."""

    arity = 1
    output_field = BigIntegerField()

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Any]:
        """None."""
        del connection
        return []


class Micros(_Whole):
    """Microseconds from 1970 UTC to a moment."""

    template = "CAST(EXTRACT(EPOCH FROM %(expressions)s) * 1000000 AS bigint)"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        """The same of text."""
        micros = f"({_SECONDS} * 1000000 + CAST(substr(%(expressions)s, 21) AS integer))"
        return self.as_sql(compiler, connection, template=micros, **context)


class Days(_Whole):
    """Days from 1 January 1970 to a day."""

    template = "(%(expressions)s - DATE '1970-01-01')"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        """The same of text."""
        days = "CAST(julianday(%(expressions)s) - 2440587.5 AS integer)"
        return self.as_sql(compiler, connection, template=days, **context)
