"""`goodwill plan`: sizes and weeks, in words and as JSON."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goodwill.cli.main import goodwill

SPEND = ("--mean", "0.652789", "--sd", "11.5882", "--effect", "10%")


def ask(*options: str) -> Result:
    return CliRunner().invoke(goodwill, ["plan", *options])


def test_words_say_units_and_weeks() -> None:
    text = ask(*SPEND, "--weekly-units", "64000").stdout
    assert "+10 % of the mean 0.652789" in text
    assert "coefficient of variation 17.8" in text
    assert "494,680 units in each arm, 989,360 in both; 16 weeks" in text
    assert "at any time:" in text


def test_json_has_both_sizes() -> None:
    told = json.loads(ask(*SPEND, "--json").stdout)
    assert told["fixed"] == {"per_arm": 494_680, "both": 989_360, "weeks": None}
    assert told["always_valid"]["per_arm"] > 494_680
    assert told["method"]["source"]


def test_an_effect_may_be_stated_as_it_is_and_below_zero() -> None:
    assert json.loads(ask("--mean", "0", "--sd", "2", "--effect", "-0.5", "--json").stdout)["fixed"]["per_arm"] == 252


def test_the_picture_and_the_json_are_written_where_asked(tmp_path: Path) -> None:
    chart, out = tmp_path / "plan.png", tmp_path / "plan.json"
    assert ask(*SPEND, "--chart", str(chart), "--out", str(out)).exit_code == 0
    assert chart.read_bytes().startswith(b"\x89PNG")
    assert json.loads(out.read_text())["alpha"] == 0.05


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--mean", "1", "--sd", "1", "--effect", "much"), "no plan: could not convert"),
        (("--mean", "0", "--sd", "1", "--effect", "10%"), "no plan: a plan needs a spread above zero"),
        (("--mean", "1", "--sd", "0", "--effect", "1"), "sd"),
        (("--mean", "1", "--sd", "1", "--effect", "1", "--power", "0.1"), "power"),
        (("--mean", "1", "--sd", "1", "--effect", "1", "--weekly-units", "0"), "weekly-units"),
        (("--mean", "1", "--sd", "1"), "Missing option '--effect'"),
    ],
)
def test_a_plan_of_nonsense_is_refused(options: tuple[str, ...], words: str) -> None:
    result = ask(*options)
    assert result.exit_code == 2
    assert words in result.stderr
