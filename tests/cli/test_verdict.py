"""`goodwill verdict`: shapes, sentences, and one clear line for what cannot be judged."""

import builtins
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from goodwill.cli import verdict as command
from goodwill.cli.estimating import EXTRA
from goodwill.cli.main import goodwill
from goodwill.domain.trials import Course, Doubt, Verdict

ASKED = ("--arm", "arm", "--control", "none", "--outcome", "spend")


def table(lift: float = 5.0, n: int = 600) -> str:
    """Two arms of n units whose spend goes up and down around 20."""
    lines = ["unit,arm,spend,past,store,entered,kind,complaints"]
    for i in range(2 * n):
        treated = i % 2
        spend = 20 + lift * treated + (i // 2 % 7) - 3
        lines.append(
            f"u{i},{'letter' if treated else 'none'},{spend},{i // 2 % 5},s{i % 8},2026-01-0{1 + i % 9},"
            f"{'new' if i // 2 % 3 else 'old'},{int(i % 10 == 0)}"
        )
    return "\n".join(lines) + "\n"


def ask(folder: Path, text: str | bytes, *options: str, asked: tuple[str, ...] = ASKED) -> Result:
    path = folder / "trial.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return CliRunner().invoke(goodwill, ["verdict", str(path), *asked, *options])


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


def test_json_has_the_shape_that_others_rely_on(tmp_path: Path) -> None:
    answer = told(ask(tmp_path, table(), "--margin", "0.4", "--cost-per-unit", "0.5", "--json"))
    assert answer["outcome"] == "spend"
    assert answer["srm"] == {"p": 1.0, "shares": {"letter": 0.5, "none": 0.5}}
    arm = answer["arms"][1]
    assert (arm["arm"], arm["n"], arm["verdict"], arm["grade"]) == ("letter", 600, "pays", "randomised")
    assert arm["effect"] == pytest.approx(5.0)
    assert arm["net"]["per_unit"] == pytest.approx(1.5)
    assert arm["net"]["break_even_cost"]["value"] == pytest.approx(2.0)
    assert arm["fixed"][0] < 5 < arm["fixed"][1]
    assert arm["always_valid"][0] < arm["fixed"][0]
    assert (arm["reasons"], arm["needs_units"]) == ([], None)


def test_words_say_the_verdict_the_money_and_the_doubt(tmp_path: Path) -> None:
    text = ask(tmp_path, table(), "--guardrail", "complaints", "--by", "kind").stdout
    assert "letter: PAYS" in text
    assert "sample ratio: p = 1.000" in text
    assert "for 1,000 units: 5,000.00" in text
    assert "watch complaints: -0.2" in text
    assert "of which new:" in text
    assert "! the outcome was read as contribution; if it is sales, give --margin" in text
    assert "! the initiative was taken to cost nothing" in text


def test_what_cannot_be_told_says_what_it_would_take(tmp_path: Path) -> None:
    text = ask(
        tmp_path, table(0.2), "--weekly-units", "100", "--stops-on", "2026-02-01", "--as-of", "2026-02-01"
    ).stdout
    assert "letter: CANNOT TELL" in text
    assert "more units (about" in text
    assert "at worst a loss of" in text
    assert "stop date 2026-02-01: stop" in text


def test_before_a_thousand_units_it_is_too_early(tmp_path: Path) -> None:
    text = ask(tmp_path, table(5.0, 100)).stdout
    assert "too early to look" in text
    assert "letter: CANNOT TELL" in text
    assert "PAYS" in ask(tmp_path, table(5.0, 100), "--planned", "200").stdout


def test_before_and_after_never_reads_pays(tmp_path: Path) -> None:
    arm = told(ask(tmp_path, table(), "--grade", "before_after", "--planned", "1200", "--json"))["arms"][1]
    assert (arm["verdict"], arm["grade"]) == ("cannot_tell", "before_after")


def test_a_sample_ratio_mismatch_withholds_the_verdict_and_ends_with_2(tmp_path: Path) -> None:
    lines = table().splitlines(keepends=True)
    short = "".join([lines[0], *(line for i, line in enumerate(lines[1:]) if i % 2 or i % 8)])
    result = ask(tmp_path, short, "--json")
    assert "sample ratio mismatch" in refused(result)
    assert json.loads(result.stdout)["arms"][1]["verdict"] == "withheld"
    assert told(ask(tmp_path, short, "--json", "--shares", "none=3,letter=4"))["arms"][1]["verdict"] == "pays"


def test_the_json_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    out, chart = tmp_path / "answer.json", tmp_path / "chart.svg"
    result = ask(tmp_path, table(), "--out", str(out), "--chart", str(chart), "--stops-on", "2030-01-01")
    assert result.exit_code == 0
    assert json.loads(out.read_text())["courses"] == {"letter": "keep"}
    assert chart.read_text().startswith("<svg")


def test_young_units_are_refused_or_left_out(tmp_path: Path) -> None:
    dated = ("--entered", "entered", "--mature-days", "30", "--as-of", "2026-02-05")
    assert "column entered, row 7: 2026-01-07: the outcome is not mature" in refused(ask(tmp_path, table(), *dated))
    result = ask(tmp_path, table(), *dated, "--leave-out-immature")
    assert "units left out: their outcomes are not mature" in result.stdout
    answer = told(ask(tmp_path, table(), *dated, "--leave-out-immature", "--json"))
    assert (answer["left_out"], answer["n"]) == (399, 801)
    assert answer["window"] == {"first": "2026-01-01", "last": "2026-01-06"}


def test_clusters_are_what_was_randomised(tmp_path: Path) -> None:
    eight = ask(tmp_path, table(), "--cluster", "store", "--planned", "8", "--json")
    assert [arm["n"] for arm in told(eight)["arms"]] == [4, 4]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("arm,spend\nnone,1\nletter,x1\n", (), "column spend, row 2: x1: is not a number"),
        ("arm,spend\nnone,1\nletter,\n", (), "column spend, row 2: is empty; a unit that brought nothing has 0"),
        (b"arm,spend\nnone,1\nl\xe9tter,1\n", (), "column 1, row 2: '\\xe9': the bytes are not UTF-8"),
        ("arm,spend,currency\nnone,1,EUR\nletter,2,HUF\n", (), "column currency, row 2: HUF: a second currency"),
        ("u,arm,spend\n1,none,1\n1,letter,2\n", ("--unit", "u"), "column u, row 2: 1: the unit is there twice"),
        ("arm,spend\na,1\nletter,2\n", (), "column arm: none (there are: a, letter): no arm has this name"),
        ("arm,spend\nnone,1\nnone,2\n", (), "column arm: none: there is no other arm"),
        ("arm,spend\nnone,1\nnone,2\nletter,2\n", (), "column arm: letter: the arm has one unit"),
        ("arm,spend\n" + "none,1\nletter,1\n" * 3, (), "column outcome: all units brought the same"),
        ("arm,s,spend\n" + "none,a,1\nletter,b,2\n" * 3, ("--cluster", "s"), "the arm has one unit"),
        ("arm,s,spend\nnone,a,1\nletter,a,2\n", ("--cluster", "s"), "column cluster: a: the cluster is in two arms"),
        ("arm,s,spend\nnone,a,1\nnone,b,1\nletter,c,2\nletter,d,3\n", ("--cluster", "s"), "2 and 2: too few clusters"),
        ("arm,spend\n", (), "there are no units"),
        ("arm,sales\nnone,1\n", (), "column spend: arm, sales: there is no such column"),
        ("arm,spend\nnone,1\nletter,2,3\n", (), "the file is no table of equal rows"),
        (
            "arm,spend,d\nnone,1,9.3.26\n",
            ("--entered", "d", "--mature-days", "1"),
            "column d, row 1: 9.3.26: is not a d",
        ),
        ("arm,spend\n" + "none,1\nletter,2\n" * 2, ("--shares", "a=1,b=1"), "shares are stated of a, b"),
    ],
)
def test_what_cannot_be_judged_is_one_clear_line(
    tmp_path: Path, text: str | bytes, options: tuple[str, ...], words: str
) -> None:
    assert words in refused(ask(tmp_path, text, *options))


@pytest.mark.parametrize(
    "options",
    [
        ("--cost", "past", "--cost-per-unit", "1"), ("--entered", "entered"), ("--mature-days", "3"),
        ("--by", "kind", "--cluster", "store"), ("--margin", "0"), ("--margin", "1.5"), ("--cost-per-unit", "-1"),
        ("--planned", "1"), ("--alpha", "0"), ("--grade", "hearsay"), ("--shares", "letter"),
        ("--shares", "letter=x"), ("--shares", "letter=0,none=1"), ("--chart", "picture.pdf"),
        ("--out", "/nowhere/at/all/answer.json"), ("--out", "answer.txt"),
    ],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert ask(tmp_path, table(n=3), *options).exit_code == 2


def test_every_reason_has_words() -> None:
    assert set(command.DOUBTS) == set(Doubt)
    assert set(command.VERDICTS) == set(Verdict)
    assert set(command.COURSES) == set(Course)


@pytest.mark.parametrize(
    "words", [("verdict", str(Path(__file__)), *ASKED), ("plan", "--mean", "1", "--sd", "1", "--effect", "1")]
)
def test_without_the_estimators_there_is_one_line_with_the_command(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    real = builtins.__import__

    def bare(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith(("goodwill.analytics", "ibis", "numpy")):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", bare)
    result = CliRunner().invoke(goodwill, list(words))
    assert (result.exit_code, result.stderr) == (2, f"Error: {EXTRA}\n")


def test_neither_django_nor_a_chart_is_loaded_for_a_verdict(tmp_path: Path) -> None:
    path = tmp_path / "trial.csv"
    path.write_text(table(n=50))
    code = (
        "import sys; from goodwill.cli.main import goodwill\n"
        f"goodwill(['verdict', {str(path)!r}, *{ASKED!r}], standalone_mode=False)\n"
        "print(sorted({'django', 'altair', 'vl_convert'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
