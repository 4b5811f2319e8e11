"""`goodwill lake`: the copy of the journal and the trade facts that the estimators read."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from goodwill.cli.opening import open_house
from goodwill.domain.viewers import OPERATOR

if TYPE_CHECKING:
    from goodwill.adapters.lake import Snapshot
    from goodwill.domain.refusals import Refusal

EXTRA = "the lake needs the estimators' libraries; add them with: make analytics (or pip install 'goodwill[analytics]')"


@click.group()
def lake() -> None:
    """Keep a copy of the journal and the trade facts as Parquet, for the estimators and for engines of your own."""


@lake.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def append(as_json: bool) -> None:
    """Bring the lake up to date: only months in which something was touched are written again."""
    _write(lambda deeds, at: deeds.append(by=OPERATOR, at=at), as_json=as_json)


@lake.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rebuild(as_json: bool) -> None:
    """Make the lake again from the rows."""
    _write(lambda deeds, at: deeds.rebuild(by=OPERATOR, at=at), as_json=as_json)


@lake.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(as_json: bool) -> None:
    """Say what the lake holds, of when, and whether the journal has gone on since; exit code 1 where it has."""
    open_house()
    from goodwill.reads import lake as reads

    found = reads.status(OPERATOR)
    if as_json:
        click.echo(json.dumps(found.as_json()))
    elif found.snapshot is None:
        click.echo(f"there is no lake in {found.folder} ({found.problem or 'goodwill lake rebuild makes it'})")
    else:
        click.echo("\n".join(_text(found.snapshot)))
        click.echo(f"the journal has gone on since: {found.behind:,} entries" if found.behind else "up to date")
        if found.missing:
            click.echo(f"{len(found.missing)} files are missing; make it again: goodwill lake rebuild")
    if not found.is_current:
        raise click.exceptions.Exit(1)


def _write(deed: "Callable[[Any, datetime], Snapshot | Refusal]", *, as_json: bool) -> None:
    open_house()
    from django.utils import timezone

    from goodwill.actions import lake as deeds
    from goodwill.adapters.lake import LakeProblem, Snapshot

    if not deeds.is_possible():
        raise click.ClickException(EXTRA)
    try:
        done = deed(deeds, timezone.now())
    except LakeProblem as problem:
        raise click.ClickException(str(problem)) from None
    assert isinstance(done, Snapshot)  # noqa: S101  the operator may
    if as_json:
        click.echo(json.dumps(_as_json(done)))
    else:
        click.echo("\n".join(_text(done)))


def _as_json(snapshot: "Snapshot") -> dict[str, Any]:
    notes = snapshot.notes
    return {
        "lake": snapshot.number,
        "as_of": snapshot.made_at.isoformat(),
        "made_by": notes["made_by"],
        "seconds": notes["seconds"],
        "tables": {name: snapshot.rows(name) for name in snapshot.files},
    }


def _text(snapshot: "Snapshot") -> list[str]:
    notes = snapshot.notes
    size = sum(one.bytes for files in snapshot.files.values() for one in files)
    lines = [
        f"snapshot {snapshot.number} as of {snapshot.made_at:%Y-%m-%d %H:%M} UTC, by {notes['made_by']} "
        f"in {notes['seconds']:.1f} s, {size / 2**20:,.1f} MiB"
    ]
    for name, files in sorted(snapshot.files.items()):
        lines.append(f"  {name:<13}{snapshot.rows(name):>13,} rows  {len(files):>5} files")
    return lines
