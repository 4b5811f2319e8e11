"""`goodwill today`: the first screen as text for people and JSON for programs."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from goodwill.cli.opening import open_house
from goodwill.domain.viewers import OPERATOR

if TYPE_CHECKING:
    from goodwill.reads.today import OwedRow


@click.command()
@click.option(
    "--kind", type=click.Choice(["external", "internal"]), help="Only customers outside the firm, or its units."
)
@click.option("--most", type=click.IntRange(1, 1000), default=25, show_default=True, help="How many customers.")
@click.option("--after", default="", help="The cursor `next` of an earlier answer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def today(kind: str | None, most: int, after: str, as_json: bool) -> None:
    """Customers we owe something, worst first: whose earliest promise is due first stands at the top."""
    open_house()
    from goodwill.reads import today as read

    at = datetime.now(UTC)
    page = read.page(OPERATOR, at=at, kind=read.Kind(kind or ""), after=after, size=most)
    if as_json:
        rows = [_as_json(row) for row in page.rows]
        click.echo(json.dumps({"as_of": at.isoformat(), "rows": rows, "next": page.next}, ensure_ascii=False))
        return
    if not page.rows:
        click.echo("Nothing owed.")
        for one in read.unheard(OPERATOR):
            heard = f"{one.last_heard_at:%Y-%m-%d}" if one.last_heard_at else "never"
            click.echo(f"  {one.customer}: last heard from us {heard}")
    for row in page.rows:
        standing = f"{row.standing.value}, warned" if row.is_warned else row.standing.value
        due = row.promised_on.isoformat() if row.is_day else f"{row.due_at:%Y-%m-%d %H:%M} UTC"
        more = f" (+{row.more})" if row.more else ""
        money = "".join(f", {sum_.amount} {sum_.currency}" for sum_ in row.money)
        click.echo(
            f"{row.customer}: {row.what or row.kind}{more}, due {due}, {standing}{money}; {row.owner or 'nobody'}"
        )


def _as_json(row: "OwedRow") -> dict[str, Any]:
    return {
        "promise_id": row.promise_id,
        "customer": {"id": row.customer_id, "name": row.customer, "is_unit": row.is_unit},
        "kind": row.kind,
        "what": row.what,
        "order": row.order_number,
        "more": row.more,
        "due_at": row.due_at.isoformat(),
        "promised_on": row.promised_on.isoformat(),
        "standing": row.standing.value,
        "warned": row.is_warned,
        "owner": row.owner,
        "money_waiting": [sum_.as_json() for sum_ in row.money],
        "next_act": row.act.value,
    }
