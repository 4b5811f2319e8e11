"""The watch over promises: killed at any instant and begun again, or doubled, it breaks each promise exactly once."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from goodwill.store.journal import JournalEntry
from goodwill.store.promises import Promise
from goodwill.worker import clock
from tests.cast import NOW, Cast, make_cast

ROOT = Path(__file__).resolve().parents[2]
LATER = NOW + timedelta(hours=3)
MANY = 1_500
_WORKER = """
import sys
from datetime import datetime
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from goodwill.actions import sweeps
from goodwill.worker import clock
sweeps.BATCH = 25
print("ready", flush=True)
sys.stdin.readline()
clock.tick(datetime.fromisoformat(sys.argv[2]))
"""


@pytest.fixture
def many(transactional_db: None) -> Cast:
    """A firm with many promises that fall due at once, every third one with somebody depending on it."""
    cast = make_cast()
    mould = cast.promise()
    fields = {f.attname: getattr(mould, f.attname) for f in Promise._meta.concrete_fields if f.attname != "id"}
    made = Promise.objects.bulk_create([Promise(**fields) for _ in range(MANY - 1)])
    far = {"due_at": NOW + timedelta(days=90), "wakes_at": NOW + timedelta(days=60)}
    Promise.objects.bulk_create([Promise(**fields | far | {"depends_on_id": promise.pk}) for promise in made[::3]])
    return cast


def worker() -> "subprocess.Popen[str]":
    name = str(connection.settings_dict["NAME"])
    begun = subprocess.Popen(
        [sys.executable, "-c", _WORKER, name, LATER.isoformat()],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert begun.stdout is not None and begun.stdout.readline() == "ready\n"
    return begun


def go(*workers: "subprocess.Popen[str]") -> None:
    for each in workers:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()


def broken_entries() -> Counter[int]:
    return Counter(JournalEntry.objects.filter(kind="promise_broken").values_list("promise_id", flat=True))  # type: ignore[arg-type]


def everything_is_broken_once() -> None:
    due = Promise.objects.filter(due_at__lt=LATER)
    assert not due.exclude(outcome="broken_silent", standing="late", wakes_at=None).exists()
    counted = broken_entries()
    assert set(counted) == set(due.values_list("pk", flat=True))
    assert set(counted.values()) == {1}
    assert set(due.values_list("version", flat=True)) == {1}
    below = Promise.objects.filter(depends_on__isnull=False)
    assert not below.exclude(standing="at_risk", outcome="open").exists()
    risks = Counter(JournalEntry.objects.filter(kind="promise_at_risk").values_list("promise_id", flat=True))
    assert set(risks) == set(below.values_list("pk", flat=True)) and set(risks.values()) == {1}


def test_killed_at_any_instant_no_promise_is_broken_twice_or_missed(many: Cast) -> None:
    chance = random.Random(20260304)
    caught = 0
    for _ in range(6):
        doomed = worker()
        before = sum(broken_entries().values())
        go(doomed)
        while doomed.poll() is None and sum(broken_entries().values()) == before:
            pass  # it is on its way
        time.sleep(chance.uniform(0, 0.05))  # anywhere within its work
        doomed.send_signal(signal.SIGKILL)
        doomed.communicate()
        assert set(broken_entries().values()) <= {1}
        caught += before < sum(broken_entries().values()) < MANY
    assert caught, "no worker was killed in the middle of its work"
    clock.tick(LATER)
    everything_is_broken_once()


def test_two_workers_share_the_work_and_never_double_it(many: Cast) -> None:
    pair = worker(), worker()
    go(*pair)
    for each in pair:
        each.communicate(timeout=120)
        assert each.returncode == 0
    clock.tick(LATER + timedelta(seconds=1))
    everything_is_broken_once()


def test_threads_of_one_worker_never_double_either(many: Cast) -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            clock.tick(LATER)
        except BaseException as problem:
            failed.append(problem)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    clock.tick(LATER + timedelta(seconds=1))
    everything_is_broken_once()


def test_a_tick_with_nothing_to_do_does_nothing(many: Cast) -> None:
    assert clock.tick(NOW) == 0
    assert clock.tick(LATER) == MANY
    assert clock.tick(LATER) == 0
    assert not JournalEntry.objects.filter(actor_id__isnull=False).exists()
