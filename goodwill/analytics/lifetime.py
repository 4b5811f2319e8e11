"""Lifetime value: a model of repeat buying with its doubt, baselines beside it, and what each customer will bring."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol, cast

import ibis
import ibis.expr.types as ir
import numpy as np

from goodwill import __version__
from goodwill.analytics import bgnbd, gamma_gamma, mbgnbd, paretonbd
from goodwill.analytics.baselines import Baseline, compare
from goodwill.analytics.fits import Fit, Floats
from goodwill.analytics.holdouts import Bin, Drift, Errors, check_drift, correlate_ranks, finite, measure, tabulate
from goodwill.analytics.purchases import Rows, Unit, count, read_rows, summarise
from goodwill.analytics.results import Grade, Method, Reason, Refused, Result, Window

_MONEY = "decimal(18, 4)"


class Model(Protocol):
    """What the three models answer alike; each is a module."""

    NAME: str
    METHOD: Method

    def fit(self, rows: Rows) -> Fit[Any]:
        """Parameters of these rows, or the reason there are none."""

    def alive(self, params: Any, rows: Rows) -> Floats:
        """P(alive) at the window's end."""

    def expect(self, params: Any, rows: Rows, t: float) -> Floats:
        """Purchases expected in the next t."""

    def expect_new(self, params: Any, t: float) -> float:
        """Repeat purchases expected of a new customer."""


MODELS: dict[str, Model] = {name: cast(Model, module) for name, module in (
    ("bgnbd", bgnbd), ("mbgnbd", mbgnbd), ("paretonbd", paretonbd),
)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spend:
    """The Gamma-Gamma of spend, and how spend goes with frequency (rank correlation), which it takes to be zero."""

    fit: Fit[gamma_gamma.Params]
    correlation: float
    at: Refused | None = None

    def as_json(self) -> dict[str, object]:
        """The wire shape: the fit's, with `mean` (E[M] of an unknown customer) and `correlation`."""
        mean = None if self.fit.params is None else self.fit.params.mean
        return {"model": gamma_gamma.NAME, "n": self.fit.n, **self.fit.as_json(), "mean": mean,
                "correlation": finite(self.correlation)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Backtest:
    """The model fitted up to `until`, set beside what customers did up to `last`."""

    until: date
    last: date
    params: tuple[float, ...]
    baselines: tuple[Baseline, ...]
    bins: tuple[Bin, ...]
    errors: Errors
    drift: Drift

    def as_json(self) -> dict[str, object]:
        """The wire shape, without the baselines."""
        return {
            "until": self.until.isoformat(),
            "last": self.last.isoformat(),
            "by_frequency": [one.as_json() for one in self.bins],
            "errors": self.errors.as_json(),
            "drift": self.drift.as_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime(Result):
    """A fitted model with its facts; `rows` are the unique histories, `horizon` the units of time ahead."""

    window: Window
    model: str
    unit: Unit
    horizon: float
    fit: Fit[Any]
    rows: Rows = field(repr=False)
    spend: Spend | None = None
    backtest: Backtest | None = None

    @property
    def refused(self) -> Reason | None:
        """Why nothing of it is to be used, or None."""
        return self.fit.refused or (self.spend.fit.refused if self.spend else None)

    def as_json(self) -> dict[str, object]:
        """The wire shape of `goodwill lifetime --json`."""
        refused = self.refused
        known = self.backtest
        shown: dict[str, object] = {
            "model": self.model,
            "n": self.n,
            "unique_rows": self.fit.unique_rows,
            "until": self.as_of.isoformat(),
            "unit": str(self.unit),
            **self.fit.as_json(),
            "refused": None if refused is None else str(refused),
            "baselines": None if known is None else {one.name: one.as_json() for one in known.baselines},
            "holdout": None if known is None else known.as_json(),
            "spend": None if self.spend is None else self.spend.as_json(),
            "horizon": self.horizon,
            "expected_purchases": None,
        }
        if self.fit.params is not None:
            model = MODELS[self.model]
            shown["expected_purchases"] = {
                "new_customer": model.expect_new(self.fit.params, self.horizon),
                "these_customers": float(self.rows.n @ model.expect(self.fit.params, self.rows, self.horizon)),
            }
        return shown | self.facts()


def estimate(
    transactions: ir.Table,
    model: str,
    *,
    until: date | None = None,
    unit: Unit = Unit.WEEK,
    horizon: float | None = None,
    with_spend: bool = False,
) -> Lifetime | Refused:
    """Fit a model of repeat buying to transactions (`customer, date` and, for spend, `amount`: profit, not revenue).

    The question is how often customers will buy again and what that is worth. The population is everybody who bought
    by `until` (the last day when None), each from the first purchase. The method is `model`'s, Gamma-Gamma for spend,
    set beside baselines over the days after `until`, or where there are none over the second half of the window with a
    fit to the first; `horizon` in units is the time ahead, the holdout's or the window's length when None. It cannot
    tell anything of customers not yet won, nor what we could do to change what it expects.
    """
    seen = transactions.aggregate(first=transactions.date.min(), last=transactions.date.max()).to_pyarrow().to_pylist()
    first, last = seen[0]["first"], seen[0]["last"]
    until = until or last
    if first is None or first > until:
        return Refused(Reason.NO_ROWS, column="date", value=until.isoformat() if until else "")
    chosen = MODELS[model]
    rows = read_rows(count(summarise(transactions, until=until)), unit)
    fit = chosen.fit(rows)
    spend = _spend(transactions, until) if with_spend else None
    backtest = None
    if fit.params is not None:
        split = until if last > until else first + timedelta(days=(until - first).days // 2)
        backtest = _backtest(transactions, chosen, split, last if last > until else until, unit)
    days = (last - until).days if last > until else (until - first).days
    reasons = [Reason.ALIVE_IS_NO_CHURN_RISK] if chosen is bgnbd else []
    if backtest is None:
        reasons.append(Reason.NO_HOLDOUT)
    elif backtest.drift.has_drifted:
        reasons.append(Reason.DRIFT)
    return Lifetime(
        question="How often will these customers buy again?",
        window=Window(first, until),
        method=chosen.METHOD,
        n=rows.customers,
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} lifetime --model {model} --until {until} --unit {unit}"
        + (" --spend" if with_spend else ""),
        as_of=until,
        reasons=tuple(reasons),
        model=model,
        unit=unit,
        horizon=horizon if horizon is not None else max(days, 1) / unit.days,
        fit=fit,
        rows=rows,
        spend=spend,
        backtest=backtest,
    )


def forecast(
    transactions: ir.Table, result: Lifetime, *, rate: float | None = None, margin: float | None = None
) -> ir.Table:
    """One row for each customer: `customer, x, t_x, T` (days), `p_alive`, `expected_purchases`, and their worth.

    The question is what each customer will do and bring within `result.horizon`. The population is `result`'s, from
    its `as_of` on. The method is the model's conditional expectation; with spend `expected_spend` is Gamma-Gamma's,
    and with a yearly discount `rate` and a `margin` (profit for each unit of amount; 1 where amounts are profit)
    `value` is expected profit discounted continuously. It cannot tell churn by BG/NBD's P(alive), which is 1 for
    every one-time buyer. Raises ValueError where the result is refused.
    """
    if result.fit.params is None:
        raise ValueError(f"the model was refused: {result.refused}")
    model, params, rows = MODELS[result.model], result.fit.params, result.rows
    unique = {
        "x": np.rint(rows.x).astype(np.int64),
        "t_x": np.rint(rows.t_x * result.unit.days).astype(np.int64),
        "T": np.rint(rows.T * result.unit.days).astype(np.int64),
        "p_alive": model.alive(params, rows),
        "expected_purchases": model.expect(params, rows, result.horizon),
    }
    spend = result.spend.fit.params if result.spend else None
    if spend is not None and rate is not None and margin is not None:
        unique["discounted"] = discount(model, params, rows, result.horizon, np.log1p(rate) / result.unit.per_year)
    customers = summarise(transactions, until=result.as_of, amount="amount" if spend else None)
    joined = customers.join(ibis.memtable(unique), ["x", "t_x", "T"])
    if spend is None:
        return joined
    seen = (joined.m_x * joined.x).fill_null(0.0)
    # as floats throughout: to Spark a written number is a decimal, and whole times decimal overflows
    worth = spend.p * (spend.gamma + seen) / (spend.p * joined.x.cast("float64") + spend.q - 1)
    money = {"expected_spend": worth.round(4).cast(_MONEY)}
    if "discounted" not in unique:
        return joined.mutate(**money)
    return joined.mutate(**money, value=(joined.discounted * worth * margin).round(4).cast(_MONEY)).drop("discounted")


def discount(model: Model, params: Any, rows: Rows, horizon: float, rate: float) -> Floats:
    """Purchases expected within `horizon`, each worth e^(-rate·t) of one bought now; rate is per unit of time.

    The question is how many purchases of today the expected ones are worth. The population is the rows', from their
    window's end. The method is ∫ e^(-δt) dE[Y(t)] = e^(-δh) E[Y(h)] + δ ∫ e^(-δt) E[Y(t)] dt by Gauss-Legendre. It
    cannot tell which rate is right: that is the firm's to state.
    """
    at, weight = np.polynomial.legendre.leggauss(12)
    total = np.exp(-rate * horizon) * model.expect(params, rows, horizon)
    for place, share in zip((1 + at) * horizon / 2, weight * horizon / 2, strict=True):
        total += rate * share * np.exp(-rate * place) * model.expect(params, rows, float(place))
    return cast(Floats, total)


def _spend(transactions: ir.Table, until: date) -> Spend:
    customers = summarise(transactions, until=until, amount="amount")
    seen = customers.filter(customers.x > 0).select("x", "m_x").to_pyarrow()
    x, m_x = (seen[name].to_numpy().astype(float) for name in ("x", "m_x"))
    fit = gamma_gamma.fit(x, m_x)
    at = _find_worthless(transactions, customers, until) if fit.refused is Reason.MONEY_ZERO else None
    return Spend(fit, correlate_ranks(x, m_x, np.ones(len(x))), at)


def _find_worthless(transactions: ir.Table, customers: ir.Table, until: date) -> Refused:
    """The first row of a customer whose repeat purchases were worth nothing, their first day's rows aside."""
    rows = transactions.mutate(row=ibis.row_number() + 1)
    joined = rows.join(customers.filter(customers.m_x <= 0).select("customer", "T"), "customer")
    age: Any = ibis.literal(until, type="date").delta(joined.date, unit="day")
    found = joined.filter((age >= 0) & (age < joined["T"])).order_by("row").limit(1).to_pyarrow().to_pylist()[0]
    return Refused(Reason.MONEY_ZERO, "amount", found["row"], str(found["amount"]))


def _backtest(transactions: ir.Table, model: Model, until: date, last: date, unit: Unit) -> Backtest | None:
    """Fit up to `until`, expect up to `last`, and look; None where too little happened to fit or to look at."""
    before = summarise(transactions, until=until)
    days = transactions.filter((transactions.date > until) & (transactions.date <= last))
    bought = days.group_by("customer").agg(y=days.date.nunique())
    both = before.left_join(bought, "customer").select("x", "t_x", "T", y=bought.y.fill_null(0))
    seen = both.group_by("x", "t_x", "T", "y").agg(n=both.count()).to_pyarrow()
    x, t_x, T, y, n = (seen[name].to_numpy().astype(float) for name in ("x", "t_x", "T", "y", "n"))
    if not len(x) or not y.any():
        return None
    rows = Rows(x, t_x / unit.days, T / unit.days, n)
    fit = model.fit(rows)
    if fit.params is None:
        return None
    span = (last - until).days / unit.days
    expected, alive = model.expect(fit.params, rows, span), model.alive(fit.params, rows)
    new = {age: model.expect_new(fit.params, float(age)) for age in np.unique(rows.T)}
    return Backtest(
        until=until,
        last=last,
        params=tuple(fit.params),
        baselines=compare(
            idle_days=T - t_x, frequency=x, expected=expected, alive=alive, bought=(y > 0).astype(float), n=n
        ),
        bins=tabulate(x, expected, y, n),
        errors=measure(expected, y, n),
        drift=check_drift(x, np.array([new[age] for age in rows.T]), y, expected, n),
    )
