"""Transactions to the summary that lifetime models read: repeats x, last purchase t_x, age T, and how many share it."""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import factorize

from goodwill.analytics.results import Reason, Refused

Floats = NDArray[np.float64]
FEWEST_REPEATERS = 40
"""Ten customers who came back for each of the four parameters; fewer carry no fit."""
_TABLE = 1 << 24
"""Up to so many combinations of values a table of counts is quicker than sorting."""


class Unit(StrEnum):
    """The unit of time the parameters are in."""

    WEEK = "week"
    DAY = "day"

    @property
    def days(self) -> int:
        """Days in one unit."""
        return 7 if self is Unit.WEEK else 1

    @property
    def per_year(self) -> float:
        """Units in a Gregorian year of 365.2425 days."""
        return 365.2425 / self.days


@dataclass(frozen=True, slots=True)
class Rows:
    """Customers by unique (x, t_x, T), in units of time, with `n` customers to each row; arrays of one length.

    `x` counts repeat purchases, `t_x` is the time from the first purchase to the last, `T` to the end of the window.
    """

    x: Floats
    t_x: Floats
    T: Floats
    n: Floats

    def __post_init__(self) -> None:
        """Raise ValueError where a row could not have happened."""
        if not len(self.x) == len(self.t_x) == len(self.T) == len(self.n):
            raise ValueError("x, t_x, T and n are of different lengths")
        if not all(np.all(np.isfinite(column)) for column in (self.x, self.t_x, self.T, self.n)):
            raise ValueError("x, t_x, T and n must be finite numbers")
        if np.any(self.x < 0) or np.any(self.t_x < 0) or np.any(self.t_x > self.T) or np.any(self.n <= 0):
            raise ValueError("0 <= x, 0 <= t_x <= T and n > 0 must hold in every row")
        if np.any((self.x == 0) != (self.t_x == 0)):
            raise ValueError("t_x is 0 for customers without a repeat, and only for them")

    def __len__(self) -> int:
        """How many unique rows."""
        return len(self.x)

    @property
    def customers(self) -> int:
        """How many customers."""
        return int(np.sum(self.n))

    @property
    def repeaters(self) -> int:
        """How many customers came back at least once."""
        return int(np.sum(self.n[self.x > 0]))


def count_rows(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Rows:
    """Customers' arrays as unique rows with counts; raises ValueError as `Rows` does.

    The question is how many customers share one history. The population and window are the arrays'. The method is
    counting, and loses nothing: the likelihood of a sum over customers is that of the sum over unique rows. It cannot
    tell customers of one row apart.
    """
    codes, values = zip(*(factorize(np.asarray(column, dtype=float)) for column in (x, t_x, T)), strict=True)
    sizes = [len(value) for value in values]
    key = (codes[0].astype(np.int64) * sizes[1] + codes[1]) * sizes[2] + codes[2]
    if math.prod(sizes) <= _TABLE:
        counts = np.bincount(key)
        seen = np.flatnonzero(counts)
        n = counts[seen]
    else:
        seen, n = np.unique(key, return_counts=True)
    rest, of_T = np.divmod(seen, max(sizes[2], 1))
    of_x, of_t_x = np.divmod(rest, max(sizes[1], 1))
    return Rows(values[0][of_x], values[1][of_t_x], values[2][of_T], n.astype(float))


def summarise(
    transactions: ir.Table, *, until: date, customer: str = "customer", day: str = "date", amount: str | None = None
) -> ir.Table:
    """One row for each customer who bought by `until`: `customer, x, t_x, T` in days, with `amount` `m_x` too.

    The question is how often each customer came back, when last, and out of how long a time. The population is every
    customer with a purchase on or before `until`; the window is from each one's first purchase to the end of `until`.
    The method is Fader, Hardie & Lee's (2005): rows of one day are one purchase, `x` excludes the first day, and
    `m_x` is the mean spend of the repeat days (null without one); `day` is a date column. It cannot tell a purchase
    that was not recorded from none, nor two customers under one key.
    """
    known = transactions.filter(transactions[day] <= until)
    last = ibis.literal(until, type="date")
    if amount is None:
        seen = known.group_by(customer=known[customer]).agg(
            x=known[day].nunique() - 1, first=known[day].min(), final=known[day].max()
        )
        spend = {}
    else:
        days = known.group_by(customer=known[customer], day=known[day]).agg(spent=known[amount].sum())
        seen = days.group_by("customer").agg(
            x=days.count() - 1,
            first=days.day.min(),
            final=days.day.max(),
            spent=days.spent.sum(),
            at_first=days.spent.argmin(days.day),
        )
        spend = {"m_x": (seen.spent - seen.at_first) / seen.x.nullif(0)}
    return seen.select(
        "customer",
        "x",
        t_x=seen.final.delta(seen["first"], unit="day"),
        T=last.delta(seen["first"], unit="day"),
        **spend,
    )


def count(summary: ir.Table) -> ir.Table:
    """A summary as its unique `x, t_x, T` with `n` customers to each: what the likelihoods need, and no more.

    The question is how many customers share one history. The population and window are the summary's. The method is
    counting, and loses nothing: the likelihood of a sum over customers is that of the sum over unique rows. It cannot
    tell customers of one row apart.
    """
    return summary.group_by("x", "t_x", "T").agg(n=summary.count())


def read_rows(counted: ir.Table, unit: Unit) -> Rows:
    """Fetch counted rows (`x, t_x, T` in days) as arrays in this unit of time."""
    table = counted.to_pyarrow()
    x, t_x, T, n = (table[name].to_numpy().astype(float) for name in ("x", "t_x", "T", "n"))
    return Rows(x, t_x / unit.days, T / unit.days, n)


def check_units(summary: ir.Table, customer: str = "customer") -> Refused | None:
    """Refuse a summary that holds one customer twice: a unit has one history, twice would halve its doubt."""
    twice: Any = summary.group_by(customer).agg(rows=summary.count()).filter(ibis._.rows > 1)
    first = twice.order_by(customer).limit(1).to_pyarrow().to_pylist()
    return Refused(Reason.DUPLICATE_UNITS, column=customer, value=str(first[0][customer])) if first else None
