"""`goodwill report`: the reports of the pages as tables for people and JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from goodwill.cli.opening import open_house
from goodwill.domain.reports import Grouping, Question, Rule, moment_of
from goodwill.domain.viewers import OPERATOR

if TYPE_CHECKING:
    from goodwill.reads.reports import Line, Report

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_day = click.DateTime(["%Y-%m-%d"])


@click.group()
def report() -> None:
    """Print a report: a table, or JSON with --json."""


@report.command()
@click.option("--rule", type=click.Choice([r.value for r in Rule]), default="own", help="When an act counts as late.")
@click.option("--by", type=click.Choice([g.value for g in Grouping]), help="Into what to group.")
@click.option("--as-of", metavar="WHEN", help="How things stood at a moment, or at the end of a day.")
@click.option("--site", metavar="NAME", help="Only this site, by name or number.")
@click.option("--from", "from_on", type=_day, help="First due day.")
@click.option("--to", "to_on", type=_day, help="Last due day.")
@_json
def promises(
    rule: str,
    by: str | None,
    as_of: str | None,
    site: str | None,
    from_on: datetime | None,
    to_on: datetime | None,
    as_json: bool,
) -> None:
    """Promises kept and broken, how silently, and what customers said of each.

    The rule "own" reads what each promise's own policy made of it; "end_of_day" and "moment" read every promise by
    one rule and store nothing. Months are those of the due day.
    """
    open_house()
    from goodwill.reads import reports

    question = Question(
        at=datetime.now(UTC),
        rule=Rule(rule),
        by=None if by is None else Grouping(by),
        as_of=_moment(as_of),
        from_on=_date(from_on),
        to_on=_date(to_on),
        within=() if site is None else ((Grouping.SITE, _site(site)),),
    )
    answer = reports.promises(OPERATOR, question)
    if as_json:
        _print_json(answer.as_json())
    else:
        _print_promises(answer)


@report.command()
@_json
def orders(as_json: bool) -> None:
    """Orders by the status their source gave them."""
    open_house()
    from goodwill.reads import deliveries_report

    answer = deliveries_report.order_statuses(OPERATOR)
    if as_json:
        _print_json(answer.as_json())
    else:
        _print_table(("status", "orders"), [(status, _count(n)) for status, n in answer.statuses])


@report.command("lead-times")
@_json
def lead_times(as_json: bool) -> None:
    """Median days from purchase to delivery and to the promised day, by the customer's own clock."""
    open_house()
    from goodwill.reads import deliveries_report

    answer = deliveries_report.lead_times(OPERATOR)
    if as_json:
        _print_json(answer.as_json())
        return
    _print_table(
        ("median days", f"n = {_count(answer.n)}"),
        [
            ("purchase to delivered", _figure(answer.to_deliver)),
            ("purchase to promised", _figure(answer.promised)),
            ("delivered before promised", _figure(answer.early)),
        ],
    )


@report.command()
@_json
def money(as_json: bool) -> None:
    """What orders say and what was paid for them, by currency and kind of payment."""
    open_house()
    from goodwill.reads import money_report

    answer = money_report.money(OPERATOR)
    if as_json:
        _print_json(answer.as_json())
        return
    for sums in answer.currencies:
        rows = [
            ("items", f"{sums.items.amount:,f}", _count(sums.orders)),
            ("freight", f"{sums.freight.amount:,f}", ""),
            ("paid", f"{sums.paid.amount:,f}", ""),
            *((f"  {kind.kind}", f"{kind.paid.amount:,f}", _count(kind.n)) for kind in sums.kinds),
            ("orders that differ", "", _count(sums.differing)),
            ("orders without lines or payments", "", _count(sums.incomplete)),
        ]
        _print_table((sums.items.currency, "sum", "n"), rows)


@report.command()
@click.option("--rule", type=click.Choice([r.value for r in Rule]), default="own", help="When an act counts as late.")
@_json
def ratings(rule: str, as_json: bool) -> None:
    """Ratings of purchases: how many, how complete, how soon; scores where promises were kept and broken."""
    open_house()
    from goodwill.reads import ratings_report

    answer = ratings_report.ratings(OPERATOR, Question(at=datetime.now(UTC), rule=Rule(rule)))
    if as_json:
        _print_json(answer.as_json())
        return
    _print_table(
        ("ratings", "n"),
        [
            ("rows", _count(answer.n)),
            ("keys of the source", _count(answer.source_keys)),
            ("orders with several", _count(answer.orders_several)),
            ("orders without", _count(answer.orders_none)),
            ("with words", _count(answer.with_words)),
            ("median hours to answer", _figure(answer.hours)),
        ],
    )
    for title, sides in (("promise kept", answer.kept), ("promise broken", answer.broken)):
        for scores in sides:
            click.echo()
            numbers = [(f"{score} of {scores.scale}", _count(n)) for score, n in scores.numbers]
            _print_table((title, f"n = {_count(scores.n)}"), numbers)


def _print_promises(answer: "Report") -> None:
    total = answer.total
    share = total.share_broken
    if share is None:
        click.echo("No promise was kept or broken yet.")
    else:
        click.echo(f"{_percent(share)} of {_count(total.n)} promises were broken.")
    click.echo(f"rule: {answer.question.rule.value} · as of {answer.question.moment:%Y-%m-%d %H:%M %Z}\n")
    heads = (
        answer.question.by.value if answer.question.by else "",
        *("n", "kept", "broken", "warned", "silent", "unrecorded", "withdrawn", "open"),
        *("share broken (95 %)", "rating kept", "rating broken"),
    )
    _print_table(heads, [_cells("all", total), *(_cells(line.label or "–", line) for line in answer.lines)])
    if answer.warned_lead is not None:
        click.echo(f"\nMedian warning before the due moment: {answer.warned_lead.total_seconds() / 3600:.1f} hours")


def _cells(name: str, line: "Line") -> tuple[str, ...]:
    share = line.share_broken
    if share is None:
        said = ""
    elif share.is_enough:
        said = _percent(share)
    else:
        said = f"not enough data ({share.missing} more would do)"
    counts = (
        *(line.n, line.kept, line.broken, line.broken_warned, line.broken_silent, line.broken_unrecorded),
        *(line.withdrawn, line.open),
    )
    means = ("" if r.mean is None else f"{r.mean:.2f}" for r in (line.ratings_kept, line.ratings_broken))
    return (name, *map(_count, counts), said, *means)


def _percent(share: Any) -> str:
    return f"{share.value * 100:.1f} % ({share.low * 100:.1f}–{share.high * 100:.1f})"


def _count(number: int) -> str:
    return f"{number:,}"


def _figure(value: float | None) -> str:
    return "not enough data" if value is None else f"{value:,.3f}"


def _print_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = [tuple(heads), *(tuple(row) for row in rows)]
    widths = [max(len(row[place]) for row in table) for place in range(len(heads))]
    for row in table:
        first, *rest = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        click.echo("  ".join((first, *rest)).rstrip())


def _print_json(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))


def _date(value: datetime | None) -> date | None:
    return None if value is None else value.date()


def _moment(text: str | None) -> datetime | None:
    from goodwill.reads import firms

    if text is None:
        return None
    firm = firms.face(OPERATOR)
    try:
        at = moment_of(text, firm.zone if firm else "UTC")
    except ValueError:
        raise click.BadParameter("write a day like 2018-01-31 or a moment like 2018-01-31T12:00-02:00") from None
    if at > datetime.now(UTC):
        raise click.BadParameter("lies in the future: nobody knows yet how things will stand")
    return at.astimezone(UTC)


def _site(name: str) -> str:
    from goodwill.reads import choices

    known = choices.sites(OPERATOR)
    for site in known:
        if name in (str(site.id), site.name):
            return str(site.id)
    raise click.BadParameter(f"no site {name!r}; there are: {', '.join(site.name for site in known) or 'none yet'}")
