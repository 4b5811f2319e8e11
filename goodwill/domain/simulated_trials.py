"""What was tried out on the simulated firm's customers, told as a trial's table: unit, arm, before, outcome."""

from collections.abc import Iterator

from goodwill.domain.simulated_buyers import Buyer
from goodwill.domain.simulated_cast import SITES
from goodwill.domain.simulated_seasons import DAY, DAYS, Almanac
from goodwill.domain.simulated_tables import Row
from goodwill.domain.simulated_ways import MARGIN, TRIAL_DAYS, TRIALS, SimulatedTrial

YEAR = 365 * DAY


def contribution(buyer: Buyer, begins: int, ends: int) -> int:
    """What a buyer's purchases between two minutes left, in minor units; cancelled ones left nothing."""
    bought = [p for p in buyer.purchases if begins <= p.placed < ends and not p.is_cancelled]
    return round(MARGIN * sum(purchase.items_minor for purchase in bought))


def trial_rows(buyer: Buyer, number: str, almanac: Almanac) -> Iterator[Row]:
    """A row of `trials` for each in which this buyer is a unit: people who had bought within the year before it."""
    if buyer.is_organisation:
        return
    for trial, is_dealt in zip(TRIALS, buyer.arms, strict=True):
        day = DAYS - trial.days_ago
        begins = almanac.midnights[SITES[buyer.site].zone][day]
        if not any(begins - YEAR <= purchase.placed < begins for purchase in buyer.purchases):
            continue
        before = contribution(buyer, begins - TRIAL_DAYS * DAY, begins)
        is_treated = is_dealt and (trial.is_by_lot or before == 0)
        yield (
            trial.key,
            number,
            _arm(trial, is_treated=is_treated),
            almanac.moment(begins),
            before,
            contribution(buyer, begins, begins + TRIAL_DAYS * DAY),
            trial.cost_minor if is_treated else 0,
        )


def _arm(trial: SimulatedTrial, *, is_treated: bool) -> str:
    if trial.is_by_lot:
        return "treated" if is_treated else "control"
    return "joined" if is_treated else "stayed_out"
