"""Shares: how many of how many, with the interval that says how far the figure can be trusted."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext

LEVEL = Decimal("0.95")
METHOD = "wilson"
WIDEST = Decimal("0.2")
"""An interval wider than twenty percentage points tells nobody anything: the share is not shown."""

_Z = Decimal("1.959963984540054235524594430520551527955550")
"""The 97.5 % point of the standard normal distribution."""
_ZZ = _Z * _Z


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` (`whole` above zero) as a fraction, with its 95 % Wilson score interval.

    The interval is E. B. Wilson's of 1927, without continuity correction: it stays within 0 and 1 and is honest
    where the share is near either end, where the textbook interval is not.
    """

    part: int
    whole: int
    value: Decimal
    low: Decimal
    high: Decimal

    @property
    def is_enough(self) -> bool:
        """True when the interval is narrow enough to be shown (at most 20 percentage points wide)."""
        return self.high - self.low <= WIDEST

    @property
    def missing(self) -> int:
        """How many more would be enough if the share stayed as it is; 0 where it is enough already."""
        return max(0, enough(self.part, self.whole) - self.whole)

    def as_json(self) -> dict[str, float | str]:
        """The wire shape: fractions to six digits, `{"value", "low", "high", "level", "method"}`."""
        return {
            "value": six_digits(self.value),
            "low": six_digits(self.low),
            "high": six_digits(self.high),
            "level": float(LEVEL),
            "method": METHOD,
        }


def share_of(part: int, whole: int) -> Share | None:
    """The share with its interval; None of nothing. Raises ValueError where the part is not within the whole."""
    if not 0 <= part <= whole:
        raise ValueError(f"{part} is not a part of {whole}")
    if whole == 0:
        return None
    with localcontext(prec=34):
        value = Decimal(part) / whole
        spread = whole + _ZZ
        middle = (part + _ZZ / 2) / spread
        half = _Z * (Decimal(part) * (whole - part) / whole + _ZZ / 4).sqrt() / spread
        # Exactly zero and one at the ends: the root would leave a speck of rounding there.
        low = Decimal(0) if part == 0 else middle - half
        high = Decimal(1) if part == whole else middle + half
    return Share(part, whole, value, low, high)


def enough(part: int, whole: int) -> int:
    """The smallest number at which a share like this one has an interval narrow enough to be shown.

    Solves width(n) = WIDEST for n, a quadratic, at the share observed so far (at one half where nothing was
    observed, the worst case).
    """
    with localcontext(prec=34):
        value = Decimal(part) / whole if whole else Decimal("0.5")
        spread = value * (1 - value)
        square = WIDEST * WIDEST
        # WIDEST² (n + z²)² = 4 z² (spread·n + z²/4), so a·n² + b·n + c = 0:
        a, b, c = square, 2 * square * _ZZ - 4 * _ZZ * spread, (square - 1) * _ZZ * _ZZ
        root = (-b + (b * b - 4 * a * c).sqrt()) / (2 * a)
        return int(root.to_integral_value(ROUND_CEILING))


def six_digits(fraction: Decimal) -> float:
    """A fraction rounded to six decimal places, as JSON writes it."""
    return float(round(fraction, 6))
