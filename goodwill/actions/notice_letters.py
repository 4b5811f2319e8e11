"""Letters about notices: posted once for a person and period, whatever happens to the worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db import transaction

from goodwill.actions import deliveries
from goodwill.actions.firm_days import working_days
from goodwill.actions.notices import APART
from goodwill.domain.notices import Way
from goodwill.domain.quiet_hours import awake, next_digest
from goodwill.store.firms import Firm
from goodwill.store.notices import Notice, NoticePlan
from goodwill.store.people import Person


class Purpose(StrEnum):
    """Which letter: the day's digest, or what was to come at once."""

    DIGEST = "digest"
    AT_ONCE = "at_once"

    @property
    def column(self) -> str:
        """Where its moment stands."""
        return "digest_wakes_at" if self is Purpose.DIGEST else "letter_wakes_at"


@dataclass(frozen=True, slots=True)
class Due:
    """A letter whose moment has come: to whom, which, and the moment, which is its period's name."""

    person_id: int
    purpose: Purpose
    wakes_at: datetime

    @property
    def key(self) -> str:
        """The key under which it is posted, once."""
        return f"notices:{self.person_id}:{self.purpose.value}:{self.wakes_at.isoformat()}"


def due(*, at: datetime, most: int = 100) -> list[Due]:
    """The letters whose moment has come, the oldest first."""
    found = []
    for purpose in Purpose:
        plans = NoticePlan.objects.filter(**{f"{purpose.column}__lte": at}).order_by(purpose.column)
        rows = plans.values_list("person_id", purpose.column)[:most]
        found += [Due(person_id, purpose, wakes_at) for person_id, wakes_at in rows]
    return found


@transaction.atomic
def put_off(letter: Due, *, at: datetime) -> bool:
    """Let a letter that is due in quiet hours wait until they end; True where it has to wait."""
    plan, person = _held(letter)
    if plan is None or letter.purpose is not Purpose.AT_ONCE:
        return False
    later = awake(at, plan.rest(_zone(person)), working_days(at))
    if later <= at:
        return False
    plan.letter_wakes_at = later
    plan.save(update_fields=["letter_wakes_at"])
    return True


@transaction.atomic
def post(letter: Due, payload: dict[str, object] | None, told: Sequence[int], *, at: datetime) -> bool:
    """Put a letter into the out-tray and note what it told of; None: there was nothing to say. True where it was
    posted by this call.

    The letter, the marks on the notices and the next moment are one transaction, and whoever comes second does
    nothing: a worker killed at any moment sends no letter twice.
    """
    plan, person = _held(letter)
    if plan is None:
        return False
    if payload is not None:
        deliveries.post(letter.key, payload, at=at)
        Notice.objects.filter(pk__in=told, person_id=letter.person_id).update(mailed_at=at)
    way = Way.DIGEST if letter.purpose is Purpose.DIGEST else Way.AT_ONCE
    waiting = Notice.objects.unread().filter(person_id=letter.person_id, mailed_at=None, kind__in=plan.kinds(way))
    # Something that was noted while the letter was written goes into the next one.
    more = payload is not None and waiting.exclude(pk__in=told).exists()
    zone, is_working = _zone(person), working_days(at)
    if letter.purpose is Purpose.DIGEST:
        plan.digest_wakes_at = next_digest(at, plan.digest_at, ZoneInfo(zone), is_working) if more else None
    else:
        plan.letter_wakes_at = awake(at + APART, plan.rest(zone), is_working) if more else None
        plan.lettered_at = at if payload is not None else plan.lettered_at
    plan.save(update_fields=[letter.purpose.column, "lettered_at"])
    return payload is not None


def _held(letter: Due) -> tuple[NoticePlan | None, Person | None]:
    """The plan, locked, if the letter is still due as it was seen."""
    plans = NoticePlan.objects.select_for_update().filter(person_id=letter.person_id)
    plan = plans.filter(**{letter.purpose.column: letter.wakes_at}).first()
    return plan, Person.objects.get_queryset().filter(pk=letter.person_id).first()


def _zone(person: Person | None) -> str:
    firm = Firm.the()
    return (person.zone if person else "") or (firm.zone if firm else "UTC")
