"""Events on their way to webhooks: taken up from the journal, taken out of the tray, and what came of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from goodwill.actions import webhooks
from goodwill.domain import retries
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.signatures import headers_of
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.domain.webhooks import Pause, body_of, in_turn, is_given_up, message_id
from goodwill.store import bulk, journal
from goodwill.store.deliveries import Delivery
from goodwill.store.journal import JournalEntry
from goodwill.store.webhooks import Webhook

BATCH = 500
"""Entries taken up in one transaction: on SQLite nobody else writes meanwhile."""

AT_ONCE = 4
"""Events of one webhook under way from one worker; one alone while it fails."""

GONE = "http_410"
_COLUMNS = (
    *("kind", "key", "payload", "webhook_id", "lane", "event", "body", "state", "attempts", "spent", "created_at"),
    *("next_at", "last_error"),
)
_IDS = ("actor_id", "customer_id", "order_id", "promise_id", "import_id", "policy_id")


@dataclass(frozen=True, slots=True)
class Letter:
    """An event in the worker's hand, for the `attempt`-th time. `key` and `body` are the same at every attempt."""

    id: int
    webhook_id: int
    lane: int
    key: str
    body: bytes = field(repr=False)
    attempt: int
    is_test: bool
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def headers(self, at: datetime) -> dict[str, str]:
        """Id, moment of this attempt, and signature."""
        return headers_of(self.secrets, self.key, at, self.body)


def follow(*, at: datetime) -> bool:
    """Take up what the journal holds for each active webhook, a batch each; True where there was anything.

    Two queries where nothing happened, one where there is no webhook.
    """
    seen = dict(Webhook.objects.filter(is_active=True).order_by("pk").values_list("pk", "journal_id"))
    if not seen:
        return False
    head = JournalEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    moved = [_take_up(pk, at=at) for pk, last in seen.items() if last < head]
    return any(moved)


@transaction.atomic
def _take_up(webhook_id: int, *, at: datetime) -> bool:
    """Write the next events of one webhook and move its place in the journal, together. Its lock keeps a second
    worker, and the end of a sending, from looking at its lanes meanwhile."""
    hook = Webhook.objects.select_for_update().filter(pk=webhook_id, is_active=True).first()
    if hook is None:
        return False
    settled = JournalEntry.objects.settled_after(hook.journal_id)
    head = settled.order_by("-pk").values_list("pk", flat=True).first()
    if head is None:
        return False
    wanted = settled.filter(pk__lte=head)
    if not hook.wants_all:
        wanted = wanted.filter(kind__in=hook.kinds)
    entries = list(wanted[:BATCH])
    Webhook.objects.filter(pk=hook.pk).update(journal_id=entries[-1].pk if len(entries) == BATCH else head)
    firsts = Delivery.objects.filter(webhook=hook, kind="webhook", state="waiting")
    busy = set(firsts.filter(lane__in={_lane(entry) for entry in entries}).values_list("lane", flat=True))
    bulk.insert(Delivery, _COLUMNS, [_event(hook, entry, busy, at=at) for entry in entries])
    return True


def _event(hook: Webhook, entry: JournalEntry, busy: set[int], *, at: datetime) -> tuple[object, ...]:
    """The delivery of an entry: the first of its lane may leave now, the others stand behind it."""
    lane = _lane(entry)
    state, next_at = ("queued", None) if lane in busy else ("waiting", at)
    busy.add(lane)
    body = body_of(_told(entry))
    return ("webhook", message_id(hook.pk, body), "{}", hook.pk, lane, entry.kind, body, state, 0, 0, at, next_at, "")


def _lane(entry: JournalEntry) -> int:
    return entry.customer_id or 0


def _told(entry: JournalEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "kind": entry.kind,
        "at": entry.at.isoformat(),
        "recorded_at": entry.recorded_at.isoformat(),
        **{name: getattr(entry, name) for name in _IDS},
        "facts": entry.facts,
    }


def take(*, at: datetime, most: int, under_way: Mapping[int, int]) -> list[Letter]:
    """The events to send now, each taken by one worker only; one that dies with it is free again in two minutes.

    `under_way` says how many each webhook has in this worker's hands. Webhooks take turns, those with the least
    under way first, so that one that hangs does not keep the others waiting.
    """
    if most <= 0:
        return []
    firsts = Delivery.objects.filter(kind="webhook", state="waiting", next_at__lte=at)
    due = Webhook.objects.filter(Exists(firsts.filter(webhook=OuterRef("pk"))), is_active=True).order_by("pk")
    tests = Delivery.objects.filter(kind="test", state="waiting", next_at__lte=at).select_related("webhook")
    rows = [list(tests.order_by("next_at", "id")[:most])]
    for hook in sorted(due, key=lambda hook: under_way.get(hook.pk, 0)):
        room = (1 if hook.failing_since else AT_ONCE) - under_way.get(hook.pk, 0)
        if room > 0:
            mine = list(firsts.filter(webhook=hook).order_by("next_at", "id")[: min(room, most)])
            for row in mine:
                row.webhook = hook
            rows.append(mine)
    taken = (_taken(row, at=at) for row in in_turn(rows, most))
    return [letter for letter in taken if letter is not None]


def _taken(row: Delivery, *, at: datetime) -> Letter | None:
    mine = Delivery.objects.filter(pk=row.pk, state="waiting", attempts=row.attempts, next_at=row.next_at)
    hook = row.webhook
    if hook is None or not mine.update(attempts=F("attempts") + 1, next_at=at + webhooks.TAKEN_FOR):
        return None
    secrets = [hook.secret]
    if hook.previous_secret and hook.previous_until is not None and at < hook.previous_until:
        secrets.append(hook.previous_secret)
    return Letter(
        id=row.pk,
        webhook_id=hook.pk,
        lane=row.lane,
        key=row.key,
        body=row.body.encode("ascii"),
        attempt=row.attempts + 1,
        is_test=row.kind == "test",
        url=hook.url,
        secrets=tuple(secrets),
    )


@transaction.atomic
def delivered(letter: Letter, *, at: datetime) -> None:
    """It was taken: the next of its lane may leave."""
    hook = Webhook.objects.select_for_update().filter(pk=letter.webhook_id).first()
    mine = Delivery.objects.filter(pk=letter.id, state="waiting")
    if hook is None or not mine.update(state="delivered", delivered_at=at, next_at=None, last_error=""):
        return
    Webhook.objects.filter(pk=hook.pk).update(last_success_at=at, failing_since=None, last_error="")
    _let_next_go(hook, letter, at=at)


@transaction.atomic
def put_off(letter: Letter, error: str, *, asked: timedelta = timedelta(), at: datetime) -> None:
    """It was not taken: offer it again later, not before the receiver `asked` for it, or after the last attempt leave
    it as a dead letter.

    Those behind it wait as long as it lives and go on when it is dead. A receiver that says it is gone (410), or from
    which nothing arrived for as long as a letter lives, is paused.
    """
    hook = Webhook.objects.select_for_update().filter(pk=letter.webhook_id).first()
    row = Delivery.objects.filter(pk=letter.id, state="waiting", attempts=letter.attempt).first()
    if hook is None or row is None:
        return
    row.last_error = error
    wait = None if letter.is_test else retries.wait_after(row.key, row.attempts - row.spent)
    if wait is not None:
        row.next_at = at + max(wait, asked)
    else:
        row.state, row.failed_at, row.next_at = "failed", at, None
    row.save(update_fields=["state", "failed_at", "next_at", "last_error"])
    if letter.is_test:
        return
    if wait is None:
        _let_next_go(hook, letter, at=at)
    hook.failing_since, hook.last_error = hook.failing_since or at, error
    hook.save(update_fields=["failing_since", "last_error"])
    if hook.is_active and error == GONE:
        webhooks.stop(hook, Pause.GONE, by=OPERATOR, at=at)
    elif hook.is_active and wait is None and is_given_up(hook.failing_since, at=at):
        webhooks.stop(hook, Pause.FAILING, by=OPERATOR, at=at)


def _let_next_go(hook: Webhook, letter: Letter, *, at: datetime) -> None:
    if letter.is_test:
        return
    behind = Delivery.objects.filter(webhook=hook, lane=letter.lane, state="queued").order_by("id")
    following = behind.values_list("pk", flat=True).first()
    if following is not None:
        Delivery.objects.filter(pk=following).update(state="waiting", next_at=at)


def resend(delivery_id: int, *, by: Viewer, at: datetime) -> int | Refusal:
    """Send one dead letter again, the same id and body, with a whole new row of attempts."""
    webhook_id = Delivery.objects.filter(pk=delivery_id).values_list("webhook_id", flat=True).first()
    if webhook_id is None or not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_FOUND)
    return _resend(webhook_id, Delivery.objects.filter(pk=delivery_id), by=by, at=at)


def resend_all(webhook_id: int, *, by: Viewer, at: datetime) -> int | Refusal:
    """Send all dead letters of a webhook again; how many."""
    return _resend(webhook_id, Delivery.objects.filter(kind="webhook"), by=by, at=at)


@transaction.atomic
def _resend(webhook_id: int, among: QuerySet[Delivery], *, by: Viewer, at: datetime) -> int | Refusal:
    """A dead letter goes before what stands behind in its lane and after what is under way; one of each lane at a
    time. Tests go by themselves."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_FOUND)
    hook = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
    if hook is None:
        return Refusal(Reason.NOT_FOUND)
    dead = among.filter(webhook=hook, state="failed")
    fresh = {"spent": F("attempts"), "failed_at": None}
    count = dead.filter(kind="test").update(state="waiting", next_at=at, **fresh)
    lanes = set(dead.filter(kind="webhook").values_list("lane", flat=True))
    count += dead.filter(kind="webhook").update(state="queued", **fresh)
    if not count:
        return Refusal(Reason.NOT_FOUND)
    firsts = Delivery.objects.filter(webhook=hook, kind="webhook", state="waiting")
    for lane in lanes - set(firsts.values_list("lane", flat=True)):
        first = Delivery.objects.filter(webhook=hook, lane=lane, state="queued").order_by("id")
        Delivery.objects.filter(pk__in=first.values("pk")[:1]).update(state="waiting", next_at=at)
    journal.write(Entry.WEBHOOK_CHANGED, by=by, at=at, webhook_id=hook.pk, act="resent", count=count)
    return count


def forget_dead(before: datetime) -> int:
    """Remove events that died before this moment; how many. Delivered ones go with the letters."""
    return Delivery.objects.filter(state="failed", kind__in=("webhook", "test"), failed_at__lt=before).delete()[0]
