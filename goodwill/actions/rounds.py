"""Rounds: a promise is given to the person or the unit that carries it out."""

from datetime import datetime

from django.db import transaction

from goodwill.actions import settling
from goodwill.actions.settling import Done
from goodwill.domain.entries import Entry
from goodwill.domain.records import Side
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import Viewer
from goodwill.store.people import Person
from goodwill.store.units import Unit


@transaction.atomic
def give(
    promise_id: int,
    *,
    person_id: int | None = None,
    unit_id: int | None = None,
    version: int | None = None,
    by: Viewer,
    at: datetime,
) -> Done:
    """Say who carries a promise out: a person, a unit, or neither (then the logistics of its site).

    Who made it, to whom and by when stays. The same again changes nothing and writes nothing.
    """
    promise = settling.held(promise_id, version, by=by)
    if isinstance(promise, Refusal):
        return promise
    if promise.settled_at is not None or promise.side != Side.OURS:
        return Refusal(Reason.ALREADY_SETTLED)
    if person_id is not None and not Person.objects.active().filter(pk=person_id).exists():
        return Refusal(Reason.NOT_FOUND, "owes")
    if unit_id is not None and not Unit.objects.filter(pk=unit_id).exists():
        return Refusal(Reason.NOT_FOUND, "owes")
    before = (promise.person_id, promise.unit_id)
    if before == (person_id, unit_id):
        return promise
    promise.person_id, promise.unit_id = person_id, unit_id
    promise.version += 1
    promise.save(update_fields=["person", "unit", "version"])
    settling.note(
        Entry.PROMISE_GIVEN,
        promise,
        by=by,
        at=at,
        person_id=person_id,
        unit_id=unit_id,
        person_was=before[0],
        unit_was=before[1],
    )
    return promise
