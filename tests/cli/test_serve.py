"""`goodwill serve`: pages and worker start together, stop together, and outlive each other's faults."""

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.commands import run, start, until
from tests.cluster import free_port


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in lower case and body; redirects are followed."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:  # noqa: S310
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, {k.lower(): v for k, v in answer.headers.items()}, answer.read()


def children(pid: int, program: str = "goodwill worker") -> set[int]:
    """The processes right below this one that run this program."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):  # processes come and go while we look
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if int(parent) == pid and program in words:
                found.add(int(folder.name))
    return found


def alive(pid: int) -> bool:
    """Whether a process of this number runs."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it may end while we look
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def served(empty_home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A house that said it is ready, and its address."""
    port = free_port()
    process = start("serve", "--port", str(port), home=empty_home)
    assert process.stdout
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if "ready" in line:
            break
    assert "ready" in lines[-1], lines
    yield process, f"http://127.0.0.1:{port}"
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()


def test_when_it_says_ready_a_page_is_answered(served: tuple[subprocess.Popen[str], str]) -> None:
    status, _, body = get(f"{served[1]}/")
    assert status == 200
    assert b"<h1" in body


def test_the_doctor_sees_the_worker_at_once(served: tuple[subprocess.Popen[str], str], empty_home: Path) -> None:
    def worker_state() -> str:
        said = json.loads(run("doctor", "--json", home=empty_home).stdout)
        return next(str(check["state"]) for check in said["checks"] if check["name"] == "worker")

    until(lambda: worker_state() == "ok")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_kindly_and_leaves_nothing_behind(
    served: tuple[subprocess.Popen[str], str], number: signal.Signals
) -> None:
    process, _ = served
    below = children(process.pid)
    assert len(below) == 1
    process.send_signal(number)
    assert process.wait(timeout=60) == 0
    assert not any(alive(pid) for pid in below)


def test_a_worker_that_dies_is_started_again(served: tuple[subprocess.Popen[str], str]) -> None:
    process, url = served
    (first,) = children(process.pid)
    os.kill(first, signal.SIGKILL)
    until(lambda: children(process.pid) - {first})
    assert get(f"{url}/")[0] == 200


def test_neither_worker_nor_pages_outlive_a_killed_server(served: tuple[subprocess.Popen[str], str]) -> None:
    process, _ = served
    until(lambda: len(children(process.pid, "goodwill")) == 2)
    below = children(process.pid, "goodwill")
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: not any(alive(pid) for pid in below))


def test_a_taken_port_is_said_in_one_line(served: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    port = served[1].rpartition(":")[2]
    said = run("serve", "--port", port, home=tmp_path / "other")
    assert said.returncode != 0
    assert len(said.stderr.strip().splitlines()) == 1
    assert "choose another with --port" in said.stderr


def test_a_wrong_environment_is_said_in_one_line(tmp_path: Path) -> None:
    said = run("serve", "--port", str(free_port()), home=tmp_path, GOODWILL_MAIL_URL="pigeon://post")
    assert said.returncode != 0
    assert "GOODWILL_MAIL_URL" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_number_of_processes_that_is_none_is_said(tmp_path: Path) -> None:
    said = run("serve", "--port", str(free_port()), home=tmp_path, GOODWILL_WORKERS="many")
    assert said.returncode == 2
    assert "--workers" in said.stderr


def test_several_web_processes_answer_together(empty_home: Path) -> None:
    port = free_port()
    process = start("serve", "--port", str(port), "--workers", "2", "--no-worker", home=empty_home)
    assert process.stdout
    try:
        assert any("ready" in line for line in process.stdout)
        # the first may answer while the second is being started
        until(lambda: len(children(process.pid, "goodwill serve")) == 2)
        assert get(f"http://127.0.0.1:{port}/")[0] == 200
    finally:
        process.terminate()
        assert process.wait(timeout=60) == 0
        process.stdout.close()
