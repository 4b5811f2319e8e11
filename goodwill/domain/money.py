"""Money: exact sums in minor units of a currency; Decimal at the edges, never a float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Self

# ISO 4217 exponents other than 2.
_WHOLE = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF")
_THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_EXPONENTS = {
    **dict.fromkeys((*_WHOLE, "XOF", "XPF"), 0),
    **dict.fromkeys(_THOUSANDTHS, 3),
    "CLF": 4,
    "UYW": 4,
}
MICRO = 1_000_000
"""Unit prices, rates and exchange rates are integers scaled by this."""


def exponent(currency: str) -> int:
    """Decimal places of the currency's minor unit by ISO 4217 (2 where ISO says nothing special)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact sum: `minor` units (kopecks, cents, fillér) of a three-letter `currency`."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> Self:
        """The sum of this amount; raises ValueError where the amount is finer than the currency's minor unit."""
        try:
            scaled = Decimal(amount).scaleb(exponent(currency))
            whole = int(scaled)
        except (InvalidOperation, ValueError, OverflowError):
            raise ValueError(f"{amount!r} is not an amount of money") from None
        if scaled != whole:
            raise ValueError(f"{amount} {currency} is finer than the smallest {currency} unit")
        return cls(whole, currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Self:
        """The nearest sum to this amount, halves away from zero."""
        return cls(int(amount.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_UP)), currency)

    @property
    def amount(self) -> Decimal:
        """The sum in major units, with exactly the currency's decimal places."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: "Money") -> "Money":
        """The sum of two amounts of one currency; raises ValueError across currencies."""
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """The difference of two amounts of one currency; raises ValueError across currencies."""
        return Money(self.minor - self._same(other).minor, self.currency)

    def as_json(self) -> dict[str, str]:
        """The wire shape: `{"amount": "1187.99", "currency": "BRL"}`."""
        return {"amount": f"{self.amount:f}", "currency": self.currency}

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return other
