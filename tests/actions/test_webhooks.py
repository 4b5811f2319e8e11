"""Webhooks are made by whoever changes the settings, at addresses that may be called; their secrets are shown once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from goodwill.actions import backups, webhook_letters, webhooks
from goodwill.actions.webhook_letters import Letter
from goodwill.actions.webhooks import Made, Wanted
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import NOBODY, OPERATOR, Viewer
from goodwill.reads import exports
from goodwill.reads import webhooks as reads
from goodwill.store import journal
from goodwill.store.deliveries import Delivery
from goodwill.store.journal import JournalEntry
from goodwill.store.webhooks import Webhook
from goodwill.worker import schedule
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db(transaction=True)

URL = "https://8.8.8.8/in"
"""A public address: written as numbers it needs no name server, and nothing is sent to it."""


def make(url: str = URL, *kinds: Entry, by: Viewer = OPERATOR) -> Any:
    """A webhook, for all kinds unless some are named."""
    return webhooks.make(Wanted("Till", url, kinds or None), by=by, at=NOW)


@pytest.fixture
def made(cast: Cast) -> Iterator[Made]:
    """A webhook for everything."""
    done = make()
    assert isinstance(done, Made)
    yield done


def happen(customer_id: int | None = None) -> int:
    """Something happens to a customer."""
    return journal.write(Entry.PROMISE_KEPT, by=OPERATOR, at=NOW, customer_id=customer_id).pk


def take(*, at: datetime = NOW, most: int = 100, under_way: dict[int, int] | None = None) -> list[Letter]:
    """What may be sent now."""
    return webhook_letters.take(at=at, most=most, under_way=under_way or {})


def last_entry() -> tuple[str, dict[str, Any]]:
    """The newest entry of the journal."""
    row = JournalEntry.objects.order_by("-pk")[0]
    return row.kind, row.facts


def test_a_webhook_begins_now_and_the_journal_says_so_without_its_address(cast: Cast) -> None:
    happen()
    done = make(URL, Entry.PROMISE_KEPT, by=cast.viewer(cast.administrator))
    assert isinstance(done, Made)
    assert done.secret.startswith("whsec_")
    assert done.secret not in repr(done)
    assert last_entry() == ("webhook_made", {"webhook_id": done.id, "kinds": ["promise_kept"]})
    webhook_letters.follow(at=NOW)
    assert not Delivery.objects.exists()
    again = make()
    assert isinstance(again, Made)
    assert again.secret != done.secret


@pytest.mark.parametrize("who", ["agent", "stranger", "manager", "accountant"])
def test_whoever_may_not_change_the_settings_neither_does_nor_sees(cast: Cast, made: Made, who: str) -> None:
    viewer, entries = cast.viewer(getattr(cast, who)), JournalEntry.objects.count()
    Delivery.objects.create(kind="webhook", key="dead", state="failed", webhook_id=made.id, created_at=NOW)
    refused = [
        make(by=viewer),
        webhooks.change(made.id, Wanted("Mine", URL, None), by=viewer, at=NOW),
        webhooks.rotate(made.id, by=viewer, at=NOW),
        webhooks.pause(made.id, by=viewer, at=NOW),
        webhooks.resume(made.id, by=viewer, at=NOW),
        webhooks.test(made.id, by=viewer, at=NOW),
        webhooks.remove(made.id, by=viewer, at=NOW),
        webhook_letters.resend(Delivery.objects.get().pk, by=viewer, at=NOW),
        webhook_letters.resend_all(made.id, by=viewer, at=NOW),
    ]
    assert all(isinstance(done, Refusal) for done in refused)
    assert JournalEntry.objects.count() == entries
    assert reads.listed(viewer) == []
    assert reads.one(viewer, made.id) is None
    assert reads.log(viewer, made.id).lines == ()
    assert reads.sent(viewer, made.id, Delivery.objects.get().pk) is None
    assert reads.listed(NOBODY) == reads.listed(cast.customer) == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", Reason.REQUIRED),
        ("till.example/in", Reason.NOT_A_WEB_ADDRESS),
        ("https://user:word@8.8.8.8/", Reason.NOT_A_WEB_ADDRESS),
        ("http://8.8.8.8/in", Reason.NOT_ENCRYPTED),
        ("HTTP://8.8.8.8/in", Reason.NOT_ENCRYPTED),
        ("https://127.0.0.1/in", Reason.PRIVATE_ADDRESS),
        ("https://169.254.169.254/latest/meta-data", Reason.PRIVATE_ADDRESS),
        ("https://" + "a" * 2_000, Reason.TOO_LONG),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_when_it_is_saved(
    cast: Cast, made: Made, url: str, reason: Reason
) -> None:
    for done in (make(url), webhooks.change(made.id, Wanted("Till", url, None), by=OPERATOR, at=NOW)):
        assert isinstance(done, Refusal)
        assert (done.reason, done.field) == (reason, "url")
    assert Webhook.objects.get().url == URL


def test_http_goes_to_a_host_of_our_own_that_is_named(cast: Cast, settings: Any) -> None:
    settings.PRIVATE_HOSTS = frozenset({"127.0.0.1"})
    assert isinstance(make("http://127.0.0.1:9/in"), Made)
    assert isinstance(make("http://8.8.8.8/"), Refusal)


def test_a_name_and_a_choice_are_needed_and_there_is_an_end_to_webhooks(cast: Cast) -> None:
    for wanted, field in ((Wanted(" ", URL, None), "name"), (Wanted("Till", URL, []), "kinds")):
        done = webhooks.make(wanted, by=OPERATOR, at=NOW)
        assert isinstance(done, Refusal)
        assert (done.reason, done.field) == (Reason.REQUIRED, field)
    long = webhooks.make(Wanted("x" * 81, URL, None), by=OPERATOR, at=NOW)
    assert isinstance(long, Refusal)
    assert long.reason is Reason.TOO_LONG
    for _ in range(webhooks.MOST):
        assert isinstance(make(), Made)
    assert make().reason is Reason.TOO_MANY


def test_every_deed_done_twice_leaves_one_trace_where_nothing_changed(cast: Cast, made: Made) -> None:
    wanted = Wanted("  The   till ", URL, [Entry.PROMISE_KEPT, Entry.PROMISE_BROKEN])
    deeds: list[Callable[[], object]] = [
        lambda: webhooks.change(made.id, wanted, by=OPERATOR, at=NOW),
        lambda: webhooks.pause(made.id, by=OPERATOR, at=NOW),
        lambda: webhooks.resume(made.id, by=OPERATOR, at=NOW),
    ]
    for deed in deeds:
        before = JournalEntry.objects.count()
        assert isinstance(deed(), Webhook)
        assert isinstance(deed(), Webhook)
        assert JournalEntry.objects.count() == before + 1
    hook = Webhook.objects.get()
    assert (hook.name, hook.kinds, hook.wants_all) == ("The till", ["promise_broken", "promise_kept"], False)
    assert webhooks.remove(made.id, by=OPERATOR, at=NOW) == 0
    assert last_entry() == ("webhook_removed", {"webhook_id": made.id})
    assert isinstance(webhooks.remove(made.id, by=OPERATOR, at=NOW), Refusal)
    for gone in (webhooks.rotate, webhooks.pause, webhooks.resume, webhooks.test, webhook_letters.resend_all):
        assert isinstance(gone(made.id, by=OPERATOR, at=NOW), Refusal)
    assert isinstance(webhooks.change(made.id, wanted, by=OPERATOR, at=NOW), Refusal)


def test_a_removed_webhook_takes_its_events_with_it(cast: Cast, made: Made) -> None:
    happen(cast.buyer.pk)
    webhook_letters.follow(at=NOW)
    letter = take()[0]
    assert webhooks.remove(made.id, by=OPERATOR, at=NOW) == Delivery.objects.count() + 2
    webhook_letters.delivered(letter, at=NOW)
    webhook_letters.put_off(letter, "http_500", at=NOW)
    assert not Delivery.objects.exists()


def test_a_webhook_resumed_with_a_skip_is_told_only_what_happens_then(cast: Cast, made: Made) -> None:
    happen(cast.buyer.pk)
    webhook_letters.follow(at=NOW)
    webhooks.pause(made.id, by=OPERATOR, at=NOW)
    happen(cast.buyer.pk)
    assert take() == []
    webhooks.resume(made.id, skip=True, by=OPERATOR, at=NOW)
    webhook_letters.follow(at=NOW)
    assert [row.event for row in Delivery.objects.all()] == ["webhook_changed"], "its own resumption is news"


def test_what_a_worker_holds_is_not_sent_by_another_when_the_webhook_is_resumed(cast: Cast, made: Made) -> None:
    happen(cast.buyer.pk)
    webhook_letters.follow(at=NOW)
    held = take()
    webhooks.pause(made.id, by=OPERATOR, at=NOW)
    webhooks.resume(made.id, by=OPERATOR, at=NOW)
    assert {letter.id for letter in take()} & {letter.id for letter in held} == set()
    assert {letter.id for letter in take(at=NOW + webhooks.TAKEN_FOR)} >= {letter.id for letter in held}


def test_the_database_itself_keeps_a_lane_to_one_at_a_time(cast: Cast, made: Made) -> None:
    lane = {"kind": "webhook", "webhook_id": made.id, "lane": 7, "created_at": NOW, "next_at": NOW}
    Delivery.objects.create(key="one", **lane)
    Delivery.objects.create(key="two", **lane | {"state": "queued"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(key="three", **lane)


def test_a_webhook_that_fails_is_tried_with_one_event_at_a_time(cast: Cast, made: Made) -> None:
    for n in range(1, 20):
        happen(n)
    webhook_letters.follow(at=NOW)
    letters = take()
    assert len(letters) == webhook_letters.AT_ONCE
    assert take(under_way={made.id: 4}) == []
    assert take(most=0) == []
    webhook_letters.put_off(letters[0], "too_slow", at=NOW)
    assert len(take()) == 1
    webhook_letters.delivered(letters[1], at=NOW)
    assert len(take()) == webhook_letters.AT_ONCE


def test_the_end_of_a_worker_that_was_too_slow_changes_nothing_for_the_next(cast: Cast, made: Made) -> None:
    happen(cast.buyer.pk)
    webhook_letters.follow(at=NOW)
    slow = next(letter for letter in take() if letter.lane)
    later = NOW + webhooks.TAKEN_FOR
    again = next(letter for letter in take(at=later) if letter.lane)
    assert (slow.key, slow.body, again.attempt) == (again.key, again.body, 2)
    webhook_letters.put_off(slow, "too_slow", at=later)
    assert Delivery.objects.get(pk=slow.id).last_error == ""
    webhook_letters.delivered(slow, at=later)
    webhook_letters.put_off(again, "http_500", at=later)
    assert Delivery.objects.get(pk=slow.id).state == "delivered", "one who took it has taken it"


def test_two_workers_share_the_events_and_send_none_twice(cast: Cast, made: Made) -> None:
    def work(begin: int) -> list[tuple[str, int]]:
        sent = []
        try:
            for n in range(begin, begin + 20):
                happen(n % 5 + 1)  # events are taken up while the one before them in their lane ends
                webhook_letters.follow(at=NOW)
                for letter in take():
                    sent.append((letter.key, letter.attempt))
                    webhook_letters.delivered(letter, at=NOW)
        finally:
            connection.close()
        return sent

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, (0, 3))
    webhook_letters.follow(at=NOW)
    while letters := take():
        for letter in letters:
            first.append((letter.key, letter.attempt))
            webhook_letters.delivered(letter, at=NOW)
    assert not Delivery.objects.exclude(state="delivered").exists(), "no lane was left standing"
    everything = [*first, *second]
    assert len(everything) == len(set(everything)) == Delivery.objects.count() == 41
    assert {attempt for _, attempt in everything} == {1}
    for lane in range(14):
        numbers = Delivery.objects.filter(lane=lane).order_by("id").values_list("body", flat=True)
        assert list(numbers) == sorted(numbers, key=lambda body: int(body.split(":")[1].split(",")[0]))


def test_the_nightly_work_forgets_what_arrived_and_what_died_a_month_ago(cast: Cast, made: Made) -> None:
    old = NOW - schedule.KEPT - timedelta(days=1)
    common = {"kind": "webhook", "webhook_id": made.id, "created_at": old}
    Delivery.objects.create(key="arrived", state="delivered", delivered_at=old, **common)
    Delivery.objects.create(key="dead", state="failed", failed_at=old, **common)
    Delivery.objects.create(key="died lately", state="failed", failed_at=NOW, **common)
    Delivery.objects.create(key="waits", state="waiting", next_at=old, **common)
    Delivery.objects.create(key="letter", kind="mail", state="failed", created_at=old)
    schedule.nightly(NOW)
    assert set(Delivery.objects.values_list("key", flat=True)) == {"died lately", "waits", "letter"}


def test_a_house_put_back_speaks_to_nobody_until_somebody_says_so(cast: Cast, made: Made, tmp_path: Path) -> None:
    happen(cast.buyer.pk)
    webhook_letters.follow(at=NOW)
    keys = set(Delivery.objects.values_list("key", flat=True))
    backups.back_up(tmp_path / "b.zip", tmp_path / "files", by=OPERATOR, at=NOW)
    backups.restore(tmp_path / "b.zip", tmp_path / "files", replace=True, by=OPERATOR, at=NOW)
    hook = Webhook.objects.get()
    assert (hook.is_active, hook.paused_why, hook.secret) == (False, "restored", made.secret)
    assert set(Delivery.objects.values_list("key", flat=True)) == keys
    webhooks.resume(made.id, by=OPERATOR, at=NOW)
    webhook_letters.follow(at=NOW)
    assert keys < set(Delivery.objects.values_list("key", flat=True))


def test_an_export_holds_webhooks_without_their_secrets(cast: Cast, made: Made) -> None:
    rows = {noun.name: [list(row) for row in noun.rows] for noun in exports.everything(OPERATOR)}
    assert URL in rows["webhooks"][0]
    assert made.secret not in str(rows)
    assert made.secret not in str(reads.listed(OPERATOR))
    assert "webhooks" not in {noun.name for noun in exports.everything(cast.viewer(cast.manager))}
