"""How soon the demonstration answers: from the command on an empty home to its first page, in wall-clock seconds."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import suppress
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.figures import RUNS, Figure
from tests.cluster import free_port

BAR_SECONDS = 90
"""From a clone, installing included (issue 2, acceptance 1); what is measured here may take a third of it."""


def measure() -> list[Figure]:
    """Loading and serving the demonstration, and opening it again; medians of three."""
    loaded, again, first_page = [], [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory(prefix="goodwill-bench-") as home:
            seconds, page = _start(Path(home))
            loaded.append(seconds)
            first_page.append(page)
            again.append(_start(Path(home))[0])
    return [
        Figure("load the firm and answer", median(loaded), "s"),
        Figure("of the bar of 30 s, that many times", BAR_SECONDS / 3 / median(loaded), "x", at_least=1),
        Figure("open an existing one and answer", median(again), "s"),
        Figure("first page after signing in", median(first_page) * 1000, "ms"),
    ]


def _start(home: Path) -> tuple[float, float]:
    """Seconds until the link is printed, and then until the page behind it has been read."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GOODWILL_") and k != "DATABASE_URL"}
    port = free_port()
    words = ["demo", "--home", str(home), "--port", str(port), "--no-open", "--json"]
    begun = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "goodwill", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    try:
        facts = next((json.loads(line) for line in process.stdout if line.startswith("{")), None)
        if facts is None:
            raise RuntimeError("the demonstration did not start")
        ready = perf_counter()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with opener.open(facts["link"]) as answer:
            page = answer.read()
        if b"<table" not in page:
            raise RuntimeError("the first page shows no customers")
        return ready - begun, perf_counter() - ready
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
        process.stdout.close()
