"""Notices at work: killed at any instant or doubled, people are told once; letters leave once, and not at night."""

import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import override_settings

from goodwill.actions import erasures, notice_letters, notice_marks
from goodwill.actions import notices as deeds
from goodwill.actions.notice_letters import Due, Purpose
from goodwill.config.environment import MailServer
from goodwill.domain.entries import Entry
from goodwill.domain.notices import Kind, Way, Wishes
from goodwill.domain.quiet_hours import DIGEST_AT, QUIET_FROM, QUIET_UNTIL
from goodwill.reads import notice_letters as letters
from goodwill.store import journal
from goodwill.store.deliveries import Delivery
from goodwill.store.journal import JournalEntry
from goodwill.store.notices import Notice, NoticeBookmark, NoticePlan
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from goodwill.worker import clock, notices
from tests.cast import NOW, Cast, make_cast
from tests.cli.commands import until

ROOT = Path(__file__).resolve().parents[2]
HOUR = timedelta(hours=1)
LATER = NOW + 3 * HOUR
"""Wednesday, 13:00 in Berlin."""
EVENING = datetime(2026, 3, 4, 21, 0, tzinfo=UTC)
THURSDAY_8 = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
SERVER = MailServer("127.0.0.1", 9, "", "", use_tls=False, use_ssl=False)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast in a house whose journal has been read to its end."""
    made = make_cast()
    deeds.follow(at=NOW)
    return made


def wants(cast: Cast, person: Person, way: Way, **times: Any) -> None:
    hours = {"digest_at": DIGEST_AT, "quiet_from": QUIET_FROM, "quiet_until": QUIET_UNTIL} | times
    wishes = Wishes(dict.fromkeys(Kind, way), rests_on_days_off=True, **hours)
    notice_marks.prefer(wishes, by=cast.viewer(person), at=NOW)


def only_to(cast: Cast, *people: Person) -> None:
    for person in (cast.agent, cast.manager, cast.mate, cast.head):
        if person not in people:
            wants(cast, person, Way.BELL)


@pytest.fixture
def mail() -> Any:
    """A house that sends letters; nothing here carries them out."""
    with override_settings(MAIL_SERVER=SERVER):
        yield


def tray() -> list[Delivery]:
    return list(Delivery.objects.order_by("id"))


# ---------------------------------------------------------------- the digest


def test_the_digest_leaves_on_the_next_working_morning_once(cast: Cast, mail: None) -> None:
    only_to(cast, cast.agent)
    cast.promise()
    clock.tick(LATER)
    assert notices.tick(LATER)
    assert tray() == []
    assert NoticePlan.objects.get(person=cast.agent).digest_wakes_at == THURSDAY_8
    assert not notices.tick(THURSDAY_8 - timedelta(seconds=1))
    assert notices.tick(THURSDAY_8)
    assert not notices.tick(THURSDAY_8 + 24 * HOUR)
    [letter] = tray()
    assert letter.key == f"notices:{cast.agent.pk}:digest:{THURSDAY_8.isoformat()}"
    assert letter.payload["to"] == ["agent@vektor.example"]
    assert letter.payload["subject"] == "1 notice from Vektor"
    body = letter.payload["body"]
    for words in (
        "A promise was broken in silence.",
        "Berta Buyer · call back about the jacket · due 4 Mar 2026, 12:00",
        "because you owe it",
        f"http://127.0.0.1:8000/notices/{Notice.objects.get(person=cast.agent).pk}/",
        "/preferences/notices/",
    ):
        assert words in body
    assert "agent@" not in body and "EUR" not in body


def test_who_has_read_everything_gets_no_letter(cast: Cast, mail: None) -> None:
    only_to(cast, cast.agent)
    cast.promise()
    clock.tick(LATER)
    notices.tick(LATER)
    notice_marks.read_all(by=cast.viewer(cast.agent), at=LATER)
    notices.tick(THURSDAY_8)
    assert tray() == [] and NoticePlan.objects.get(person=cast.agent).digest_wakes_at is None


def test_the_next_digest_tells_of_what_is_new_and_counts_what_lies_unread(cast: Cast, mail: None) -> None:
    only_to(cast, cast.agent)
    cast.promise()
    clock.tick(LATER)
    notices.tick(LATER)
    notices.tick(THURSDAY_8)
    cast.promise(due_at=THURSDAY_8 + HOUR)
    clock.tick(THURSDAY_8 + 2 * HOUR)
    notices.tick(THURSDAY_8 + 2 * HOUR)
    notices.tick(THURSDAY_8 + 24 * HOUR)
    assert [letter.payload["subject"] for letter in tray()] == ["1 notice from Vektor"] * 2
    assert "1 earlier notice is still unread." in tray()[1].payload["body"]


def test_the_letter_is_in_the_readers_language_and_zone(cast: Cast, mail: None) -> None:
    only_to(cast, cast.agent)
    Person.objects.get_queryset().filter(pk=cast.agent.pk).update(language="hu", zone="Asia/Tokyo")
    cast.promise()
    clock.tick(LATER)
    notices.tick(LATER)
    plan = NoticePlan.objects.get(person=cast.agent)
    assert plan.digest_wakes_at == datetime(2026, 3, 4, 23, 0, tzinfo=UTC)
    notices.tick(THURSDAY_8)
    assert "20:00" in tray()[0].payload["body"] and "2026" in tray()[0].payload["body"]
    assert "Vektor" in tray()[0].payload["subject"] and "notice" not in tray()[0].payload["subject"]


def test_a_long_list_is_cut_and_says_so(cast: Cast, mail: None) -> None:
    only_to(cast, cast.agent)
    notice = {"person": cast.agent, "kind": "promise_broken", "code": "broken_silent", "why": "owes", "made_at": NOW}
    promise = cast.promise()
    for n in range(letters.OF_A_KIND + 2):
        about = {"promise_id": promise.pk, "customer_id": cast.buyer.pk}
        Notice.objects.create(entry_id=n, last_entry_id=n, hour_at=NOW + n * HOUR, **about, **notice)
    written = letters.write(cast.viewer(cast.agent), Way.DIGEST, is_digest=True)
    assert written is not None and len(written.told) == letters.OF_A_KIND + 2
    assert "… and 2 more" in str(written.payload["body"])


def test_a_house_without_a_mail_server_writes_no_letter(cast: Cast) -> None:
    cast.promise()
    clock.tick(LATER)
    with override_settings(MAIL_SERVER=None):
        notices.tick(LATER)
        notices.tick(THURSDAY_8)
    assert tray() == []


# ---------------------------------------------------------------- at once, and quiet hours


def test_a_letter_at_once_leaves_at_once_by_day_and_the_next_one_a_while_later(cast: Cast, mail: None) -> None:
    only_to(cast)
    wants(cast, cast.agent, Way.AT_ONCE)
    cast.promise()
    clock.tick(LATER)
    notices.tick(LATER)
    assert len(tray()) == 1
    cast.promise()
    soon = LATER + timedelta(minutes=5)
    clock.tick(soon)
    notices.tick(soon)
    assert len(tray()) == 1
    notices.tick(LATER + deeds.APART)
    assert len(tray()) == 2
    assert not notices.tick(LATER + 5 * HOUR)


def test_letters_of_the_night_leave_as_one_in_the_morning(cast: Cast, mail: None) -> None:
    only_to(cast)
    wants(cast, cast.agent, Way.AT_ONCE)
    for minutes in (0, 30, 200):
        at = EVENING + timedelta(minutes=minutes)
        cast.promise(due_at=at - timedelta(seconds=1))
        clock.tick(at)
        notices.tick(at)
    assert tray() == []
    morning = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)
    assert not notices.tick(morning - timedelta(seconds=1))
    notices.tick(morning)
    assert [letter.payload["subject"] for letter in tray()] == ["3 notices from Vektor"]


def test_a_letter_that_a_sleeping_worker_missed_still_waits_for_the_end_of_the_night(cast: Cast, mail: None) -> None:
    only_to(cast)
    wants(cast, cast.agent, Way.AT_ONCE)
    cast.promise()
    clock.tick(LATER)
    deeds.follow(at=LATER)
    notices.tick(EVENING)  # it was due at noon, but nobody was there
    assert tray() == []
    notices.tick(datetime(2026, 3, 5, 6, 0, tzinfo=UTC))
    assert len(tray()) == 1


def test_what_is_noted_while_a_letter_is_written_goes_into_the_next_one(cast: Cast, mail: None) -> None:
    only_to(cast)
    wants(cast, cast.agent, Way.AT_ONCE)
    cast.promise()
    clock.tick(LATER)
    deeds.follow(at=LATER)
    [due] = notice_letters.due(at=LATER)
    written = letters.write(cast.viewer(cast.agent), Way.AT_ONCE, is_digest=False)
    assert written is not None
    about = {"customer_id": cast.buyer.pk, "promise_id": Promise.objects.get().pk}
    journal.write(Entry.PROMISE_CORRECTED, by=cast.viewer(cast.mate), at=LATER, **about)
    deeds.follow(at=LATER)
    assert notice_letters.post(due, written.payload, written.told, at=LATER)
    assert NoticePlan.objects.get(person=cast.agent).letter_wakes_at == LATER + deeds.APART
    notices.tick(LATER + deeds.APART)
    assert len(tray()) == 2


# ---------------------------------------------------------------- sight


def test_the_stranger_is_never_told_and_who_lost_sight_reads_nothing_of_it(cast: Cast, mail: None) -> None:
    only_to(cast, cast.mate)
    cast.buyer.deputy = cast.mate
    cast.buyer.save()
    cast.promise()
    clock.tick(LATER)
    notices.tick(LATER)
    assert not Notice.objects.filter(person=cast.stranger).exists()
    cast.mate.assignments.all().delete()
    notices.tick(THURSDAY_8)
    assert tray() == []


def test_a_letter_tells_nothing_of_the_erased(cast: Cast, mail: None) -> None:
    only_to(cast, cast.agent)
    cast.promise()
    clock.tick(LATER)
    notices.tick(LATER)
    erasures.erase(cast.buyer.pk, by=cast.viewer(cast.head), at=LATER)
    notices.tick(THURSDAY_8)
    assert tray() == []


# ---------------------------------------------------------------- killed and doubled


def test_a_worker_killed_while_it_posts_sends_one_letter_all_the_same(
    cast: Cast, mail: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_to(cast, cast.agent)
    cast.promise()
    clock.tick(LATER)
    notices.tick(LATER)

    def die(*args: Any, **kwargs: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(notice_letters, "next_digest", die)
        patch.setattr(NoticePlan, "save", die)
        with pytest.raises(KeyboardInterrupt):
            notices.tick(THURSDAY_8)
    assert tray() == [] and not Notice.objects.exclude(mailed_at=None).exists()
    notices.tick(THURSDAY_8)
    notices.tick(THURSDAY_8)
    assert len(tray()) == 1


def test_two_workers_with_one_letter_post_it_once(cast: Cast) -> None:
    only_to(cast, cast.agent)
    cast.promise()
    clock.tick(LATER)
    deeds.follow(at=LATER)
    [due] = notice_letters.due(at=THURSDAY_8)
    posted = [notice_letters.post(due, {"to": ["a@b.example"]}, (), at=THURSDAY_8) for _ in range(2)]
    assert posted == [True, False]
    assert not notice_letters.put_off(Due(cast.agent.pk, Purpose.AT_ONCE, NOW), at=EVENING)
    assert len(tray()) == 1


_WORKER = """
import sys
from datetime import datetime
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from goodwill.actions import notices
from goodwill.worker import notices as work
notices.BATCH = 10
work.BATCHES = 10_000
print("ready", flush=True)
sys.stdin.readline()
work.tick(datetime.fromisoformat(sys.argv[2]))
"""
MANY = 400


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


def go(begun: "subprocess.Popen[str]") -> None:
    assert begun.stdin is not None
    begun.stdin.write("\n")
    begun.stdin.flush()


def many(cast: Cast) -> None:
    """Four hundred promises that broke; the agent owes them, the manager answers for them."""
    mould = cast.promise()
    fields = {f.attname: getattr(mould, f.attname) for f in Promise._meta.concrete_fields if f.attname != "id"}
    Promise.objects.bulk_create([Promise(**fields) for _ in range(MANY - 1)])
    clock.tick(LATER)


def has_moved(stood: int, begun: "subprocess.Popen[str]") -> bool:
    """Whether the worker has read on, or is done."""
    return NoticeBookmark.objects.get().last_id > stood or begun.poll() is not None


def everything_is_told_once(cast: Cast) -> None:
    assert NoticeBookmark.objects.get().last_id == JournalEntry.objects.order_by("-pk")[0].pk
    for person in (cast.agent, cast.manager):
        rows = Notice.objects.filter(person=person)
        assert (rows.count(), rows.aggregate(n=Sum("count"))["n"]) == (1, MANY)


def test_a_worker_killed_again_and_again_tells_everything_exactly_once(cast: Cast) -> None:
    many(cast)
    dice = random.Random(4)
    end = JournalEntry.objects.order_by("-pk")[0].pk
    caught = 0
    for _ in range(4):
        stood = NoticeBookmark.objects.get().last_id
        begun = worker()
        go(begun)
        until(partial(has_moved, stood, begun))
        time.sleep(dice.uniform(0, 0.02))  # anywhere within a batch
        begun.send_signal(signal.SIGKILL)
        begun.communicate()
        caught += NoticeBookmark.objects.get().last_id < end
    assert caught, "no worker was killed in the middle of its work"
    last = worker()
    go(last)
    last.communicate(timeout=120)
    assert last.returncode == 0
    everything_is_told_once(cast)


def test_two_workers_tell_everything_exactly_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    many(cast)
    monkeypatch.setattr(deeds, "BATCH", 10)
    both = threading.Barrier(2)

    def work() -> None:
        try:
            both.wait(30)
            while NoticeBookmark.objects.get().last_id < JournalEntry.objects.order_by("-pk")[0].pk:
                deeds.follow(at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for running in [pool.submit(work) for _ in range(2)]:
            running.result(120)
    everything_is_told_once(cast)


def test_of_two_workers_that_begin_one_sets_the_bookmark(transactional_db: None) -> None:
    make_cast()
    deeds._begin(NOW)
    deeds._begin(LATER)
    assert NoticeBookmark.objects.get().moved_at == NOW
