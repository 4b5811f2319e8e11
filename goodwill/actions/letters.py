"""Letters: taking them out of the tray, and writing down whether they arrived."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from goodwill.store.deliveries import Delivery

MOST_ATTEMPTS = 12
_TAKEN_FOR = timedelta(minutes=5)
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in the worker's hand, for the `attempt`-th time. `key` is the same at every attempt."""

    id: int
    key: str
    payload: dict[str, Any]
    attempt: int
    created_at: datetime


def take(*, at: datetime, most: int = 20) -> list[Letter]:
    """The letters to send now, each taken by one worker only; one that dies with it is free again in five minutes."""
    taken = []
    waiting = Delivery.objects.filter(state="waiting", kind="mail", next_at__lte=at).order_by("next_at", "id")
    for row in waiting[:most]:
        mine = Delivery.objects.filter(pk=row.pk, state="waiting", attempts=row.attempts)
        if mine.update(attempts=F("attempts") + 1, next_at=at + _TAKEN_FOR):
            taken.append(Letter(row.pk, row.key, row.payload, row.attempts + 1, row.created_at))
    return taken


def delivered(letter: Letter, *, at: datetime) -> None:
    """It left the house: its words are emptied."""
    Delivery.objects.filter(pk=letter.id, state="waiting").update(
        state="delivered", delivered_at=at, next_at=None, payload={}, last_error=""
    )


def put_off(letter: Letter, error: str, *, at: datetime) -> None:
    """Try again later, less and less often; after the last attempt it is given up as failed."""
    mine = Delivery.objects.filter(pk=letter.id, state="waiting", attempts=letter.attempt)
    if letter.attempt >= MOST_ATTEMPTS:
        mine.update(state="failed", next_at=None, last_error=error[:200])
        return
    wait = min(_FIRST_WAIT * 2 ** (letter.attempt - 1), _LONGEST_WAIT)
    mine.update(next_at=at + wait, last_error=error[:200])


def give_up(letter: Letter, error: str) -> None:
    """It can never arrive (no such address, not a letter): failed at once."""
    Delivery.objects.filter(pk=letter.id, state="waiting").update(state="failed", next_at=None, last_error=error[:200])


def forget_delivered(before: datetime) -> int:
    """Remove letters that left before this moment; returns how many."""
    return Delivery.objects.filter(state="delivered", delivered_at__lt=before).delete()[0]
