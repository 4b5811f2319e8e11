"""A customer's profit to the cent and the minute: dated lines with documents, and minutes at their price."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from goodwill.domain.money import Money


class LineKind(StrEnum):
    """What a ledger line is for; `EARNS` says which of them add to profit, the others take from it."""

    SALES = "sales"
    DISCOUNT = "discount"
    RETURN = "return"
    COST_OF_GOODS = "cost_of_goods"
    FREIGHT_OUT = "freight_out"
    SHIPPING_CHARGED = "shipping_charged"
    FREIGHT_BACK = "freight_back"
    SERVICE = "service"
    GIFT = "gift"
    VOUCHER = "voucher"
    PAYMENT_FEE = "payment_fee"
    DEFERRAL = "deferral"
    BAD_DEBT = "bad_debt"
    RETAILER_FINE = "retailer_fine"
    SUPPLIER_FUNDING = "supplier_funding"


EARNS = frozenset({LineKind.SALES, LineKind.SHIPPING_CHARGED, LineKind.SUPPLIER_FUNDING})
_OF_NET_SALES = (LineKind.SALES, LineKind.DISCOUNT, LineKind.RETURN)


@dataclass(frozen=True, slots=True)
class Line:
    """One dated amount, in words' direction: a discount of 5.00 is 5.00, and profit knows to take it off.

    `document` is where it comes from. Lines are never changed: a correction is a new line, below zero where it takes
    back. Raises ValueError without a document.
    """

    on: date
    kind: LineKind
    amount: Money
    document: str

    def __post_init__(self) -> None:
        """Refuse an amount that comes from nowhere."""
        if not self.document.strip():
            raise ValueError("a ledger line names its document")


@dataclass(frozen=True, slots=True)
class Statement:
    """A customer's profit and loss: each kind's total as its lines state it, net sales, and profit."""

    totals: Mapping[LineKind, Money]
    net_sales: Money
    profit: Money


def state(lines: Iterable[Line], currency: str) -> Statement:
    """Profit of a customer's lines, all of them in this currency; raises ValueError across currencies.

    gross sales − discounts − returns refunded − cost of goods kept or spoilt − outbound freight + shipping charged
    − return freight and handling − service − gifts at cost − vouchers redeemed − payment fees − cost of deferral
    − expected bad debt − retailer fines + supplier funding.
    """
    nothing = Money(0, currency)
    totals = dict.fromkeys(LineKind, nothing)
    for line in lines:
        totals[line.kind] = totals[line.kind] + line.amount
    return Statement(totals, _add_up(totals, _OF_NET_SALES, nothing), _add_up(totals, LineKind, nothing))


def _add_up(totals: Mapping[LineKind, Money], kinds: Iterable[LineKind], nothing: Money) -> Money:
    whole = nothing
    for kind in kinds:
        whole = whole + totals[kind] if kind in EARNS else whole - totals[kind]
    return whole


# ------------------------------------------------------------------ minutes (Kaplan & Anderson 2004)
@dataclass(frozen=True, slots=True)
class Capacity:
    """What a team costs in a period, and the minutes it can really work (not those it is paid for)."""

    cost: Decimal
    practical_minutes: Decimal

    def __post_init__(self) -> None:
        """Refuse a team that cannot work."""
        if self.cost < 0 or self.practical_minutes <= 0:
            raise ValueError("capacity has a cost and some practical minutes")

    @property
    def rate(self) -> Decimal:
        """Money for one minute: 560,000 for 700,000 minutes is .80."""
        return self.cost / self.practical_minutes


@dataclass(frozen=True, slots=True)
class TimeEquation:
    """Minutes of one kind of work: a basic time, and so many more for each of what drives it."""

    basic: Decimal
    drivers: tuple[tuple[str, Decimal], ...] = ()

    def minutes(self, **counts: int | Decimal) -> Decimal:
        """Minutes for these counts (absent ones are 0); raises ValueError for a count of what drives nothing."""
        known = dict(self.drivers)
        if strange := sorted(set(counts) - set(known)):
            raise ValueError(f"{', '.join(strange)} is no driver of this work")
        return self.basic + sum((known[name] * count for name, count in counts.items()), Decimal(0))


@dataclass(frozen=True, slots=True)
class CostToServe:
    """What each customer's minutes cost, and apart from it the cost of minutes nobody used.

    `overbooked` is above zero where more minutes were charged than the team can work: the time equations are wrong.
    """

    by_customer: Mapping[str, Decimal]
    unused: Decimal
    overbooked: Decimal


def charge(minutes: Mapping[str, Decimal], capacity: Capacity) -> CostToServe:
    """Customers' minutes at the rate of capacity; unused capacity is shown apart and never charged to customers.

    Raises ValueError for minutes below zero.
    """
    if any(spent < 0 for spent in minutes.values()):
        raise ValueError("minutes are never below zero")
    idle = capacity.cost - capacity.rate * sum(minutes.values(), Decimal(0))
    charged = {customer: spent * capacity.rate for customer, spent in minutes.items()}
    return CostToServe(charged, max(idle, Decimal(0)), max(-idle, Decimal(0)))


# ------------------------------------------------------------------ who brings the profit
@dataclass(frozen=True, slots=True)
class Whale:
    """Profit of the customers added up from the best to the worst.

    `peak` is the highest point: what the firm would keep if nobody cost it money; `profit` is what it keeps;
    `paying` counts the customers up to the peak.
    """

    curve: tuple[Decimal, ...]
    peak: Decimal
    profit: Decimal
    paying: int

    @property
    def peak_share(self) -> Decimal | None:
        """The peak as a multiple of profit; None where there is no profit to compare it with."""
        return self.peak / self.profit if self.profit > 0 else None


def pile_up(profits: Sequence[Decimal]) -> Whale:
    """The whale curve (Kaplan & Cooper 1998) of these customers' profits."""
    curve: list[Decimal] = []
    whole = Decimal(0)
    for profit in sorted(profits, reverse=True):
        whole += profit
        curve.append(whole)
    return Whale(tuple(curve), max(curve, default=Decimal(0)), whole, sum(profit > 0 for profit in profits))
