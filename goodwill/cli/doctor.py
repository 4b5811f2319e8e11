"""`goodwill doctor`: is everything well, and what to do if not."""

import json
import sys

import click

from goodwill.cli.opening import open_house

_MARKS = {"ok": "ok  ", "note": "note", "mend": "MEND"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Check the installation; exit 1 where something must be mended."""
    open_house(migrate=False)
    from django.utils import timezone

    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import health

    checks = health.look(OPERATOR, timezone.now())
    is_well = all(check.state != "mend" for check in checks)
    if as_json:
        click.echo(json.dumps({"well": is_well, "checks": [check.as_json() for check in checks]}, ensure_ascii=False))
    else:
        for check in checks:
            click.echo(f"{_MARKS[check.state]}  {check.name}: {check.found}")
            if check.how:
                click.echo(f"      {check.how}")
    sys.exit(0 if is_well else 1)
