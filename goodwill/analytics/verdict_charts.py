"""Verdicts as a picture: each arm's contribution net of its cost, with its interval and the line at zero."""

from pathlib import Path
from typing import Any

from goodwill.analytics.trials import TrialResult
from goodwill.domain.trials import Verdict

# Okabe & Ito's colours, which differ for every kind of colour vision; the word stands beside each.
_COLOURS = {Verdict.PAYS: "#009e73", Verdict.LOSES: "#d55e00", Verdict.CANNOT_TELL: "#0072b2",
            Verdict.WITHHELD: "#777777"}  # fmt: skip


def draw(result: TrialResult) -> Any:
    """The chart as an Altair object: a dot and a bar for each arm, the verdict in words at its side.

    The question is which arms pay. The population is the trial's units over its window. The method is the verdict's
    own interval for each arm (one look where it is too early for more). It cannot tell arms from each other, only each
    from the control.
    """
    import altair as alt

    rows = []
    for one in result.whole.arms:
        own = one.net.per_unit - one.net.break_even_cost
        low = one.net.break_even.low + own if one.net.low is None else one.net.low
        high = one.net.break_even.high + own if one.net.high is None else one.net.high
        verdict = str(one.ruling.verdict)
        rows.append({"arm": one.arm, "net": one.net.per_unit, "low": low, "high": high, "verdict": verdict,
                     "label": verdict.replace("_", " ")})  # fmt: skip
    colour = alt.Color("verdict:N", legend=None, scale=alt.Scale(
        domain=[str(verdict) for verdict in _COLOURS], range=list(_COLOURS.values())))  # fmt: skip
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=alt.Y("arm:N", title=None), color=colour)
    title = alt.TitleParams(
        f"{result.outcome}: net of its own cost, for each unit beside {result.whole.control}",
        subtitle=f"{result.n:,} units, {result.grade}, as of {result.as_of}", anchor="start",
    )  # fmt: skip
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color="#555555").encode(x="zero:Q")
    bars = base.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q", title="Net for each unit"), x2="high:Q")
    dots = base.mark_point(size=90, filled=True).encode(x="net:Q")
    words = base.mark_text(dy=-14, fontWeight="bold").encode(x="net:Q", text="label:N")
    height = 60 * len(rows) + 20
    return alt.layer(zero, bars, dots, words).properties(title=title, width=560, height=height).configure_view(
        stroke=None
    )  # fmt: skip


def save(result: TrialResult, path: Path) -> None:
    """Write the chart as the file's ending says, .png or .svg; raises ValueError for another."""
    if path.suffix.lower() not in (".png", ".svg"):
        raise ValueError(f"{path.name}: a chart is written as .png or .svg")
    draw(result).save(str(path), format=path.suffix.lower()[1:], scale_factor=2.0)
