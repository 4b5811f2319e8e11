"""The holdout as a picture: purchases expected and made, by how often customers had bought before."""

from pathlib import Path
from typing import Any

from goodwill.analytics.lifetime import Backtest, Lifetime

# Okabe & Ito's blue and vermilion differ for every kind of colour vision, and in grey.
_EXPECTED, _ACTUAL = "#0072b2", "#d55e00"


def draw(result: Lifetime, backtest: Backtest) -> Any:
    """The chart as an Altair object: a dot for each group and a line, labelled where they end.

    The question is whether the model expects right of rare and of frequent buyers. The population is the back-test's
    customers over its holdout. The method is the table of Fader, Hardie & Lee (2005, fig. 4) drawn. It cannot tell
    errors that cancel within a group.
    """
    import altair as alt

    last = backtest.bins[-1].x
    rows = [
        {"x": f"{one.x}+" if one.x == last == 7 else str(one.x), "order": one.x, "who": who, "purchases": value}
        for one in backtest.bins
        for who, value in (("expected", one.expected), ("actual", one.actual))
    ]
    ratio = backtest.drift.holdout
    title = alt.TitleParams(
        f"{result.method.name}: {ratio.value:.2f} purchases made for each one expected",
        subtitle=f"95 % interval {ratio.low:.2f} to {ratio.high:.2f}; {backtest.until} to {backtest.last}, "
        f"{sum(one.n for one in backtest.bins)} customers",
        anchor="start",
    )
    flat = alt.Axis(labelAngle=0)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("x:N", sort=alt.EncodingSortField("order"), title="Repeat purchases before", axis=flat),
        y=alt.Y("purchases:Q", title="Purchases per customer, after"),
        color=alt.Color(
            "who:N", legend=None, scale=alt.Scale(domain=["expected", "actual"], range=[_EXPECTED, _ACTUAL])
        ),
    )  # fmt: skip
    labels = base.transform_filter(f"datum.order == {last}").mark_text(align="left", dx=8).encode(text="who:N")
    lines = base.mark_line(point=alt.OverlayMarkDef(size=50))
    return alt.layer(lines, labels).properties(title=title, width=560, height=320).configure_view(stroke=None)


def save(result: Lifetime, backtest: Backtest, path: Path) -> None:
    """Write the chart as the file's ending says, .png or .svg; raises ValueError for another."""
    if path.suffix.lower() not in (".png", ".svg"):
        raise ValueError(f"{path.name}: a chart is written as .png or .svg")
    draw(result, backtest).save(str(path), format=path.suffix.lower()[1:], scale_factor=2.0)
