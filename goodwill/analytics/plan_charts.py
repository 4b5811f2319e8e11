"""A plan as a picture: how the units a verdict needs fall as the effect worth seeing grows."""

from pathlib import Path
from typing import Any

from goodwill.analytics.plans import Plan, plan

_ONCE, _ALWAYS = "#0072b2", "#d55e00"


def draw(made: Plan) -> Any:
    """The chart as an Altair object: units of both arms for effects from half to three times the plan's.

    The question is what a smaller effect would cost and a greater one save. The population is the plan's. The method
    is `plans.plan` at each effect. It cannot tell which effect is worth seeing.
    """
    import altair as alt

    rows = []
    for step in range(25):
        effect = made.effect * 6 ** (step / 24) / 2
        at = plan(mean=made.mean, sd=made.sd, effect=effect, alpha=made.alpha, power=made.power)
        rows += [{"effect": effect, "units": at.fixed.both, "look": "one look", "step": step},
                 {"effect": effect, "units": at.always_valid.both, "look": "any looks", "step": step}]  # fmt: skip
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("effect:Q", title="Effect on each unit"),
        y=alt.Y("units:Q", title="Units of both arms", scale=alt.Scale(type="log")),
        color=alt.Color(
            "look:N", legend=None, scale=alt.Scale(domain=["one look", "any looks"], range=[_ONCE, _ALWAYS])
        ),
    )  # fmt: skip
    labels = base.transform_filter("datum.step == 24").mark_text(align="left", dx=6).encode(text="look:N")
    here = alt.Chart(alt.InlineData(values=[{"effect": made.effect}])).mark_rule(color="#555555").encode(x="effect:Q")
    title = alt.TitleParams(
        f"{made.fixed.both:,} units for one look, {made.always_valid.both:,} for any looks",
        subtitle=f"to see {made.effect:g} with a standard deviation of {made.sd:g}", anchor="start",
    )  # fmt: skip
    return alt.layer(here, base.mark_line(), labels).properties(title=title, width=560, height=320).configure_view(
        stroke=None
    )  # fmt: skip


def save(made: Plan, path: Path) -> None:
    """Write the chart as the file's ending says, .png or .svg; raises ValueError for another."""
    if path.suffix.lower() not in (".png", ".svg"):
        raise ValueError(f"{path.name}: a chart is written as .png or .svg")
    draw(made).save(str(path), format=path.suffix.lower()[1:], scale_factor=2.0)
