"""Snapshots: reading everything as of one instant while the house goes on working."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from goodwill.store.month_tallies import MonthTally, StaleMonth

ALIAS = "snapshot"
# Sessions and the cache are of the moment; content types and permissions are made by migrations.
KEPT_APPS = ("store", "account")
DERIVED: tuple[type[models.Model], ...] = (MonthTally, StaleMonth)
"""Made again from the other rows; no backup holds them."""

RETIRED = frozenset({("store_searchword", "id")})
"""Table and column of what older backups hold and no row has any more."""


@contextmanager
def snapshot() -> Iterator[str]:
    """Yield the alias of a connection that sees one instant and stops nobody from writing."""
    reader = connection.copy(alias=ALIAS)
    options = reader.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        # in WAL a reader keeps the state at its first look
        options["transaction_mode"] = "DEFERRED"
    else:
        from psycopg import IsolationLevel

        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    connections[ALIAS] = reader
    try:
        with transaction.atomic(using=ALIAS):
            yield ALIAS
    finally:
        reader.close()
        del connections[ALIAS]


def kept_models() -> list[type[models.Model]]:
    """Every table that belongs into a backup, the ones between two nouns included, by name."""
    found = [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in KEPT_APPS]
    found = [model for model in found if model not in DERIVED]
    return sorted(found, key=lambda model: model._meta.db_table)


def applied_migrations() -> list[str]:
    """Names of the changes this database has had, of the kept tables."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in KEPT_APPS)
