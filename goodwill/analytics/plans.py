"""Plans: how many units and weeks a verdict takes, before anybody starts; and how many more, once it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, isfinite
from typing import NamedTuple

from scipy.special import ndtri

from goodwill.analytics import sequences
from goodwill.analytics.results import Method

METHOD = Method("two-sample size for a difference of means", "Student's test by its normal limit; Cohen 1988")
_MOST = 1 << 60


class Size(NamedTuple):
    """Units for each arm and for both, and weeks until they are there and mature (None without a weekly number)."""

    per_arm: int
    both: int
    weeks: int | None

    def as_json(self) -> dict[str, int | None]:
        """The wire shape: `{"per_arm", "both", "weeks"}`."""
        return self._asdict()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a trial would take: once for one look at the end, once for looking whenever anybody likes.

    `relative` is the effect as a share of the mean, `cv` the standard deviation as one; None for a mean of zero.
    """

    mean: float
    sd: float
    effect: float
    alpha: float
    power: float
    fixed: Size
    always_valid: Size

    @property
    def cv(self) -> float | None:
        """Coefficient of variation."""
        return self.sd / abs(self.mean) if self.mean else None

    @property
    def relative(self) -> float | None:
        """The effect as a share of the mean."""
        return self.effect / abs(self.mean) if self.mean else None

    def as_json(self) -> dict[str, object]:
        """The wire shape, by name; sizes as `Size.as_json`."""
        return {
            "mean": self.mean, "sd": self.sd, "effect": self.effect, "relative": self.relative, "cv": self.cv,
            "alpha": self.alpha, "power": self.power, "fixed": self.fixed.as_json(),
            "always_valid": self.always_valid.as_json(), "method": METHOD.as_json(),
        }  # fmt: skip


def plan(
    *, mean: float, sd: float, effect: float, alpha: float = 0.05, power: float = 0.8,
    weekly_units: float | None = None, maturity_weeks: float = 0.0,
) -> Plan:  # fmt: skip
    """Units for two equal arms to see an `effect` on each unit with this power, and the weeks they take to come.

    The question is how long a verdict takes. The population is units like those `mean` and `sd` were taken from,
    `weekly_units` of them a week in both arms, each mature after `maturity_weeks`. The method is
    n = 2 (z₁₋α⁄₂ + z_power)² sd² / effect² an arm, and for looks at any time the number at which the always-valid
    interval (N* = that number) is passed with this power. It cannot tell whether the effect is worth seeing.
    Raises ValueError for a spread or effect of none, and for shares out of range.
    """
    if not (sd > 0 and isfinite(sd) and isfinite(mean) and effect != 0 and isfinite(effect)):
        raise ValueError("a plan needs a spread above zero and an effect that is not zero")
    if not (0 < alpha < 1 and alpha / 2 < power < 1):
        raise ValueError("alpha and power are shares of 1, power the greater")
    if weekly_units is not None and not weekly_units > 0:
        raise ValueError("some units must come each week")
    once = ceil(2 * ((_z(1 - alpha / 2) + _z(power)) * sd / effect) ** 2)
    both = _first(lambda n: _reach(n, sd, alpha, _z(power)) <= abs(effect), at_least=sequences.FEWEST)
    return Plan(
        mean, sd, effect, alpha, power,
        _size(once, weekly_units, maturity_weeks), _size(ceil(both / 2), weekly_units, maturity_weeks),
    )  # fmt: skip


def need(*, effect: float, se: float, n: int, alpha: float, planned: float | None = None) -> int | None:
    """How many more units, of both arms, until the interval would leave zero if the effect stayed what it seems.

    The question is what a verdict would take. The population is units like the `n` seen. The method scales the
    standard error by 1/√n and widens it as the interval that decides does: the always-valid one for N* = `planned`,
    or the fixed one where `planned` is None. It cannot tell whether the effect will stay; None where it seems to be
    nothing at all, or so little that no number of customers on earth would do.
    """
    if not (effect and isfinite(se)):
        return None
    spread = se * n**0.5
    r = None if planned is None else sequences.tune(planned, alpha=alpha)

    def is_clear(units: int) -> bool:
        error = spread / units**0.5
        half = _z(1 - alpha / 2) * error if r is None else sequences.widen(error, float(units), r=r, alpha=alpha)
        return bool(half < abs(effect))

    enough = _first(is_clear, at_least=n if r is None else max(n, sequences.FEWEST))
    return None if enough >= _MOST else enough - n


def weeks(units: float, weekly_units: float | None) -> int | None:
    """Whole weeks until so many units have come; None where it is not known how many come."""
    return None if weekly_units is None else ceil(units / weekly_units)


def _z(share: float) -> float:
    return float(ndtri(share))


def _reach(n: int, sd: float, alpha: float, z: float) -> float:
    """The effect seen with the power of z at n units of both arms, when n is also what was planned."""
    se = 2 * sd / n**0.5
    return float(sequences.widen(se, float(n), r=sequences.tune(n, alpha=alpha), alpha=alpha) + z * se)


def _first(is_enough: Callable[[int], bool], *, at_least: int) -> int:
    """The smallest whole number from `at_least` on that is enough, `_MOST` where none below it is."""
    low, high = at_least, max(at_least, 1)
    while high < _MOST and not is_enough(high):
        low, high = high + 1, high * 2
    high = min(high, _MOST)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low


def _size(per_arm: int, weekly_units: float | None, maturity_weeks: float) -> Size:
    arrive = weeks(2 * per_arm, weekly_units)
    return Size(per_arm, 2 * per_arm, None if arrive is None else ceil(arrive + maturity_weeks))
