"""Probes: EXISTS that the database asks row by row, through an index.

PostgreSQL may instead read everything the inner question could ever find, and keep it in memory: for a page of fifty
customers all orders of a shop. It does not see that the page ends after fifty. An inner OFFSET forbids it.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists
from django.db.models.sql.compiler import SQLCompiler


class Probe(Exists):
    """EXISTS for a few rows among many; where nearly every row is asked, a plain `Exists` is quicker."""

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        """The same, with an OFFSET of nothing."""
        return self.as_sql(compiler, connection, template="EXISTS(%(subquery)s OFFSET 0)", **context)
