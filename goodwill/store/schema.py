"""The schema: which changes this database has had, which it lacks, and which are not known here."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from goodwill.store.snapshots import DERIVED, KEPT_APPS

Name = tuple[str, str]
"""An app's label and the name of a change."""


@lru_cache(maxsize=1)
def on_disk() -> tuple[frozenset[Name], frozenset[Name]]:
    """The changes this code consists of, and those it knows of: the ones that were merged into others, too."""
    loader = MigrationLoader(None)
    own = {name: change for name, change in loader.disk_migrations.items() if name in loader.graph.nodes}
    known = set(loader.disk_migrations)
    for change in loader.disk_migrations.values():
        known |= {(app, name) for app, name in change.replaces}
    return frozenset(own), frozenset(known)


def had() -> frozenset[Name]:
    """The changes this database has had, of the apps that are installed; none where it was never made."""
    installed = {config.label for config in apps.get_app_configs()}
    applied = MigrationRecorder(connection).applied_migrations()
    return frozenset(name for name in applied if name[0] in installed)


def lacking(applied: frozenset[Name]) -> list[str]:
    """What this code has and the database lacks, in no order that matters."""
    return sorted(f"{app}.{name}" for app, name in on_disk()[0] - applied)


def unknown(applied: frozenset[Name]) -> list[str]:
    """What the database has had and this code does not know: a newer Goodwill was here."""
    return sorted(f"{app}.{name}" for app, name in applied - on_disk()[1])


def plan() -> list[str]:
    """The changes to come, in the order in which they are made; raises InconsistentMigrationHistory."""
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    found = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{change.app_label}.{change.name}" for change, _ in found]


def explained(names: Iterable[str]) -> dict[str, str]:
    """Why the rows of some tables grow fewer, as these changes say themselves: `explains = {table: reason}`."""
    changes = MigrationLoader(None).disk_migrations
    found: dict[str, str] = {}
    for name in names:
        app, _, own = name.partition(".")
        found |= getattr(changes[(app, own)], "explains", {})
    return found


def migrate() -> None:
    """Make all changes to come, and the table of the shared cache."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def former_models() -> list[type[models.Model]]:
    """The kept tables as this database has them now, which may be older than this code's, by name; without those made
    again from the others, which may be emptied at any time."""
    derived = {model._meta.db_table for model in DERIVED}
    loader = MigrationLoader(connection)
    applied = [name for name in loader.applied_migrations if name in loader.graph.nodes]
    state = loader.project_state(nodes=applied) if applied else loader.project_state(nodes=[])
    found = [
        model
        for model in state.apps.get_models(include_auto_created=True)
        if model._meta.app_label in KEPT_APPS and model._meta.managed and not model._meta.proxy
        if model._meta.db_table not in derived
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def counts(tables: Iterable[str]) -> dict[str, int]:
    """How many rows these tables have; those that are not there are left out."""
    found = {}
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table in sorted(set(tables) & there):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608  our own name
            found[table] = int(cursor.fetchone()[0])
    return found


@contextmanager
def unchecked() -> Iterator[None]:
    """Let SQLite remake tables inside one transaction: it can stop minding references only outside of one."""
    if connection.vendor == "sqlite":
        connection.disable_constraint_checking()
    try:
        yield
    finally:
        if connection.vendor == "sqlite":
            connection.enable_constraint_checking()


def remake() -> None:
    """Take every table of ours away and make the schema of this code; inside `unchecked` and a transaction."""
    ours = (*(f"{config.label}_" for config in apps.get_app_configs()), "django_", "goodwill_cache")
    cascade = "" if connection.vendor == "sqlite" else " CASCADE"
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(ours):
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}{cascade}")
    migrate()
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            # Changes of the schema leave some of them immediate, and rows come table by table.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def size() -> int:
    """Bytes that the database takes on its disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
