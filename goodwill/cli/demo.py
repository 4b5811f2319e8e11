"""`goodwill demo`: a simulated firm with known truth, in a home of its own."""

import json
import os
import random
import sys
import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from goodwill.cli import serving
from goodwill.cli.opening import bring_up_to_date, open_house

PACKED_FROM = 50_000
"""Orders above which the tables of truth are packed."""


class Size(click.ParamType[int]):
    """A size by its name, or a number of orders."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of orders; refuses what is neither, and what is too few or too many."""
        from goodwill.domain.simulation import LEAST, MOST, SIZES

        orders = SIZES.get(str(value))
        if orders is None and str(value).replace("_", "").isdigit():
            orders = int(value)
        if orders is None or not LEAST <= orders <= MOST:
            self.fail(f"{value} is none of {', '.join(SIZES)}, nor a number from {LEAST} to {MOST}", param, ctx)
        return orders


@click.command()
@click.option("--seed", default=7, show_default=True, help="The same seed, size and moment give the same firm.")
@click.option(
    "--size",
    "orders",
    default="small",
    show_default=True,
    type=Size(),
    help="small, medium, large, or about how many orders.",
)
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="The firm as of this moment in UTC (default: now).")
@click.option(
    "--home", type=click.Path(path_type=Path), help="Where it lives (default: a folder beside your own data)."
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--fresh", is_flag=True, help="Forget an earlier demonstration and load it anew, dated today.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--no-serve", is_flag=True, help="Load the firm and end.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def demo(
    seed: int,
    orders: int,
    at: datetime | None,
    home: Path | None,
    port: int,
    fresh: bool,
    no_open: bool,
    no_serve: bool,
    as_json: bool,
) -> None:
    """Load the demonstration firm, serve it on this machine and print a link that signs you in once."""
    _live_apart(home, port)
    if not no_serve:
        serving.refuse_taken_port("127.0.0.1", port)
    open_house(is_demonstration=True)
    facts = _load(seed, orders, at and at.replace(tzinfo=UTC), fresh=fresh)
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


def _load(seed: int, orders: int, moment: datetime | None, *, fresh: bool) -> dict[str, Any]:
    from django.conf import settings
    from django.utils import timezone

    from goodwill.actions import demonstrations
    from goodwill.adapters import truths
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import firms

    face = firms.face(OPERATOR)
    if face is not None and not face.is_demonstration:
        raise click.ClickException(f"{settings.HOME} holds a firm of your own; choose another --home")
    begun = timezone.now()
    folder = settings.HOME / "truth"
    if face is not None and fresh:
        _forget(settings.HOME)
        face = None
    facts = {"home": str(settings.HOME), "loaded": face is None, "truth": str(folder / truths.INDEX), "link": None}
    if face is None:
        at = moment or begun
        told = truths.index_of(folder) or {}
        is_same = (told.get("seed"), told.get("asked"), told.get("finished")) == (seed, orders, False)
        if is_same and (moment is None or moment.isoformat() == told["at"]):
            # one that was stopped goes on as of its own moment
            at = datetime.fromisoformat(told["at"])
        elif demonstrations.is_unfinished():
            _forget(settings.HOME)
        facts["orders"] = _draw(seed, orders, at, folder)
    return {**facts, "seconds": round((timezone.now() - begun).total_seconds(), 2)}


def _draw(seed: int, orders: int, at: datetime, folder: Path) -> int:
    """Draw the firm and write it down, books and truth, block by block; says how many orders it has."""
    from goodwill.actions import demonstrations, upkeep
    from goodwill.adapters.truths import TruthFolder
    from goodwill.domain.refusals import Refusal
    from goodwill.domain.simulated_firm import SimulatedBlock
    from goodwill.domain.simulated_tables import COLUMNS, parameters
    from goodwill.domain.simulation import FIRM, Plan, simulate
    from goodwill.domain.viewers import OPERATOR

    plan = Plan(orders, at)
    about = {"seed": seed, "asked": orders, "at": plan.at.isoformat(), **parameters()}
    written = 0

    with (
        TruthFolder(folder, COLUMNS, about, is_packed=orders > PACKED_FROM) as truth,
        click.progressbar(length=plan.orders, label="Loading", file=sys.stderr) as bar,
    ):

        def tell(block: SimulatedBlock) -> None:
            nonlocal written
            truth.add(block.truth)
            written += len(block.orders)
            bar.update(len(block.orders))

        blocks = simulate(plan, lambda number: random.Random(f"{seed}/{number}"))
        loaded = demonstrations.load(FIRM, blocks, by=OPERATOR, at=plan.begun_at, tell=tell)
        if isinstance(loaded, Refusal):
            raise click.ClickException(f"this home holds something else ({loaded.reason}); load it anew with --fresh")
        truth.finish()
    upkeep.count_rows_anew()
    upkeep.count_months_anew()
    return written


def _forget(home: Path) -> None:
    """Remove the demonstration's database and its truth, and make an empty database."""
    from django.db import connections

    connections.close_all()
    for file in [*home.glob("goodwill.sqlite3*"), *(home / "truth").glob("*"), *home.glob("truth.json")]:
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
        click.echo(
            f"Two years of the simulated firm Lantern & Larch ({facts['orders']} orders) were loaded in"
            f" {facts['seconds']} s."
        )
        click.echo(f"What is true of it, and stands in no book, is told in {facts['truth']}")
    if facts["link"]:
        click.echo("Goodwill is ready. This link signs you in once, from this machine, within 15 minutes:")
        click.echo(f"  {facts['link']}")
        click.echo("Stop with Ctrl-C.")
    else:
        click.echo(f"The demonstration lives in {facts['home']}")
