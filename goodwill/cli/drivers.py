"""`goodwill drivers`: what goes with an outcome that customers were asked about, from a file; needs no database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from goodwill.cli.estimating import EXTRA, FILE, Refusal, describe, ending, show
from goodwill.cli.sources import SOURCE, LakeName, given

if TYPE_CHECKING:
    from goodwill.analytics.relative_weights import Drivers

WORDS = {
    "missing": "is empty; leave out the rows of those who did not answer",
    "not_a_number": "is not a number",
    "not_utf8": "the bytes are not UTF-8; save the file as UTF-8",
    "not_a_table": "the file is no table of equal rows",
    "no_column": "there is no such column; the file has these",
    "no_rows": "there are no answers",
    "mixed_currencies": "a second currency; amounts must be in one",
    "too_few_answers": "not enough data; it takes 50 answers, and 8 more for each driver",
    "no_variation": "everybody answered the same; there is nothing to explain or to explain with",
    "drivers_repeat_each_other": "one of these drivers is a sum of the others; leave one out",
}


def _names(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[str, ...]:
    """`A,B,C` as names, each once."""
    names = tuple(name.strip() for name in value.split(","))
    if not all(names) or len(set(names)) < len(names):
        raise click.BadParameter(f"{value!r} is not names of columns, each once, with commas between")
    return names


@click.command()
@click.argument("source", metavar="FILE|lake:TABLE", type=SOURCE)
@click.option("--outcome", required=True, help="The column to explain, such as willingness to recommend.")
@click.option("--drivers", "names", required=True, callback=_names, help="Columns that may go with it: A,B,C.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day up to which was asked [default: today].")
@click.option("--out", type=FILE, callback=ending(".json"), help="Write the JSON too: .json.")
@click.option("--chart", type=FILE, callback=ending(".png", ".svg"), help="Draw the effects: .png or .svg.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def drivers(source: Path | LakeName, outcome: str, names: tuple[str, ...], as_of: datetime | None, out: Path | None,
            chart: Path | None, as_json: bool) -> None:  # fmt: skip
    """Say what goes with an outcome, from FILE, CSV or Parquet, or a table of the lake: a row for each respondent,
    answers as numbers.

    The effect is points of the outcome for each point of the driver with the others held; the weight is the driver's
    part of what all of them explain. Both say what goes together, not what would follow from a change.
    """
    if outcome in names:
        raise click.UsageError("the outcome cannot be its own driver")
    try:
        from goodwill.analytics.arms import fetch
        from goodwill.analytics.driver_charts import save
        from goodwill.analytics.relative_weights import estimate
        from goodwill.analytics.results import Refused
        from goodwill.analytics.trial_files import Layout, read
        from goodwill.analytics.verdicts import GUARDRAIL
    except ImportError:
        raise Refusal(EXTRA) from None
    chosen = given(source)
    known = read(chosen.rows, Layout({"outcome": outcome}, names))
    if isinstance(known, Refused):
        raise Refusal(describe(known, WORDS))
    columns = fetch(known.table, ["outcome", *(GUARDRAIL + name for name in names)])
    result = estimate(
        columns["outcome"],
        {name: columns[GUARDRAIL + name] for name in names},
        name=outcome,
        as_of=(as_of or chosen.as_of or datetime.now(UTC)).date(),
    )
    if isinstance(result, Refused):
        raise Refusal(describe(result, WORDS))
    text = "\n".join([*chosen.lines(), _text(result)])
    show({**result.as_json(), **chosen.facts}, text, as_json=as_json, out=out)
    if chart is not None:
        save(result, chart)


def _text(result: "Drivers") -> str:
    """The result in lines a person reads."""
    width = max(6, *(len(one.name) for one in result.drivers))
    found = result.explained
    lines = [
        f"{result.outcome}: {result.n:,} answers, {result.grade}, as of {result.as_of}",
        f"its drivers explain {100 * found.value:.1f} % ({100 * found.low:.1f} to {100 * found.high:.1f})",
        "",
        f"  {'driver':<{width}}  {'effect':>8}  {'95 % interval':>18}  {'weight':>7}  {'95 % interval':>16}  "
        f"{'share':>7}  {'r':>7}",
    ]
    lines += [
        f"  {one.name:<{width}}  {one.effect.value:>+8.3f}  {one.effect.low:>+8.3f} to {one.effect.high:>+6.3f}  "
        f"{one.weight.value:>7.3f}  {one.weight.low:>6.3f} to {one.weight.high:>6.3f}  {100 * one.share:>5.1f} %  "
        f"{one.correlation.value:>+7.3f}"
        for one in result.drivers
    ]
    return "\n".join([*lines, "", "! this is what goes together; whether a change would pay, only a trial can tell"])
