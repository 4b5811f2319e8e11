"""Homes: a bench's work in a process of its own, in a home that is fresh and gone afterwards."""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path


def run_apart(module: str, word: str, database: str | None = None) -> tuple[float, float]:
    """Run `python -m MODULE WORD` in a fresh home (`database` is a DATABASE_URL); the last two figures it prints."""
    with tempfile.TemporaryDirectory(prefix="goodwill-bench-") as home:
        environment = os.environ | {"GOODWILL_HOME": home}
        environment.pop("DATABASE_URL", None)
        if database:
            environment["DATABASE_URL"] = database
        said = subprocess.run(
            [sys.executable, "-m", module, word], env=environment, check=True, capture_output=True, text=True
        )
    first, second = said.stdout.split()[-2:]
    return float(first), float(second)


def most_megabytes_held() -> float:
    """The most memory this program held; `ru_maxrss` would count what the starting process held when it forked."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
