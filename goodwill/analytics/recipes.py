"""Recipes: what the estimators ask for, made of the lake's tables by the same expressions on every engine."""

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

DELIVERED = "delivered"
SILENCE = 365
"""Days without a purchase after which a customer counts as gone, where nobody says otherwise."""


def sum_purchases(orders: ir.Table) -> ir.Table:
    """Delivered orders as transactions: `customer, date, amount, currency`, a row for each order.

    The question is who bought what for how much, when. The population is the orders whose status is "delivered"; the
    window is the orders' own. The method reads the day where the order was placed, and the sum of its lines, freight
    left out, in major units. It cannot tell what was returned later, nor what the goods cost: this is sales, not
    profit.
    """
    bought: Any = orders.filter(orders.status == DELIVERED)
    unit = ibis.cases((bought.exponent == 0, 1.0), (bought.exponent == 3, 1000.0), (bought.exponent == 4, 10000.0),
                      else_=100.0)  # fmt: skip
    return bought.select(
        customer=bought.customer_id,
        date=bought.placed_on,
        amount=bought.items_minor.cast("float64") / unit,
        currency=bought.currency,
    )


def follow_stays(orders: ir.Table, *, until: date, silence: int = SILENCE) -> ir.Table:
    """Customers of delivered orders as stays: `customer, joined, left, cohort` (the year of joining), a row for each.

    The question is how long customers stay. The population is everybody with a delivered order by `until`. The method
    takes the first purchase as joining, and as leaving the day on which `silence` days had passed without one for the
    first time, if that was by `until` (else null: still here); who comes back later has left all the same. It cannot
    tell a customer who is gone from one who buys more seldom than every `silence` days.
    """
    bought: Any = orders.filter((orders.status == DELIVERED) & (orders.placed_on <= until))
    days: Any = bought.select(customer=bought.customer_id, day=bought.placed_on).distinct()
    order = ibis.window(group_by=days.customer, order_by=days.day)
    end = ibis.literal(until, type="date")
    steps: Any = days.mutate(next=days.day.lead().over(order))
    waited = end.delta(steps.day, unit="day") >= silence
    # bought on the last day of the silence is bought in time
    too_late = steps.next.delta(steps.day, unit="day") > silence
    steps = steps.mutate(is_gone=steps.next.isnull().ifelse(waited, too_late))
    seen: Any = steps.group_by("customer").agg(
        joined=steps.day.min(), silent_from=ibis.ifelse(steps.is_gone, steps.day, ibis.null("date")).min()
    )
    return seen.select(
        "customer",
        "joined",
        left=seen.silent_from + ibis.interval(days=silence),
        cohort=seen.joined.year().cast("string"),
    )
