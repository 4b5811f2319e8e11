"""A worker that is killed at a watched folder leaves nothing undone and nothing done twice."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.actions.importing import HEADER, ROWS
from tests.cli.commands import ROOT, environment

POINTS = ("copied", "kept", "planned", "begun", "imported", "moved")
OLD = datetime(2026, 3, 1, tzinfo=UTC).timestamp()


def _drop(folder: Path) -> Path:
    """A folder with two days' files, a correction among them, and a damaged one."""
    drop = folder / "drop"
    drop.mkdir()
    first, second = HEADER + ROWS, HEADER + ROWS.replace("Boots,1,119.90", "Boots,1,99.90")
    for place, (name, text) in enumerate((("b.csv", first), ("a.csv", second), ("c.csv", "nothing"))):
        (drop / name).write_text(text)
        os.utime(drop / name, (OLD + place, OLD + place))
    return drop


def _run(home: Path, drop: Path, *words: str) -> subprocess.CompletedProcess[str]:
    variables = environment(home, GOODWILL_FEED_FOLDERS=str(drop), PYTHONPATH=str(ROOT))
    return subprocess.run(
        [sys.executable, "-m", "tests.killed_feeds", *words],
        env=variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _whole(home: Path, folder: Path, points: tuple[str, ...]) -> tuple[str, Path]:
    """What is there in the end, after a worker was killed at each of these points."""
    drop = _drop(folder)
    said = _run(home, drop, "watch", str(drop))
    assert said.returncode == 0, said.stderr
    for point in points:
        killed = _run(home, drop, "work", point)
        assert killed.returncode == -9, (point, killed.stderr)
    said = _run(home, drop, "work")
    assert said.returncode == 0, said.stderr
    said = _run(home, drop, "state")
    assert said.returncode == 0, said.stderr
    return said.stdout, drop


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a worker leaves that nobody disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    state, _ = _whole(folder / "home", folder, ())
    assert '"a.csv",\n   "imported",\n   "finished",\n   "done"' in state
    assert '"c.csv",\n   "refused"' in state
    return state


def test_killed_at_every_point_in_turn_a_worker_leaves_the_same(undisturbed: str, tmp_path: Path) -> None:
    state, drop = _whole(tmp_path / "home", tmp_path, POINTS)
    # a file that was moved aside by a worker that died at once is not known to have been moved
    assert _without_moves(state) == _without_moves(undisturbed)
    assert sorted(path.name for path in drop.iterdir()) == ["done", "failed"]
    assert sorted(path.name for path in (drop / "done").iterdir()) == ["a.csv", "b.csv"]
    assert [path.name for path in (drop / "failed").iterdir()] == ["c.csv"]


def _without_moves(state: str) -> str:
    return "\n".join(
        line.rstrip(",") for line in state.splitlines() if line.strip() not in ('"done"', '"failed"', '""')
    )
