"""`goodwill health`: is the house ready to answer, in one look."""

import json
import sys

import click

from goodwill.cli.opening import open_house


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as /health/ready does.")
def health(as_json: bool) -> None:
    """Say whether the house is ready to answer; exit 1 where it is not. `goodwill doctor` looks deeper."""
    open_house(migrate=False)
    from django.utils import timezone

    from goodwill.reads import readiness

    found = readiness.look(timezone.now())
    if as_json:
        click.echo(json.dumps(found.as_json()))
    else:
        for name, state in found.as_json()["checks"].items():
            click.echo(f"{name}: {state}")
        click.echo("ready" if found.is_ready else "not ready; run `goodwill doctor`")
    sys.exit(0 if found.is_ready else 1)
