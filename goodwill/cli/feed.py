"""`goodwill feed`: daily files from watched folders and fetched addresses."""

import json
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from goodwill.cli.imports import PRESETS, read_map, understood
from goodwill.cli.opening import open_house
from goodwill.domain.refusals import Refusal
from goodwill.domain.viewers import OPERATOR

if TYPE_CHECKING:
    from goodwill.reads.feeds import FeedLine

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_number = click.argument("feed_id", type=click.IntRange(1, 2**63 - 1))
_ENDED_WELL = ("imported", "nothing_new", "waiting")


@click.group()
def feed() -> None:
    """Keep the daily files: what is new in a folder or at an address is imported by itself."""


def _say_what_is_wrong(line: "FeedLine") -> None:
    """A line for each file that lies there and could not be used, and for an import that brought nothing in."""
    from goodwill.reads import feeds
    from goodwill.web import wording_feeds

    for file in sorted(feeds.troubled_files(OPERATOR, line.id), key=lambda one: one.name):
        why = ". ".join(part for part in (wording_feeds.outcome(file)[0], wording_feeds.explained(file)) if part)
        click.echo(f"  {file.name!r}: {why}" if not file.name.isprintable() else f"  {file.name}: {why}")
    if line.last_state in ("failed", "bad"):
        click.echo(f"  import {line.last_import_id}: {wording_feeds.last_import(line)}")


@feed.command("list")
@_json
def list_(as_json: bool) -> None:
    """List the daily files and how they stand."""
    open_house()
    from goodwill.reads import feeds
    from goodwill.web import wording_feeds

    lines = feeds.listed(OPERATOR)
    if as_json:
        click.echo(json.dumps([_as_json(line) for line in lines], ensure_ascii=False, indent=2))
        return
    for line in lines:
        click.echo(f"{line.id}  {line.name}  {line.place}  {wording_feeds.rhythm(line)}  {wording_feeds.result(line)}")
        _say_what_is_wrong(line)


@feed.command()
@click.argument("name")
@click.argument("place")
@click.option("--every", "minutes", type=click.IntRange(1), help="Look every so many minutes; 10 for a folder.")
@click.option(
    "--daily-at", type=click.DateTime(["%H:%M"]), help="Look once a day, in the firm's zone; 06:00 for a URL."
)
@click.option("--as", "preset", type=click.Choice(PRESETS), help="What the files are; else recognised.")
@click.option("--map", "map_file", type=click.File("r", encoding="utf-8"), help="YAML: which column is which field.")
@click.option("--site", default="", help="The site of orders that name none.")
@click.option("--sheet", default="", help="The sheet of a workbook; else the first with orders.")
@click.option("--promise-days", type=click.IntRange(1, 365), help="Delivery was promised within so many days.")
@click.option("--working-days", is_flag=True, help="Count these days as working days of the site's calendar.")
@click.option("--currency", default="", help="The currency of the sums, where the firm's is not meant.")
@click.option("--move", is_flag=True, help="Move imported files into the subfolders done and failed.")
@click.option("--user", default="", help="The name by which the address lets us in.")
@click.option("--secret-file", type=click.File("r", encoding="utf-8"), help="The password or token; - reads it typed.")
@_json
def add(
    name: str,
    place: str,
    minutes: int | None,
    daily_at: datetime | None,
    preset: str | None,
    map_file: Any,
    site: str,
    sheet: str,
    promise_days: int | None,
    working_days: bool,
    currency: str,
    move: bool,
    user: str,
    secret_file: Any,
    as_json: bool,
) -> None:
    """Watch the folder PLACE, or fetch from the URL PLACE, under NAME. Its imports are the operator's."""
    said = understood(read_map(map_file), promise_days, working_days)
    said |= {name: value for name, value in (("site", site), ("sheet", sheet), ("currency", currency)) if value}
    open_house()
    from goodwill.actions import feeds
    from goodwill.actions.feeds import FeedFacts
    from goodwill.adapters.presets.looking import Options
    from goodwill.domain.feeds import Kind, Rhythm

    kind = Kind.URL if "://" in place else Kind.FOLDER
    secret = secret_file.read().strip("\r\n") if secret_file else None
    facts = FeedFacts(
        name=name,
        kind=kind,
        place=place if kind is Kind.URL else str(Path(place).absolute()),
        rhythm=_rhythm(kind, minutes, daily_at, Rhythm),
        options=Options(preset=preset or "", **said | {"currency": said.get("currency", "").upper()}),
        moves_files=move,
        access="basic" if user else "bearer" if secret else "",
        access_user=user,
        secret=secret,
    )
    done = feeds.add(facts, by=OPERATOR, at=datetime.now(UTC))
    if isinstance(done, Refusal):
        _refuse(done, as_json)
        return
    click.echo(json.dumps({"feed_id": done.pk}) if as_json else f"Daily file {done.pk} is set up.")


@feed.command()
@_number
@_json
def look(feed_id: int, as_json: bool) -> None:
    """Look at one now; the worker imports what is new. Ends with 1 where something is to be mended."""
    open_house()
    from goodwill.actions import feeds_looks
    from goodwill.reads import feeds
    from goodwill.web import wording_feeds

    at = datetime.now(UTC)
    line = feeds.one(OPERATOR, feed_id)
    if line is None:
        raise click.ClickException(f"there is no daily file {feed_id}; `goodwill feed list` shows them")
    held = feeds_looks.take(at=at, feed_id=feed_id)
    if held is not None:
        feeds_looks.look(held, at=at)
    line = feeds.one(OPERATOR, feed_id)
    assert line is not None  # noqa: S101  it was there a moment ago
    if as_json:
        click.echo(json.dumps(_as_json(line), ensure_ascii=False, indent=2))
    else:
        click.echo(wording_feeds.result(line))
        _say_what_is_wrong(line)
    if line.paused_reason or line.is_troubled or line.result not in _ENDED_WELL:
        sys.exit(1)


@feed.command()
@_number
@_json
def pause(feed_id: int, as_json: bool) -> None:
    """Look no more until it is resumed."""
    open_house()
    from goodwill.actions import feeds

    _tell(feeds.pause(feed_id, by=OPERATOR, at=datetime.now(UTC)), feed_id, "paused", as_json)


@feed.command()
@_number
@_json
def resume(feed_id: int, as_json: bool) -> None:
    """Look again; the operator answers for what it brings in from now on."""
    open_house()
    from goodwill.actions import feeds

    _tell(feeds.resume(feed_id, by=OPERATOR, at=datetime.now(UTC)), feed_id, "resumed", as_json)


@feed.command()
@_number
@_json
def remove(feed_id: int, as_json: bool) -> None:
    """Forget it; what was imported stays, and no file is touched."""
    open_house()
    from goodwill.actions import feeds

    _tell(feeds.remove(feed_id, by=OPERATOR, at=datetime.now(UTC)), feed_id, "removed", as_json)


@feed.group("host")
def host() -> None:
    """Keep the list of hosts from which files may be fetched."""


@host.command("allow")
@click.argument("name")
def host_allow(name: str) -> None:
    """Put the host NAME on the list."""
    open_house()
    from goodwill.actions import feeds_hosts

    done = feeds_hosts.allow(name, by=OPERATOR, at=datetime.now(UTC))
    if isinstance(done, Refusal):
        _refuse(done, False)
        return
    click.echo(f"{done.pk}  {done.host}")


@host.command("list")
def host_list() -> None:
    """List the hosts, with their numbers."""
    open_house()
    from goodwill.reads import feeds

    for row in feeds.hosts(OPERATOR):
        click.echo(f"{row.id}  {row.host}  {', '.join(row.feeds)}".rstrip())


@host.command("forbid")
@click.argument("host_id", type=click.IntRange(1, 2**63 - 1))
def host_forbid(host_id: int) -> None:
    """Take the host of this number off the list."""
    open_house()
    from goodwill.actions import feeds_hosts

    if isinstance(feeds_hosts.forbid(host_id, by=OPERATOR, at=datetime.now(UTC)), Refusal):
        raise click.ClickException(f"there is no host {host_id}; `goodwill feed host list` shows them")
    click.echo("forbidden")


def _rhythm(kind: Any, minutes: int | None, daily_at: datetime | None, rhythm: Any) -> Any:
    if minutes is not None and daily_at is not None:
        raise click.UsageError("say --every or --daily-at, not both")
    if minutes is None and daily_at is None:
        return rhythm(every_minutes=10) if kind == "folder" else rhythm(daily_at=time(6))
    return rhythm(minutes, daily_at.time() if daily_at else None)


def _as_json(line: Any) -> dict[str, Any]:
    return {
        "feed_id": line.id,
        "name": line.name,
        "kind": line.kind.value,
        "place": line.place,
        "every_minutes": line.every_minutes,
        "daily_at": line.daily_at or None,
        "paused": line.paused_reason or None,
        "looked_at": line.looked_at.isoformat() if line.looked_at else None,
        "wakes_at": line.wakes_at.isoformat() if line.wakes_at else None,
        "result": line.result or None,
        "detail": line.detail or None,
        "failures": line.failures,
        "troubled_files": line.troubled_files,
        "waiting_files": line.waiting_files,
        "last_import_id": line.last_import_id,
        "last_import_state": line.last_state or None,
    }


def _tell(done: Any, feed_id: int, said: str, as_json: bool) -> None:
    if isinstance(done, Refusal):
        raise click.ClickException(f"there is no daily file {feed_id}; `goodwill feed list` shows them")
    click.echo(json.dumps({"feed_id": feed_id, said: True}) if as_json else said)


def _refuse(refusal: Refusal, as_json: bool) -> None:
    from goodwill.web.wording import refused

    if as_json:
        click.echo(json.dumps({"refused": refusal.reason.value, "field": refusal.field, **dict(refusal.values)}))
    else:
        click.echo(f"{refusal.field}: {refused(refusal)}", err=True)
    sys.exit(2)
