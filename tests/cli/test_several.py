"""Two servers of two processes each and two workers on one PostgreSQL: one house, not four.

One story, because starting them takes most of the time.
"""

import http.cookiejar
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from tests.cli.commands import ROOT, environment, run, until
from tests.cli.several import JOBS, PROMISES
from tests.cluster import cluster, free_port, programs

pytestmark = pytest.mark.postgres
A_MINUTE = 20
"""Requests that a token may make in a minute here."""


@contextmanager
def at_work(*words: str, home: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A program that goes on; its output falls into a file, so that it never waits for a reader."""
    with (home / f"{words[0]}-{free_port()}.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "goodwill", *words],
            env=environment(home, **more),
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def prepared(marker: Path, home: Path, **more: str) -> dict[str, Any]:
    """A house with work in it, and what visitors must know."""
    command = [sys.executable, "-m", "tests.cli.several", str(marker)]
    said = subprocess.run(
        command, env=environment(home, **more), cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    found = json.loads(said.stdout)
    assert isinstance(found, dict)
    return found


class Browser:
    """A visitor with cookies of its own."""

    def __init__(self) -> None:
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(self, url: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """Status and where it ended."""
        body = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(url, body, headers)  # noqa: S310
        try:
            with self.opener.open(request, timeout=60) as answer:
                answer.read()
                return answer.status, answer.url
        except urllib.error.HTTPError as answer:
            answer.read()
            return answer.code, url

    def sign_in(self, url: str, email: str, password: str) -> tuple[int, str]:
        """Try to; the form is asked for first."""
        self.ask(f"{url}/sign-in/")
        token = next(str(cookie.value) for cookie in self.cookies if cookie.name == "goodwill_csrf")
        return self.ask(f"{url}/sign-in/", {"login": email, "password": password, "csrfmiddlewaretoken": token})


def lives(url: str) -> bool:
    """Whether a server answers there."""
    try:
        return Browser().ask(f"{url}/health/ready")[0] == 200
    except OSError:
        return False


def test_several_processes_are_one_house(tmp_path: Path) -> None:
    if programs() is None:
        pytest.skip("PostgreSQL's programs are not on this machine (Debian package: postgresql)")
    home, marker = tmp_path / "home", tmp_path / "begun"
    home.mkdir(mode=0o700)
    key = "shared-by-all-servers-" + "k" * 40
    with cluster() as database:
        shared = {
            "DATABASE_URL": database,
            "GOODWILL_SECRET_KEY": key,
            "GOODWILL_API_PER_MINUTE": str(A_MINUTE),
            "GOODWILL_WORKERS": "2",
        }
        assert run("upgrade", home=home, **shared).returncode == 0
        known = prepared(marker, home, **shared)
        ports = free_port(), free_port()
        first, second = (f"http://127.0.0.1:{port}" for port in ports)
        with (
            at_work("serve", "--no-worker", "--port", str(ports[0]), home=home, **shared) as one,
            at_work("serve", "--no-worker", "--port", str(ports[1]), home=home, **shared) as other,
            at_work("worker", home=home, **shared) as left,
            at_work("worker", home=home, **shared) as right,
        ):
            until(lambda: lives(first) and lives(second), 60)
            _share_sessions_and_limits(first, second, known)
            _lose_nothing((left, right), marker, database)
            left_over = [process for process in (one, other, left, right) if process.poll() is None]
            assert len(left_over) == 3
            for process in left_over:
                process.terminate()
            assert [process.wait(timeout=60) for process in left_over] == [0, 0, 0]


def _share_sessions_and_limits(first: str, second: str, known: dict[str, Any]) -> None:
    head = Browser()
    assert head.sign_in(first, known["email"], known["password"]) == (200, f"{first}/")
    # cookies know no ports: the session of one server opens the other
    assert head.ask(f"{second}/preferences/") == (200, f"{second}/preferences/")
    for number in range(5):
        Browser().sign_in((first, second)[number % 2], known["other"], "wrong" * 3)
    # neither server saw five wrong ones, together they did: now even the right one is refused
    assert Browser().sign_in(second, known["other"], known["password"])[1] == f"{second}/sign-in/"
    program = {"Authorization": f"Bearer {known['token']}"}
    asked = [
        Browser().ask(f"{(first, second)[n % 2]}/api/v1/promises", None, **program)[0] for n in range(2 * A_MINUTE + 2)
    ]
    # a minute may end in between, two may not
    assert set(asked) == {200, 429}
    assert A_MINUTE <= asked.count(200) <= 2 * A_MINUTE


def _lose_nothing(workers: tuple[subprocess.Popen[str], ...], marker: Path, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as beside:

        def asked(statement: LiteralString) -> list[Any]:
            return beside.execute(statement).fetchall()

        # the nightly jobs of the house stand beside ours
        done = "SELECT COUNT(*) FROM store_job WHERE state = 'done' AND task LIKE '%chores%'"
        until(marker.exists, 60)
        until(lambda: asked(done) == [(JOBS,)], 60)
        broken = "SELECT COUNT(*), COUNT(DISTINCT promise_id) FROM store_journalentry WHERE kind = 'promise_broken'"
        until(lambda: asked(broken)[0][1] == PROMISES, 60)
        assert asked(broken) == [(PROMISES, PROMISES)]
        assert asked("SELECT DISTINCT fence FROM store_job WHERE task LIKE '%chores%'") == [(1,)]
        ((name,),) = asked("SELECT worker FROM store_job WHERE state = 'running' AND task LIKE '%chores%'")
        (holder,) = [process for process in workers if process.pid == int(name.rpartition(":")[2])]
        holder.kill()
        holder.wait()
        # a minute of silence
        beside.execute(
            "UPDATE store_job SET leased_until = now() - interval '1 second' "
            "WHERE state = 'running' AND task LIKE '%chores%'"
        )
        until(lambda: asked(done) == [(JOBS + 1,)], 60)
        assert asked("SELECT MAX(fence) FROM store_job") == [(2,)]
        assert asked("SELECT COUNT(*) FROM store_delivery WHERE key = 'chore:post-once'") == [(1,)]
