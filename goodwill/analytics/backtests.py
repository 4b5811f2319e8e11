"""A draft agreement tried on history: what share of promises each clause would have found kept, and what misses cost.

The past is counted whole, so there is no interval; how people act once the draft is signed is another matter, so the
grade is a guess.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from goodwill.analytics.backtest_files import DELIVERED, MICRO, PROMISED, History, Labels, Moments
from goodwill.analytics.hours import WorkingTime
from goodwill.analytics.results import Grade, Method, Result, Window
from goodwill.analytics.wall_clocks import Micros, instants_of, readings_of
from goodwill.domain.drafts import Clause, Credit, Term, When
from goodwill.domain.money import Money, exponent
from goodwill.domain.targets import LateRule, Seconds
from goodwill.domain.windows import DAY_SECONDS, SECOND

METHOD = Method("back-test", "the promise engine over recorded promises and acts")
_DAY = DAY_SECONDS * SECOND
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Tally:
    """`missed` of `n` promises, and the credits for them; `key` is a month such as 2018-07, or a customer."""

    key: str
    n: int
    missed: int
    credits: Money

    @property
    def attainment(self) -> float | None:
        """The share kept, to 6 digits; None of nothing."""
        return round(1 - self.missed / self.n, 6) if self.n else None

    def as_json(self) -> dict[str, Any]:
        """The figures without their key: `{"n", "missed", "attainment", "credits"}`."""
        return {
            "n": self.n,
            "missed": self.missed,
            "attainment": self.attainment,
            "credits": self.credits.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Tried:
    """One clause over the whole history, by month of the due moment, and by customer where the rows name one."""

    clause: Clause
    whole: Tally
    months: tuple[Tally, ...]
    customers: tuple[Tally, ...]

    def falls_short(self, month: Tally) -> bool:
        """Whether a month's share lies below the clause's target."""
        return _falls_short(self.clause, month.n, month.missed)

    def as_json(self) -> dict[str, Any]:
        """The wire shape: the figures, the months and whether each met the target, the customers worst first."""
        return {
            "id": self.clause.id,
            "side": str(self.clause.side),
            "measure": self.clause.measure,
            "target": float(self.clause.share),
            **self.whole.as_json(),
            "months": [{"month": one.key, **one.as_json(), "met": not self.falls_short(one)} for one in self.months],
            "customers": [{"customer": one.key, **one.as_json()} for one in self.customers],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest(Result):
    """All clauses together, and each; `left_out` rows were not acted on yet."""

    missed: int
    months: tuple[Tally, ...]
    credits: Money
    clauses: tuple[Tried, ...]
    left_out: int

    @property
    def attainment(self) -> float | None:
        """The share kept over all clauses, to 6 digits; None of nothing."""
        return Tally("", self.n, self.missed, self.credits).attainment

    def as_json(self) -> dict[str, Any]:
        """The wire shape: `{"n", "missed", "attainment", "months", "credits"}`, the clauses, and a result's facts."""
        return {
            "n": self.n,
            "missed": self.missed,
            "attainment": self.attainment,
            "months": [
                {"month": one.key, "n": one.n, "missed": one.missed, "attainment": one.attainment}
                for one in self.months
            ],
            "credits": self.credits.as_json(),
            "clauses": [one.as_json() for one in self.clauses],
            "left_out": self.left_out,
            **self.facts(),
        }


def backtest(clauses: Sequence[Clause], history: History, *, as_of: date) -> Backtest:
    """Try each clause on the rows of its measure; on all rows where the history names no measures.

    Raises HoursError where a clause's calendar closes for good before a term is used up.
    """
    tried = tuple(_try(clause, history) for clause in clauses)
    nothing = Money(0, history.currency)
    months = _sums((month for one in tried for month in one.months), nothing)
    whole = sum((one.whole.credits for one in tried), start=nothing)
    return Backtest(
        question="What share of promises would the draft have found kept, and what would the misses have cost?",
        window=_window([one.key for one in months]),
        method=METHOD,
        n=sum(one.whole.n for one in tried),
        grade=Grade.GUESS,
        recipe="backtest 1; " + "; ".join(_recipe(clause) for clause in clauses),
        as_of=as_of,
        missed=sum(one.whole.missed for one in tried),
        months=tuple(sorted(months, key=lambda one: one.key)),
        credits=whole,
        clauses=tried,
        left_out=history.left_out,
    )


def judge(clause: Clause, history: History) -> tuple[npt.NDArray[np.bool_], Micros]:
    """Which rows are late by the clause, and when each was due on the clock of its zone (microseconds)."""
    acted, act_read = _both(history.moments[DELIVERED], clause.zone)
    if clause.term is None:
        promised = history.moments[PROMISED]
        due, due_read, is_day = *_both(promised, clause.zone), promised.is_day
    else:
        due = _due(clause.term, history.moments[clause.term.since], clause.zone)
        due_read, is_day = readings_of(clause.zone, due), np.zeros(due.shape, dtype=np.bool_)
    # days begin at multiples of a day, before 1970 too
    late = act_read // _DAY > due_read // _DAY
    if clause.rule is LateRule.MOMENT:
        late = np.where(is_day, late, acted > due)
    return late, due_read


def credits_of(credit: Credit, amounts: Micros, currency: str) -> Micros:
    """The credit on each order in minor units of the currency: its amount (in millionths) times the rate, half up."""
    rate, scale = credit.rate.as_integer_ratio()
    scale *= MICRO // 10 ** exponent(currency)
    found = np.empty(amounts.shape, dtype=np.int64)
    for low in range(0, amounts.size, _CHUNK):
        part = slice(low, low + _CHUNK)
        # Python's integers: a product may outgrow 64 bits, and a float would round a half down
        found[part] = (amounts[part].astype(object) * (2 * rate) + scale) // (2 * scale)
    return found


def _try(clause: Clause, history: History) -> Tried:
    late, due = judge(clause, history)
    rows = np.ones(late.shape, dtype=np.bool_)
    if history.measures is not None:
        rows = history.measures.are(clause.measure)
    owed = np.zeros(late.shape, dtype=np.int64)
    if clause.credit is not None:
        owed = credits_of(clause.credit, history.amounts[clause.credit.of], history.currency)
    customers = history.customers or Labels(np.zeros(late.shape, dtype=np.int32), ("",))
    nothing = Money(0, history.currency)
    cells = _cells(due[rows], customers.places[rows], late[rows], owed[rows])
    for cell in cells:
        cell["customer"] = customers.names[cell["customer"]]
        cell["month"] = str(np.datetime64(cell["month"], "M"))
    counted: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for cell in cells:
        n, missed = counted[cell["month"]]
        counted[cell["month"]] = n + cell["n"], missed + cell["missed"]
    short = {month for month, (n, missed) in counted.items() if _falls_short(clause, n, missed)}
    by_month, by_customer = [], []
    for cell in cells:
        minor = cell["missed_credits"]
        if clause.credit is not None and clause.credit.when is When.MONTH_BELOW_TARGET:
            minor = cell["all_credits"] if cell["month"] in short else 0
        credit = Money(int(minor), history.currency)
        by_month.append(Tally(cell["month"], cell["n"], cell["missed"], credit))
        by_customer.append(Tally(cell["customer"], cell["n"], cell["missed"], credit))
    months = _sums(by_month, nothing)
    customers_tried = _sums(by_customer, nothing) if history.customers is not None else []
    (whole,) = _sums((Tally("", one.n, one.missed, one.credits) for one in months), nothing) or [
        Tally("", 0, 0, nothing)
    ]
    return Tried(
        clause,
        whole,
        tuple(sorted(months, key=lambda one: one.key)),
        tuple(sorted(customers_tried, key=lambda one: (-one.missed, one.key))),
    )


def _cells(
    due: Micros, customers: npt.NDArray[np.int32], late: npt.NDArray[np.bool_], owed: Micros
) -> list[dict[str, Any]]:
    """Counts and credits of each customer's month: the customer by place, the month by its number since 1970."""
    months = due.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    columns = {"customer": customers, "month": months, "late": late, "owed": owed}
    rows = ibis.memtable(pa.table(columns))
    cells: Any = rows.group_by("customer", "month").aggregate(
        n=rows.count(),
        missed=rows.late.cast("int64").sum().cast("int64"),
        missed_credits=ibis.ifelse(rows.late, rows.owed, 0).sum().cast("int64"),
        all_credits=rows.owed.sum().cast("int64"),
    )
    found: list[dict[str, Any]] = cells.to_pyarrow().to_pylist()
    return found


def _both(moments: Moments, zone: ZoneInfo) -> tuple[Micros, Micros]:
    """The instants of moments, and what the zone's clock reads at them."""
    given, has_offset = moments.values, moments.has_offset
    instants, readings = given.copy(), given.copy()
    instants[~has_offset] = instants_of(zone, given[~has_offset])
    readings[has_offset] = readings_of(zone, given[has_offset])
    return instants, readings


def _due(term: Term, since: Moments, zone: ZoneInfo) -> Micros:
    started, _ = _both(since, zone)
    time = WorkingTime(term.calendar)
    if isinstance(term.target, Seconds):
        return time.add(started, term.target.seconds)
    return time.after_business_days(started, term.target.days)


def _falls_short(clause: Clause, n: int, missed: int) -> bool:
    return Decimal(n - missed) < clause.share * n


def _sums(tallies: Iterable[Tally], nothing: Money) -> list[Tally]:
    """One tally for each key."""
    found: dict[str, Tally] = {}
    for one in tallies:
        known = found.get(one.key, Tally(one.key, 0, 0, nothing))
        found[one.key] = Tally(one.key, known.n + one.n, known.missed + one.missed, known.credits + one.credits)
    return list(found.values())


def _window(months: Sequence[str]) -> Window | None:
    """From the first day of the first month to the last of the last."""
    if not months:
        return None
    year, month = (int(part) for part in max(months).split("-"))
    after = date(year + month // 12, month % 12 + 1, 1)
    return Window(date.fromisoformat(f"{min(months)}-01"), after - timedelta(days=1))


def _recipe(clause: Clause) -> str:
    term = "" if clause.term is None else f", {clause.term.target} since {clause.term.since}"
    credit = ""
    if clause.credit is not None:
        credit = f", credit {clause.credit.rate} of {clause.credit.of} on {clause.credit.when}"
    return f"{clause.id}: {clause.rule} in {clause.zone.key}, {clause.share} a month{term}{credit}"
