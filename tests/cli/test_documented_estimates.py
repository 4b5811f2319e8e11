"""What the documentation shows of the estimators' commands is what they print."""

import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from goodwill.cli.main import goodwill

PAGE = Path(__file__).resolve().parents[2] / "docs" / "do" / "estimate.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(kind: str) -> list[tuple[str, str]]:
    """Title and text of the page's blocks of this kind."""
    return re.findall(rf'^```{kind}(?: title="([^"]+)")?\n(.*?)^```$', TEXT, re.MULTILINE | re.DOTALL)


SHOWN = [text for _, text in blocks("console")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the page's own programs have made its files."""
    made = tmp_path_factory.mktemp("estimates")
    for title, text in blocks("python"):
        (made / title).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        runpy.run_path("make_files.py")
    return made


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(folder)
    yield folder


@pytest.mark.parametrize("shown", SHOWN, ids=[text.split()[2] for text in SHOWN])
def test_a_shown_command_prints_what_is_shown(here: Path, shown: str) -> None:
    command, _, expected = shown.partition("\n")
    words = shlex.split(command.removeprefix("$ goodwill "))
    done = CliRunner().invoke(goodwill, words)
    assert done.exit_code == 0, done.output
    assert [line.rstrip() for line in done.stdout.splitlines()] == expected.splitlines()


def test_the_page_shows_every_command_and_the_draft_it_names(here: Path) -> None:
    assert {text.split()[2] for text in SHOWN} == {"verdict", "plan", "lifetime", "drivers", "survival", "backtest"}
    drafts = dict(blocks("yaml"))
    assert drafts["draft.yml"] == Path("draft.yml").read_text(encoding="utf-8")


def test_the_notebook_runs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path("notebook.py")
    assert capsys.readouterr().out.startswith("Burnham, Frels & Mahajan 2003; Kelley 1947: 0.")
