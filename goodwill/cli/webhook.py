"""`goodwill webhook`: programs outside that are told what happens."""

import json
from datetime import UTC, datetime
from typing import Any

import click

from goodwill.cli.opening import open_house
from goodwill.domain.entries import Entry

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_id = click.argument("webhook_id", type=click.IntRange(1, 2**63 - 1))
_kind = click.option(
    "--kind", "kinds", multiple=True, type=click.Choice([kind.value for kind in Entry]), help="Repeatable."
)
_everything = click.option("--all", "wants_all", is_flag=True, help="Every kind, those of later versions too.")


@click.group()
def webhook() -> None:
    """Tell programs outside what happens: make webhooks, look after them."""


@webhook.command("list")
@_json
def list_(as_json: bool) -> None:
    """List the webhooks and how each fares."""
    open_house()
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import webhooks

    rows = webhooks.listed(OPERATOR)
    if as_json:
        click.echo(json.dumps([row.as_json() for row in rows], ensure_ascii=False))
        return
    for row in rows:
        state = f"paused ({row.paused_why})" if not row.is_active else row.last_error if row.failing_since else "well"
        click.echo(f"{row.id}  {row.name}  {row.url}  {state}  {row.waiting} waiting  {row.dead} dead")


@webhook.command()
@click.argument("url")
@click.option("--name", required=True, help="So that people know it again.")
@_kind
@_everything
@_json
def add(url: str, name: str, kinds: tuple[str, ...], wants_all: bool, as_json: bool) -> None:
    """Make a webhook for the receiver at URL, and print its secret: it is shown only now."""
    open_house()
    from goodwill.actions import webhooks
    from goodwill.domain.viewers import OPERATOR

    chosen = None if wants_all else [Entry(kind) for kind in kinds]
    done = _done(webhooks.make(webhooks.Wanted(name, url, chosen), by=OPERATOR, at=datetime.now(UTC)))
    _print_secret(done, as_json)


@webhook.command()
@_id
@click.option("--url", help="Another address.")
@click.option("--name", help="Another name.")
@_kind
@_everything
@_json
def change(
    webhook_id: int, url: str | None, name: str | None, kinds: tuple[str, ...], wants_all: bool, as_json: bool
) -> None:
    """Change what is named and leave the rest."""
    open_house()
    from goodwill.actions import webhooks
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import webhooks as reads

    row = reads.one(OPERATOR, webhook_id)
    if row is None:
        raise _nothing(webhook_id)
    chosen = None if wants_all else [Entry(kind) for kind in kinds] if kinds else row.kinds
    wanted = webhooks.Wanted(row.name if name is None else name, row.url if url is None else url, chosen)
    _done(webhooks.change(webhook_id, wanted, by=OPERATOR, at=datetime.now(UTC)))
    _print({"webhook_id": webhook_id, "changed": True}, "changed", as_json)


@webhook.command()
@_id
@_json
def rotate(webhook_id: int, as_json: bool) -> None:
    """Make another secret and print it; the former one signs for 24 hours more."""
    open_house()
    from goodwill.actions import webhooks
    from goodwill.domain.viewers import OPERATOR

    _print_secret(_done(webhooks.rotate(webhook_id, by=OPERATOR, at=datetime.now(UTC)), webhook_id), as_json)


@webhook.command()
@_id
@_json
def pause(webhook_id: int, as_json: bool) -> None:
    """Tell it nothing for now; nothing is lost."""
    open_house()
    from goodwill.actions import webhooks
    from goodwill.domain.viewers import OPERATOR

    _done(webhooks.pause(webhook_id, by=OPERATOR, at=datetime.now(UTC)), webhook_id)
    _print({"webhook_id": webhook_id, "is_active": False}, "paused", as_json)


@webhook.command()
@_id
@click.option("--skip", is_flag=True, help="Leave out what waits and what happened meanwhile.")
@_json
def resume(webhook_id: int, skip: bool, as_json: bool) -> None:
    """Take up where it was paused."""
    open_house()
    from goodwill.actions import webhooks
    from goodwill.domain.viewers import OPERATOR

    _done(webhooks.resume(webhook_id, skip=skip, by=OPERATOR, at=datetime.now(UTC)), webhook_id)
    _print({"webhook_id": webhook_id, "is_active": True}, "resumed", as_json)


@webhook.command()
@_id
@_json
def test(webhook_id: int, as_json: bool) -> None:
    """Send an event that happened to nobody; the worker carries it, `webhook log` says what came of it."""
    open_house()
    from goodwill.actions import webhooks
    from goodwill.domain.viewers import OPERATOR

    done = _done(webhooks.test(webhook_id, by=OPERATOR, at=datetime.now(UTC)), webhook_id)
    _print({"webhook_id": webhook_id, "delivery_id": done.pk}, f"on its way, delivery {done.pk}", as_json)


@webhook.command()
@_id
@_json
def remove(webhook_id: int, as_json: bool) -> None:
    """Take it away with its secret, its log and everything that waits."""
    open_house()
    from goodwill.actions import webhooks
    from goodwill.domain.viewers import OPERATOR

    gone = _done(webhooks.remove(webhook_id, by=OPERATOR, at=datetime.now(UTC)), webhook_id)
    _print({"webhook_id": webhook_id, "deliveries": gone}, f"removed with {gone} deliveries", as_json)


@webhook.command()
@_id
@click.option("--state", type=click.Choice(["waiting", "delivered", "dead"]), help="Only those.")
@_json
def log(webhook_id: int, state: str | None, as_json: bool) -> None:
    """List the last fifty events that were sent, or are to be."""
    _print_log(webhook_id, state or "", as_json)


@webhook.command()
@_id
@_json
def dead(webhook_id: int, as_json: bool) -> None:
    """List the last fifty dead letters."""
    _print_log(webhook_id, "dead", as_json)


@webhook.command()
@_id
@click.option("--delivery", "delivery_id", type=click.IntRange(1, 2**63 - 1), help="Only this dead letter.")
@click.option("--all", "everything", is_flag=True, help="Every dead letter.")
@_json
def resend(webhook_id: int, delivery_id: int | None, everything: bool, as_json: bool) -> None:
    """Send dead letters again, with the same id and body."""
    open_house()
    from goodwill.actions import webhook_letters
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import webhooks as reads

    if everything == (delivery_id is not None):
        raise click.UsageError("say either --all or --delivery NUMBER (see goodwill webhook dead)")
    at = datetime.now(UTC)
    if delivery_id is None:
        done = webhook_letters.resend_all(webhook_id, by=OPERATOR, at=at)
    elif reads.sent(OPERATOR, webhook_id, delivery_id) is None:
        raise click.ClickException(f"webhook {webhook_id} has no delivery {delivery_id}")
    else:
        done = webhook_letters.resend(delivery_id, by=OPERATOR, at=at)
    if not isinstance(done, int):
        raise click.ClickException("there is no such dead letter; `goodwill webhook dead ID` lists them")
    _print({"webhook_id": webhook_id, "resent": done}, f"{done} sent again", as_json)


def _print_log(webhook_id: int, state: str, as_json: bool) -> None:
    open_house()
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import webhooks

    if webhooks.one(OPERATOR, webhook_id) is None:
        raise _nothing(webhook_id)
    lines = webhooks.log(OPERATOR, webhook_id, state=state).lines
    if as_json:
        click.echo(json.dumps([line.as_json() for line in lines]))
        return
    for line in lines:
        tried = f"{line.attempts} attempts" if line.attempts != 1 else "1 attempt"
        click.echo(f"{line.id}  {line.event}  {line.state}  {tried}  {line.last_error}  {line.message_id}".rstrip())


def _done(done: Any, webhook_id: int = 0) -> Any:
    from goodwill.domain.refusals import Reason, Refusal
    from goodwill.web.wording import refused

    if not isinstance(done, Refusal):
        return done
    if done.reason is Reason.NOT_FOUND:
        raise _nothing(webhook_id)
    raise click.ClickException(f"{done.field or 'webhook'}: {refused(done)}")


def _nothing(webhook_id: int) -> click.ClickException:
    return click.ClickException(f"there is no webhook {webhook_id}; `goodwill webhook list` shows them")


def _print_secret(made: Any, as_json: bool) -> None:
    _print({"webhook_id": made.id, "secret": made.secret}, made.secret, as_json)


def _print(said: dict[str, Any], words: str, as_json: bool) -> None:
    click.echo(json.dumps(said) if as_json else words)
