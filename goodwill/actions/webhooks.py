"""Webhooks: made, changed, given another secret, paused and taken up again by whoever changes the settings."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from goodwill.adapters import webhooks as outside
from goodwill.adapters.outbound import LONGEST_ADDRESS, Unreachable
from goodwill.domain import signatures
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.domain.webhooks import OVERLAP, TEST, Pause, body_of, message_id
from goodwill.store import journal
from goodwill.store.deliveries import Delivery
from goodwill.store.journal import JournalEntry
from goodwill.store.webhooks import Webhook

LONGEST_NAME = 80
MOST = 20
"""Webhooks of a firm."""

TAKEN_FOR = timedelta(minutes=2)
"""How long an event belongs to the worker that took it, which has ten seconds for it."""

_REASONS = {
    "not_an_address": Reason.NOT_A_WEB_ADDRESS,
    "not_encrypted": Reason.NOT_ENCRYPTED,
    "private_address": Reason.PRIVATE_ADDRESS,
    "unknown_host": Reason.UNKNOWN_HOST,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a webhook is to be: `kinds` None is every kind, those that later versions bring included."""

    name: str
    url: str
    kinds: Collection[Entry] | None


@dataclass(frozen=True, slots=True)
class Made:
    """A webhook with a new secret, which is shown once."""

    id: int
    secret: str = field(repr=False)


def make(wanted: Wanted, *, by: Viewer, at: datetime) -> Made | Refusal:
    """A new webhook. It is told what happens from now on, nothing that happened before.

    The address is looked up first, outside the transaction: a name server may be slow.
    """
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    if (refusal := _judge(wanted)) is not None:
        return refusal
    with transaction.atomic():
        if Webhook.objects.count() >= MOST:
            return Refusal(Reason.TOO_MANY, values=(("most", str(MOST)),))
        hook = Webhook(secret=_new_secret(), secret_made_at=at, created_at=at, journal_id=_head())
        _write(hook, wanted)
        hook.save()
        journal.write(Entry.WEBHOOK_MADE, by=by, at=at, webhook_id=hook.pk, kinds=_told(hook))
    return Made(hook.pk, hook.secret)


def change(webhook_id: int, wanted: Wanted, *, by: Viewer, at: datetime) -> Webhook | Refusal:
    """Give a webhook another name, address or choice of kinds. What waits already goes to the new address."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_FOUND)
    if (refusal := _judge(wanted)) is not None:
        return refusal
    with transaction.atomic():
        hook = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
        if hook is None:
            return Refusal(Reason.NOT_FOUND)
        before = (hook.name, hook.url, hook.wants_all, hook.kinds)
        _write(hook, wanted)
        if before == (hook.name, hook.url, hook.wants_all, hook.kinds):
            return hook
        hook.save(update_fields=["name", "url", "wants_all", "kinds"])
        if before[1] != hook.url:
            _hurry(hook, at=at)
        journal.write(Entry.WEBHOOK_CHANGED, by=by, at=at, webhook_id=hook.pk, act="changed", kinds=_told(hook))
    return hook


@transaction.atomic
def rotate(webhook_id: int, *, by: Viewer, at: datetime) -> Made | Refusal:
    """A new secret. The former one signs beside it for 24 hours; one that was former already signs no more."""
    hook = _mine(webhook_id, by)
    if hook is None:
        return Refusal(Reason.NOT_FOUND)
    hook.previous_secret, hook.previous_until = hook.secret, at + OVERLAP
    hook.secret, hook.secret_made_at = _new_secret(), at
    hook.save(update_fields=["secret", "secret_made_at", "previous_secret", "previous_until"])
    journal.write(Entry.WEBHOOK_CHANGED, by=by, at=at, webhook_id=hook.pk, act="rotated")
    return Made(hook.pk, hook.secret)


@transaction.atomic
def pause(webhook_id: int, *, by: Viewer, at: datetime) -> Webhook | Refusal:
    """Send nothing more for now. Nothing is lost: it stays where it is in the journal."""
    hook = _mine(webhook_id, by)
    if hook is None:
        return Refusal(Reason.NOT_FOUND)
    if hook.is_active:
        stop(hook, Pause.BY_HAND, by=by, at=at)
    return hook


def stop(hook: Webhook, why: Pause, *, by: Viewer, at: datetime) -> None:
    """Pause a webhook that the caller has locked, and say why in the journal."""
    hook.is_active, hook.paused_why, hook.paused_at = False, why.value, at
    hook.save(update_fields=["is_active", "paused_why", "paused_at"])
    journal.write(Entry.WEBHOOK_CHANGED, by=by, at=at, webhook_id=hook.pk, act="paused", why=why.value)


@transaction.atomic
def resume(webhook_id: int, *, skip: bool = False, by: Viewer, at: datetime) -> Webhook | Refusal:
    """Take up where it was paused: what waited goes out at once, then everything that happened meanwhile.

    With `skip` neither does: it is told what happens from now on.
    """
    hook = _mine(webhook_id, by)
    if hook is None:
        return Refusal(Reason.NOT_FOUND)
    if hook.is_active:
        return hook
    hook.is_active, hook.paused_why, hook.paused_at, hook.failing_since = True, "", None, None
    if skip:
        hook.journal_id = _head()
        Delivery.objects.filter(webhook=hook, kind="webhook", state__in=("waiting", "queued")).delete()
    else:
        _hurry(hook, at=at)
    hook.save(update_fields=["is_active", "paused_why", "paused_at", "failing_since", "journal_id"])
    journal.write(Entry.WEBHOOK_CHANGED, by=by, at=at, webhook_id=hook.pk, act="resumed", skipped=int(skip))
    return hook


@transaction.atomic
def remove(webhook_id: int, *, by: Viewer, at: datetime) -> int | Refusal:
    """Take a webhook away with its secret and everything that waits; how many deliveries went with it."""
    hook = _mine(webhook_id, by)
    if hook is None:
        return Refusal(Reason.NOT_FOUND)
    gone, _ = Delivery.objects.filter(webhook=hook).delete()
    journal.write(Entry.WEBHOOK_REMOVED, by=by, at=at, webhook_id=hook.pk)
    hook.delete()
    return gone


@transaction.atomic
def test(webhook_id: int, *, by: Viewer, at: datetime) -> Delivery | Refusal:
    """Send an event that happened to nobody: once, past everything that waits, to a paused webhook too.

    It leaves no journal entry: it changes nothing, and a webhook that wants everything would be told of it.
    """
    hook = _mine(webhook_id, by)
    if hook is None:
        return Refusal(Reason.NOT_FOUND)
    moment = at.isoformat()
    event = {"id": None, "kind": TEST, "at": moment, "recorded_at": moment, "facts": {"webhook_id": hook.pk}}
    body = body_of(event)
    delivery, _ = Delivery.objects.get_or_create(
        key=message_id(hook.pk, body),
        defaults={
            "kind": "test",
            "webhook": hook,
            "event": TEST,
            "body": body,
            "created_at": at,
            "next_at": at,
        },
    )
    return delivery


def pause_restored(*, by: Viewer, at: datetime) -> int:
    """Pause every active webhook of a house that was put back from a backup: how many. Call it in its transaction.

    A copy of a house must not speak for it, and a house put back repeats what it had told already; somebody looks
    first and resumes.
    """
    hooks = list(Webhook.objects.select_for_update().filter(is_active=True))
    for hook in hooks:
        stop(hook, Pause.RESTORED, by=by, at=at)
    return len(hooks)


def forget_former_secrets(*, at: datetime) -> int:
    """Empty former secrets that sign no more; how many."""
    over = Webhook.objects.filter(previous_until__lte=at).exclude(previous_secret="")
    return over.update(previous_secret="", previous_until=None)


def _mine(webhook_id: int, by: Viewer) -> Webhook | None:
    if not by.may(May.CHANGE_SETTINGS):
        return None
    return Webhook.objects.select_for_update().filter(pk=webhook_id).first()


def _judge(wanted: Wanted) -> Refusal | None:
    name = _plain(wanted.name)
    if not name:
        return Refusal(Reason.REQUIRED, "name")
    if len(name) > LONGEST_NAME:
        return Refusal(Reason.TOO_LONG, "name", (("most", str(LONGEST_NAME)),))
    if wanted.kinds is not None and not wanted.kinds:
        return Refusal(Reason.REQUIRED, "kinds")
    if not wanted.url.strip():
        return Refusal(Reason.REQUIRED, "url")
    if len(wanted.url.strip()) > LONGEST_ADDRESS:
        return Refusal(Reason.TOO_LONG, "url", (("most", str(LONGEST_ADDRESS)),))
    try:
        outside.judged(wanted.url.strip(), private_hosts=settings.PRIVATE_HOSTS)
    except Unreachable as problem:
        return Refusal(_REASONS[problem.code], "url")
    return None


def _write(hook: Webhook, wanted: Wanted) -> None:
    hook.name, hook.url = _plain(wanted.name), wanted.url.strip()
    hook.wants_all = wanted.kinds is None
    hook.kinds = [] if wanted.kinds is None else sorted({kind.value for kind in wanted.kinds})


def _hurry(hook: Webhook, *, at: datetime) -> None:
    """Offer at once what waits for its next attempt, except what a worker may hold: one of a lane at a time."""
    late = Delivery.objects.filter(webhook=hook, kind="webhook", state="waiting", next_at__gt=at + TAKEN_FOR)
    late.update(next_at=at)


def _told(hook: Webhook) -> str | list[str]:
    return "all" if hook.wants_all else list(hook.kinds)


def _plain(name: str) -> str:
    return " ".join(name.split())


def _new_secret() -> str:
    return signatures.secret_of(secrets.token_bytes(signatures.SECRET_BYTES))


def _head() -> int:
    """The last entry that is written already."""
    return JournalEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
