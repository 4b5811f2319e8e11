"""`goodwill verdict`: whether an initiative pays, from a file of units; needs no database."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from goodwill.cli.estimating import EXTRA, FILE, Refusal, describe, ending, show
from goodwill.cli.sources import SOURCE, LakeName, given
from goodwill.domain.grades import Grade
from goodwill.domain.trials import Course, Doubt, Verdict, steer

if TYPE_CHECKING:
    from goodwill.analytics.trials import TrialResult
    from goodwill.analytics.verdicts import ArmVerdict, Judgement

WORDS = {
    "missing": "is empty; a unit that brought nothing has 0",
    "not_a_number": "is not a number",
    "not_a_date": "is not a date; write it as 2026-03-31",
    "not_utf8": "the bytes are not UTF-8; save the file as UTF-8",
    "not_a_table": "the file is no table of equal rows",
    "no_column": "there is no such column; the file has these",
    "no_rows": "there are no units",
    "mixed_currencies": "a second currency; amounts must be in one",
    "duplicate_units": "the unit is there twice; give one row for each, or name what was randomised with --cluster",
    "two_arms_in_a_cluster": "the cluster is in two arms; it cannot be what was randomised",
    "no_control": "no arm has this name; --control names the arm that got nothing",
    "one_arm": "there is no other arm to set beside it",
    "too_few_units": "the arm has one unit; a difference needs two in each",
    "too_few_clusters": "too few clusters: no way of dealing them could surprise anybody; 4 and 4 are the fewest",
    "immature": "the outcome is not mature yet; wait, or leave young units out with --leave-out-immature",
    "no_variation": "all units brought the same; there is nothing to tell apart",
}
DOUBTS = {
    Doubt.INTERVAL_HOLDS_ZERO: "the interval holds zero",
    Doubt.TOO_EARLY: "too early to look: fewer than 1,000 units, and not what was planned",
    Doubt.SAMPLE_RATIO_MISMATCH: "the arms are not of the sizes that were dealt; find out why before reading anything",
    Doubt.WEAK_EVIDENCE: "evidence of this grade carries no verdict; run a trial",
    Doubt.OUTCOME_READ_AS_CONTRIBUTION: "the outcome was read as contribution; if it is sales, give --margin",
    Doubt.COST_NOT_GIVEN: "the initiative was taken to cost nothing; give --cost-per-unit or --cost",
}
VERDICTS = {Verdict.PAYS: "PAYS", Verdict.LOSES: "LOSES", Verdict.CANNOT_TELL: "CANNOT TELL",
            Verdict.WITHHELD: "WITHHELD"}  # fmt: skip
COURSES = {Course.GO_ON: "go on", Course.KEEP: "keep", Course.STOP: "stop", Course.MEND: "mend the assignment",
           Course.HAS_NO_STOP: "a floor service is not stopped"}  # fmt: skip


def _shares(_ctx: click.Context, _param: click.Parameter, value: str | None) -> dict[str, float] | None:
    """`control=0.5,letter=0.5` as a mapping."""
    if value is None:
        return None
    shares: dict[str, float] = {}
    for part in value.split(","):
        arm, equals, share = part.rpartition("=")
        try:
            shares[arm.strip()] = float(share)
        except ValueError:
            equals = ""
        if not equals or not 0 < shares[arm.strip()] < float("inf"):
            raise click.BadParameter(f"{part!r} is not ARM=SHARE with a share above zero")
    return shares


@click.command()
@click.argument("source", metavar="FILE|lake:TABLE", type=SOURCE)
@click.option("--arm", required=True, help="Column of the arm.")
@click.option("--control", required=True, help="Name of the arm that got nothing.")
@click.option("--outcome", required=True, help="Column of what a unit brought, matured.")
@click.option("--unit", help="Column of the unit; each may be there once [default: a row is a unit].")
@click.option("--cluster", help="Column of what was randomised, such as the store, where it holds many rows.")
@click.option(
    "--margin", type=click.FloatRange(0, 1, min_open=True), help="Contribution for each unit of outcome, such as 0.3."
)
@click.option("--cost-per-unit", type=click.FloatRange(min=0), help="What the initiative costs for each treated unit.")
@click.option("--cost", help="Column of what each unit cost, instead.")
@click.option("--before", help="Column of the same unit's past, strictly before assignment (CUPED).")
@click.option("--planned", type=click.IntRange(min=2), help="Units planned, of an arm and its control together.")
@click.option("--alpha", type=click.FloatRange(0, 0.5, min_open=True, max_open=True), default=0.05, show_default=True)
@click.option("--shares", callback=_shares, help="Shares the arms were dealt: ARM=SHARE,… [default: equal].")
@click.option("--grade", type=click.Choice([str(grade) for grade in Grade]), default="randomised", show_default=True)
@click.option("--currency", help='Column of the currency [default: "currency" where there is one].')
@click.option("--by", "group", help="Column of groups to read apart too, such as new and established customers.")
@click.option("--guardrail", "guardrails", multiple=True, help="Column of an outcome to watch (any number of them).")
@click.option("--weekly-units", type=click.FloatRange(min=0, min_open=True), help="Units that come each week, in all.")
@click.option("--entered", help="Column of the day a unit entered; with --mature-days.")
@click.option("--mature-days", type=click.IntRange(min=0), help="Days until an outcome may be read.")
@click.option("--leave-out-immature", is_flag=True, help="Read mature units only, instead of refusing.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day up to which the file was read [default: today].")
@click.option("--stops-on", type=click.DateTime(["%Y-%m-%d"]), help="The trial's stop date: says what to do.")
@click.option("--out", type=FILE, callback=ending(".json"), help="Write the JSON to a file.")
@click.option("--chart", type=FILE, callback=ending(".png", ".svg"), help="Draw the intervals: .png or .svg.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verdict(source: Path | LakeName, arm: str, control: str, outcome: str, unit: str | None, cluster: str | None,
            margin: float | None, cost_per_unit: float | None, cost: str | None, before: str | None,
            planned: int | None, alpha: float, shares: dict[str, float] | None, grade: str, currency: str | None,
            group: str | None, guardrails: tuple[str, ...], weekly_units: float | None, entered: str | None,
            mature_days: int | None, leave_out_immature: bool, as_of: datetime | None, stops_on: datetime | None,
            out: Path | None, chart: Path | None, as_json: bool) -> None:  # fmt: skip
    """Say whether an initiative pays, from FILE, CSV or Parquet, or a table of the lake: a row for each unit.

    The verdict is on contribution for each randomised unit, net of the initiative's own cost. The always-valid
    interval decides, however often you look; the fixed one once the planned number of units is there. State
    --planned before the trial starts and keep it: without it each look is planned for the units there are, which is
    right for some forty looks and not for ever.
    """
    if cost is not None and cost_per_unit is not None:
        raise click.UsageError("--cost and --cost-per-unit exclude each other")
    if (entered is None) != (mature_days is None):
        raise click.UsageError("--entered and --mature-days go together")
    if group is not None and cluster is not None:
        raise click.UsageError("--by and --cluster exclude each other")
    try:
        from goodwill.analytics.results import Refused
        from goodwill.analytics.trial_files import Layout, Maturity, read
        from goodwill.analytics.trials import estimate
        from goodwill.analytics.verdict_charts import save
        from goodwill.analytics.verdicts import Terms
    except ImportError:
        raise Refusal(EXTRA) from None
    chosen = given(source)
    day = (as_of or chosen.as_of or datetime.now(UTC)).date()
    asked = {"arm": arm, "outcome": outcome, "unit": unit, "cluster": cluster, "cost": cost, "before": before,
             "currency": currency, "entered": entered, "group": group}  # fmt: skip
    layout = Layout({role: name for role, name in asked.items() if name is not None}, guardrails)
    maturity = None if mature_days is None else Maturity(mature_days, day, leave_out_immature)
    known = read(chosen.rows, layout, maturity)
    if isinstance(known, Refused):
        raise Refusal(describe(known, WORDS))
    terms = Terms(control=control, margin=margin, cost_per_unit=cost_per_unit, planned=planned, alpha=alpha,
                  shares=shares, grade=Grade(grade), weekly_units=weekly_units)  # fmt: skip
    try:
        result = estimate(known.table, terms, outcome=outcome, as_of=day, window=known.window)
    except ValueError as problem:
        raise Refusal(str(problem)) from None
    if isinstance(result, Refused):
        raise Refusal(describe(result, WORDS))
    stop = None if stops_on is None else stops_on.date()
    answer = {**result.as_json(), "left_out": known.left_out, **chosen.facts}
    if stop is not None:
        answer["courses"] = {one.arm: str(steer(one.ruling, on=day, stops_on=stop)) for one in result.whole.arms}
    text = "\n".join([*chosen.lines(), _text(result, known.left_out, stop)])
    show(answer, text, as_json=as_json, out=out)
    if chart is not None:
        save(result, chart)
    if result.whole.srm.is_mismatched:
        raise Refusal(f"sample ratio mismatch (p = {result.whole.srm.p:.2g}): {DOUBTS[Doubt.SAMPLE_RATIO_MISMATCH]}")


def _text(result: "TrialResult", left_out: int, stops_on: date | None) -> str:
    """The result in lines a person reads."""
    lines = [f"{result.outcome}: {result.n:,} units, {result.grade}, as of {result.as_of}"]
    if left_out:
        lines += [f"{left_out:,} units left out: their outcomes are not mature"]
    lines += _tell(result.whole, result.as_of, stops_on)
    for key, judged in result.groups.items():
        lines += ["", f"of which {key}:", *_tell(judged, result.as_of, None)]
    doubts = dict.fromkeys(doubt for one in result.whole.arms for doubt in one.ruling.reasons)
    return "\n".join([*lines, *([""] if doubts else []), *(f"! {DOUBTS[doubt]}" for doubt in doubts)])


def _tell(judged: "Judgement", on: date, stops_on: date | None) -> list[str]:
    width = max(len(judged.control), *(len(one.arm) for one in judged.arms), 8)
    lines = [f"sample ratio: p = {judged.srm.p:.3f}", "",
             f"  {'arm':<{width}}  {'n':>10}  {'mean':>10}  {'difference':>10}  {'(SE)':>11}  "
             f"{'one look':>24}  {'any looks':>24}",
             f"  {judged.control:<{width}}  {judged.control_n:>10,}  {judged.control_mean:>10.6f}"]  # fmt: skip
    for one in judged.arms:
        gap = one.gap
        error, always = f"({gap.difference.se:.6f})", gap.always_valid
        any_looks = "too early" if always is None else _range(always.low, always.high)
        lines.append(
            f"  {one.arm:<{width}}  {one.n:>10,}  {one.mean:>10.6f}  {gap.difference.effect:>+10.6f}  {error:>11}  "
            f"{_range(gap.fixed.low, gap.fixed.high):>24}  {any_looks:>24}"
        )
    for one in judged.arms:
        lines += ["", *_tell_money(one)]
        if stops_on is not None:
            lines.append(f"  stop date {stops_on}: {COURSES[steer(one.ruling, on=on, stops_on=stops_on)]}")
    return lines


def _tell_money(one: "ArmVerdict") -> list[str]:
    net, low, high = one.net, one.net.low, one.net.high
    ends = "too early to look" if low is None or high is None else f"{_range(low, high)}, {_DECIDERS[one.decided_by]}"
    lines = [
        f"{one.arm}: {VERDICTS[one.ruling.verdict]}",
        f"  net of its cost, for 1,000 units: {1000 * net.per_unit:,.2f}; for each: {net.per_unit:.4f} ({ends})",
        f"  a unit's treatment may cost {net.break_even_cost:.3f} before it eats what it brings "
        f"({net.break_even.low:.3f} to {net.break_even.high:.3f})",
        f"  so far: cost {net.cost_so_far:,.2f}, net {net.so_far:,.2f}"
        + ("" if net.largest_loss is None else f", at worst a loss of {net.largest_loss:,.2f}"),
    ]
    if one.needs_units is not None:
        about = "" if one.needs_weeks is None else f" (about {one.needs_weeks:,} weeks)"
        lines.append(f"  needs {one.needs_units:,} more units{about}, if the effect stays what it seems")
    for name, gap in one.guardrails.items():
        lines.append(f"  watch {name}: {gap.difference.effect:+.6f} ({_range(gap.fixed.low, gap.fixed.high)})")
    return lines


_DECIDERS: Mapping[str | None, str] = {"fixed": "one look as planned", "always_valid": "valid at any look"}


def _range(low: float, high: float) -> str:
    return f"{low:+.5f} to {high:+.5f}"
