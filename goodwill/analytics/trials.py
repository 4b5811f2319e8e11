"""Trials from a table of units to a result that carries its question, window, method, grade and recipe."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import ibis
import ibis.expr.types as ir

from goodwill import __version__
from goodwill.analytics import clusters
from goodwill.analytics.arms import Floats, Moments, fetch, gather, merge
from goodwill.analytics.results import Method, Refused, Result, Window
from goodwill.analytics.verdicts import BEFORE, COST, GUARDRAIL, OUTCOME, Judgement, Terms, judge

GROUP, CLUSTER = "group", "cluster"
_SEQUENCE = "always-valid by the asymptotic confidence sequence"
_SOURCES = "Welch 1947; Deng et al. 2013; Waudby-Smith et al. 2021"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult(Result):
    """A trial read whole, and where it was asked for, each group of its units apart."""

    outcome: str
    whole: Judgement
    groups: Mapping[str, Judgement]

    def as_json(self) -> dict[str, object]:
        """The wire shape (decisions: `verdict`), with the facts of every result; `by` holds the groups."""
        return {
            **self.facts(),
            "outcome": self.outcome,
            **self.whole.as_json(),
            "by": [{"key": key, **judged.as_json()} for key, judged in self.groups.items()],
        }


def estimate(
    table: ir.Table, terms: Terms, *, outcome: str, as_of: date, window: Window | None = None
) -> TrialResult | Refused:
    """The verdicts of a trial's table, or the reason there are none.

    The question is what each arm brings beside the control, net of its own cost. The population is the table's rows
    (`arm`, `outcome`, perhaps `cost`, `before`, `cluster`, `group` and guardrails), one for each unit or many for each
    cluster, over `window`. The method is `verdicts.judge` on sufficient statistics, read in one pass. It cannot tell
    an effect from a difference that was there before, unless chance dealt the arms. Raises ValueError as
    `sample_ratios.check`, and for groups of clusters.
    """
    columns = [name for name in table.columns if name in (OUTCOME, COST, BEFORE) or name.startswith(GUARDRAIL)]
    rows, few = table, None
    if CLUSTER in table.columns:
        if GROUP in table.columns:
            raise ValueError("clusters cannot be read by group")
        refused = clusters.check(table, arm="arm", cluster=CLUSTER)
        if refused is not None:
            return refused
        # fetched once, since it is read several times: engines differ in what they can keep for a while
        rows = ibis.memtable(clusters.collapse(table, by=["arm"], cluster=CLUSTER, columns=columns).to_pyarrow())
    keys = ["arm", GROUP] if GROUP in table.columns else ["arm"]
    found = gather(rows, by=keys, columns=columns)
    arms = _by_arm(found)
    if CLUSTER in table.columns:
        few = _fetch_few(rows, arms, terms, columns)
    whole = judge(arms, terms, few)
    if isinstance(whole, Refused):
        return whole
    groups: dict[str, Judgement] = {}
    for key in sorted({key[1] for key in found if len(key) > 1}):
        part = _by_arm({place: moments for place, moments in found.items() if place[1] == key})
        judged = judge(part, _share_weeks(terms, part, arms))
        if isinstance(judged, Refused):
            return Refused(judged.reason, judged.column, judged.row, f"{key}: {judged.value}")
        groups[key] = judged
    return TrialResult(
        question=f"What does each arm bring, in {outcome}, beside {terms.control}, net of its own cost?",
        window=window,
        method=Method(f"Welch difference{', CUPED' if BEFORE in columns else ''}, {_SEQUENCE}", _SOURCES),
        n=sum(moments.n for moments in arms.values()),
        grade=terms.grade,
        recipe=_write_recipe(terms, outcome),
        as_of=as_of,
        outcome=outcome,
        whole=whole,
        groups=groups,
    )


def _by_arm(found: Mapping[tuple[str, ...], Moments]) -> dict[str, Moments]:
    arms = sorted({key[0] for key in found})
    return {arm: merge(moments for key, moments in found.items() if key[0] == arm) for arm in arms}


def _share_weeks(terms: Terms, part: Mapping[str, Moments], arms: Mapping[str, Moments]) -> Terms:
    """The same terms for a group, of which only its share comes each week."""
    if terms.weekly_units is None:
        return terms
    share = sum(moments.n for moments in part.values()) / sum(moments.n for moments in arms.values())
    return replace(terms, weekly_units=terms.weekly_units * share)


def _fetch_few(
    rows: ir.Table, arms: Mapping[str, Moments], terms: Terms, columns: list[str]
) -> dict[str, dict[str, Floats]] | None:
    """Each arm's figures by cluster, where any arm has too few beside the control for Welch's difference."""
    control = arms[terms.control].n if terms.control in arms else 0
    if all(moments.n + control >= clusters.ENOUGH for arm, moments in arms.items() if arm != terms.control):
        return None
    return {arm: fetch(rows.filter(rows.arm == arm).order_by(CLUSTER), columns) for arm in arms}


def _write_recipe(terms: Terms, outcome: str) -> str:
    settings = {
        "outcome": outcome, "control": terms.control, "margin": terms.margin, "cost_per_unit": terms.cost_per_unit,
        "planned": terms.planned, "alpha": terms.alpha, "grade": str(terms.grade),
        "shares": None if terms.shares is None else ",".join(f"{arm}={share}" for arm, share in terms.shares.items()),
    }  # fmt: skip
    stated = " ".join(f"{name}={value!r}" for name, value in settings.items() if value is not None)
    return f"goodwill {__version__} verdict {stated}"
