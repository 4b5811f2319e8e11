"""`goodwill restore`: put a backup back."""

import json
import os
import sys
from pathlib import Path

import click

from goodwill.cli.opening import UPGRADING, Unusable, bring_up_to_date, cannot_be_opened, open_house


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace everything that is here now.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def restore(file: Path, replace: bool, yes: bool, as_json: bool) -> None:
    """Put FILE back, into either database, whichever Goodwill made it. Stop `goodwill serve` first."""
    open_house(migrate=False)
    from django.conf import settings
    from django.db.utils import DatabaseError
    from django.utils import timezone

    from goodwill.actions import backups, upgrades
    from goodwill.adapters.archives import ArchiveProblem
    from goodwill.domain.refusals import Refusal
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import schema

    try:
        state = schema.look().state
    except DatabaseError as problem:
        raise cannot_be_opened(problem) from None
    if state == "unmade":
        bring_up_to_date()
    anew = state in ("older", "newer")
    if replace and not yes and (anew or not backups.is_empty()):
        click.confirm("Everything in this house is replaced by the backup. Go on?", abort=True, err=True)
    try:
        with upgrades.turn() as is_mine, upgrades.alone() as others:
            if not is_mine:
                raise Unusable(UPGRADING)
            if not others.is_well:
                raise Unusable(f"{others.found}. {others.how}")
            done = backups.restore(
                file, Path(settings.MEDIA_ROOT), replace=replace, anew=anew, by=OPERATOR, at=timezone.now()
            )
            if not isinstance(done, Refusal):
                upgrades.settle()
    except ArchiveProblem as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(2)
    if isinstance(done, Refusal):
        click.echo("Error: this house is not empty; add --replace to replace everything in it", err=True)
        sys.exit(2)
    if done.secret_key:
        _keep_key(settings.HOME / "secret.key", done.secret_key)
    if as_json:
        click.echo(json.dumps(done.as_json()))
        return
    click.echo(f"{done.rows} rows and {done.files} files of {done.made_at} are back.")
    if done.erased_again:
        click.echo(f"{done.erased_again} people who had been erased since were erased again.")


def _keep_key(file: Path, key: str) -> None:
    """The key of the backup, readable by its owner only, so that its sessions and links stay good."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(key)
