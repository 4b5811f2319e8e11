"""Delivery measured by name: units, lines and orders filled are three figures of one and the same data."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Units ordered (above 0) and delivered of one article."""

    ordered: Decimal
    delivered: Decimal

    def __post_init__(self) -> None:
        """Refuse a line that asks for nothing, or a delivery below zero."""
        if self.ordered <= 0 or self.delivered < 0:
            raise ValueError("a line asks for something, and delivers it or not")

    @property
    def is_full(self) -> bool:
        """True when at least what was ordered came."""
        return self.delivered >= self.ordered


@dataclass(frozen=True, slots=True)
class Order:
    """An order's lines, and whether it came on time to the customer's commit, papers right, goods sound.

    A change agreed with the customer resets the promise before this is asked; an order the customer cancelled counts
    nowhere.
    """

    lines: tuple[OrderLine, ...]
    on_time: bool = True
    documents_right: bool = True
    condition_right: bool = True
    cancelled_by_customer: bool = False

    @property
    def is_full(self) -> bool:
        """True when every line is."""
        return all(line.is_full for line in self.lines)

    @property
    def is_perfect(self) -> bool:
        """SCOR RL.1.1: every line in full, on time, documents right, condition right."""
        return self.is_full and self.on_time and self.documents_right and self.condition_right


@dataclass(frozen=True, slots=True)
class FillRates:
    """Shares of 1, each by its name; a line over-delivered counts as what was ordered. None of nothing."""

    units: Decimal | None
    lines: Decimal | None
    orders: Decimal | None
    perfect_orders: Decimal | None


def measure(orders: Sequence[Order]) -> FillRates:
    """Fill rates by unit, line and order, and perfect orders, of orders the customer did not cancel."""
    counted = [order for order in orders if not order.cancelled_by_customer]
    lines = [line for order in counted for line in order.lines]
    return FillRates(
        units=_share(
            sum((min(line.delivered, line.ordered) for line in lines), Decimal(0)),
            sum((line.ordered for line in lines), Decimal(0)),
        ),
        lines=_share(sum(line.is_full for line in lines), len(lines)),
        orders=_share(sum(order.is_full for order in counted), len(counted)),
        perfect_orders=_share(sum(order.is_perfect for order in counted), len(counted)),
    )


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None
