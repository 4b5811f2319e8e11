"""What discounts, deferrals, gifts, vouchers and free shipping cost, and the lift at which each pays for itself."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

DAYS = 365
_DIGITS = 34


# ------------------------------------------------------------------ time and risk
def deferral_cost(amount: Decimal, days: int, cost_of_capital: Decimal) -> Decimal:
    """What lending `amount` for `days` costs at a yearly cost of capital: amount × days/365 × rate."""
    return amount * days / DAYS * cost_of_capital


def expected_loss(amount: Decimal, probability_of_default: Decimal, loss_given_default: Decimal) -> Decimal:
    """What of `amount` will not come: amount × PD × LGD, both as shares of 1."""
    if not (0 <= probability_of_default <= 1 and 0 <= loss_given_default <= 1):
        raise ValueError("PD and LGD are shares between 0 and 1")
    return amount * probability_of_default * loss_given_default


@dataclass(frozen=True, slots=True)
class YearlyRate:
    """One rate told in two ways, as shares of 1."""

    simple: Decimal
    compounded: Decimal


def forgone_discount(discount: Decimal, within_days: int, net_days: int) -> YearlyRate:
    """What not taking an early payment's discount costs a year: "2/10 net 30" is `(Decimal(".02"), 10, 30)`."""
    if not 0 < discount < 1 or net_days <= within_days:
        raise ValueError("a discount lies between 0 and 1, for paying earlier than otherwise")
    with localcontext(prec=_DIGITS):
        once = discount / (1 - discount)
        times = Decimal(DAYS) / (net_days - within_days)
        return YearlyRate(once * times, (1 + once) ** times - 1)


# ------------------------------------------------------------------ break-evens
def discount_break_even(discount: Decimal, margin: Decimal) -> Decimal | None:
    """The lift in volume at which a discount repays itself, d/(m−d); None where no volume can (d ≥ m).

    Both are shares of the full price: 10 % off at a margin of 40 % needs a third more, 20 % off at 25 % five times
    as much.
    """
    return discount / (margin - discount) if discount < margin else None


def gift_break_even(gift: Decimal, contribution: Decimal) -> Decimal | None:
    """The lift in orders at which a gift with each repays itself, g/(c−g); None where none can (g ≥ c)."""
    return gift / (contribution - gift) if gift < contribution else None


@dataclass(frozen=True, slots=True)
class Offer:
    """One way of selling, for each customer: how often, how much, and what is left of it.

    `orders` in the period, their `basket`, `margin` as a share of it, the share `returned`, what a return costs, and
    what shipping costs us beyond what the customer pays for it.
    """

    orders: Decimal
    basket: Decimal
    margin: Decimal
    returned: Decimal
    return_cost: Decimal
    shipping: Decimal = Decimal(0)

    @property
    def net_sales(self) -> Decimal:
        """Sales that stay sold, for each customer."""
        return self.orders * self.basket * (1 - self.returned)

    @property
    def per_order(self) -> Decimal:
        """Profit of one order."""
        return self.basket * self.margin * (1 - self.returned) - self.returned * self.return_cost - self.shipping

    @property
    def profit(self) -> Decimal:
        """Profit for each customer."""
        return self.orders * self.per_order


@dataclass(frozen=True, slots=True)
class Comparison:
    """A trial offer beside today's: changes as shares of 1, and the orders at which the trial would break even.

    `break_even_orders` is None where an order loses money, so that no number of them can.
    """

    net_sales_change: Decimal
    profit_change: Decimal
    break_even_orders: Decimal | None

    @property
    def repays(self) -> bool:
        """True where the trial offer leaves at least today's profit."""
        return self.profit_change >= 0


def compare(today: Offer, trial: Offer) -> Comparison:
    """What a trial offer changes. Raises ValueError where today's leaves nothing to compare with."""
    if today.profit <= 0 or today.net_sales <= 0:
        raise ValueError("today's offer sells nothing at a profit")
    needed = today.profit / trial.per_order if trial.per_order > 0 else None
    return Comparison(trial.net_sales / today.net_sales - 1, trial.profit / today.profit - 1, needed)


def voucher_break_even(face: Decimal, redemption: Decimal, lifetime_value: Decimal) -> Decimal:
    """The rise in retention (a share of 1) at which an apology voucher repays itself: redemption × face ÷ CLV."""
    if lifetime_value <= 0:
        raise ValueError("a customer who brings nothing repays no voucher")
    return redemption * face / lifetime_value


# ------------------------------------------------------------------ lifetime value at a constant rate
class FirstMargin(StrEnum):
    """When the first margin comes; the two conventions differ by one period's margin."""

    AT_PERIOD_END = "at_period_end"
    AT_ONCE = "at_once"


def lifetime_value(margin: Decimal, retention: Decimal, discount: Decimal, *, first: FirstMargin) -> Decimal:
    """CLV at a constant margin a period: m·r/(1+i−r) with the first margin at the period's end, else m(1+i)/(1+i−r).

    Retention and discount are shares of 1 a period; raises ValueError where the sum has no end.
    """
    if not 0 <= retention <= 1 or 1 + discount <= retention:
        raise ValueError("retention is a share of 1, and below 1 + discount")
    numerator = margin * retention if first is FirstMargin.AT_PERIOD_END else margin * (1 + discount)
    return numerator / (1 + discount - retention)
