"""Upkeep of the database itself."""

from django.db import connection

from goodwill.store import month_tallies, month_triggers, statistics, triggers


def close_journal() -> bool:
    """Make the database refuse changes of the journal where it does not; True where it did not."""
    if not triggers.missing_triggers(connection):
        return False
    triggers.close_journal(connection)
    return True


def watch_months() -> bool:
    """Make the database mark months whose tally does not hold, where it does not; True where it did not."""
    if not month_triggers.missing_watches(connection):
        return False
    month_triggers.watch_months(connection)
    return True


def count_months_anew() -> int:
    """Count the months whose tally does not hold, each in a transaction of its own; how many were counted.

    Another worker that counts already is left to it. A month that changes meanwhile stays marked.
    """
    return sum(month_tallies.count_anew(month, marks) for month, marks in month_tallies.stale_months().items())


def count_rows_anew() -> None:
    """Let the database look at its rows again, so that it chooses the right index: after an import, and nightly."""
    statistics.refresh(connection)
