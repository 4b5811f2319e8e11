"""`goodwill plan`: how many units and weeks a verdict will take; needs no file and no database."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from goodwill.cli.estimating import EXTRA, FILE, Refusal, ending, show

if TYPE_CHECKING:
    from goodwill.analytics.plans import Plan, Size


@click.command()
@click.option("--mean", type=float, required=True, help="Mean outcome of a unit today.")
@click.option("--sd", type=click.FloatRange(min=0, min_open=True), required=True, help="Its standard deviation.")
@click.option("--effect", required=True, help="Smallest effect that matters on each unit: 0.5, or 10% of the mean.")
@click.option("--weekly-units", type=click.FloatRange(min=0, min_open=True), help="Units that come each week, in all.")
@click.option("--mature-weeks", type=click.FloatRange(min=0), default=0.0, help="Weeks until an outcome may be read.")
@click.option("--alpha", type=click.FloatRange(0, 0.5, min_open=True, max_open=True), default=0.05, show_default=True)
@click.option("--power", type=click.FloatRange(0.5, 1, max_open=True), default=0.8, show_default=True)
@click.option("--out", type=FILE, callback=ending(".json"), help="Write the JSON to a file.")
@click.option("--chart", type=FILE, callback=ending(".png", ".svg"), help="Draw units against effects: .png or .svg.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def plan(mean: float, sd: float, effect: str, weekly_units: float | None, mature_weeks: float, alpha: float,
         power: float, out: Path | None, chart: Path | None, as_json: bool) -> None:  # fmt: skip
    """Say how many units a trial needs to see an effect, and how many weeks that takes.

    Two arms of equal size. One look means at the end and never before; any looks means whenever you like.
    """
    try:
        from goodwill.analytics.plan_charts import save
        from goodwill.analytics.plans import plan as make_plan
    except ImportError:
        raise Refusal(EXTRA) from None
    try:
        size = float(effect[:-1]) / 100 * abs(mean) if effect.endswith("%") else float(effect)
        made = make_plan(mean=mean, sd=sd, effect=size, alpha=alpha, power=power, weekly_units=weekly_units,
                         maturity_weeks=mature_weeks)  # fmt: skip
    except (ValueError, OverflowError) as problem:
        raise Refusal(f"no plan: {problem}") from None
    show(made.as_json(), _text(made), as_json=as_json, out=out)
    if chart is not None:
        save(made, chart)


def _text(made: "Plan") -> str:
    relative = "" if made.relative is None else f", {100 * made.relative:+.3g} % of the mean {made.mean:g}"
    spread = "" if made.cv is None else f" (coefficient of variation {made.cv:.1f})"
    return "\n".join([
        f"To see {made.effect:+g}{relative}, with a standard deviation of {made.sd:g}{spread},",
        f"at {100 * made.alpha:g} % with a power of {100 * made.power:g} %:",
        f"  one look at the end:  {_size(made.fixed)}",
        f"  looks at any time:    {_size(made.always_valid)}",
    ])  # fmt: skip


def _size(size: "Size") -> str:
    weeks = "" if size.weeks is None else f"; {size.weeks:,} weeks"
    return f"{size.per_arm:,} units in each arm, {size.both:,} in both{weeks}"
