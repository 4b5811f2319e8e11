"""A receiver that fails, hangs, answers twice and comes back gets every event, in order per customer, signed."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from examples.webhook_receiver import verify
from goodwill.actions import webhook_letters, webhooks
from goodwill.actions.webhooks import Made, Wanted
from goodwill.domain import retries
from goodwill.domain.entries import Entry
from goodwill.domain.viewers import OPERATOR
from goodwill.store import journal
from goodwill.store.deliveries import Delivery
from goodwill.store.journal import JournalEntry
from goodwill.store.webhooks import Webhook
from goodwill.worker.webhooks import Carrier, tick
from tests.cast import NOW, Cast
from tests.worker.receivers import Receiver, receiving

pytestmark = pytest.mark.django_db(transaction=True)

SOON = timedelta(seconds=6)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on loopback."""
    with receiving() as mine:
        yield mine


def make(receiver: Receiver, *kinds: Entry, at: datetime = NOW) -> Made:
    """A webhook to this receiver, for these kinds or all."""
    made = webhooks.make(Wanted("Till", receiver.url, kinds or None), by=OPERATOR, at=at)
    assert isinstance(made, Made)
    tick(at)  # its own making is an entry, too
    receiver.heard.clear()
    return made


def happen(customer_id: int | None = None, *, at: datetime = NOW, kind: Entry = Entry.PROMISE_BROKEN) -> int:
    """Something happens to a customer; the entry's number."""
    return journal.write(kind, by=OPERATOR, at=at, customer_id=customer_id, outcome="broken_silent").pk


def go(at: datetime, *, seconds: float = 2) -> bool:
    """Everything due, with little patience."""
    return tick(at, seconds=seconds)


def test_what_happens_arrives_signed_and_says_what_the_journal_says(cast: Cast, receiver: Receiver) -> None:
    before = happen(cast.buyer.pk)
    made = make(receiver)
    pk = happen(cast.buyer.pk)
    assert go(NOW)
    assert not go(NOW)
    assert receiver.entries() == [pk], f"{before} happened before the webhook was made"
    heard = receiver.heard[0]
    verify(made.secret, heard.headers, heard.body, NOW.timestamp())
    assert heard.event == {
        "id": pk,
        "kind": "promise_broken",
        "at": NOW.isoformat(),
        "recorded_at": NOW.isoformat(),
        "actor_id": None,
        "customer_id": cast.buyer.pk,
        "order_id": None,
        "promise_id": None,
        "import_id": None,
        "policy_id": None,
        "facts": {"outcome": "broken_silent"},
    }
    assert heard.headers["content-type"] == "application/json"
    row = Delivery.objects.get(key=heard.id)
    assert (row.state, row.delivered_at, row.body.encode()) == ("delivered", NOW, heard.body)
    assert "Berta" not in heard.body.decode()


def test_only_the_chosen_kinds_are_told(cast: Cast, receiver: Receiver) -> None:
    make(receiver, Entry.PROMISE_KEPT)
    happen(cast.buyer.pk)
    kept = happen(cast.buyer.pk, kind=Entry.PROMISE_KEPT)
    happen(cast.buyer.pk)
    go(NOW)
    assert receiver.entries() == [kept]
    assert Webhook.objects.get().journal_id == JournalEntry.objects.order_by("-pk")[0].pk


@pytest.mark.parametrize("manner", [500, 302, 404, 429, "redirect", "close", "hang", 199])
def test_whatever_is_not_taken_comes_again_with_the_same_id_and_body(
    cast: Cast, receiver: Receiver, manner: int | str
) -> None:
    made = make(receiver)
    happen(cast.buyer.pk)
    receiver.say(manner)
    go(NOW, seconds=0.6)
    row = Delivery.objects.get(state="waiting")
    assert (row.attempts, row.next_at) == (1, NOW + (retries.wait_after(row.key, 1) or SOON))
    assert row.last_error in {f"http_{manner}", "http_302", "no_answer", "too_slow"}
    assert not go(NOW + timedelta(seconds=4))
    go(NOW + SOON)
    first, second = receiver.heard
    assert (first.id, first.body) == (second.id, second.body)
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    verify(made.secret, second.headers, second.body, (NOW + SOON).timestamp())
    assert Delivery.objects.get(pk=row.pk).state == "delivered"


def test_one_that_asks_for_patience_is_given_it(cast: Cast, receiver: Receiver) -> None:
    make(receiver)
    happen(cast.buyer.pk)
    receiver.say((503, "3600"), (429, "soon"))
    go(NOW)
    assert Delivery.objects.get(state="waiting").next_at == NOW + timedelta(hours=1)
    assert not go(NOW + timedelta(minutes=59))
    go(NOW + timedelta(hours=1))
    row = Delivery.objects.get(state="waiting")
    assert row.next_at == NOW + timedelta(hours=1) + (retries.wait_after(row.key, 2) or SOON)
    go(NOW + timedelta(hours=2))
    assert Delivery.objects.get(pk=row.pk).state == "delivered"
    assert len(set(receiver.taken())) == 1


def test_one_that_answers_twice_has_taken_it_once(cast: Cast, receiver: Receiver) -> None:
    make(receiver)
    happen(cast.buyer.pk)
    happen(cast.outsider.pk)
    receiver.say("twice", "twice")
    go(NOW)
    assert not go(NOW + SOON)
    assert len(receiver.heard) == 2


def test_later_events_of_a_customer_wait_for_the_earlier_and_other_customers_go_on(
    cast: Cast, receiver: Receiver
) -> None:
    make(receiver)
    first, second = happen(cast.buyer.pk), happen(cast.buyer.pk)
    other, nobodys = happen(cast.outsider.pk), happen()
    receiver.rule = lambda heard: 500 if heard.event["id"] == first and len(receiver.heard) < 9 else 204
    go(NOW)
    # one at a time while it fails, whoever comes first
    assert set(receiver.entries()) == {first, other, nobodys}
    third = happen(cast.buyer.pk)
    receiver.rule = None
    go(NOW + SOON)
    assert receiver.entries()[-3:] == [first, second, third]


def test_a_receiver_that_misbehaves_for_days_gets_everything_once_it_is_back(cast: Cast, receiver: Receiver) -> None:
    made = make(receiver)
    wanted: dict[int, list[int]] = defaultdict(list)
    for n in range(12):
        customer = (cast.buyer.pk, cast.outsider.pk, 0)[n % 3]
        wanted[customer].append(happen(customer or None))
    receiver.say(500, "close", "hang", "twice", 503, "redirect", "hang", "close", "twice", 404, 500, "twice", "close")
    at = NOW
    for _ in range(40):
        go(at, seconds=0.6)
        at += timedelta(minutes=40)
    bodies: dict[str, set[bytes]] = defaultdict(set)
    firsts: dict[int, list[int]] = defaultdict(list)
    for heard in receiver.heard:
        bodies[heard.id].add(heard.body)
        verify(made.secret, heard.headers, heard.body, float(heard.headers["webhook-timestamp"]))
        event = heard.event
        if event["id"] not in firsts[event["customer_id"] or 0]:
            firsts[event["customer_id"] or 0].append(event["id"])
    assert firsts == wanted, "in order per customer"
    assert all(len(different) == 1 for different in bodies.values()), "nothing was sent twice with different bodies"
    assert set(Delivery.objects.filter(kind="webhook").values_list("state", flat=True)) == {"delivered"}


def test_a_dead_letter_lets_the_later_ones_of_its_customer_go_and_can_be_sent_again(
    cast: Cast, receiver: Receiver
) -> None:
    make(receiver)
    bad, later = happen(cast.buyer.pk), happen(cast.buyer.pk)
    receiver.rule = lambda heard: 500 if heard.event["id"] == bad else 204
    at = NOW
    for _ in range(retries.MOST_ATTEMPTS):
        assert later not in receiver.entries()
        happen(cast.outsider.pk, at=at)  # the receiver lives: others are taken
        go(at)
        at += timedelta(hours=27)
    assert receiver.entries().count(bad) == retries.MOST_ATTEMPTS
    assert receiver.entries()[-1] == later
    dead = Delivery.objects.get(state="failed")
    assert (dead.attempts, dead.last_error, dead.next_at) == (retries.MOST_ATTEMPTS, "http_500", None)
    assert Webhook.objects.get().is_active
    receiver.rule = None
    assert webhook_letters.resend(dead.pk, by=OPERATOR, at=at) == 1
    go(at)
    again = next(heard for heard in reversed(receiver.heard) if heard.event["id"] == bad)
    assert (again.id, again.body.decode()) == (dead.key, dead.body)
    assert Delivery.objects.get(pk=dead.pk).state == "delivered"


def test_a_dead_letter_sent_again_has_all_its_attempts_anew(cast: Cast, receiver: Receiver) -> None:
    made = make(receiver)
    happen(cast.buyer.pk)
    Delivery.objects.all().delete()
    Webhook.objects.update(journal_id=0)
    webhook_letters.follow(at=NOW)
    Delivery.objects.update(state="failed", attempts=10, next_at=None, failed_at=NOW)
    count = Delivery.objects.count()
    assert webhook_letters.resend_all(made.id, by=OPERATOR, at=NOW) == count
    receiver.rule = lambda heard: 500
    go(NOW)
    assert not Delivery.objects.filter(state="failed").exists()
    firsts = Delivery.objects.filter(state="waiting")
    assert {row.attempts for row in firsts} <= {10, 11}
    assert firsts.count() == len({row.lane for row in firsts}), "one of each lane at a time"


def test_a_receiver_from_which_nothing_arrives_for_three_days_is_paused_and_goes_on_where_it_was(
    cast: Cast, receiver: Receiver
) -> None:
    made = make(receiver)
    first, second = happen(cast.buyer.pk), happen(cast.buyer.pk)
    receiver.rule = lambda heard: 503
    at = NOW
    for _ in range(retries.MOST_ATTEMPTS):
        go(at)
        at += timedelta(hours=27)
    hook = Webhook.objects.get()
    assert (hook.is_active, hook.paused_why) == (False, "failing")
    third = happen(cast.buyer.pk, at=at)
    assert not go(at)
    receiver.rule = None
    receiver.heard.clear()
    webhooks.resume(made.id, by=OPERATOR, at=at)
    go(at)
    mine = [heard.event["id"] for heard in receiver.heard if heard.event["customer_id"] == cast.buyer.pk]
    assert mine == [second, third], f"{first} is dead and waits for somebody"
    told = [heard.event["facts"].get("act") for heard in receiver.heard if heard.event["kind"] == "webhook_changed"]
    assert told == ["paused", "resumed"]


def test_a_receiver_that_is_gone_is_paused_at_once_and_loses_nothing(cast: Cast, receiver: Receiver) -> None:
    made = make(receiver, Entry.PROMISE_BROKEN)
    pk = happen(cast.buyer.pk)
    receiver.say(410)
    go(NOW)
    hook = Webhook.objects.get()
    assert (hook.is_active, hook.paused_why, hook.paused_at) == (False, "gone", NOW)
    assert not go(NOW + timedelta(days=5))
    webhooks.resume(made.id, by=OPERATOR, at=NOW + timedelta(days=5))
    go(NOW + timedelta(days=5))
    assert receiver.entries() == [pk, pk]


def test_what_waits_for_its_next_attempt_goes_at_once_when_it_is_resumed_or_moved(
    cast: Cast, receiver: Receiver
) -> None:
    made = make(receiver, Entry.PROMISE_BROKEN)
    happen(cast.buyer.pk)
    receiver.say(500, 500)
    go(NOW)
    go(NOW + SOON)
    webhooks.pause(made.id, by=OPERATOR, at=NOW + SOON)
    webhooks.resume(made.id, by=OPERATOR, at=NOW + SOON)
    with receiving() as other:
        webhooks.change(made.id, Wanted("Till", other.url, [Entry.PROMISE_BROKEN]), by=OPERATOR, at=NOW + 2 * SOON)
        go(NOW + 2 * SOON)
        assert other.taken() == receiver.taken()[:1]


def test_one_that_hangs_does_not_keep_the_others_waiting(cast: Cast, receiver: Receiver) -> None:
    make(receiver)
    with receiving() as quick:
        quick_made = webhooks.make(Wanted("Quick", quick.url, None), by=OPERATOR, at=NOW)
        assert isinstance(quick_made, Made)
        receiver.rule = lambda heard: "hang"
        for n in range(30):
            happen(n + 1)
        carrier = Carrier(seconds=20)
        try:
            while len({heard.event["id"] for heard in quick.heard}) < 30:
                carrier.tick(NOW)
            assert receiver.most_under_way <= webhook_letters.AT_ONCE
            assert not receiver.released.is_set(), "they were not waited for"
        finally:
            receiver.released.set()
            carrier.finish(NOW)
            carrier.close()


def test_a_test_passes_everything_that_waits_is_tried_once_and_reaches_a_paused_webhook(
    cast: Cast, receiver: Receiver
) -> None:
    made = make(receiver)
    happen()
    receiver.say(500)
    go(NOW)
    webhooks.pause(made.id, by=OPERATOR, at=NOW)
    assert isinstance(webhooks.test(made.id, by=OPERATOR, at=NOW), Delivery)
    go(NOW)
    assert receiver.heard[-1].event["kind"] == "test"
    receiver.say(500)
    webhooks.test(made.id, by=OPERATOR, at=NOW + SOON)
    go(NOW + SOON)
    assert Delivery.objects.get(kind="test", state="failed").attempts == 1


def test_a_former_secret_signs_for_a_day_more(cast: Cast, receiver: Receiver) -> None:
    made = make(receiver, Entry.PROMISE_BROKEN)
    new = webhooks.rotate(made.id, by=OPERATOR, at=NOW)
    assert isinstance(new, Made)
    happen(cast.buyer.pk)
    go(NOW)
    day = NOW + timedelta(hours=24)
    happen(cast.buyer.pk, at=day)
    go(day)
    both, one = receiver.heard
    for secret in (made.secret, new.secret):
        verify(secret, both.headers, both.body, NOW.timestamp())
    verify(new.secret, one.headers, one.body, day.timestamp())
    with pytest.raises(ValueError, match="not signed"):
        verify(made.secret, one.headers, one.body, day.timestamp())
    webhooks.forget_former_secrets(at=day)
    assert Webhook.objects.get().previous_secret == ""


def test_an_address_that_turned_private_is_refused_at_the_next_attempt(
    cast: Cast, receiver: Receiver, settings: pytest.FixtureRequest
) -> None:
    make(receiver)
    happen(cast.buyer.pk)
    settings.PRIVATE_HOSTS = frozenset()  # type: ignore[attr-defined]
    go(NOW)
    assert receiver.heard == []
    assert Delivery.objects.get(state="waiting").last_error == "not_encrypted"


def test_nothing_of_an_answer_and_no_address_is_logged(
    cast: Cast, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="goodwill")
    make(receiver)
    happen(cast.buyer.pk)
    receiver.say(500)
    go(NOW)
    assert "http_500" in caplog.text
    assert "nobody reads" not in caplog.text
    assert receiver.url not in caplog.text


def test_a_long_journal_is_taken_up_in_batches_and_in_order(cast: Cast, receiver: Receiver) -> None:
    make(receiver, Entry.PROMISE_KEPT)
    plain = ("promise_kept", NOW, NOW, None, cast.buyer.pk, None, None, None)
    journal.write_many([(plain, {})] * (webhook_letters.BATCH + 5))
    assert webhook_letters.follow(at=NOW)
    assert Delivery.objects.filter(kind="webhook").count() == webhook_letters.BATCH
    assert webhook_letters.follow(at=NOW)
    assert not webhook_letters.follow(at=NOW)
    rows = Delivery.objects.filter(kind="webhook").order_by("id")
    assert [row.state for row in rows] == ["waiting", *["queued"] * (webhook_letters.BATCH + 4)]


def test_without_webhooks_the_journal_is_not_looked_at(cast: Cast, django_assert_num_queries: object) -> None:
    happen(cast.buyer.pk)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert not webhook_letters.follow(at=NOW)
    assert not Delivery.objects.exists()
