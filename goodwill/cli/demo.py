"""`goodwill demo`: a simulated firm with known truth, in a home of its own."""

import json
import os
import random
import webbrowser
from pathlib import Path
from typing import Any

import click

from goodwill.cli import serving
from goodwill.cli.opening import bring_up_to_date, open_house


@click.command()
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same firm.")
@click.option(
    "--home", type=click.Path(path_type=Path), help="Where it lives (default: a folder beside your own data)."
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--fresh", is_flag=True, help="Forget an earlier demonstration and load it anew, dated today.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--no-serve", is_flag=True, help="Load the firm and end.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def demo(seed: int, home: Path | None, port: int, fresh: bool, no_open: bool, no_serve: bool, as_json: bool) -> None:
    """Load the demonstration firm, serve it on this machine and print a link that signs you in once."""
    _live_apart(home, port)
    if not no_serve:
        serving.refuse_taken_port("127.0.0.1", port)
    open_house(is_demonstration=True)
    facts = _load(seed, fresh)
    if no_serve:
        _say(facts, as_json)
        return

    def welcome() -> None:
        facts["link"] = serving.address("127.0.0.1", port) + _link()
        _say(facts, as_json)
        if not no_open and _has_display():
            webbrowser.open(facts["link"])

    serving.run("127.0.0.1", port, workers=1, with_worker=True, when_ready=welcome)


def _live_apart(home: Path | None, port: int) -> None:
    """A home, a database and an out-tray of its own: a demonstration never meets real data or real customers."""
    from platformdirs import user_data_path

    place = home or user_data_path("goodwill-demo", appauthor=False)
    os.environ["GOODWILL_HOME"] = str(place.expanduser().absolute())
    for name in ("DATABASE_URL", "GOODWILL_MAIL_URL", "GOODWILL_SECRET_KEY", "GOODWILL_URL", "GOODWILL_HOSTS"):
        os.environ.pop(name, None)
    serving.name_address("127.0.0.1", port)


def _load(seed: int, fresh: bool) -> dict[str, Any]:
    from dataclasses import asdict

    from django.conf import settings
    from django.utils import timezone

    from goodwill.actions import demonstrations, upkeep
    from goodwill.domain.simulated_truth import truth
    from goodwill.domain.simulation import simulate
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import firms

    face = firms.face(OPERATOR)
    if face is not None and not face.is_demonstration:
        raise click.ClickException(f"{settings.HOME} holds a firm of your own; choose another --home")
    if face is not None and fresh:
        _forget(settings.HOME)
        face = None
    begun = timezone.now()
    truth_file = settings.HOME / "truth.json"
    if face is None:
        firm = simulate(random.Random(seed), at=begun)
        demonstrations.load(firm, by=OPERATOR, at=begun)
        upkeep.count_rows_anew()
        truth_file.write_text(json.dumps({"seed": seed, **asdict(truth())}, ensure_ascii=False, indent=2))
    return {
        "home": str(settings.HOME),
        "loaded": face is None,
        "seconds": round((timezone.now() - begun).total_seconds(), 2),
        "truth": str(truth_file),
        "link": None,
    }


def _forget(home: Path) -> None:
    """Remove the demonstration's database, and make an empty one."""
    from django.db import connections

    connections.close_all()
    for file in home.glob("goodwill.sqlite3*"):
        file.unlink()
    bring_up_to_date()


def _link() -> str:
    from django.utils import timezone

    from goodwill.actions import demonstrations, invitations
    from goodwill.domain.viewers import OPERATOR

    head_id = demonstrations.head_of_demonstration()
    if head_id is None:
        raise click.ClickException("this demonstration has no head any more; load it anew with --fresh")
    return invitations.one_time_link(head_id, by=OPERATOR, at=timezone.now())


def _has_display() -> bool:
    return os.name != "posix" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def _say(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(facts))
        return
    if facts["loaded"]:
        click.echo(f"A year of the simulated firm Lantern & Larch was loaded in {facts['seconds']} s.")
        click.echo(f"Its true probabilities are in {facts['truth']}")
    if facts["link"]:
        click.echo("Goodwill is ready. This link signs you in once, from this machine, within 15 minutes:")
        click.echo(f"  {facts['link']}")
        click.echo("Stop with Ctrl-C.")
    else:
        click.echo(f"The demonstration lives in {facts['home']}")
