"""Runs everything: `python -m tests` (or `--quick`). What this machine lacks is left out and named at the end."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests import cluster

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent


@dataclass
class Run:
    """Stages so far: what failed, what was left out and why."""

    failed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def stage(self, title: str, *words: str, env: dict[str, str] | None = None) -> None:
        """Run one command under a heading, and remember whether it failed."""
        print(f"\n=== {title}", flush=True)
        started = time.monotonic()
        code = subprocess.run(words, cwd=ROOT, env={**os.environ, **(env or {})}, check=False).returncode
        print(f"--- {title}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
        if code:
            self.failed.append(title)


def quick(run: Run) -> None:
    """Lint, types, contracts, the rules of the house, and the domain at full branch coverage."""
    run.stage("ruff", str(BIN / "ruff"), "check", ".")
    run.stage("ruff format", str(BIN / "ruff"), "format", "--check", ".")
    run.stage("mypy", str(BIN / "mypy"))
    run.stage("house", PYTHON, "-m", "pytest", "-q", "tests/house")
    run.stage(
        "domain at 100 % branch coverage",
        *(PYTHON, "-m", "pytest", "-q", "-n", "2", "tests/domain"),
        *("--cov=goodwill/domain", "--cov-branch", "--cov-report=term:skip-covered", "--cov-fail-under=100"),
    )


def everything(run: Run) -> None:
    """The quick checks, then the whole suite on SQLite, on PostgreSQL, and in a real browser."""
    quick(run)
    run.stage(
        "analytics at 100 % branch coverage",
        *(PYTHON, "-m", "pytest", "-q", "-n", "2", "tests/analytics"),
        *("--cov=goodwill/analytics", "--cov-branch", "--cov-report=term:skip-covered", "--cov-fail-under=100"),
    )
    rest = [
        f"tests/{name}"
        for name in (
            *("store", "adapters", "actions", "reads", "web", "api", "worker", "cli", "config", "deploy", "real"),
        )
    ]
    suite = [PYTHON, "-m", "pytest", "-q", "-n", "2", *rest]
    run.stage("suite on SQLite", *suite, env={"DATABASE_URL": ""})
    if cluster.programs():
        run.stage("suite on PostgreSQL", PYTHON, "-m", "tests.cluster", *suite)
    else:
        run.left_out.append("suite on PostgreSQL: install Debian's package `postgresql`")
    if shutil.which("chromium") or Path("/usr/bin/chromium").exists():
        run.stage("journeys in Chromium", PYTHON, "-m", "pytest", "-q", "-n", "2", "tests/journeys")
    else:
        run.left_out.append("journeys in a browser: install Debian's package `chromium`")
    if shutil.which("node") and shutil.which("npm"):
        run.stage("assets are what their sources make", "sh", "-c", "npm ci --silent && node assets/build.mjs --check")
    else:
        run.left_out.append("rebuilding the assets: install Debian's packages `nodejs` and `npm`")
    for proxy in ("nginx", "caddy"):
        if not shutil.which(proxy):
            run.left_out.append(f"proving the proxy's file in deploy/: install Debian's package `{proxy}`")
    if not shutil.which("msgfmt"):
        run.left_out.append("comparing the catalogues with the code: install Debian's package `gettext`")
    if not (ROOT.parent / "shared" / "data").is_dir():
        run.left_out.append("tests on the real data sets: they are not beside this checkout (../shared/data)")
    run.stage("documentation", str(BIN / "mkdocs"), "build", "--strict", "--quiet", "--site-dir", "build/site")


def main() -> int:
    """Exit 0 when all that could run has passed."""
    run = Run()
    started = time.monotonic()
    (quick if "--quick" in sys.argv[1:] else everything)(run)
    print(f"\n=== in {time.monotonic() - started:.0f} s")
    for words in run.left_out:
        print(f"left out – {words}")
    for title in run.failed:
        print(f"FAILED – {title}")
    if not run.failed:
        print("everything that could run has passed" if run.left_out else "everything has passed")
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
