"""`goodwill findings`: what the worker found in the lake, from rows; asks an engine only when told to."""

import json

import click

from goodwill.cli.opening import open_house
from goodwill.domain.viewers import OPERATOR


@click.command()
@click.option("--compute", is_flag=True, help="Ask the lake now, instead of waiting for the night.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def findings(compute: bool, as_json: bool) -> None:
    """The newest answer to each question that the worker asks of the lake, with its recipe and what it is as of."""
    open_house()
    from goodwill.reads import findings as reads

    if compute:
        _compute()
    found = reads.latest(OPERATOR)
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found], ensure_ascii=False))
        return
    if not found:
        click.echo("nothing yet; the worker asks at night, and goodwill findings --compute now")
    for one in found:
        said = f"no figures: {one.refused}" if one.refused else f"n = {one.n:,}, {one.grade}"
        click.echo(f"{one.name}, as of {one.as_of:%Y-%m-%d %H:%M} UTC: {said}")
        if one.recipe:
            click.echo(f"  {one.recipe} ({one.parameters['recipe']}, by {one.engine})")


def _compute() -> None:
    from django.utils import timezone

    from goodwill.actions import findings as deeds
    from goodwill.adapters.lake import LakeProblem
    from goodwill.cli.lake import EXTRA
    from goodwill.domain.refusals import Refusal

    try:
        done = deeds.compute(by=OPERATOR, at=timezone.now())
    except ImportError:
        raise click.ClickException(EXTRA) from None
    except LakeProblem as problem:
        raise click.ClickException(str(problem)) from None
    if isinstance(done, Refusal):
        raise click.ClickException("there is no lake yet; make it with: goodwill lake rebuild")
