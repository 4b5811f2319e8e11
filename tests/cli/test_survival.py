"""`goodwill survival`: shapes, sentences, pictures, and one clear line for what cannot be read."""

import builtins
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from goodwill.analytics.results import Reason
from goodwill.cli.estimating import EXTRA
from goodwill.cli.main import goodwill
from goodwill.cli.survival import WORDS

TABLE = (
    "who,since,gone,month\n"
    "a,2025-01-01,2025-01-11,january\n"
    "b,2025-01-01,,january\n"
    "c,2025-02-01,2025-02-03,february\n"
    "d,2025-02-03,,february\n"
)
COLUMNS = ("--columns", "customer=who,joined=since,left=gone,cohort=month")


def ask(folder: Path, text: str, *options: str) -> Result:
    path = folder / "customers.csv"
    path.write_text(text)
    return CliRunner().invoke(goodwill, ["survival", str(path), *options])


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    return result.stderr.splitlines()[-1]


def test_json_has_the_shape_that_others_rely_on_and_is_what_out_holds(tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    asked = (*COLUMNS, "--until", "2025-02-02", "--horizon", "12", "--json", "--out", str(out))
    result = ask(tmp_path, TABLE, *asked)
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    assert (told["n"], told["left_out"], told["as_of"], told["horizon"]) == (3, 1, "2025-02-02", 12.0)
    assert told["window"] == {"first": "2025-01-01", "last": "2025-02-02"}
    february, january = told["cohorts"]
    assert (january["cohort"], january["n"], january["departures"]) == ("january", 2, 1)
    assert january["at_horizon"]["value"] == 0.5
    assert (february["at_horizon"], february["departures"]) == (None, 0)
    assert told["reasons"] == ["not_followed_so_long"]
    assert json.loads(out.read_text()) == told


def test_text_gives_each_cohort_its_share_or_says_that_it_is_too_early(tmp_path: Path) -> None:
    result = ask(tmp_path, TABLE, *COLUMNS, "--until", "2025-02-02", "--horizon", "12")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("still here after 12 days: 3 customers, as of 2025-02-02\n1 left out")
    assert "50.0 %" in result.stdout
    assert "not watched so long" in result.stdout


def test_by_itself_it_asks_about_half_a_year_up_to_the_file_s_last_day(tmp_path: Path) -> None:
    result = ask(tmp_path, TABLE, *COLUMNS)
    assert result.stdout.startswith("still here after 183 days: 4 customers, as of 2025-02-03\n\n")


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_chart_is_drawn_in_the_form_its_name_says(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"curves.{ending}"
    assert ask(tmp_path, TABLE, *COLUMNS, "--chart", str(path)).exit_code == 0
    assert path.read_bytes()[:4] == {"png": b"\x89PNG", "svg": b"<svg"}[ending]


def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    assert refused(ask(tmp_path, TABLE)).startswith("Error: column customer: who, since, gone, month: there is no such")
    twice = refused(ask(tmp_path, TABLE + "a,2025-01-01,,january\n", *COLUMNS))
    assert twice == "Error: column who, row 5: a: the customer is there twice; give one row for each"
    early = refused(ask(tmp_path, TABLE + "e,2025-01-05,2025-01-01,january\n", *COLUMNS))
    assert early == "Error: column gone, row 5: 2025-01-01: the customer left before joining"


@pytest.mark.parametrize("columns", ["customer", "person=who", "customer="])
def test_columns_are_given_by_role(tmp_path: Path, columns: str) -> None:
    assert "is not one of" in refused(ask(tmp_path, TABLE, "--columns", columns))


def test_every_word_belongs_to_a_reason() -> None:
    assert set(WORDS) <= {str(reason) for reason in Reason}


def test_without_the_estimators_it_says_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("goodwill.analytics"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert EXTRA in refused(ask(tmp_path, TABLE, *COLUMNS))
