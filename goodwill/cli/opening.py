"""Opening the house for a command: settings, home, and a database that fits this code."""

import os
from pathlib import Path

import click

_PATIENCE_SECONDS = 60
"""How long one command waits while another makes the database of an empty home."""


class Unusable(click.ClickException):
    """Nothing can be done before somebody mends something; one line says what."""

    exit_code = 2


def open_house(*, migrate: bool = True, is_demonstration: bool = False) -> None:
    """Make Django ready, and on an empty home the database too. What is wrong ends in one clear line.

    A database that is older or newer than this code is refused, but for a demonstration's older one: that holds
    nothing of anybody's and is brought up to date. `migrate=False` looks at no database.
    """
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodwill.config.settings")
    # The name under which PostgreSQL shows us, so that an upgrade sees who is still at work.
    context = click.get_current_context(silent=True)
    os.environ["PGAPPNAME"] = f"goodwill {context.info_name}" if context else "goodwill"
    try:
        import django

        django.setup()
    except ImproperlyConfigured as problem:
        raise click.ClickException(str(problem)) from None
    if migrate:
        _come_in(is_demonstration)


def bring_up_to_date() -> bool:
    """Apply what is missing, without a backup; True where something was. Says nothing: commands print JSON."""
    from goodwill.actions import upgrades

    with upgrades.turn(patience=_PATIENCE_SECONDS) as is_mine:
        if not is_mine:
            raise Unusable(UPGRADING)
        if state() in ("current", "newer"):
            return False
        upgrades.migrate()
    return True


UPGRADING = "another upgrade of this database is running; try again when it has ended"
NEWER = (
    "the database was made by a newer Goodwill: it has {change}, which this one ({version}) does not know; "
    "install that version again, or {remedy}"
)
_PUT_BACK = "put a backup back with `goodwill restore FILE --replace`"
_ELSEWHERE = "load the demonstration into another folder with --home"
UNPROVED = "an upgrade of this database ended before it was checked; run `goodwill upgrade`, which checks it"
OLDER = "the database is older than this Goodwill ({version}); run `goodwill upgrade`, which makes a backup first"


def state(*, is_demonstration: bool = False) -> str:
    """How the database stands to this code: current, unmade or older. A newer one ends in one clear line."""
    from django.db.utils import DatabaseError

    from goodwill import __version__
    from goodwill.reads import schema

    try:
        found = schema.look()
    except DatabaseError as problem:
        raise cannot_be_opened(problem) from None
    if found.state == "newer":
        remedy = _ELSEWHERE if is_demonstration else _PUT_BACK
        raise Unusable(NEWER.format(change=found.unknown[0], version=__version__, remedy=remedy))
    return found.state


def cannot_be_opened(problem: Exception) -> click.ClickException:
    """One line of a database that does not answer, with what to look at."""
    from django.db import connection

    said = str(problem).partition("\n")[0]
    how = "check DATABASE_URL"
    if connection.vendor == "sqlite":
        folder = Path(str(connection.settings_dict["NAME"])).parent
        how = f"check that {folder} belongs to the user who runs this and is not full, and DATABASE_URL if it is set"
    # Exit 1: it may be there again in a moment, and whoever keeps us running shall try again.
    return click.ClickException(f"the database cannot be opened ({said}); {how}")


def _come_in(is_demonstration: bool) -> None:
    from goodwill import __version__
    from goodwill.actions import upgrades

    found = state(is_demonstration=is_demonstration)
    if found == "unmade" or (found == "older" and is_demonstration):
        bring_up_to_date()
    elif found == "older":
        raise Unusable(UPGRADING if upgrades.is_running() else OLDER.format(version=__version__))
    elif upgrades.unproved():
        raise Unusable(UPGRADING if upgrades.is_running() else UNPROVED)
    if not upgrades.come_to_work():
        raise Unusable(UPGRADING)
