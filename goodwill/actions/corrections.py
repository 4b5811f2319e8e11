"""Corrections: an earlier entry about a promise was wrong. Nothing is rewritten; a further entry says what is true."""

from datetime import datetime

from django.db import transaction

from goodwill.actions.settling import Done, held, note
from goodwill.actions.sweeps import broken_entry, wake_dependants
from goodwill.domain.entries import Entry
from goodwill.domain.records import Correction, Withdrawal
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.targets import Outcome, Standing
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Shipment
from goodwill.store.promises import Promise
from goodwill.store.shipment_reports import ShipmentReport

_JUDGED = ("outcome", "standing", "wakes_at", "warned_at", "broken_at")
_ENDED = ("acted_at", "acted_on", "settled_at", "withdrawn_reason", "replaced_by")


@transaction.atomic
def correct(promise_id: int, how: Correction, *, version: int | None = None, by: Viewer, at: datetime) -> Done:
    """Correct what was written down: the promise was recorded by mistake, is not settled after all, or the customer
    was not warned.

    The journal keeps the earlier entries and gets one that names the outcome before and after. What is not settled
    after all is judged anew by its clock; if it had been moved, the promise it was moved to is taken back.
    """
    promise = held(promise_id, version, by=by)
    if isinstance(promise, Refusal):
        return promise
    before = promise.outcome
    match how:
        case Correction.MISTAKEN:
            refusal = _mistaken(promise, at=at)
        case Correction.NOT_SETTLED:
            refusal = _not_settled(promise, by=by, at=at)
        case Correction.NOT_WARNED:
            refusal = _not_warned(promise)
    if refusal is not None:
        return refusal
    _judge(promise, before, by=by, at=at)
    promise.version += 1
    promise.save(update_fields=[*_JUDGED, *_ENDED, "version"])
    note(Entry.PROMISE_CORRECTED, promise, by=by, at=at, before=before, after=promise.outcome, why=how.value)
    wake_dependants(promise.pk, at=at)
    return promise


def _mistaken(promise: Promise, *, at: datetime) -> Refusal | None:
    if promise.withdrawn_reason == Withdrawal.MISTAKEN:
        return Refusal(Reason.ALREADY_SETTLED)
    promise.outcome, promise.withdrawn_reason = Outcome.WITHDRAWN.value, Withdrawal.MISTAKEN.value
    promise.settled_at, promise.broken_at = at, None
    promise.acted_at = promise.acted_on = None
    return None


def _not_settled(promise: Promise, *, by: Viewer, at: datetime) -> Refusal | None:
    if promise.settled_at is None:
        return Refusal(Reason.NOT_SETTLED)
    if promise.replaced_by_id is not None:
        newer = Promise.objects.select_for_update().get(pk=promise.replaced_by_id)
        if newer.settled_at is not None:
            return Refusal(Reason.CANNOT_TAKE_BACK)
        Promise.objects.filter(depends_on_id=newer.pk, settled_at__isnull=True).update(depends_on=promise)
        taken_back = correct(newer.pk, Correction.MISTAKEN, by=by, at=at)
        if isinstance(taken_back, Refusal):
            return taken_back
        promise.replaced_by = None
    if promise.acted_at is not None:
        # What a driver's report wrote on the shipment is not true, either.
        reported = ShipmentReport.objects.filter(promise=promise).values("shipment_id")
        Shipment.objects.filter(pk__in=reported, delivered_at=promise.acted_at).update(delivered_at=None)
    promise.outcome, promise.withdrawn_reason = Outcome.OPEN.value, ""
    promise.settled_at = promise.acted_at = promise.acted_on = promise.broken_at = None
    return None


def _not_warned(promise: Promise) -> Refusal | None:
    if promise.warned_at is None:
        return Refusal(Reason.NOT_WARNED)
    promise.warned_at = None
    return None


def _judge(promise: Promise, before: str, *, by: Viewer, at: datetime) -> None:
    """Outcome and next look by what is now written down; a break that comes to light gets its entry."""
    record = promise.record()
    if promise.settled_at is not None:
        promise.standing, promise.wakes_at = "", None
        if promise.acted_at is not None:
            promise.outcome = record.fulfilled_as(promise.acted_at).value
        elif promise.outcome not in (Outcome.OPEN, Outcome.WITHDRAWN):
            promise.outcome = record.broken_as().value
        return
    if promise.is_history:
        # Nobody watched it: it stays owed, and the clock breaks nothing.
        promise.standing = record.standing(at).value
        return
    if not record.has_come_due(at):
        promise.standing, promise.wakes_at = Standing.ON_TIME.value, at
        return
    promise.outcome, promise.standing = record.broken_as().value, Standing.LATE.value
    promise.broken_at, promise.wakes_at = promise.due_at, None
    told = JournalEntry.objects.filter(promise_id=promise.pk, kind=Entry.PROMISE_BROKEN.value)
    if before in (Outcome.KEPT, Outcome.WITHDRAWN) and not told.exists():
        # Once: a promise that the clock broke before has its entry.
        journal.write_many([broken_entry(promise, record.broken_as(), at=at, by=by)])
