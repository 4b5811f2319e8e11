"""`goodwill notices`: what a person was told of, as text for people and JSON for programs."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from goodwill.cli.opening import open_house

if TYPE_CHECKING:
    from goodwill.reads.notices import NoticeLine


@click.command()
@click.argument("email")
@click.option("--all", "all_", is_flag=True, help="Those read as well.")
@click.option("--most", type=click.IntRange(1, 1000), default=25, show_default=True, help="How many notices.")
@click.option("--after", default="", help="The cursor `next` of an earlier answer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def notices(email: str, all_: bool, most: int, after: str, as_json: bool) -> None:
    """What the person of EMAIL was told of and has not read, newest first. Marks nothing as read."""
    open_house()
    from goodwill.reads import notices as read
    from goodwill.reads import tokens, viewers

    person_id = tokens.person_of(email)
    if person_id is None:
        raise click.ClickException(f"nobody here has the address {email}; `goodwill invite` makes accounts")
    viewer = viewers.of(person_id)
    page = read.page(viewer, read.Which.ALL if all_ else read.Which.UNREAD, after=after, size=most)
    unread = read.unread(viewer)
    if as_json:
        rows = [_as_json(line) for line in page.lines]
        answer = {"as_of": datetime.now(UTC).isoformat(), "person_id": person_id, "unread": unread, "notices": rows}
        click.echo(json.dumps({**answer, "next": page.next}, ensure_ascii=False))
        return
    if not page.lines:
        click.echo("Nothing new." if not all_ else "No notices.")
    for line in page.lines:
        mark = "*" if line.is_unread else " "
        said = line.said or "This is gone, or not theirs to see any more."
        about = "".join(f", {word}" for word in (line.customer, line.what) if word)
        because = f" ({line.because})" if line.because else ""
        click.echo(f"{mark} {line.made_at:%Y-%m-%d %H:%M} UTC {said}{about}{because}")


def _as_json(line: "NoticeLine") -> dict[str, Any]:
    due = line.due_on or line.due_at
    return {
        "id": line.id,
        "kind": line.kind.value,
        "code": line.code,
        "why": line.why,
        "count": line.count,
        "made_at": line.made_at.isoformat(),
        "unread": line.is_unread,
        "settled": line.is_settled,
        "hidden": line.is_hidden,
        "said": line.said,
        "customer": {"id": line.customer_id, "name": line.customer} if line.customer_id else None,
        "what": line.what,
        "due": due.isoformat() if due else None,
        "promise_id": line.promise_id,
        "order_id": line.order_id,
        "import_id": line.import_id,
        "next_act": line.act.value,
    }
