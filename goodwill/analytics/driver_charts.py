"""Drivers as a picture: each one's effect with its interval, the line at zero, and its share of what is explained."""

from pathlib import Path
from typing import Any

from goodwill.analytics.relative_weights import Drivers

# Okabe & Ito's blue, and grey for what may be nothing: they differ for every kind of colour vision.
_TELLS, _MAY_BE_NOTHING = "#0072b2", "#777777"


def draw(result: Drivers) -> Any:
    """The chart as an Altair object: a dot and a bar for each driver, its share in words at its side.

    The question is which drivers go with the outcome. The population is the result's respondents. The method is each
    effect's own interval, heaviest driver first. It cannot tell a cause from what goes with one.
    """
    import altair as alt

    rows = [
        {"driver": one.name, "order": place, "effect": one.effect.value, "low": one.effect.low,
         "high": one.effect.high, "tells": "yes" if one.effect.low > 0 or one.effect.high < 0 else "no",
         "label": f"{100 * one.share:.0f} % of what is explained"}
        for place, one in enumerate(result.drivers)
    ]  # fmt: skip
    colour = alt.Color("tells:N", legend=None, scale=alt.Scale(domain=["yes", "no"], range=[_TELLS, _MAY_BE_NOTHING]))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("driver:N", title=None, sort=alt.EncodingSortField("order")), color=colour
    )
    found = result.explained
    title = alt.TitleParams(
        f"{result.outcome}: its drivers explain {100 * found.value:.0f} % of it",
        subtitle=f"95 % interval {100 * found.low:.0f} to {100 * found.high:.0f} %; {result.n:,} answers, "
        f"as of {result.as_of}",
        anchor="start",
    )
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color="#555555").encode(x="zero:Q")
    axis = alt.X("low:Q", title=f"Points of {result.outcome} for each point of the driver, the others held")
    bars = base.mark_rule(strokeWidth=3).encode(x=axis, x2="high:Q")
    dots = base.mark_point(size=90, filled=True).encode(x="effect:Q")
    words = base.mark_text(dy=-14).encode(x="effect:Q", text="label:N")
    height = 60 * len(rows) + 20
    return alt.layer(zero, bars, dots, words).properties(title=title, width=560, height=height).configure_view(
        stroke=None
    )  # fmt: skip


def save(result: Drivers, path: Path) -> None:
    """Write the chart as the file's ending says, .png or .svg; raises ValueError for another."""
    if path.suffix.lower() not in (".png", ".svg"):
        raise ValueError(f"{path.name}: a chart is written as .png or .svg")
    draw(result).save(str(path), format=path.suffix.lower()[1:], scale_factor=2.0)
