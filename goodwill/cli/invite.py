"""`goodwill invite`: an account and the link that lets its owner in."""

import json

import click

from goodwill.cli.opening import open_house
from goodwill.domain.roles import Role


@click.command()
@click.argument("email")
@click.option("--name", required=True, help="Name of the person.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in Role]), help="May be repeated."
)
@click.option("--unit", "unit", help="Unit in which the roles are held; the firm as a whole where absent.")
@click.option("--language", default="en", type=click.Choice(["en", "ru", "hu"]), help="Language of the person.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: person_id, email, url.")
def invite(email: str, name: str, roles: tuple[str, ...], unit: str | None, language: str, as_json: bool) -> None:
    """Invite EMAIL and print the link with which the person chooses a password: good for seven days and one use."""
    open_house()
    from django.conf import settings
    from django.utils import timezone

    from goodwill.actions import invitations
    from goodwill.domain.refusals import Refusal
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import firms, people
    from goodwill.web.wording import refused

    if not firms.is_set_up():
        raise click.ClickException("there is no firm yet; open the set-up page first (goodwill serve)")
    unit_id = None
    if unit is not None:
        known = {known_name: pk for pk, known_name in people.unit_choices(OPERATOR)}
        if unit not in known:
            raise click.ClickException(f"there is no unit {unit!r}; units: {', '.join(sorted(known)) or 'none'}")
        unit_id = known[unit]
    held = [(Role(role), unit_id) for role in roles]
    done = invitations.invite(email, name, held, language=language, by=OPERATOR, at=timezone.now())
    if isinstance(done, Refusal):
        raise click.ClickException(f"{done.field or 'invitation'}: {refused(done)}")
    url = settings.URL + done.path
    if as_json:
        click.echo(json.dumps({"person_id": done.person_id, "email": done.email, "url": url}, ensure_ascii=False))
    else:
        click.echo(url)
