"""A worker killed in the middle of a sending: the event goes again, under the same id and with the same body."""

import signal
import sqlite3
from pathlib import Path

from tests.cli.commands import run, start, until
from tests.worker.receivers import Receiver, receiving


def _pass_the_lease(home: Path) -> None:
    """What two minutes would do: the event belongs to nobody any more."""
    with sqlite3.connect(home / "goodwill.sqlite3", timeout=30) as rows:
        rows.execute("UPDATE store_delivery SET next_at = created_at WHERE state = 'waiting'")
    rows.close()


def test_an_event_survives_the_killing_of_its_worker(tmp_path: Path) -> None:
    allowed = {"GOODWILL_PRIVATE_HOSTS": "127.0.0.1"}
    with receiving(Receiver()) as receiver:
        receiver.say("hang")
        made = run("webhook", "add", receiver.url, "--name", "Till", "--all", home=tmp_path, **allowed)
        assert made.returncode == 0, made.stdout + made.stderr
        doomed = start("worker", home=tmp_path, **allowed)
        try:
            until(lambda: receiver.heard)  # its own making is the first thing that it is told
        finally:
            doomed.send_signal(signal.SIGKILL)
            doomed.communicate()
        receiver.released.set()
        _pass_the_lease(tmp_path)
        second = start("worker", home=tmp_path, **allowed)
        try:
            until(lambda: len(receiver.heard) > 1)
        finally:
            second.send_signal(signal.SIGTERM)
            second.communicate(timeout=60)
    before, after = receiver.heard[:2]
    assert (before.id, before.body) == (after.id, after.body)
    log = run("webhook", "log", "1", home=tmp_path).stdout
    assert "webhook_made  delivered  2 attempts" in log
