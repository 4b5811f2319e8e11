"""`goodwill lifetime`: what customers will buy and bring, from a file of transactions; needs no database."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from goodwill.cli.sources import SOURCE, LakeName, given

if TYPE_CHECKING:
    from goodwill.analytics.lifetime import Lifetime
    from goodwill.analytics.results import Refused

EXTRA = "the estimators are not installed; add them with: pip install 'goodwill[analytics]'"
MODELS = ("bgnbd", "mbgnbd", "paretonbd")
ROLES = ("customer", "date", "amount", "currency")
WORDS = {
    "gradient_not_small": "the search ended on a slope: the likelihood has no maximum here",
    "eigenvalue_not_positive": "the likelihood is flat at its top: these rows do not fix the parameters",
    "two_modes": "searches from different starts ended in different places: there is more than one answer",
    "no_finite_mean": "q < 1: spend varies so much between customers that no mean exists",
    "too_few_repeats": "too few customers came back (at least 40 must have)",
    "money_negative": "the amount is negative; give what was earned after refunds, a row for each purchase",
    "money_zero": "this customer's repeat purchases were worth nothing, which Gamma-Gamma has no room for",
    "mixed_currencies": "a second currency; amounts must be in one",
    "not_utf8": "the bytes are not UTF-8; save the file as UTF-8",
    "not_a_date": "is not a date; say how dates are written with --date-format, such as %d.%m.%Y",
    "not_a_number": "is not a number",
    "missing": "is empty",
    "no_column": "there is no such column; name it with --columns",
    "not_a_table": "the file is no table of equal rows",
    "no_rows": "there are no purchases in the window",
    "alive_is_no_churn_risk": "P(alive) of BG/NBD is 1 for everybody who bought once: never read it as churn risk",
    "drift": "customers buy differently in the holdout than the model expects: the interval leaves calibration out",
    "no_holdout": "too little happened to set the model beside what customers did",
}


class _Refusal(click.ClickException):
    """One clear line, and exit code 2."""

    exit_code = 2


def _columns(_ctx: click.Context, _param: click.Parameter, value: str | None) -> dict[str, str]:
    """`customer=…,date=…` as a mapping."""
    chosen: dict[str, str] = {}
    for part in (value or "").split(",") if value else ():
        role, equals, name = part.partition("=")
        if not equals or role.strip() not in ROLES or not name.strip():
            raise click.BadParameter(f"{part!r} is not one of {', '.join(f'{role}=…' for role in ROLES)}")
        chosen[role.strip()] = name.strip()
    return chosen


def _separator(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None and len(value) != 1 and value not in ("space", "comma", "semicolon", "tab", "pipe"):
        raise click.BadParameter("is a character, or space, comma, semicolon, tab, pipe")
    return value


def _ending(*endings: str) -> Any:
    def check(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
        if value is not None and value.suffix.lower() not in endings:
            raise click.BadParameter(f"{value.name} must end in {' or '.join(endings)}")
        if value is not None and not value.parent.is_dir():
            raise click.BadParameter(f"there is no folder {value.parent}")
        return value

    return check


_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("source", metavar="FILE|lake:[TABLE]", type=SOURCE)
@click.option("--model", type=click.Choice(MODELS), required=True, help="The model of repeat buying.")
@click.option("--spend", is_flag=True, help="Fit Gamma-Gamma to amounts too.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of calibration; later rows are the holdout.")
@click.option("--unit", type=click.Choice(["week", "day"]), default="week", show_default=True, help="Unit of time.")
@click.option(
    "--horizon",
    type=click.FloatRange(min=0, min_open=True),
    help="Units of time ahead [default: as long as the holdout, or as was seen].",
)
@click.option(
    "--rate", type=click.FloatRange(min=0), help="Discount rate a year, such as 0.10; with --margin gives value."
)
@click.option("--margin", type=float, help="Profit after refunds and cost to serve, for each unit of amount.")
@click.option(
    "--columns", callback=_columns, help="customer=…,date=…,amount=…[,currency=…]: names, or positions from 1."
)
@click.option("--no-header", is_flag=True, help="The first line holds data.")
@click.option("--sep", callback=_separator, help="A character, or space, comma, semicolon, tab, pipe.")
@click.option("--date-format", help="How dates are written, such as %d.%m.%Y [default: ISO 8601].")
@click.option(
    "--out", type=_FILE, callback=_ending(".csv", ".parquet"), help="Write a row for each customer: .csv or .parquet."
)
@click.option("--chart", type=_FILE, callback=_ending(".png", ".svg"), help="Draw the holdout: .png or .svg.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def lifetime(source: Path | LakeName, model: str, spend: bool, until: datetime | None, unit: str, horizon: float | None,
             rate: float | None, margin: float | None, columns: dict[str, str], no_header: bool, sep: str | None,
             date_format: str | None, out: Path | None, chart: Path | None, as_json: bool) -> None:  # fmt: skip
    """Fit a model of repeat buying to FILE, CSV or Parquet, or to the lake: a row for each transaction.

    With `lake:` alone these are the delivered orders: buyer, day, and the sum of the lines, which is sales, not profit.
    Rows of one day are one purchase; repeats exclude the first day. Everything is set beside rules that need no
    model, over the days after --until, or over the second half of the window where there are none.
    """
    if (rate is None) != (margin is None) or (rate is not None and not spend):
        raise click.UsageError("--rate, --margin and --spend go together: a value is stated profit at a stated rate")
    try:
        from ibis import memtable

        from goodwill.analytics.lifetime import estimate, forecast
        from goodwill.analytics.lifetime_charts import save
        from goodwill.analytics.lifetime_files import Layout, read
        from goodwill.analytics.purchases import Unit
        from goodwill.analytics.recipes import sum_purchases
        from goodwill.analytics.results import Refused
    except ImportError:
        raise _Refusal(EXTRA) from None
    chosen = given(source, lambda orders, _: sum_purchases(orders), named="sum_purchases")
    table = read(chosen.rows, Layout(columns, not no_header, sep, date_format), with_amount=spend)
    if isinstance(table, Refused):
        raise _Refusal(_sentence(table, columns))
    day: date | None = None if until is None else until.date()
    result = estimate(table, model, until=day, unit=Unit(unit), horizon=horizon, with_spend=spend)
    if isinstance(result, Refused):
        raise _Refusal(_sentence(result, columns))
    answer = {**result.as_json(), **chosen.facts}
    text = "\n".join([*chosen.lines(), _text(result)])
    click.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False) if as_json else text)
    if result.refused is not None:
        where = result.spend.at if result.spend and not result.fit.refused else None
        raise _Refusal(_sentence(where, columns) if where is not None else WORDS[result.refused])
    if out is not None:
        people = forecast(table, result, rate=rate, margin=margin).order_by("customer")
        if chosen.is_elsewhere:
            people = memtable(people.to_pyarrow())  # another machine would write to a disk of its own
        (people.to_csv if out.suffix.lower() == ".csv" else people.to_parquet)(out)
    if chart is not None:
        if result.backtest is None:
            raise _Refusal(f"nothing to draw: {WORDS['no_holdout']}")
        save(result, result.backtest, chart)


def _sentence(refused: "Refused", columns: dict[str, str]) -> str:
    """Column, row and value where they are known, then what is wrong."""
    places = [f"column {columns.get(refused.column, refused.column)}"] if refused.column else []
    places += [f"row {refused.row}"] if refused.row is not None else []
    where = ", ".join(places) + ": " if places else ""
    return where + (f"{refused.value}: " if refused.value else "") + WORDS[refused.reason]


def _text(result: "Lifetime") -> str:
    """The result in lines a person reads."""
    lines = [f"{result.method.name} ({result.method.source})",
             f"{result.n} customers, {result.fit.unique_rows} unique rows, {result.window.first} to {result.as_of}, "
             f"time in {result.unit}s", ""]  # fmt: skip
    lines += _parameters(result.fit)
    if result.spend is not None:
        lines += ["", "Gamma-Gamma (Colombo & Jiang 1999): spend for each purchase", *_parameters(result.spend.fit)]
        if result.spend.fit.params is not None:
            lines += [f"  mean spend {result.spend.fit.params.mean:.2f}; rank correlation of spend with frequency "
                      f"{result.spend.correlation:.3f}, taken to be 0"]  # fmt: skip
    known = result.backtest
    if known is not None:
        errors, drift = known.errors, known.drift
        lines += ["", f"Fitted up to {known.until}, set beside {known.until} to {known.last}:",
                  "  score                 AUC   right"]  # fmt: skip
        for one in known.baselines:
            right = "" if one.share_right is None else f"{100 * one.share_right:6.1f} %"
            lines.append(f"  {one.name:<20}{one.auc:.3f}{right}")
        lines += ["  repeats  customers  expected  actual"]
        lines += [f"  {b.x:>7}{b.n:>11}{b.expected:>10.3f}{b.actual:>8.3f}" for b in known.bins]
        lines += [f"  RMSE {errors.rmse:.3f}, bias {errors.bias:+.3f}, Spearman {errors.spearman:.3f}, "
                  f"MAE {errors.mae:.3f} (forecasting nothing: {errors.mae_of_zero:.3f})",
                  f"  purchases made for each one expected: {drift.calibration:.2f} in calibration, then "
                  f"{drift.holdout.value:.2f} ({drift.holdout.low:.2f} to {drift.holdout.high:.2f})"]  # fmt: skip
    return "\n".join([*lines, *(["", *(f"! {WORDS[reason]}" for reason in result.reasons)] if result.reasons else [])])


def _parameters(fit: Any) -> list[str]:
    if fit.params is None:
        return [f"  refused: {WORDS[fit.refused]}"]
    lines = [
        f"  {name:<8}{i.value:>10.4f}  (se {se:.4f}; 95 % {i.low:.4f} to {i.high:.4f})"
        for name, se, i in zip(fit.names, fit.errors, fit.intervals(), strict=True)
    ]
    return [*lines, f"  log-likelihood {fit.ll:.3f}; {len(fit.starts)} starts agree"]
