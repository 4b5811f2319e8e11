"""The tables of truth beside the simulated firm: their columns, and the rows that a customer or a purchase gives."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from goodwill.domain.simulated_buyers import SHARE_ESTABLISHED, Buyer, Purchase
from goodwill.domain.simulated_cast import SITES
from goodwill.domain.simulated_seasons import DAYS, PEAK, PEAK_FACTOR, Almanac
from goodwill.domain.simulated_truth import SHARE_CANCELLED, SHARE_DAMAGED, truth
from goodwill.domain.simulated_ways import (
    APOLOGY_EFFECT,
    APOLOGY_SHARE,
    CAUSES,
    DEFERRAL_RATE,
    DISCOUNTS,
    EXTRA_MINOR,
    LEAVE_WITHIN,
    MARGIN,
    MEAN_SPEND_MINOR,
    MOVES,
    RATE_SHAPE,
    RESPONSE_DAYS,
    SEGMENTS,
    SHARE_DEFERRED,
    SHARE_EXTRA,
    SHARE_REFERRED,
    SPEND_SHAPE,
    SPREAD_SHAPE,
    TRIAL_DAYS,
    TRIALS,
    WAYS,
)

Row = tuple[Any, ...]
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "customers": {
        "customer": "number of the customer in the books",
        "segment": "household, enthusiast; installer, hospitality, interior_designer",
        "site": "where the customer buys",
        "loyalty": "truly_loyal, regular (without being loyal) or occasional",
        "reason": "why a regular customer stays: no_alternative, no_difference, fear_of_change or best_terms",
        "rate_per_week": "purchases in a mean week of opening time while a customer and undisturbed",
        "regularity": "shape of the gamma times between purchases: 1 by chance, more by the clock",
        "dropout_chance": "chance to be gone for good after each purchase",
        "entered_at": "first day as a customer inside the two years; empty for those who were there before",
        "left_at": "moment of the last act as a customer; empty for those who are still here",
        "left_because": "dropout, or the key of the rival's move",
        "is_alive": "1 where still a customer at the end",
        "mean_spend_minor": "mean value of a purchase at list prices, in minor units",
        "wallet_share": "part of their spend in these categories that they spend here",
        "price_sensitivity": "how much a price decides, from 0 to 1",
        "deal_share": "chance that a purchase is one at a discount",
        "categories": "how many categories they buy from",
        "response_to_failure": "what a failure multiplies the rate by for 90 days, without an apology",
        "referred_by": "number of the customer who sent them; empty for those who came by themselves",
        "orders": "purchases made, cancelled ones included",
    },
    "failures": {
        "order": "number of the order",
        "customer": "number of the customer",
        "kind": "late, damaged, or late_and_damaged",
        "failed_at": "when the customer was failed: at the due moment, or when it came damaged; may lie ahead of `at`",
        "site": "site",
        "carrier": "who brought it",
        "in_peak": "1 where promised for the peak before Christmas",
        "chance_late": "true probability that this delivery would be late",
        "warned_at": "when the customer was warned ahead; empty where not",
    },
    "apologies": {
        "order": "number of the order that failed",
        "customer": "number of the customer",
        "failed_at": "when the customer was failed",
        "assigned": "1 where the lot gave an apology",
        "response": "what the rate is multiplied by for 90 days",
        "response_without": "what it would be without an apology",
        "response_with": "what it would be with one",
    },
    "trials": {
        "trial": "key of the trial",
        "customer": "number of the customer (the unit)",
        "arm": "treated or control; joined or stayed_out where customers chose for themselves",
        "assigned_at": "when",
        "before_minor": "contribution in the 90 days before, in minor units",
        "outcome_minor": "contribution in the 90 days after, before the trial's own cost",
        "cost_minor": "what the treatment of this customer cost",
    },
    "departures": {
        "customer": "number of the customer",
        "left_at": "when",
        "because": "dropout, or the key of the rival's move",
        "loyalty": "truly_loyal, regular or occasional",
        "reason": "why a regular customer had stayed",
    },
    "referrals": {
        "customer": "number of the customer who came",
        "referred_by": "number of the customer who sent them",
        "loyalty_of_sender": "truly_loyal, regular or occasional",
        "first_order": "number of the first order of the one who came",
    },
    "concessions": {
        "order": "number of the order",
        "customer": "number of the customer",
        "kind": "discount (in the unit prices of the lines), extra or deferral",
        "value_minor": "what it cost, in minor units",
        "days": "days of a deferral",
    },
    "internal_requests": {
        "order": "number of the order it was about",
        "from_unit": "who owes it",
        "to_unit": "who waits",
        "what": "as in the books",
        "made_at": "when it was asked",
        "due_at": "when it was promised for",
        "acted_at": "when it came; may lie ahead of `at`",
        "is_late": "1 where too late",
        "cause": "why it was late; empty where it was not",
        "money_waiting_minor": "sales that waited for it",
    },
}
"""Table → column → what it means. Moments are ISO 8601 in UTC, flags 1 or 0."""


def parameters() -> dict[str, Any]:
    """Everything the firm is drawn from, whatever the seed, for whoever wants to find it again."""
    return {
        **asdict(truth()),
        "share_cancelled": SHARE_CANCELLED,
        "share_damaged": SHARE_DAMAGED,
        "peak": {"from": list(PEAK[0]), "to": list(PEAK[1]), "factor_of_late": PEAK_FACTOR},
        "days": DAYS,
        "share_of_site": {site.name: site.share for site in SITES},
        "share_established": SHARE_ESTABLISHED,
        "share_referred": SHARE_REFERRED,
        "bonds": {bond.value: {"loyalty": bond.loyalty, **asdict(ways)} for bond, ways in WAYS.items()},
        "rate_shape": RATE_SHAPE,
        "segments": SEGMENTS,
        "spend": {"p": SPEND_SHAPE, "q": SPREAD_SHAPE, "mean_minor": MEAN_SPEND_MINOR},
        "response_days": RESPONSE_DAYS,
        "apologies": {"share": APOLOGY_SHARE, "takes_back": APOLOGY_EFFECT},
        "rival_moves": [{**asdict(move), "takes": move.bond.value} for move in MOVES],
        "rivals_take_within_days": LEAVE_WITHIN,
        "trials": [asdict(trial) for trial in TRIALS],
        "trial_days": TRIAL_DAYS,
        "margin": MARGIN,
        "concessions": {
            "discounts": DISCOUNTS,
            "share_extra": SHARE_EXTRA,
            "extra_minor": EXTRA_MINOR,
            "share_deferred": SHARE_DEFERRED,
            "cost_of_capital": DEFERRAL_RATE,
        },
        "causes": CAUSES,
    }


def customer_row(buyer: Buyer, number: str, sender: str, almanac: Almanac) -> Row:
    """A row of `customers`."""
    bond, ways = buyer.bond, buyer.ways
    entered = None if buyer.entered is None else almanac.dates[int(buyer.entered)]
    left = None if buyer.left is None else almanac.moment(buyer.left)
    return (
        number,
        buyer.segment,
        SITES[buyer.site].name,
        bond.loyalty,
        bond.reason,
        round(buyer.rate * 7, 6),
        ways.regularity,
        round(buyer.dropout, 6),
        entered,
        left,
        buyer.left_because,
        int(left is None),
        round(buyer.mean_spend_minor),
        round(buyer.wallet, 4),
        round(buyer.sensitivity, 4),
        ways.deals,
        buyer.categories,
        ways.response,
        sender,
        len(buyer.purchases),
    )


def failure_rows(purchase: Purchase, failed: int, order: str, customer: str, almanac: Almanac) -> tuple[Row, Row]:
    """A row of `failures` and one of `apologies`."""
    buyer = purchase.buyer
    kinds = [kind for kind, is_so in (("late", purchase.is_late), ("damaged", purchase.is_damaged)) if is_so]
    failed_at = almanac.moment(failed)
    without = buyer.ways.response
    failure = (
        order,
        customer,
        "_and_".join(kinds),
        failed_at,
        SITES[buyer.site].name,
        purchase.carrier,
        int(almanac.peak[purchase.promised_day]),
        round(purchase.chance_late, 6),
        None if purchase.warned is None else almanac.moment(purchase.warned),
    )
    apology = (
        order,
        customer,
        failed_at,
        int(purchase.is_apologised),
        round(purchase.response, 4),
        without,
        round(1 - (1 - without) * (1 - APOLOGY_EFFECT), 4),
    )
    return failure, apology
