"""Upkeep of the database itself."""

from django.db import connection

from goodwill.store import statistics, triggers


def close_journal() -> bool:
    """Make the database refuse changes of the journal where it does not; True where it did not."""
    if not triggers.missing_triggers(connection):
        return False
    triggers.close_journal(connection)
    return True


def count_rows_anew() -> None:
    """Let the database look at its rows again, so that it chooses the right index: after an import, and nightly."""
    statistics.refresh(connection)
