"""The worker does everything, is seen alive, and stops kindly."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from goodwill.actions import deliveries, jobs, letters
from goodwill.reads.health import WORKER_KEY
from goodwill.store.deliveries import Delivery
from goodwill.store.jobs import Job
from goodwill.store.promises import Promise
from goodwill.worker import clock, loop, schedule
from goodwill.worker.jobs import JobHand
from goodwill.worker.loop import Worker, tick
from tests.cast import NOW, make_cast
from tests.cli.commands import ROOT, environment, until
from tests.worker import chores


@pytest.fixture
def no_lake(monkeypatch: pytest.MonkeyPatch) -> None:
    """As without the libraries that write Parquet."""
    monkeypatch.setattr("goodwill.actions.lake.is_possible", lambda: False)


@pytest.mark.django_db
def test_one_tick_does_everything_that_is_due(no_lake: None) -> None:
    cache.clear()
    promise = make_cast().promise()
    handle = chores.add.enqueue(1, 2)
    at = timezone.now()
    assert tick(at, JobHand("one"))
    handle.refresh()
    assert handle.return_value == 3
    assert Promise.objects.get(pk=promise.pk).outcome == "broken_silent"
    assert not tick(at, JobHand("one"))


@pytest.mark.django_db
def test_the_nightly_work_lets_the_lake_be_brought_up_to_date_once() -> None:
    cache.clear()
    assert schedule.tick(NOW)
    schedule.tick(NOW)
    tasks = list(Job.objects.order_by("enqueued_at").values_list("task", flat=True))
    assert tasks == ["goodwill.actions.lake.run_append", "goodwill.actions.findings.run_compute"]


@pytest.mark.django_db
def test_the_nightly_work_is_done_once_a_day_and_forgets_only_what_is_over(no_lake: None) -> None:
    cache.clear()
    old = NOW - schedule.KEPT - schedule.KEPT
    for state in ("done", "failed", "ready"):
        Job.objects.create(task="t", state=state, enqueued_at=old, finished_at=None if state == "ready" else old)
    deliveries.post("left", {"to": []}, at=old)
    letters.delivered(letters.take(at=old)[0], at=old)
    deliveries.post("waits", {"to": []}, at=old)
    assert schedule.tick(NOW)
    assert not schedule.tick(NOW)
    assert list(Job.objects.values_list("state", flat=True)) == ["ready"]
    assert list(Delivery.objects.values_list("key", flat=True)) == ["waits"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_seen_works_and_stops_kindly(no_lake: None) -> None:
    cache.clear()
    work = Worker("here")
    thread = threading.Thread(target=work.run)
    thread.start()
    try:
        until(lambda: cache.get(WORKER_KEY))
        handle = chores.add.enqueue(4, 5)
        until(lambda: Job.objects.get(pk=handle.id).state == "done")
    finally:
        work.stop()
        thread.join(60)
    assert not thread.is_alive()
    assert cache.get(WORKER_KEY)["name"] == "here"


@pytest.mark.django_db(transaction=True)
def test_one_stumble_does_not_end_the_watch(monkeypatch: pytest.MonkeyPatch, no_lake: None) -> None:
    cache.clear()
    calls: list[int] = []

    def stumble_once(at: object) -> int:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("the database was away")
        return 0

    monkeypatch.setattr(clock, "tick", stumble_once)
    monkeypatch.setattr(loop, "_STUMBLE_SECONDS", 0.05)
    work = Worker("here")
    thread = threading.Thread(target=work.run)
    thread.start()
    until(lambda: len(calls) > 1)
    work.stop()
    thread.join(60)
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_a_stop_waits_for_all_threads_together_and_says_that_some_did_not_end(
    monkeypatch: pytest.MonkeyPatch, no_lake: None
) -> None:
    cache.clear()
    begun, over = threading.Semaphore(0), threading.Event()

    def hang(*_: object) -> bool:
        begun.release()
        over.wait(60)
        return False

    for name in ("_notices", "_post", "_webhooks", "_feeds", "_jobs"):
        monkeypatch.setattr(Worker, name, hang)
    monkeypatch.setattr(loop, "_PATIENCE_SECONDS", 2.0)
    work, ended = Worker("stuck"), list[bool]()
    thread = threading.Thread(target=lambda: ended.append(work.run()))
    thread.start()
    for _ in range(5):
        assert begun.acquire(timeout=60)
    asked = time.monotonic()
    work.stop()
    thread.join(60)
    seconds = time.monotonic() - asked
    over.set()
    assert ended == [False]
    # five threads, each waited for in its turn, would be ten seconds
    assert seconds < 8


def test_a_worker_told_to_stop_does_not_stay_for_threads_of_work_that_it_gave_back(tmp_path: Path) -> None:
    marker = tmp_path / "begun"
    code = (
        "import sys\nfrom goodwill.cli.opening import open_house\nopen_house()\n"
        "from goodwill.worker import loop\nfrom tests.worker import chores\n"
        "chores.dig.enqueue(sys.argv[1])\nloop._PATIENCE_SECONDS = 0.5\n"
        "from goodwill.cli.worker import worker\nworker([])\n"
    )
    doomed = subprocess.Popen([sys.executable, "-c", code, str(marker)], env=environment(tmp_path), cwd=ROOT)
    try:
        until(marker.exists, 60)
        doomed.terminate()
        # the work goes on for two minutes
        assert doomed.wait(timeout=60) == 0
    finally:
        doomed.kill()
        doomed.wait()
    with closing(sqlite3.connect(tmp_path / "goodwill.sqlite3")) as rows:
        found = rows.execute("SELECT state, fence FROM store_job WHERE task LIKE '%chores%'").fetchall()
    assert found == [("ready", 0)]


@pytest.mark.django_db(transaction=True)
def test_work_that_takes_too_long_to_end_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "_PATIENCE_SECONDS", 0.1)
    chores.add.enqueue(1, 1)
    work = Worker("leaving")
    work.hand.held = jobs.claim("leaving", at=timezone.now())
    work.stop()
    work.run()
    job = Job.objects.get()
    assert (job.state, job.fence) == ("ready", 0)
    connection.close()
