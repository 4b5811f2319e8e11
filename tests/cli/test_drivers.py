"""`goodwill drivers`: shapes, sentences, pictures, and one clear line for what cannot be read."""

import builtins
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from goodwill.analytics.results import Reason
from goodwill.cli.drivers import WORDS
from goodwill.cli.estimating import EXTRA
from goodwill.cli.main import goodwill
from tests.analytics.designs import dice

ASKED = ("--outcome", "recommend", "--drivers", "quality,price")


def table(n: int = 120) -> str:
    """Answers in which quality counts for much and price for nothing."""
    rng = dice("answers")
    quality, price = rng.integers(1, 11, n), rng.integers(1, 11, n)
    recommend = 0.7 * quality + rng.normal(2, 1, n)
    rows = [f"{q},{p},{r:.3f}" for q, p, r in zip(quality, price, recommend, strict=True)]
    return "\n".join(["quality,price,recommend", *rows]) + "\n"


def ask(folder: Path, text: str | bytes, *options: str, asked: tuple[str, ...] = ASKED) -> Result:
    path = folder / "answers.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return CliRunner().invoke(goodwill, ["drivers", str(path), *asked, *options])


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    return result.stderr.splitlines()[-1]


def test_json_has_the_shape_that_others_rely_on_and_is_what_out_holds(tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    result = ask(tmp_path, table(), "--json", "--as-of", "2026-03-01", "--out", str(out))
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    assert (told["outcome"], told["n"], told["grade"], told["as_of"]) == ("recommend", 120, "guess", "2026-03-01")
    first, second = told["drivers"]
    assert (first["driver"], second["driver"]) == ("quality", "price")
    assert first["effect"]["low"] < 0.7 < first["effect"]["high"]
    assert second["effect"]["low"] < 0 < second["effect"]["high"]
    assert first["share"] + second["share"] == pytest.approx(1.0)
    assert json.loads(out.read_text()) == told


def test_text_names_drivers_heaviest_first_and_warns(tmp_path: Path) -> None:
    result = ask(tmp_path, table(), "--as-of", "2026-03-01")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("recommend: 120 answers, guess, as of 2026-03-01\n")
    assert result.stdout.index("quality") < result.stdout.index("price")
    assert "only a trial can tell" in result.stdout


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_chart_is_drawn_in_the_form_its_name_says(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"drivers.{ending}"
    assert ask(tmp_path, table(), "--chart", str(path)).exit_code == 0
    assert path.read_bytes()[:4] == {"png": b"\x89PNG", "svg": b"<svg"}[ending]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (table(65), "Error: column recommend: 65 of 66: not enough data"),
        (table().replace("quality,price", "quality,cost"), "Error: column price: quality, cost, recommend: there is"),
        ("quality,price,recommend\n1,2,3\n4,,6\n", "Error: column price, row 2: is empty"),
        ("quality,price,recommend\n1,2,3\n4,dear,6\n", "Error: column price, row 2: dear: is not a number"),
        ("quality,price,recommend\n", "Error: there are no answers"),
        ("quality,price,recommend\n" + "1,2,3\n" * 80, "Error: column quality: everybody answered the same"),
        ("quality,price,recommend\n" + "1,1,3\n2,2,4\n" * 40, "Error: quality, price: one of these drivers is a sum"),
        (b"quality,price,recommend\n1,\xff,3\n", "Error: column 2, row 1: '\\xff': the bytes are not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, text: str | bytes, line: str) -> None:
    assert refused(ask(tmp_path, text)).startswith(line)


@pytest.mark.parametrize("asked", [("recommend", "quality,recommend"), ("recommend", "quality,"), ("a", "b,b")])
def test_drivers_are_columns_each_once_and_not_the_outcome(tmp_path: Path, asked: tuple[str, str]) -> None:
    refused(ask(tmp_path, table(), asked=("--outcome", asked[0], "--drivers", asked[1])))


def test_every_word_belongs_to_a_reason() -> None:
    assert set(WORDS) <= {str(reason) for reason in Reason}


def test_without_the_estimators_it_says_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("goodwill.analytics"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert EXTRA in refused(ask(tmp_path, table()))
