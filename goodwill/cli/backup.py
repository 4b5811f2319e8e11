"""`goodwill backup`: everything in one file."""

import json
from pathlib import Path

import click

from goodwill.cli.opening import open_house


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option(
    "--with-secret-key", is_flag=True, help="Include the key that signs sessions; guard the file accordingly."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def backup(file: Path | None, with_secret_key: bool, as_json: bool) -> None:
    """Copy everything into FILE (default: the home's backups folder), while the house goes on working."""
    open_house()
    from django.conf import settings
    from django.utils import timezone

    from goodwill.actions import backups
    from goodwill.domain.refusals import Refusal
    from goodwill.domain.viewers import OPERATOR

    at = timezone.now()
    if file is None:
        folder = settings.HOME / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / f"goodwill-{at:%Y%m%d-%H%M%S}.zip"
    key = settings.SECRET_KEY if with_secret_key else ""
    try:
        kept = backups.back_up(file.absolute(), Path(settings.MEDIA_ROOT), secret_key=key, by=OPERATOR, at=at)
    except OSError as problem:
        raise click.ClickException(f"the backup could not be written: {problem}") from None
    assert not isinstance(kept, Refusal)  # noqa: S101  the operator may
    if as_json:
        click.echo(json.dumps(kept.as_json()))
    else:
        click.echo(f"{kept.rows} rows of {kept.tables} tables and {kept.files} files are in {kept.path}")
