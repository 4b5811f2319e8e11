"""`goodwill backtest`: a draft agreement tried on a file of promises and acts; needs no database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml

from goodwill.cli.estimating import EXTRA, FILE, Refusal, describe, ending, show
from goodwill.domain.drafts import Clause, When, read_draft
from goodwill.domain.hours import HoursError

if TYPE_CHECKING:
    from goodwill.analytics.backtests import Backtest, Tally, Tried

WORDS = {
    "missing": "is empty",
    "not_a_number": "is not an amount such as 12.50",
    "money_negative": "an amount cannot be negative",
    "not_a_date": "is not a moment; write it as 2026-03-31 14:00, 2026-03-31T14:00:00+02:00 or 2026-03-31",
    "not_utf8": "the bytes are not UTF-8; save the file as UTF-8",
    "not_a_table": "the file is no table of equal rows",
    "no_column": "there is no such column, name it with --columns; the file has these",
    "no_rows": "nothing has been acted on; there is nothing to try the draft on",
    "mixed_currencies": "a second currency; amounts must be in one",
}
WORST = 10


def _columns(_ctx: click.Context, _param: click.Parameter, value: str | None) -> dict[str, str]:
    """`promised=due,delivered=arrived` as a mapping."""
    columns: dict[str, str] = {}
    for part in (value or "").split(",") if value else []:
        role, equals, name = part.partition("=")
        if not (equals and role.strip() and name.strip()):
            raise click.BadParameter(f"{part!r} is not ROLE=COLUMN")
        columns[role.strip()] = name.strip()
    return columns


def _currency(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    code = (value or "").upper()
    if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise click.BadParameter(f"{value!r} is not a currency such as EUR")
    return code


@click.command()
@click.argument("draft", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--columns", callback=_columns, help="Columns that are called otherwise: promised=due,delivered=arrived,…"
)
@click.option("--currency", callback=_currency, help='Currency of the amounts, where no column "currency" says it.')
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day up to which the file was read [default: today].")
@click.option("--out", type=FILE, callback=ending(".json"), help="Write the JSON to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def backtest(draft: Path, file: Path, columns: dict[str, str], currency: str, as_of: datetime | None,
             out: Path | None, as_json: bool) -> None:  # fmt: skip
    """Try the clauses of DRAFT, YAML or JSON, on FILE, CSV or Parquet: a row for each promise or order.

    FILE has the columns `promised` and `delivered`, those that credits are a share of (such as `freight`) and those
    that terms count from; `customer`, `measure` and `currency` where it has them. A moment without an offset from UTC
    is read on the clock of the clause's zone. Rows without an act are left out.
    """
    clauses = _clauses(draft)
    try:
        from goodwill.analytics.backtest_files import read
        from goodwill.analytics.backtests import backtest as tried
        from goodwill.analytics.results import Refused
    except ImportError:
        raise Refusal(EXTRA) from None
    history = read(file, clauses, columns, currency)
    if isinstance(history, Refused):
        raise Refusal(describe(history, WORDS))
    try:
        result = tried(clauses, history, as_of=(as_of or datetime.now(UTC)).date())
    except HoursError as error:
        raise Refusal(str(error)) from None
    show(result.as_json(), _text(result), as_json=as_json, out=out)


def _clauses(path: Path) -> tuple[Clause, ...]:
    try:
        return read_draft(yaml.safe_load(path.read_bytes()))
    except yaml.MarkedYAMLError as problem:
        place = problem.problem_mark
        where = "" if place is None else f", line {place.line + 1}"
        raise Refusal(f"{path.name}{where}: is not YAML ({problem.problem})") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as problem:
        said = str(problem).splitlines()
        raise Refusal(f"{path.name}: {said[0] if said else 'cannot be read'}") from None


def _text(result: "Backtest") -> str:
    """The result in lines a person reads."""
    lines: list[str] = []
    for one in result.clauses:
        lines += _tell(one)
    if result.left_out:
        lines.append(f"{result.left_out:,} rows left out: not acted on yet")
    lines.append(f"In all: {_figures(result.n, result.missed, result.attainment)}; "
                 f"credits {result.credits.amount:,f} {result.credits.currency}")  # fmt: skip
    return "\n".join(lines)


def _tell(one: "Tried") -> list[str]:
    clause, whole = one.clause, one.whole
    lines = [f"{clause.id} ({clause.side}, {clause.measure}): {_figures(whole.n, whole.missed, whole.attainment)}"]
    for month in one.months:
        mark = f"  below {clause.share:%}".replace(".00000%", "%") if one.falls_short(month) else ""
        lines.append(f"  {month.key}  {_row(month)}{mark}")
    if one.customers:
        lines += ["  customers with most misses:", *(f"    {_row(who)}  {who.key}" for who in one.customers[:WORST])]
    if clause.credit is not None:
        when = "each miss" if clause.credit.when is When.EACH_MISS else "each order of a month below the target"
        lines.append(f"  credits, {clause.credit.rate} of {clause.credit.of} for {when}: "
                     f"{whole.credits.amount:,f} {whole.credits.currency}")  # fmt: skip
    return [*lines, ""]


def _row(one: "Tally") -> str:
    share = "–" if one.attainment is None else f"{one.attainment:.2%}"
    return f"{one.n:>9,}  {one.missed:>7,} missed  {share:>8} kept  {one.credits.amount:>14,f}"


def _figures(n: int, missed: int, share: float | None) -> str:
    kept = "nothing to count" if share is None else f"{share:.4%} kept"
    return f"{n:,} promises, {missed:,} missed, {kept}"
