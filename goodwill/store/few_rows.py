"""Few rows of many: how PostgreSQL reads a page of a long list. It would share the work out among helpers, and starting
them takes several times as long as the fifty rows, the longer the busier the machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def without_helpers() -> Iterator[None]:
    """What is asked within is read by the connection's own process. Elsewhere than on PostgreSQL that is always so."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        yield
