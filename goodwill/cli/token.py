"""`goodwill token`: tokens with which programs speak for people."""

import json
from datetime import UTC, datetime, timedelta

import click

from goodwill.cli.opening import open_house
from goodwill.domain.tokens import Access

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def token() -> None:
    """Make, list and revoke tokens of the API."""


@token.command()
@click.argument("email")
@click.option("--name", required=True, help="Name of the program.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice([a.value for a in Access]), help="Repeatable."
)
@click.option("--days", default=90, type=click.IntRange(1, 366), help="Days until it expires; 90 where absent.")
@_json
def make(email: str, name: str, scopes: tuple[str, ...], days: int, as_json: bool) -> None:
    """Make a token that speaks for the person of EMAIL, and print it: it is shown only now."""
    open_house()
    from goodwill.actions import tokens
    from goodwill.domain.refusals import Refusal
    from goodwill.domain.viewers import OPERATOR
    from goodwill.web.wording import refused

    at = datetime.now(UTC)
    granted = [Access(scope) for scope in scopes]
    until = at + timedelta(days=days)
    done = tokens.make(_person(email), name, granted, expires_at=until, by=OPERATOR, at=at)
    if isinstance(done, Refusal):
        raise click.ClickException(f"{done.field or 'token'}: {refused(done)}")
    if as_json:
        click.echo(json.dumps({"token_id": done.id, "token": done.secret, "expires_at": done.expires_at.isoformat()}))
    else:
        click.echo(done.secret)


@token.command("list")
@click.argument("email")
@_json
def list_(email: str, as_json: bool) -> None:
    """List the tokens of the person of EMAIL; what they are is known to nobody."""
    open_house()
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import tokens

    rows = [
        {
            "token_id": row.id,
            "name": row.name,
            "begins": row.begins,
            "scopes": [access.value for access in row.scopes],
            "expires_at": row.expires_at.isoformat(),
            "last_used_on": row.last_used_on.isoformat() if row.last_used_on else None,
            "is_good": row.is_good,
        }
        for row in tokens.of_person(OPERATOR, _person(email), at=datetime.now(UTC))
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        state = "good until" if row["is_good"] else "ended, was good until"
        click.echo(f"{row['token_id']}  {row['begins']}…  {row['name']}  {state} {row['expires_at']}")


@token.command()
@click.argument("token_id", type=click.IntRange(1, 2**63 - 1))
def revoke(token_id: int) -> None:
    """Revoke the token of this number."""
    open_house()
    from goodwill.actions import tokens
    from goodwill.domain.refusals import Refusal
    from goodwill.domain.viewers import OPERATOR

    if isinstance(tokens.revoke(token_id, by=OPERATOR, at=datetime.now(UTC)), Refusal):
        raise click.ClickException(f"there is no token {token_id}; `goodwill token list EMAIL` shows a person's")
    click.echo("revoked")


def _person(email: str) -> int:
    from goodwill.reads import tokens

    found = tokens.person_of(email)
    if found is None:
        raise click.ClickException(f"nobody here signs in as {email!r}; invite them first (goodwill invite)")
    return found
