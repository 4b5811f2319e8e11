"""A promotion in a category, three times: the retailer's profit and loss, the supplier's, and both together."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Lift:
    """Where the extra units of a promotion came from; each source is worth something else to each side."""

    incremental: Decimal
    from_rivals: Decimal
    from_stock: Decimal

    @property
    def gross(self) -> Decimal:
        """All extra units: what each side likes to call lift."""
        return self.incremental + self.from_rivals + self.from_stock


@dataclass(frozen=True, slots=True)
class Promotion:
    """One period of a promotion against a control category, store or period; money for each unit.

    `margin` and `promoted_margin` are the retailer's, without and with the promotion; units won from rival brands
    would have earned `rival_margin`; units stocked up would have been bought later at the full margin. `halo` units
    of other goods earn `halo_margin`. The supplier pays `funding` for each unit sold and earns `supplier_margin`.
    """

    base: Decimal
    lift: Lift
    margin: Decimal
    promoted_margin: Decimal
    rival_margin: Decimal
    supplier_margin: Decimal
    funding: Decimal = Decimal(0)
    halo: Decimal = Decimal(0)
    halo_margin: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ThreeAccounts:
    """What each side gains: funding moves between them and leaves the joint result as it is."""

    retailer_before_funding: Decimal
    funding: Decimal
    supplier: Decimal

    @property
    def retailer(self) -> Decimal:
        """The retailer's gain with the supplier's money."""
        return self.retailer_before_funding + self.funding

    @property
    def joint(self) -> Decimal:
        """What both gain together: the only sum that cannot be another's money called lift."""
        return self.retailer + self.supplier


def account(promotion: Promotion) -> ThreeAccounts:
    """The three profit-and-loss accounts of a promotion, against no promotion.

    To the retailer, base units lose what the margin fell by, so do units stocked up, units from rival brands change
    one margin for another, incremental units and the halo are gained. To the supplier, incremental units and those
    from rivals are gained, units stocked up only come earlier, and all units sold are funded.
    """
    lift = promotion.lift
    fall = promotion.promoted_margin - promotion.margin
    retailer = (
        promotion.base * fall
        + lift.incremental * promotion.promoted_margin
        + lift.from_rivals * (promotion.promoted_margin - promotion.rival_margin)
        + lift.from_stock * fall
        + promotion.halo * promotion.halo_margin
    )
    funding = promotion.funding * (promotion.base + lift.gross)
    return ThreeAccounts(retailer, funding, (lift.incremental + lift.from_rivals) * promotion.supplier_margin - funding)


def category_roi(
    *, gross_margin_change: Decimal, funding: Decimal, costs: Decimal, inventory_change: Decimal, one_off: Decimal
) -> Decimal | None:
    """(Δ gross margin + funding − shelf, labour and fines) ÷ (Δ inventory + one-off cost), as a share of 1.

    Changes are against a control category, store or period. None where nothing was invested: there is no return on
    nothing.
    """
    invested = inventory_change + one_off
    return (gross_margin_change + funding - costs) / invested if invested > 0 else None


def gmroi(gross_margin: Decimal, average_inventory_at_cost: Decimal) -> Decimal:
    """Gross margin return on inventory investment, a multiple; raises ValueError where there is no inventory."""
    if average_inventory_at_cost <= 0:
        raise ValueError("GMROI needs an inventory")
    return gross_margin / average_inventory_at_cost
