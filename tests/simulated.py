"""A simulated firm drawn whole, for tests that look at all of it at once."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from goodwill.domain.simulated_firm import (
    SimulatedBlock,
    SimulatedCustomer,
    SimulatedOrder,
    SimulatedPromise,
    SimulatedRating,
)
from goodwill.domain.simulated_tables import COLUMNS
from goodwill.domain.simulation import BUYERS_A_BLOCK, Plan, simulate

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def within(found: int, n: int, p: float) -> bool:
    """Whether a count lies within the 99.9 % binomial bounds of its probability (normal approximation, widened by
    one half)."""
    deviation: float = (n * p * (1 - p)) ** 0.5
    return abs(found - n * p) <= 3.2905 * deviation + 0.5


def blocks(orders: int, *, seed: int = 7, at: datetime = AT, most: int = BUYERS_A_BLOCK) -> Iterator[SimulatedBlock]:
    """The blocks of a firm, drawn as the command draws them."""
    return simulate(Plan(orders, at, most), lambda number: random.Random(f"{seed}/{number}"))


@dataclass
class Drawn:
    """Everything of one firm; the truth as mappings by column."""

    blocks: list[SimulatedBlock]

    def __post_init__(self) -> None:
        self.truth: dict[str, list[dict[str, Any]]] = {
            table: [dict(zip(columns, row, strict=True)) for block in self.blocks for row in block.truth[table]]
            for table, columns in COLUMNS.items()
        }
        self.customer = {row["customer"]: row for row in self.truth["customers"]}

    @property
    def orders(self) -> Iterator[tuple[SimulatedOrder, SimulatedCustomer]]:
        """Each order with who bought."""
        for block in self.blocks:
            for order in block.orders:
                yield order, block.customers[order.customer]

    @property
    def promises(self) -> list[SimulatedPromise]:
        """All promises."""
        return [promise for block in self.blocks for promise in block.promises]

    @property
    def deliveries(self) -> Iterator[tuple[SimulatedPromise, SimulatedOrder]]:
        """Promises of deliveries and repairs with their orders."""
        for block in self.blocks:
            for promise in block.promises:
                if promise.order is not None and promise.kind in ("delivery", "repair"):
                    yield promise, block.orders[promise.order]

    @property
    def ratings(self) -> Iterator[tuple[SimulatedRating, SimulatedOrder]]:
        """Each rating with its order."""
        for block in self.blocks:
            for rating in block.ratings:
                yield rating, block.orders[rating.order]


def draw(orders: int, *, seed: int = 7, at: datetime = AT) -> Drawn:
    """A firm of about so many orders."""
    return Drawn(list(blocks(orders, seed=seed, at=at)))
