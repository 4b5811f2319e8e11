"""Demonstrations: the simulated firm, written down block by block as rows and journal, into an empty house."""

import gc
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction

from goodwill.actions import demonstrated_books, demonstrated_house
from goodwill.domain.customers import CustomerKind
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import Role
from goodwill.domain.simulated_firm import SimulatedBlock, SimulatedFirm
from goodwill.domain.viewers import Viewer
from goodwill.store import checkpoints
from goodwill.store.customers import Customer
from goodwill.store.firms import Firm
from goodwill.store.people import Person


def load(
    firm: SimulatedFirm,
    blocks: Iterable[SimulatedBlock],
    *,
    by: Viewer,
    at: datetime,
    tell: Callable[[SimulatedBlock], None] = lambda _: None,
) -> Firm | Refusal:
    """Write the firm down: its house, its blocks, and at last itself, each in a transaction of its own.

    `at` is when its books begin. A load that was stopped leaves a house without a firm; the same load, told the same
    blocks once more, goes on after the last one that was written. `tell` hears of every block that stands. Refused to
    all but the operator, in a house that has a firm, and where something stands that these blocks did not write.
    """
    if not by.is_operator:
        return Refusal(Reason.NOT_ALLOWED)
    if Firm.the() is not None:
        return Refusal(Reason.ALREADY_SET_UP)
    # a block is many small things that live until its end: looking for garbage among them takes a quarter of the time
    was_on = gc.isenabled()
    gc.disable()
    try:
        with checkpoints.beside() as copy:
            return _load(firm, blocks, at, _both(tell, copy), by=by)
    finally:
        if was_on:
            gc.enable()


def _both(tell: Callable[[SimulatedBlock], None], copy: Callable[[], None]) -> Callable[[SimulatedBlock], None]:
    def after(block: SimulatedBlock) -> None:
        copy()
        tell(block)

    return after


def is_unfinished() -> bool:
    """Whether a load was stopped here."""
    return demonstrated_house.stands() and Firm.the() is None


def _load(
    firm: SimulatedFirm,
    blocks: Iterable[SimulatedBlock],
    at: datetime,
    tell: Callable[[SimulatedBlock], None],
    *,
    by: Viewer,
) -> Firm | Refusal:
    if demonstrated_house.stands():
        house = demonstrated_house.find()
    else:
        with transaction.atomic():
            house = demonstrated_house.build(firm, at, by=by)
    buyers = Customer.objects.exclude(kind=CustomerKind.UNIT.value)
    stand = buyers.count()
    told = 0
    for block in blocks:
        told += len(block.customers)
        if told > stand > told - len(block.customers):
            return Refusal(Reason.ALREADY_SET_UP)
        if told > stand:
            with transaction.atomic():
                demonstrated_books.write(
                    block, house, currency=firm.currency, country=firm.country, actor_id=by.person_id
                )
        tell(block)
    with transaction.atomic():
        return demonstrated_house.open_doors(firm, house, at)


def head_of_demonstration() -> int | None:
    """The person whom the sign-in link of the demonstration lets in; None where there is no demonstration."""
    firm = Firm.the()
    if firm is None or not firm.is_demonstration:
        return None
    return Person.objects.get_queryset().holding(Role.HEAD).order_by("pk").values_list("pk", flat=True).first()
