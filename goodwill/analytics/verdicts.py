"""Verdicts: what each arm brings beside its control, net of its own cost, and what that entitles us to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from goodwill.analytics import clusters, effects, sequences
from goodwill.analytics.arms import Floats, Moments
from goodwill.analytics.effects import Difference, Limits
from goodwill.analytics.plans import need, weeks
from goodwill.analytics.results import Grade, Reason, Refused
from goodwill.analytics.sample_ratios import SampleRatio, check
from goodwill.domain.trials import Doubt, Net, Ruling, Verdict, weigh

OUTCOME, COST, BEFORE = "outcome", "cost", "before"
GUARDRAIL = "guardrail:"
"""Columns whose name begins with this are outcomes to watch: they get intervals and no verdict."""
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a trial is read.

    `margin` is contribution for each unit of outcome (None: the outcome is contribution already); `cost_per_unit` is
    what the initiative costs for each treated unit, unless the table has a `cost` column; `planned` is N*, units of an
    arm and its control together; `shares` are those dealt (None: equal); `weekly_units` come each week, in all.
    """

    control: str
    margin: float | None = None
    cost_per_unit: float | None = None
    planned: int | None = None
    alpha: float = 0.05
    shares: Mapping[str, float] | None = None
    grade: Grade = Grade.RANDOMISED
    weekly_units: float | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A difference with its two intervals; `always_valid` is None before `sequences.FEWEST` units."""

    difference: Difference[float]
    fixed: Limits[float]
    always_valid: Limits[float] | None

    def as_json(self) -> dict[str, object]:
        """The wire shape: `{"effect", "se", "fixed", "always_valid"}`."""
        return {
            "effect": float(self.difference.effect),
            "se": float(self.difference.se),
            "fixed": _ends(self.fixed),
            "always_valid": _ends(self.always_valid),
        }


@dataclass(frozen=True, slots=True)
class Money:
    """Contribution net of the arm's own cost, for each treated unit; ends are None where it is too early to look.

    `break_even_cost` is what a unit's treatment may cost before it eats what it brings, with its fixed interval;
    `so_far` is the net over all units treated, `cost_so_far` its cost, `largest_loss` the worst the data allow.
    """

    per_unit: float
    low: float | None
    high: float | None
    break_even_cost: float
    break_even: Limits[float]
    cost_so_far: float
    so_far: float
    largest_loss: float | None

    @property
    def roi(self) -> float | None:
        """Return on the initiative's own cost, derived and never first; None where it cost nothing."""
        return self.so_far / self.cost_so_far if self.cost_so_far > 0 else None

    def as_json(self) -> dict[str, object]:
        """The wire shape, by name; `per_thousand` is money for 1,000 customers, `roi` a share of 1."""
        return {
            "per_unit": self.per_unit, "low": self.low, "high": self.high, "per_thousand": 1000 * self.per_unit,
            "break_even_cost": {"value": self.break_even_cost, "low": self.break_even.low,
                                "high": self.break_even.high},
            "cost_so_far": self.cost_so_far, "so_far": self.so_far, "largest_loss": self.largest_loss,
            "roi": self.roi,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArmVerdict:
    """One arm beside its control: the outcome's gap, the money, the ruling and what it would take to know."""

    arm: str
    n: int
    mean: float
    gap: Gap
    net: Money
    decided_by: str | None
    ruling: Ruling
    needs_units: int | None
    needs_weeks: int | None
    guardrails: Mapping[str, Gap] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The wire shape of an arm (decisions: `verdict`)."""
        return {
            "arm": self.arm, "n": self.n, "mean": self.mean, **self.gap.as_json(), "net": self.net.as_json(),
            "decided_by": self.decided_by, "verdict": str(self.ruling.verdict),
            "reasons": [str(reason) for reason in self.ruling.reasons],
            "needs_units": self.needs_units, "needs_weeks": self.needs_weeks, "grade": str(self.ruling.grade),
            "guardrails": [{"outcome": name, **gap.as_json()} for name, gap in self.guardrails.items()],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judgement:
    """A whole trial, or one group of its units: the sample ratio, the control's mean, and each other arm's verdict."""

    srm: SampleRatio
    control: str
    control_n: int
    control_mean: float
    arms: tuple[ArmVerdict, ...]

    def as_json(self) -> dict[str, object]:
        """The wire shape: `{"srm", "arms"}`, the control first and without an effect."""
        control = {
            "arm": self.control, "n": self.control_n, "mean": self.control_mean, "effect": None, "se": None,
            "fixed": None, "always_valid": None, "net": None, "decided_by": None, "verdict": None, "reasons": [],
            "needs_units": None, "needs_weeks": None, "grade": None, "guardrails": [],
        }  # fmt: skip
        return {"srm": self.srm.as_json(), "arms": [control, *(arm.as_json() for arm in self.arms)]}


def judge(
    arms: Mapping[str, Moments], terms: Terms, clusters_of: Mapping[str, Mapping[str, Floats]] | None = None
) -> Judgement | Refused:
    """Each arm's verdict on contribution net of its own cost, or the reason there can be none.

    The question is whether an initiative pays. The population is the arms' units (columns `outcome`, perhaps `cost`,
    `before` and guardrails) over the trial. The method is Welch's difference, with CUPED where there is a `before`;
    the always-valid interval decides, the fixed one once N reaches what was planned; with `clusters_of` (each arm's
    arrays, where clusters are few) deals are counted instead. It cannot tell what happens after the outcome's window.
    """
    refused = _refuse(arms, terms)
    if refused is not None:
        return refused
    srm = check({arm: moments.n for arm, moments in arms.items()}, terms.shares)
    judged: list[ArmVerdict] = []
    for name in arms:
        if name != terms.control:
            one = _judge_arm(name, arms, terms, srm, clusters_of)
            if isinstance(one, Refused):
                return one
            judged.append(one)
    control = arms[terms.control]
    return Judgement(srm, terms.control, control.n, control.mean({OUTCOME: 1.0}), tuple(judged))


def _refuse(arms: Mapping[str, Moments], terms: Terms) -> Refused | None:
    if terms.control not in arms:
        return Refused(Reason.NO_CONTROL, "arm", value=f"{terms.control} (there are: {', '.join(arms)})")
    if len(arms) == 1:
        return Refused(Reason.ONE_ARM, "arm", value=terms.control)
    small = [name for name, moments in arms.items() if moments.n < 2]
    return Refused(Reason.TOO_FEW_UNITS, "arm", value=small[0]) if small else None


def _judge_arm(
    name: str, arms: Mapping[str, Moments], terms: Terms, srm: SampleRatio,
    clusters_of: Mapping[str, Mapping[str, Floats]] | None,
) -> ArmVerdict | Refused:  # fmt: skip
    pair = (arms[name], arms[terms.control])
    n = pair[0].n + pair[1].n
    is_few = clusters_of is not None and n < clusters.ENOUGH
    values = (clusters_of[name], clusters_of[terms.control]) if clusters_of is not None and is_few else None
    margin = 1.0 if terms.margin is None else terms.margin
    has_cost = COST in pair[0].columns
    own = 0.0 if has_cost or terms.cost_per_unit is None else terms.cost_per_unit
    refused = None if values is None else clusters.check_deals(pair[0].n, pair[1].n, alpha=terms.alpha)
    if refused is not None:
        return refused
    gap = _compare(pair, {OUTCOME: 1.0}, terms, values)
    of_net = {OUTCOME: margin, COST: -1.0} if has_cost else {OUTCOME: margin}
    net = _compare(pair, of_net, terms, values)
    if not net.difference.se > 0:
        return Refused(Reason.NO_VARIATION, OUTCOME)
    decided_by = "fixed" if terms.planned is not None and n >= terms.planned else "always_valid"
    deciding = net.fixed if decided_by == "fixed" else net.always_valid
    ends = None if deciding is None else Limits(float(deciding.low) - own, float(deciding.high) - own)
    per_unit = float(net.difference.effect) - own
    cost = (pair[0].mean({COST: 1.0}) if has_cost else own) * pair[0].n
    money = Money(
        per_unit=per_unit,
        low=None if ends is None else ends.low,
        high=None if ends is None else ends.high,
        break_even_cost=margin * float(gap.difference.effect),
        break_even=Limits(margin * float(gap.fixed.low), margin * float(gap.fixed.high)),
        cost_so_far=cost,
        so_far=per_unit * pair[0].n,
        largest_loss=None if ends is None else max(0.0, -ends.low) * pair[0].n,
    )
    ruling = weigh(
        None if ends is None else Net(_exact(per_unit), _exact(ends.low), _exact(ends.high)),
        grade=terms.grade,
        doubts=_doubts(terms, srm, has_cost=has_cost),
    )
    more = None
    if ruling.verdict is Verdict.CANNOT_TELL and terms.grade in (Grade.RANDOMISED, Grade.QUASI_EXPERIMENT):
        planned = None if decided_by == "fixed" or is_few else float(terms.planned or n)
        more = need(effect=per_unit, se=float(net.difference.se), n=n, alpha=terms.alpha, planned=planned)
    # a week's units are shared among all arms
    share = n / sum(moments.n for moments in arms.values())
    weekly = None if terms.weekly_units is None else terms.weekly_units * share
    return ArmVerdict(
        name, pair[0].n, pair[0].mean({OUTCOME: 1.0}), gap, money, None if ends is None else decided_by, ruling, more,
        None if more is None else weeks(more, weekly),
        {column.removeprefix(GUARDRAIL): _compare(pair, {column: 1.0}, terms, values)
         for column in pair[0].columns if column.startswith(GUARDRAIL)},
    )  # fmt: skip


def _doubts(terms: Terms, srm: SampleRatio, *, has_cost: bool) -> tuple[Doubt, ...]:
    holds = {
        Doubt.SAMPLE_RATIO_MISMATCH: srm.is_mismatched,
        Doubt.OUTCOME_READ_AS_CONTRIBUTION: terms.margin is None,
        Doubt.COST_NOT_GIVEN: terms.cost_per_unit is None and not has_cost,
    }
    return tuple(doubt for doubt, is_so in holds.items() if is_so)


def _compare(
    pair: tuple[Moments, Moments], quantity: Weights, terms: Terms,
    values: Sequence[Mapping[str, Floats]] | None,
) -> Gap:  # fmt: skip
    weights = dict(quantity)
    if BEFORE in pair[0].columns:
        weights[BEFORE] = -effects.find_theta(pair, quantity, BEFORE)
    treated, control = (effects.take(moments, weights) for moments in pair)
    difference = effects.subtract(treated, control)
    if values is not None:
        one, other = (_add_up(columns, weights) for columns in values)
        dealt = clusters.deal_again(one, other, alpha=terms.alpha)
        return Gap(difference, Limits(dealt.low, dealt.high), None)
    always = None
    if difference.n >= sequences.FEWEST:
        always = sequences.bound(difference, planned=terms.planned or difference.n, alpha=terms.alpha)
    return Gap(difference, effects.bound(difference, alpha=terms.alpha), always)


def _add_up(columns: Mapping[str, Floats], weights: Weights) -> Floats:
    return np.asarray(sum(weight * columns[name] for name, weight in weights.items()), dtype=float)


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _ends(limits: Limits[float] | None) -> list[float] | None:
    return None if limits is None else [float(limits.low), float(limits.high)]
