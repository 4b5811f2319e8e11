"""Settling: a promise is kept, the customer warned, it moves by agreement, is withdrawn, or an entry is corrected.

Every deed takes the `version` the person saw; where the promise changed meanwhile it is refused, and nothing is done.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from goodwill.actions import interactions
from goodwill.actions.interactions import Contact
from goodwill.actions.promises import Draft, start
from goodwill.actions.sweeps import broken_entry, wake_dependants, warn_dependants
from goodwill.domain.entries import Entry
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.money import Money
from goodwill.domain.records import Cause, PromiseKind, Side, Withdrawal
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.targets import Outcome, Standing, Target
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.interactions import Interaction
from goodwill.store.promises import Promise

_SLACK = timedelta(minutes=5)
Done = Promise | Refusal


@dataclass(frozen=True, slots=True)
class Consent:
    """How the customer agreed to a new time: in words said now over a channel, or in a contact already written down."""

    words: str = ""
    channel: Channel = Channel.PHONE
    interaction_id: int | None = None


def held(promise_id: int, version: int | None, *, by: Viewer) -> Done:
    """The promise, locked for the caller's transaction, if this person may settle it and saw its present state."""
    if not by.may(May.SETTLE_PROMISES):
        return Refusal(Reason.NOT_ALLOWED)
    seen = Promise.objects.visible_to(by).filter(pk=promise_id).values("pk")
    promise = Promise.objects.select_for_update().filter(pk__in=seen).first()
    if promise is None:
        return Refusal(Reason.NOT_FOUND)
    if version is not None and promise.version != version:
        return Refusal(Reason.CHANGED_MEANWHILE)
    return promise


def _owed(promise_id: int, version: int | None, *, by: Viewer) -> Done:
    promise = held(promise_id, version, by=by)
    if isinstance(promise, Promise) and promise.settled_at is not None:
        return Refusal(Reason.ALREADY_SETTLED)
    return promise


def note(kind: Entry, promise: Promise, *, by: Viewer, at: datetime, **facts: object) -> None:
    """One journal entry about a promise."""
    journal.write(
        kind,
        by=by,
        at=at,
        customer_id=promise.customer_id,
        order_id=promise.order_id,
        promise_id=promise.pk,
        policy_id=promise.policy_id,
        **facts,
    )


def _changed(promise: Promise, *fields: str) -> Promise:
    promise.version += 1
    promise.save(update_fields=["version", *fields])
    return promise


def _break_if_due(promise: Promise, *, by: Viewer, at: datetime) -> None:
    """A promise that came due and was not swept yet is broken before anything else happens to it."""
    record = promise.record()
    if promise.outcome == Outcome.OPEN and not promise.is_history and record.has_come_due(at):
        outcome = record.broken_as()
        promise.outcome, promise.broken_at, promise.wakes_at = outcome.value, promise.due_at, None
        journal.write_many([broken_entry(promise, outcome, at=at, by=by)])


@transaction.atomic
def keep(
    promise_id: int, acted_at: datetime | None = None, *, version: int | None = None, by: Viewer, at: datetime
) -> Done:
    """Write down that a promise was fulfilled, now or at an earlier moment.

    An act in time keeps it, also where the clock had broken it before anybody wrote the act down; that is a correcting
    entry. A late act fulfils a broken promise: it stays broken, and is owed no longer.
    """
    promise = _owed(promise_id, version, by=by)
    if isinstance(promise, Refusal):
        return promise
    acted_at = acted_at or at
    if acted_at > at + _SLACK:
        return Refusal(Reason.IN_THE_FUTURE, "acted_at")
    if acted_at < promise.made_at:
        return Refusal(Reason.BEFORE_IT_WAS_MADE, "acted_at")
    before = promise.outcome
    record = promise.record()
    outcome = record.fulfilled_as(acted_at)
    promise.acted_at, promise.acted_on = acted_at, acted_at.astimezone(record.zone).date()
    promise.settled_at, promise.outcome = acted_at, outcome.value
    promise.standing, promise.wakes_at = "", None
    if outcome is Outcome.KEPT:
        promise.broken_at = None
        if before != Outcome.OPEN:
            note(Entry.PROMISE_CORRECTED, promise, by=by, at=at, before=before, after=outcome.value, why="kept_in_time")
        note(Entry.PROMISE_KEPT, promise, by=by, at=acted_at, recorded_at=at, ahead_seconds=_ahead(promise, acted_at))
    else:
        promise.broken_at = promise.broken_at or promise.due_at
        if before == Outcome.OPEN:
            journal.write_many([broken_entry(promise, outcome, at=at, by=by)])
        late = _ahead(promise, acted_at)
        note(Entry.PROMISE_FULFILLED_LATE, promise, by=by, at=acted_at, recorded_at=at, late_seconds=-late)
    wake_dependants(promise.pk, at=at)
    return _changed(promise, "acted_at", "acted_on", "settled_at", "outcome", "standing", "wakes_at", "broken_at")


def _ahead(promise: Promise, acted_at: datetime) -> int:
    return int((promise.due_at - acted_at).total_seconds())


@transaction.atomic
def warn(
    promise_id: int,
    expected_at: datetime,
    cause: Cause,
    words: str,
    *,
    channel: Channel = Channel.PHONE,
    told_at: datetime | None = None,
    version: int | None = None,
    by: Viewer,
    at: datetime,
) -> Done:
    """Write down that the customer was told, by us, that it will slip: when to expect it now, and the true cause.

    A warning never resets a promise: due stays due, and what counts is how long before it the customer heard. What
    depends on the promise is at risk from this moment. `told_at` is when the customer was told, where that is written
    down later; if it was in time, a promise that the clock broke in silence meanwhile is corrected.
    """
    promise = _owed(promise_id, version, by=by)
    if isinstance(promise, Refusal):
        return promise
    told_at = told_at or at
    if told_at > at + _SLACK:
        return Refusal(Reason.IN_THE_FUTURE, "told_at")
    if told_at < promise.made_at:
        return Refusal(Reason.BEFORE_IT_WAS_MADE, "told_at")
    if expected_at <= told_at:
        return Refusal(Reason.IN_THE_PAST, "expected_at")
    if not words.strip():
        return Refusal(Reason.REQUIRED, "words")
    told = _tell(promise, words, channel, Direction.TO_CUSTOMER, by=by, at=at, happened_at=told_at)
    if isinstance(told, Refusal):
        return told
    promise.warned_at = min(promise.warned_at or told_at, told_at)
    _break_if_due(promise, by=by, at=at)
    _rejudge_silence(promise, by=by, at=at)
    if promise.standing == Standing.ON_TIME:
        promise.standing = Standing.AT_RISK.value
    note(
        Entry.PROMISE_WARNED,
        promise,
        by=by,
        at=told_at,
        recorded_at=at,
        lead_seconds=_ahead(promise, told_at),
        expected_at=expected_at.astimezone(UTC).isoformat(),
        cause=cause.value,
        channel=channel.value,
        interaction_id=told.pk,
    )
    changed = _changed(promise, "warned_at", "standing", "outcome", "broken_at", "wakes_at")
    warn_dependants([promise.pk], at=at, by=by)
    return changed


def _rejudge_silence(promise: Promise, *, by: Viewer, at: datetime) -> None:
    """A warning that comes to light after the clock broke the promise in silence: it was no silence."""
    before, after = promise.outcome, promise.record().broken_as()
    if before == Outcome.BROKEN_SILENT and after is Outcome.BROKEN_WARNED:
        promise.outcome = after.value
        note(Entry.PROMISE_CORRECTED, promise, by=by, at=at, before=before, after=after.value, why="warned_in_time")


def _tell(
    promise: Promise,
    words: str,
    channel: Channel,
    direction: Direction,
    *,
    by: Viewer,
    at: datetime,
    happened_at: datetime | None = None,
) -> Interaction | Refusal:
    contact = Contact(channel, direction, words, order_id=None, happened_at=happened_at)
    return interactions.record(promise.customer_id, contact, by=by, at=at)


@transaction.atomic
def move(
    promise_id: int, target: Target, consent: Consent, *, version: int | None = None, by: Viewer, at: datetime
) -> Done:
    """Move a promise because the customer agreed: the old one is withdrawn by agreement, a new one starts now.

    Without the customer's consent, in words or in a contact written down, nothing moves. A promise that was broken
    already stays broken; only what is owed from now on moves. Returns the new promise.
    """
    promise = _owed(promise_id, version, by=by)
    if isinstance(promise, Refusal):
        return promise
    agreed = _consent(promise, consent, by=by, at=at)
    if isinstance(agreed, Refusal):
        return agreed
    _break_if_due(promise, by=by, at=at)
    made = start(promise.customer, _again(promise, target, agreed.pk), promise.site, by=by, at=at)
    if isinstance(made, Refusal):
        transaction.set_rollback(True)
        return made
    promise.replaced_by = made
    Promise.objects.filter(depends_on_id=promise.pk, settled_at__isnull=True).update(depends_on=made)
    _withdraw(promise, Withdrawal.CHANGED_BY_AGREEMENT, by=by, at=at, replaced_by=made.pk, interaction_id=agreed.pk)
    wake_dependants(made.pk, at=at)
    return made


def _consent(promise: Promise, consent: Consent, *, by: Viewer, at: datetime) -> Interaction | Refusal:
    if consent.interaction_id is not None:
        own = Interaction.objects.visible_to(by).filter(customer_id=promise.customer_id, at__gte=promise.made_at)
        found = own.filter(pk=consent.interaction_id).first()
        return found or Refusal(Reason.CONSENT_NEEDED, "consent")
    if not consent.words.strip():
        return Refusal(Reason.CONSENT_NEEDED, "consent")
    return _tell(promise, consent.words, consent.channel, Direction.FROM_CUSTOMER, by=by, at=at)


def _again(promise: Promise, target: Target, interaction_id: int) -> Draft:
    """The same promise with another time."""
    waiting = Money(promise.money_waiting_minor, promise.currency) if promise.currency else None
    return Draft(
        kind=PromiseKind(promise.kind) if promise.kind in set(PromiseKind) else PromiseKind.OTHER,
        what=promise.what,
        target=target,
        side=Side(promise.side),
        person_id=promise.person_id,
        unit_id=promise.unit_id,
        order_id=promise.order_id,
        interaction_id=interaction_id,
        depends_on_id=promise.depends_on_id,
        money_waiting=waiting,
    )


@transaction.atomic
def withdraw(promise_id: int, reason: Withdrawal, *, version: int | None = None, by: Viewer, at: datetime) -> Done:
    """Write down that a promise is owed no longer though nothing was done: cancelled, or not wanted any more.

    A promise that was broken by then stays broken. Moving needs `move`, a mistake needs `correct`.
    """
    promise = _owed(promise_id, version, by=by)
    if isinstance(promise, Refusal):
        return promise
    if reason not in (Withdrawal.CANCELLED, Withdrawal.NOT_NEEDED):
        return Refusal(Reason.NOT_A_CHOICE, "reason")
    _break_if_due(promise, by=by, at=at)
    wake_dependants(promise.pk, at=at)
    return _withdraw(promise, reason, by=by, at=at)


def _withdraw(promise: Promise, reason: Withdrawal, *, by: Viewer, at: datetime, **facts: object) -> Promise:
    if promise.outcome == Outcome.OPEN:
        promise.outcome = Outcome.WITHDRAWN.value
    promise.settled_at, promise.withdrawn_reason = at, reason.value
    promise.standing, promise.wakes_at = "", None
    note(Entry.PROMISE_WITHDRAWN, promise, by=by, at=at, reason=reason.value, outcome=promise.outcome, **facts)
    fields = ("outcome", "settled_at", "withdrawn_reason", "standing", "wakes_at", "broken_at", "replaced_by")
    return _changed(promise, *fields)
