"""Running `goodwill` as people do: a process of its own, in a home of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "goodwill"]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The variables of a process in this home, on SQLite unless told otherwise."""
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL" and "GOODWILL" not in name}
    return ours | {"GOODWILL_HOME": str(home), "PYTHONUNBUFFERED": "1"} | more


def run(*words: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(home, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def start(*words: str, home: Path, **more: str) -> subprocess.Popen[str]:
    """Start a command that goes on; its output is a pipe."""
    return subprocess.Popen(
        [*COMMAND, *words],
        env=environment(home, **more),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
