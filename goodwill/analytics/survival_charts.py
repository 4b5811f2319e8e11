"""Survival as a picture: a step line for each cohort with its band, labelled where it ends."""

from pathlib import Path
from typing import Any

from goodwill.analytics.survivals import Survival

# Okabe & Ito's colours, which differ for every kind of colour vision; the cohort's name stands at its line.
_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]


def draw(result: Survival) -> Any:
    """The chart as an Altair object: shares still here over days since the first purchase.

    The question is which cohorts stay. The population is the result's cohorts. The method is the curves' own
    intervals as bands, up to the last day anybody was watched. It cannot tell what makes cohorts differ.
    """
    import altair as alt

    rows, ends = [], []
    for name, curve in result.curves.items():
        points = [(0.0, 1.0, 1.0, 1.0), *zip(curve.times, curve.share, curve.low, curve.high, strict=True)]
        points.append((float(curve.followed[-1]), *points[-1][1:]))
        rows += [
            {"cohort": name, "day": float(day), "share": float(share), "low": float(low), "high": float(high)}
            for day, share, low, high in points
        ]
        ends.append(rows[-1])
    colour = alt.Color("cohort:N", legend=None, scale=alt.Scale(domain=list(result.curves), range=_COLOURS))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("day:Q", title="Days since the first purchase"), color=colour
    )
    scale = alt.Scale(domain=[0, 1])
    bands = base.mark_area(opacity=0.15, interpolate="step-after").encode(
        y=alt.Y("low:Q", title="Share still here", scale=scale, axis=alt.Axis(format="%")), y2="high:Q"
    )
    lines = base.mark_line(interpolate="step-after").encode(y="share:Q")
    words = alt.Chart(alt.InlineData(values=ends)).mark_text(align="left", dx=6).encode(
        x="day:Q", y="share:Q", text="cohort:N", color=colour
    )  # fmt: skip
    found = {name: at for name, at in result.at_horizon.items() if at is not None}
    told = ", ".join(f"{name} {100 * at.value:.0f} % ({100 * at.low:.0f} to {100 * at.high:.0f})"
                     for name, at in found.items())  # fmt: skip
    title = alt.TitleParams(
        f"Still here after {result.horizon:g} days: {told or 'nobody was watched so long'}",
        subtitle=f"{result.n:,} customers, as of {result.as_of}; bands are 95 % intervals", anchor="start",
    )  # fmt: skip
    return alt.layer(bands, lines, words).properties(title=title, width=560, height=320).configure_view(stroke=None)


def save(result: Survival, path: Path) -> None:
    """Write the chart as the file's ending says, .png or .svg; raises ValueError for another."""
    if path.suffix.lower() not in (".png", ".svg"):
        raise ValueError(f"{path.name}: a chart is written as .png or .svg")
    draw(result).save(str(path), format=path.suffix.lower()[1:], scale_factor=2.0)
