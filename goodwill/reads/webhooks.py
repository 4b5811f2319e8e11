"""Webhooks as those who change the settings see them: how each fares, and what was sent to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from goodwill.domain.entries import Entry
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.reads import leaves
from goodwill.reads.leaves import Segment
from goodwill.store.deliveries import Delivery
from goodwill.store.webhooks import Webhook

PAGE = 50
_STATES = {"waiting": ("waiting", "queued"), "delivered": ("delivered",), "dead": ("failed",)}
STATES = tuple(_STATES)
"""What a log is narrowed to."""


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """A webhook and how it fares; its secret is not among what is read. `kinds` None is every kind.

    `waiting` are those not taken yet, `dead` those given up. `former_until`: the former secret still signs.
    """

    id: int
    name: str
    url: str
    kinds: tuple[Entry, ...] | None
    is_active: bool
    paused_why: str
    paused_at: datetime | None
    created_at: datetime
    secret_made_at: datetime
    former_until: datetime | None
    last_success_at: datetime | None
    failing_since: datetime | None
    last_error: str
    waiting: int
    dead: int

    def as_json(self) -> dict[str, Any]:
        """The wire shape."""
        return {
            "webhook_id": self.id,
            "name": self.name,
            "url": self.url,
            "kinds": "all" if self.kinds is None else [kind.value for kind in self.kinds],
            "is_active": self.is_active,
            "paused_why": self.paused_why,
            "last_success_at": _iso(self.last_success_at),
            "failing_since": _iso(self.failing_since),
            "last_error": self.last_error,
            "waiting": self.waiting,
            "dead": self.dead,
        }


@dataclass(frozen=True, slots=True)
class Sent:
    """An event on its way, or at the end of it. `state` is waiting, queued (behind another about the same customer),
    delivered or dead; `body` is what is sent, byte for byte."""

    id: int
    message_id: str
    event: str
    state: str
    attempts: int
    created_at: datetime
    next_at: datetime | None
    ended_at: datetime | None
    last_error: str
    body: str

    def as_json(self) -> dict[str, Any]:
        """The wire shape."""
        return {
            "delivery_id": self.id,
            "webhook_id_header": self.message_id,
            "kind": self.event,
            "state": self.state,
            "attempts": self.attempts,
            "created_at": _iso(self.created_at),
            "next_at": _iso(self.next_at),
            "ended_at": _iso(self.ended_at),
            "last_error": self.last_error,
        }


@dataclass(frozen=True, slots=True)
class Log:
    """A page of what was sent, newest first, and the cursors that turn it."""

    lines: tuple[Sent, ...]
    next: str
    previous: str


def listed(viewer: Viewer) -> list[WebhookLine]:
    """Every webhook by name; none for whoever changes no settings."""
    return _lines(viewer)


def one(viewer: Viewer, webhook_id: int) -> WebhookLine | None:
    """One webhook; None as if absent."""
    return next(iter(_lines(viewer, webhook_id)), None)


def log(viewer: Viewer, webhook_id: int, *, state: str = "", after: str = "", before: str = "") -> Log:
    """What was sent to a webhook, newest first, of one of `STATES` or of all."""
    if not viewer.may(May.CHANGE_SETTINGS):
        return Log((), "", "")
    rows = Delivery.objects.filter(webhook=webhook_id)
    if state in _STATES:
        rows = rows.filter(state__in=_STATES[state])
    leaf = leaves.turn([Segment(rows, descending=True)], size=PAGE, after=after, before=before)
    return Log(tuple(_sent(row) for row in leaf.rows), leaf.next, leaf.previous)


def sent(viewer: Viewer, webhook_id: int, delivery_id: int) -> Sent | None:
    """One of them; None as if absent."""
    if not viewer.may(May.CHANGE_SETTINGS):
        return None
    row = Delivery.objects.filter(pk=delivery_id, webhook=webhook_id).first()
    return _sent(row) if row else None


def _lines(viewer: Viewer, webhook_id: int | None = None) -> list[WebhookLine]:
    if not viewer.may(May.CHANGE_SETTINGS):
        return []
    hooks = Webhook.objects.all() if webhook_id is None else Webhook.objects.filter(pk=webhook_id)
    rows = list(hooks)
    open_ones = Delivery.objects.filter(
        webhook__in=[row.pk for row in rows], kind="webhook", state__in=("waiting", "queued", "failed")
    )
    counted = open_ones.order_by().values_list("webhook", "state").annotate(n=Count("pk"))
    counts = {(pk, state): n for pk, state, n in counted.values_list("webhook", "state", "n")}
    return [
        WebhookLine(
            id=row.pk,
            name=row.name,
            url=row.url,
            kinds=None if row.wants_all else _kinds(row.kinds),
            is_active=row.is_active,
            paused_why=row.paused_why,
            paused_at=row.paused_at,
            created_at=row.created_at,
            secret_made_at=row.secret_made_at,
            former_until=row.previous_until,
            last_success_at=row.last_success_at,
            failing_since=row.failing_since,
            last_error=row.last_error,
            waiting=counts.get((row.pk, "waiting"), 0) + counts.get((row.pk, "queued"), 0),
            dead=counts.get((row.pk, "failed"), 0),
        )
        for row in rows
    ]


def _kinds(codes: list[str]) -> tuple[Entry, ...]:
    return tuple(kind for kind in Entry if kind.value in codes)


def _sent(row: Delivery) -> Sent:
    return Sent(
        id=row.pk,
        message_id=row.key,
        event=row.event,
        state="dead" if row.state == "failed" else row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        next_at=row.next_at,
        ended_at=row.delivered_at or row.failed_at,
        last_error=row.last_error,
        body=row.body,
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
