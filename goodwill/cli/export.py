"""`goodwill export`: everything, in open formats."""

import json
from pathlib import Path

import click

from goodwill.cli.opening import open_house


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def export(target: Path, as_json: bool) -> None:
    """Write everything as CSV and JSON Lines, with a data dictionary, into a folder or a FILE.zip."""
    open_house()
    from django.utils import timezone

    from goodwill.actions import journal
    from goodwill.adapters import open_formats
    from goodwill.domain.entries import Entry
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import exports

    try:
        counts = open_formats.write(target, exports.everything(OPERATOR))
    except OSError as problem:
        raise click.ClickException(str(problem)) from None
    journal.note(Entry.EXPORTED, by=OPERATOR, at=timezone.now(), what="everything", rows=sum(counts.values()))
    if as_json:
        click.echo(json.dumps({"target": str(target), "rows": counts}))
    else:
        click.echo(f"{sum(counts.values())} rows of {len(counts)} nouns are in {target}")
