"""`goodwill survival`: how long customers stay, from a file of customers; needs no database."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from goodwill.cli.estimating import EXTRA, FILE, Refusal, describe, ending, show
from goodwill.cli.sources import SOURCE, LakeName, given

if TYPE_CHECKING:
    from goodwill.analytics.survivals import Survival

ROLES = ("customer", "joined", "left", "cohort")
WORDS = {
    "missing": "is empty; only the day of leaving may be, where a customer is still here",
    "not_a_date": "is not a date; write it as 2026-03-31",
    "ends_before_start": "the customer left before joining",
    "duplicate_units": "the customer is there twice; give one row for each",
    "not_utf8": "the bytes are not UTF-8; save the file as UTF-8",
    "not_a_table": "the file is no table of equal rows",
    "no_column": "there is no such column; name it with --columns; the file has these",
    "no_rows": "there are no customers who joined in time",
    "not_followed_so_long": "a cohort was not watched so long: it has no figure yet",
}


def _columns(_ctx: click.Context, _param: click.Parameter, value: str | None) -> dict[str, str]:
    """`customer=…,joined=…` as a mapping."""
    chosen: dict[str, str] = {}
    for part in value.split(",") if value else ():
        role, equals, name = (piece.strip() for piece in part.partition("="))
        if not equals or role not in ROLES or not name:
            raise click.BadParameter(f"{part!r} is not one of {', '.join(f'{role}=…' for role in ROLES)}")
        chosen[role] = name
    return chosen


@click.command()
@click.argument("source", metavar="FILE|lake:[TABLE]", type=SOURCE)
@click.option("--columns", callback=_columns, help="customer=…,joined=…,left=…[,cohort=…]: names of columns.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of watching [default: the file's last].")
@click.option(
    "--horizon",
    type=click.FloatRange(min=0, min_open=True),
    help="Days after joining [default: 183; with lake: alone, 183 more than --silence].",
)
@click.option(
    "--silence",
    type=click.IntRange(min=1),
    default=365,
    show_default=True,
    help="With lake: alone, days without a purchase after which a customer counts as gone.",
)
@click.option("--out", type=FILE, callback=ending(".json"), help="Write the JSON too: .json.")
@click.option("--chart", type=FILE, callback=ending(".png", ".svg"), help="Draw the curves: .png or .svg.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def survival(source: Path | LakeName, columns: dict[str, str], until: datetime | None, horizon: float | None,
             silence: int, out: Path | None, chart: Path | None, as_json: bool) -> None:  # fmt: skip
    """Say how long customers stay, from FILE, CSV or Parquet: a row for each customer.

    Each has the day of joining and the day of leaving, empty for those still here; a cohort is any word for a group
    of them, such as the month they came in. With `lake:` alone customers are followed through their delivered orders:
    the first is joining, and leaving is when --silence days had passed without one.
    """
    try:
        from goodwill.analytics.recipes import follow_stays
        from goodwill.analytics.results import Refused
        from goodwill.analytics.survival_charts import save
        from goodwill.analytics.survival_files import read
        from goodwill.analytics.survivals import HALF_YEAR, estimate
    except ImportError:
        raise Refusal(EXTRA) from None
    last = None if until is None else until.date()
    chosen = given(
        source,
        lambda orders, day: follow_stays(orders, until=last or day, silence=silence),
        named=f"follow_stays silence={silence}",
    )
    known = read(chosen.rows, columns, last or chosen.day)
    if isinstance(known, Refused):
        raise Refusal(describe(known, WORDS))
    # nobody can have left before the silence is over, so the recipe looks half a year beyond it
    days = (HALF_YEAR + (silence if chosen.recipe else 0)) if horizon is None else horizon
    result = estimate(known.cohorts, horizon=days, as_of=known.until, window=known.window)
    if isinstance(result, Refused):
        raise Refusal(describe(result, WORDS))
    answer = {**result.as_json(), "left_out": known.left_out, **chosen.facts}
    text = "\n".join([*chosen.lines(), _text(result, known.left_out)])
    show(answer, text, as_json=as_json, out=out)
    if chart is not None:
        save(result, chart)


def _text(result: "Survival", left_out: int) -> str:
    """The result in lines a person reads."""
    lines = [f"still here after {result.horizon:g} days: {result.n:,} customers, as of {result.as_of}"]
    if left_out:
        lines += [f"{left_out:,} left out: they joined later"]
    width = max(6, *(len(name) for name in result.curves))
    lines += ["", f"  {'cohort':<{width}}  {'n':>9}  {'left':>9}  {'share':>7}  {'95 % interval':>18}"]
    for name, at in result.at_horizon.items():
        curve = result.curves[name]
        told = "not watched so long" if at is None else (
            f"{100 * at.value:>5.1f} %  {100 * at.low:>7.1f} to {100 * at.high:>5.1f} %"
        )  # fmt: skip
        lines.append(f"  {name:<{width}}  {curve.n:>9,}  {curve.departures:>9,}  {told}")
    return "\n".join([*lines, *(f"\n! {WORDS[reason]}" for reason in result.reasons)])
