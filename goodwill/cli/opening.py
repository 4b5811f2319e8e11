"""Opening the house for a command: settings, home, and a database that is up to date."""

import os

import click


def open_house(*, migrate: bool = True) -> None:
    """Make Django ready, and on an empty home the database too. A wrong environment ends in one clear line."""
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodwill.config.settings")
    try:
        import django

        django.setup()
    except ImproperlyConfigured as problem:
        raise click.ClickException(str(problem)) from None
    if migrate:
        bring_up_to_date()


def bring_up_to_date() -> bool:
    """Apply what is missing; True where something was. Says nothing: commands print JSON."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import OperationalError

    try:
        executor = MigrationExecutor(connection)
    except OperationalError as problem:
        raise click.ClickException(f"the database cannot be opened ({problem}); check DATABASE_URL") from None
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    from goodwill.actions import upkeep

    upkeep.watch_months()
    return True
