"""`goodwill backtest`: the agreed JSON, lines a person reads, and one clear line for what cannot be tried."""

import builtins
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from goodwill.analytics import backtest_files, text_files
from goodwill.analytics.results import Reason
from goodwill.cli import backtest as command
from goodwill.cli.estimating import EXTRA
from goodwill.cli.main import goodwill

DRAFT = """
clauses:
  - id: delivery
    side: ours
    measure: delivery_on_time
    rule: end_of_day
    zone: America/Sao_Paulo
    target: {share: 0.625, per: month, month_of: due}
    credit: {of: freight, rate: 0.1, when: each_miss, round: per_order_half_up}
"""
ROWS = """promised,delivered,freight,customer
2026-03-06 00:00:00,2026-03-06 23:59:59,10.00,Anna
2026-03-06 00:00:00,2026-03-07 00:00:00,10.05,Bela
2026-04-02 00:00:00,2026-04-01 10:00:00,7.00,Bela
2026-04-02 00:00:00,,7.00,Bela
"""


def ask(folder: Path, *options: str, draft: str | bytes = DRAFT, rows: str = ROWS) -> Result:
    terms, history = folder / "draft.yml", folder / "rows.csv"
    terms.write_bytes(draft.encode() if isinstance(draft, str) else draft)
    history.write_text(rows, encoding="utf-8")
    return CliRunner().invoke(goodwill, ["backtest", str(terms), str(history), "--as-of", "2026-04-30", *options])


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


def test_json_has_the_shape_that_others_rely_on(tmp_path: Path) -> None:
    answer = told(ask(tmp_path, "--json", "--currency", "brl", "--out", str(tmp_path / "out.json")))
    assert {name: answer[name] for name in ("n", "missed", "attainment", "months", "credits")} == {
        "n": 3,
        "missed": 1,
        "attainment": 0.666667,
        "months": [
            {"month": "2026-03", "n": 2, "missed": 1, "attainment": 0.5},
            {"month": "2026-04", "n": 1, "missed": 0, "attainment": 1.0},
        ],
        "credits": {"amount": "1.01", "currency": "BRL"},
    }
    assert (answer["left_out"], answer["as_of"]) == (1, "2026-04-30")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == answer


def test_a_person_reads_months_customers_and_the_bill(tmp_path: Path) -> None:
    said = ask(tmp_path, "--currency", "BRL").stdout
    assert "delivery (ours, delivery_on_time): 3 promises, 1 missed, 66.6667% kept" in said
    march, april = (next(line for line in said.splitlines() if month in line) for month in ("2026-03", "2026-04"))
    assert march.split() == ["2026-03", "2", "1", "missed", "50.00%", "kept", "1.01", "below", "62.5%"]
    assert april.split() == ["2026-04", "1", "0", "missed", "100.00%", "kept", "0.00"]
    assert said.index("Bela") < said.index("Anna")
    assert "credits, 0.1 of freight for each miss: 1.01 BRL" in said
    assert "1 rows left out: not acted on yet" in said
    assert said.endswith("In all: 3 promises, 1 missed, 66.6667% kept; credits 1.01 BRL\n")


def test_a_clause_without_rows_credit_or_customers_says_no_more_than_it_knows(tmp_path: Path) -> None:
    draft = DRAFT.replace("delivery_on_time", "claim").split("    credit:")[0]
    said = ask(tmp_path, draft=draft, rows="promised,delivered,measure\n2026-03-06,2026-03-06,delivery\n").stdout
    assert said.splitlines() == [
        "delivery (ours, claim): 0 promises, 0 missed, nothing to count",
        "",
        "In all: 0 promises, 0 missed, nothing to count; credits 0.00 XXX",
    ]


def test_a_month_below_the_target_is_billed_as_a_whole(tmp_path: Path) -> None:
    monthly = DRAFT.replace("each_miss", "month_below_target")
    assert "each order of a month below the target: 2.01 XXX" in ask(tmp_path, draft=monthly).stdout


def test_columns_may_have_names_of_their_own(tmp_path: Path) -> None:
    rows = ROWS.replace("promised,delivered,freight,customer", "due,arrived,porto,client")
    named = "promised=due, delivered=arrived,freight=porto,customer=client"
    answer = told(ask(tmp_path, "--json", "--columns", named, rows=rows))
    assert (answer["n"], answer["missed"], answer["clauses"][0]["customers"][0]["customer"]) == (3, 1, "Bela")


def test_a_draft_may_be_json(tmp_path: Path) -> None:
    clause = {"id": "a", "side": "theirs", "measure": "payment", "rule": "moment", "zone": "UTC",
              "target": {"share": 1}}  # fmt: skip
    answer = told(ask(tmp_path, "--json", draft=json.dumps({"clauses": [clause]})))
    assert answer["clauses"][0]["side"] == "theirs"


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        ("clauses: []", "Error: draft.yml: clauses: holds no clause\n"),
        (DRAFT.replace("0.1,", "ten,"), "Error: draft.yml: clauses[0].credit.rate: is not a number\n"),
        ("clauses: [", "Error: draft.yml, line 1: is not YAML"),
        ("clauses: \x00", "Error: draft.yml: "),
        (b"clauses: \xff", "Error: draft.yml: "),
        ("[" * 5000, "Error: draft.yml: "),
        ("", "Error: draft.yml: draft: is not an object with fields\n"),
    ],
)
def test_a_draft_that_cannot_be_read_gets_one_line_that_names_the_field(
    tmp_path: Path, draft: str | bytes, words: str
) -> None:
    assert words in refused(ask(tmp_path, draft=draft))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (ROWS.replace("10.05", "lots"), "Error: column freight, row 2: lots: is not an amount such as 12.50\n"),
        (ROWS.replace("10.05", "-1"), "Error: column freight, row 2: -1: an amount cannot be negative\n"),
        (ROWS.replace("promised", "due"), "Error: column promised: due, delivered, freight, customer: there is no"),
        ("promised,delivered,freight\n", "Error: nothing has been acted on"),
    ],
)
def test_rows_that_cannot_be_used_are_named(tmp_path: Path, rows: str, words: str) -> None:
    assert refused(ask(tmp_path, rows=rows)).startswith(words)


def test_a_calendar_that_closes_too_soon_is_told(tmp_path: Path) -> None:
    term = (
        "    due: {from: promised, seconds: 36000}\n"
        "    calendar: {zone: UTC, weekly: {}, special: {'2026-03-06': [['09:00', '10:00']]}}\n"
    )
    said = refused(ask(tmp_path, draft=DRAFT + term))
    assert said == "Error: calendar: closes for good before the target is used up\n"


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--columns", "due"), "'due' is not ROLE=COLUMN"),
        (("--currency", "E1R"), "'E1R' is not a currency such as EUR"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path: Path, option: tuple[str, ...], words: str) -> None:
    result = ask(tmp_path, *option)
    assert result.exit_code == 2
    assert words in result.stderr


def test_every_refusal_of_a_file_has_words() -> None:
    said = inspect.getsource(backtest_files) + inspect.getsource(text_files)
    assert {str(Reason[name]) for name in re.findall(r"Reason\.([A-Z0-9_]+)", said)} == set(command.WORDS)


def test_without_the_estimators_the_command_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def bare(name: str, *rest: Any) -> Any:
        if name.startswith("goodwill.analytics"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", bare)
    assert refused(ask(tmp_path)) == f"Error: {EXTRA}\n"
