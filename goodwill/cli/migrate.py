"""`goodwill migrate`: bring the database up to date."""

import json

import click

from goodwill.cli.opening import bring_up_to_date, open_house, state


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def migrate(as_json: bool) -> None:
    """Bring the database up to date without a backup, and say what was done. See `goodwill upgrade`."""
    open_house(migrate=False)
    from goodwill.actions import upkeep
    from goodwill.reads import health

    state()
    missing = health.missing_migrations()
    bring_up_to_date()
    was_open = upkeep.close_journal()
    upkeep.watch_months()
    if as_json:
        click.echo(json.dumps({"applied": missing, "journal_was_open": was_open}))
        return
    if was_open:
        click.echo("The journal could be altered; it is closed again.")
    if missing:
        click.echo(f"Applied {len(missing)}: {', '.join(missing)}")
    else:
        click.echo("The database was up to date already.")
