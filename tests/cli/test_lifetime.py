"""`goodwill lifetime` as it is typed: files in, figures out, and one clear line where there are none."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from goodwill.analytics.results import Reason
from goodwill.cli.lifetime import WORDS
from goodwill.cli.main import goodwill
from tests.analytics.customers import transactions


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sales") / "sales.csv"
    transactions().to_csv(path)
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(goodwill, ["lifetime", *(str(word) for word in words)])


def test_json_has_the_decided_shape(sales: Path) -> None:
    done = run(sales, "--model", "bgnbd", "--until", "2024-06-29", "--json")
    assert done.exit_code == 0, done.output
    printed = json.loads(done.stdout)
    wanted = "model n unique_rows until unit params se ll fit baselines refused"
    assert set(wanted.split()) <= set(printed)
    assert set(printed["fit"]) == {"gradient", "min_eigenvalue", "starts"}
    assert printed["params"].keys() == printed["se"].keys() == {"r", "alpha", "a", "b"}
    assert (printed["until"], printed["unit"], printed["refused"]) == ("2024-06-29", "week", None)


@pytest.mark.parametrize("model", ["bgnbd", "mbgnbd", "paretonbd"])
def test_the_page_of_text_shows_doubt_baselines_and_warnings(sales: Path, model: str) -> None:
    done = run(sales, "--model", model, "--spend", "--unit", "day", "--until", "2024-06-29")
    assert done.exit_code == 0, done.output
    for words in ("95 %", "recency", "hiatus_13_weeks", "forecasting nothing", "mean spend", "customers  expected"):
        assert words in done.stdout
    assert (WORDS["alive_is_no_churn_risk"] in done.stdout) == (model == "bgnbd")


def test_each_customer_is_written_to_csv_and_parquet_alike(sales: Path, tmp_path: Path) -> None:
    asked = ("--model", "paretonbd", "--spend", "--rate", "0.1", "--margin", "0.4", "--horizon", "52")
    for name in ("a.csv", "a.parquet"):
        assert run(sales, *asked, "--out", tmp_path / name).exit_code == 0
    with (tmp_path / "a.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == "customer x t_x T m_x p_alive expected_purchases expected_spend value".split()  # noqa: SIM905
    assert len(rows) == 600
    known = duckdb.read_parquet(str(tmp_path / "a.parquet")).fetchall()
    assert [row["customer"] for row in rows] == [row[0] for row in known]
    assert [float(row["value"]) for row in rows] == [float(row[-1]) for row in known]


def test_the_chart_is_drawn_as_its_name_says(sales: Path, tmp_path: Path) -> None:
    assert run(sales, "--model", "mbgnbd", "--chart", tmp_path / "a.svg").exit_code == 0
    assert (tmp_path / "a.svg").read_text().startswith("<svg")


def test_a_bad_cell_is_one_line_with_its_column_and_row(sales: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("who,when,paid\na,2024-01-05,1\nb,2024-01-06,-2\n")
    done = run(bad, "--model", "bgnbd", "--spend", "--columns", "customer=who,date=when,amount=paid")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "column paid, row 2: -2: the amount is negative" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_refused_fit_prints_its_code_and_ends_with_two(tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_text("customer,date\na,2024-01-05\na,2024-02-05\n")
    done = run(few, "--model", "mbgnbd", "--json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["refused"] == "too_few_repeats"
    assert WORDS["too_few_repeats"] in done.stderr
    assert "refused:" in run(few, "--model", "mbgnbd").stdout


def test_gifts_only_are_refused_as_spend_with_their_row(sales: Path, tmp_path: Path) -> None:
    gifts = tmp_path / "gifts.csv"
    gifts.write_text(sales.read_text() + "zz,2024-01-05,9\nzz,2024-01-06,0\n")
    row = len(gifts.read_text().splitlines()) - 1
    done = run(gifts, "--model", "mbgnbd", "--spend", "--json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["refused"] == "money_zero"
    assert f"column amount, row {row}: 0.0: " in done.stderr


def test_a_window_before_the_first_purchase_is_refused(sales: Path) -> None:
    done = run(sales, "--model", "bgnbd", "--until", "2020-01-01")
    assert done.exit_code == 2
    assert WORDS["no_rows"] in done.stderr


def test_no_holdout_means_no_chart(sales: Path, tmp_path: Path) -> None:
    head = tmp_path / "short.csv"
    rows = [line for line in sales.read_text().splitlines() if "2024-01" in line or "2024-02" in line]
    head.write_text("customer,date,amount\n" + "\n".join(rows) + "\n")
    done = run(head, "--model", "mbgnbd", "--until", "2025-12-31", "--chart", tmp_path / "a.png")
    assert done.exit_code == 2
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--columns", "buyer=1"),
        ("--columns", "customer"),
        ("--sep", "spaces"),
        ("--out", "table.xlsx"),
        ("--out", "no/such/folder/a.csv"),
        ("--chart", "a.pdf"),
        ("--rate", "0.1"),
        ("--rate", "0.1", "--margin", "0.3"),
        ("--model", "rfm"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_read(sales: Path, words: tuple[str, ...]) -> None:
    done = run(sales, "--model", "bgnbd", *words)
    assert done.exit_code == 2
    assert done.stdout == ""


def test_without_the_extra_one_line_says_what_to_install(sales: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.startswith("goodwill.analytics"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "ibis", None)
    done = run(sales, "--model", "bgnbd")
    assert done.exit_code == 2
    assert "pip install 'goodwill[analytics]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_neither_a_database_nor_django_is_needed(sales: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['django'] = None\n"
        "from goodwill.cli.main import goodwill\n"
        f"goodwill(['lifetime', {str(sales)!r}, '--model', 'bgnbd', '--json'])\n"
    )
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("GOODWILL", "DJANGO", "DATABASE"))
    }
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={**kept, "GOODWILL_HOME": str(home)}
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["refused"] is None
    assert not home.exists()


def test_words_are_kept_for_reasons_that_exist() -> None:
    assert set(WORDS) <= {str(reason) for reason in Reason}
