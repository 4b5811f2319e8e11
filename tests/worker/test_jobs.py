"""Long work: claimed once, renewed while it runs, taken up again when its worker dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from goodwill.actions import jobs
from goodwill.store.jobs import Job
from goodwill.worker.jobs import Heartbeat, JobHand
from tests.worker import chores

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_a_job_runs_and_its_result_is_found_by_its_id() -> None:
    handle = chores.add.enqueue(2, right=3)
    assert handle.status is TaskResultStatus.READY
    assert JobHand("one").run_next()
    handle.refresh()
    assert (handle.status, handle.return_value, handle.attempts) == (TaskResultStatus.SUCCESSFUL, 5, 1)
    assert not JobHand("one").run_next()


@pytest.mark.django_db
def test_an_unknown_id_has_no_result() -> None:
    with pytest.raises(TaskResultDoesNotExist):
        chores.add.get_result("no-such-job")


@pytest.mark.django_db(transaction=True)
def test_a_rollback_takes_the_job_with_it() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        chores.add.enqueue(1, 1)
        raise RuntimeError
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_the_urgent_job_goes_first_and_the_oldest_next() -> None:
    older, newer, urgent = chores.add.enqueue(1, 1), chores.add.enqueue(2, 2), chores.urgent.enqueue()
    at = timezone.now()
    claimed = [jobs.claim("one", at=at) for _ in range(3)]
    assert [str(c.id) for c in claimed if c] == [urgent.id, older.id, newer.id]
    assert jobs.claim("one", at=at) is None


@pytest.mark.django_db
def test_a_job_does_not_start_before_its_time() -> None:
    at = timezone.now()
    chores.add.using(run_after=at + timedelta(hours=1)).enqueue(1, 1)
    assert jobs.claim("one", at=at) is None
    assert jobs.claim("one", at=at + timedelta(hours=1)) is not None


@pytest.mark.django_db
def test_a_failing_job_is_tried_later_and_later_and_then_given_up_with_its_error() -> None:
    handle = chores.stumble.enqueue()
    waits = []
    for _ in range(jobs.MOST_ATTEMPTS):
        Job.objects.update(run_after=None)
        before = timezone.now()
        assert JobHand("one").run_next()
        after = Job.objects.get().run_after
        if after:
            waits.append((after - before).total_seconds())
    assert [round(wait) for wait in waits] == [10, 20, 40, 80]
    handle.refresh()
    assert handle.status is TaskResultStatus.FAILED
    assert handle.errors[0].exception_class is LookupError
    assert "nothing was found here" in handle.errors[0].traceback
    assert not JobHand("one").run_next()


@pytest.mark.django_db
def test_a_task_that_no_longer_exists_fails_visibly() -> None:
    Job.objects.create(task="tests.worker.chores.gone", enqueued_at=timezone.now())
    assert JobHand("one").run_next()
    assert Job.objects.get().error.startswith("builtins.ImportError")


@pytest.mark.django_db
def test_a_task_is_told_its_attempt() -> None:
    handle = chores.attempts.enqueue()
    JobHand("one").run_next()
    handle.refresh()
    assert handle.return_value == 1


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_cannot_write_results() -> None:
    chores.add.enqueue(1, 1)
    at = timezone.now()
    slow = jobs.claim("slow", at=at)
    assert slow
    assert jobs.claim("quick", at=at + jobs.LEASE) is None
    quick = jobs.claim("quick", at=at + jobs.LEASE + timedelta(seconds=1))
    assert quick
    assert quick.fence == 2
    assert not jobs.renew(slow, at=at)
    assert not jobs.finish(slow, "stale", at=at)
    assert not jobs.fail(slow, ValueError("stale"), "", at=at)
    assert not jobs.release(slow)
    assert jobs.finish(quick, "fresh", at=at)
    assert (Job.objects.get().result, Job.objects.get().state) == ("fresh", "done")


@pytest.mark.django_db
def test_a_job_whose_workers_always_die_is_given_up() -> None:
    handle = chores.add.enqueue(1, 1)
    at = timezone.now()
    for number in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim("mortal", at=at + number * 2 * jobs.LEASE)
    assert jobs.claim("mortal", at=at + 20 * jobs.LEASE) is None
    handle.refresh()
    assert handle.status is TaskResultStatus.FAILED
    assert "died" in handle.errors[0].traceback


@pytest.mark.django_db
def test_a_job_given_back_is_claimed_at_once_and_the_attempt_does_not_count() -> None:
    chores.add.enqueue(1, 1)
    at = timezone.now()
    first = jobs.claim("leaving", at=at)
    assert first
    assert jobs.release(first)
    again = jobs.claim("staying", at=at)
    assert again
    assert again.fence == 1


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_renews_a_lease_and_notices_when_it_is_lost() -> None:
    chores.add.enqueue(1, 1)
    lease = timedelta(seconds=0.6)
    held = jobs.claim("one", at=timezone.now(), lease=lease)
    assert held
    heart = Heartbeat(held, lease)
    heart.start()
    first = Job.objects.get().leased_until
    _until(lambda: Job.objects.get().leased_until != first)
    Job.objects.update(fence=7)
    assert heart.lost.wait(60)
    heart.over.set()
    heart.join()


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_one_job() -> None:
    for number in range(40):
        chores.add.enqueue(number, 0)
    taken: list[str] = []

    def work(name: str) -> None:
        try:
            while (held := jobs.claim(name, at=timezone.now())) is not None:
                taken.append(str(held.id))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 40


_WORK = """
import os, sys, django
django.setup()
from datetime import timedelta
from goodwill.worker.jobs import JobHand
from tests.worker import chores
from django.core.management import call_command
what = sys.argv[1]
if what == "enqueue":
    call_command("migrate", verbosity=0)
    print(chores.post_once.enqueue(sys.argv[2]).id)
elif what == "work":
    JobHand(str(os.getpid()), lease=timedelta(seconds=2)).run_next()
else:
    from goodwill.store.deliveries import Delivery
    result = chores.post_once.get_result(sys.argv[2])
    print(result.status.value, result.attempts, Delivery.objects.count())
"""


def test_a_job_survives_the_killing_of_its_worker_and_takes_effect_once(tmp_path: Path) -> None:
    marker = str(tmp_path / "begun")
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"GOODWILL_HOME": str(tmp_path)}

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _WORK, *words]
        return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def say(*words: str) -> str:
        out, _ = start(*words).communicate(timeout=120)
        return out.strip()

    job_id = say("enqueue", marker)
    doomed = start("work")
    _until(Path(marker).exists)
    doomed.send_signal(signal.SIGKILL)
    doomed.communicate()
    assert say("look", job_id) == "RUNNING 1 1"
    say("work")  # within the lease nobody may touch it
    time.sleep(2)
    say("work")
    assert say("look", job_id) == "SUCCESSFUL 2 1"


def _until(holds: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
