"""Shipment reports: a driver says what happened at the customer's door, and the promise follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q

from goodwill.actions import interactions, photos, settling
from goodwill.actions.interactions import Contact
from goodwill.actions.sweeps import at_risk_entry, warn_dependants
from goodwill.adapters.photos import SafePhoto
from goodwill.domain.entries import Entry
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.records import Side
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.shipment_reports import (
    CARRIED,
    CAUSES,
    DAYS_LATE,
    MINUTES_LATE,
    Condition,
    Effect,
    ReportOutcome,
    SlipCause,
    effect_of,
    expected_after,
    expected_until,
    moment_of,
    slip,
)
from goodwill.domain.targets import Outcome, Standing
from goodwill.domain.viewers import Viewer
from goodwill.store.interactions import Interaction
from goodwill.store.orders import Shipment
from goodwill.store.promises import Promise
from goodwill.store.shipment_reports import ShipmentReport
from goodwill.store.touchpoints import Touchpoint

KEY_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Said:
    """What a driver taps. `key` is made on the device, `said_at` is its moment (None: now).

    Late: `cause`, and when it comes: `minutes` more, `until` a clock time in the promise's zone, or `expected_at`, a
    whole moment, which a program says; `told` is what the driver
    told the customer himself ("": nobody was told yet). Damaged: `condition`, `is_accepted` (the customer took the
    goods all the same), `words` of the customer. `photos` are the bytes of files as sent.
    """

    key: str
    outcome: ReportOutcome
    said_at: datetime | None = None
    cause: SlipCause | None = None
    minutes: int | None = None
    until: time | None = None
    expected_at: datetime | None = None
    told: str = ""
    condition: Condition | None = None
    is_accepted: bool | None = None
    words: str = ""
    photos: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class _Judged:
    """The report as it was judged: its moment, what it does, and when the shipment is expected now."""

    moment: datetime
    effect: Effect
    expected_at: datetime | None


def report(promise_id: int, said: Said, *, by: Viewer, at: datetime) -> ShipmentReport | Refusal:
    """Write a report down and let the promise follow: delivered fulfils it at the moment of the tap; late puts it at
    risk, and warns only where the customer was really told; damaged goods that were refused stay owed.

    The same key of the same person again is the same report, and nothing happens a second time. All of it or
    nothing: where a photo or the promise is refused, no report is written.
    """
    if not by.may(May.SETTLE_PROMISES) or by.person_id is None:
        return Refusal(Reason.NOT_ALLOWED)
    if not said.key or len(said.key) > KEY_LENGTH:
        return Refusal(Reason.REQUIRED, "key")
    safe = photos.read(said.photos)
    if isinstance(safe, Refusal):
        return safe
    written: list[Path] = []
    try:
        with transaction.atomic():
            done = _report(promise_id, said, safe, written, person_id=by.person_id, by=by, at=at)
            if isinstance(done, Refusal):
                transaction.set_rollback(True)
    except BaseException:
        photos.remove(written)
        raise
    if isinstance(done, Refusal):
        photos.remove(written)
    return done


def _report(
    promise_id: int,
    said: Said,
    safe: Sequence[SafePhoto],
    written: list[Path],
    *,
    person_id: int,
    by: Viewer,
    at: datetime,
) -> ShipmentReport | Refusal:
    promise = settling.held(promise_id, None, by=by)
    if isinstance(promise, Refusal):
        return promise
    before = ShipmentReport.objects.filter(person_id=person_id, key=said.key).first()
    if before is not None:
        same = before.promise_id == promise.pk and before.outcome == said.outcome
        return before if same else Refusal(Reason.ALREADY_USED, "key")
    if promise.kind not in CARRIED or promise.side != Side.OURS:
        return Refusal(Reason.NOT_A_CHOICE, "promise")
    if promise.customer.erased_at is not None and (safe or said.words.strip()):
        return Refusal(Reason.ERASED)
    judged = _judge(promise, said, at=at)
    if isinstance(judged, Refusal):
        return judged
    contact = _contact(promise, said, judged.moment, by=by, at=at)
    if isinstance(contact, Refusal):
        return contact
    refusal = _follow(promise, said, judged, by=by, at=at)
    if refusal is not None:
        return refusal
    made = ShipmentReport.objects.create(
        promise=promise,
        shipment=_arrive(promise, judged),
        person_id=person_id,
        interaction=contact,
        key=said.key,
        outcome=said.outcome.value,
        effect=judged.effect.value,
        said_at=said.said_at or at,
        received_at=at,
        expected_at=judged.expected_at,
        cause=said.cause.value if said.cause and said.outcome is ReportOutcome.LATE else "",
        is_told=said.outcome is ReportOutcome.LATE and bool(said.told.strip()),
        condition=said.condition.value if said.condition and said.outcome is ReportOutcome.DAMAGED else "",
        is_accepted=said.is_accepted if said.outcome is ReportOutcome.DAMAGED else None,
    )
    photos.keep(made, safe, written)
    _note(promise, made, judged, len(safe), by=by, at=at)
    return made


def _judge(promise: Promise, said: Said, *, at: datetime) -> _Judged | Refusal:
    placed = promise.order.placed_at if promise.order else promise.made_at
    moment = moment_of(said.said_at or at, at, earliest=max(placed, promise.made_at))
    if isinstance(moment, Reason):
        return Refusal(moment, "said_at")
    is_damaged = said.outcome is ReportOutcome.DAMAGED
    if is_damaged and (said.condition is None or said.is_accepted is None):
        return Refusal(Reason.REQUIRED, "condition" if said.condition is None else "accepted")
    effect = effect_of(
        said.outcome,
        kind=promise.kind,
        condition=said.condition,
        is_accepted=bool(said.is_accepted),
        is_settled=promise.settled_at is not None,
        is_fulfilled=promise.acted_at is not None,
    )
    if isinstance(effect, Reason):
        return Refusal(effect)
    if said.outcome is not ReportOutcome.LATE:
        return _Judged(moment, effect, None)
    if said.cause is None:
        return Refusal(Reason.REQUIRED, "cause")
    expected = _expected(promise, said, moment)
    if expected is None:
        return Refusal(Reason.REQUIRED, "until")
    why_not = slip(expected, due_at=promise.due_at, said_at=moment)
    return _Judged(moment, effect, expected) if why_not is None else Refusal(why_not, "until")


def _expected(promise: Promise, said: Said, moment: datetime) -> datetime | None:
    if said.expected_at is not None:
        return said.expected_at
    if said.minutes in (*MINUTES_LATE, *DAYS_LATE):
        return expected_after(said.minutes, due_at=promise.due_at, said_at=moment)
    if said.until is not None:
        return expected_until(said.until, said_at=moment, zone=ZoneInfo(promise.zone))
    return None


def _contact(
    promise: Promise, said: Said, moment: datetime, *, by: Viewer, at: datetime
) -> Interaction | Refusal | None:
    """The contact in which the customer spoke at the door; none without words of the customer."""
    if not said.words.strip():
        return None
    here = Q(site_id=promise.site_id) | Q(site=None)
    doors = Touchpoint.objects.filter(here, is_active=True, channel=Channel.DELIVERY.value)
    door = doors.order_by(F("site_id").asc(nulls_last=True), "id").first()
    contact = Contact(
        Channel.DELIVERY,
        Direction.FROM_CUSTOMER,
        said.words,
        touchpoint_id=door.pk if door else None,
        order_id=promise.order_id,
        happened_at=moment,
    )
    return interactions.write(promise.customer, contact, by=by, at=at)


def _follow(promise: Promise, said: Said, judged: _Judged, *, by: Viewer, at: datetime) -> Refusal | None:
    """What the report does to the promise, through the deeds that everybody else uses."""
    done: Promise | Refusal = promise
    if judged.effect is Effect.FULFILS:
        done = settling.keep(promise.pk, judged.moment, by=by, at=at)
    elif said.outcome is ReportOutcome.LATE and said.told.strip() and judged.expected_at and said.cause:
        done = settling.warn(
            promise.pk, judged.expected_at, CAUSES[said.cause], said.told, told_at=judged.moment, by=by, at=at
        )
    elif judged.effect is Effect.ENDANGERS:
        _endanger(promise, said.outcome.value, by=by, at=at)
    return done if isinstance(done, Refusal) else None


def _endanger(promise: Promise, because: str, *, by: Viewer, at: datetime) -> None:
    """Put it at risk, so that Today asks whoever answers for the customer to tell them; and all that depends on it."""
    if promise.outcome == Outcome.OPEN and promise.standing == Standing.ON_TIME:
        promise.standing = Standing.AT_RISK.value
        at_risk_entry(promise, at=at, by=by, because=because).save(force_insert=True)
    promise.version += 1
    promise.save(update_fields=["standing", "version"])
    warn_dependants([promise.pk], at=at, by=by)


def _arrive(promise: Promise, judged: _Judged) -> Shipment | None:
    """The order's first shipment still under way, now delivered where the report says so; the last one otherwise."""
    parcels = Shipment.objects.filter(order_id=promise.order_id).order_by("position") if promise.order_id else None
    if parcels is None:
        return None
    under_way = parcels.filter(delivered_at=None).first()
    if under_way is None:
        return parcels.last()
    if judged.effect is Effect.FULFILS:
        under_way.delivered_at = judged.moment
        under_way.save(update_fields=["delivered_at"])
    return under_way


def _note(promise: Promise, made: ShipmentReport, judged: _Judged, photos: int, *, by: Viewer, at: datetime) -> None:
    settling.note(
        Entry.SHIPMENT_REPORTED,
        promise,
        by=by,
        at=judged.moment,
        recorded_at=at,
        report_id=made.pk,
        shipment_id=made.shipment_id,
        outcome=made.outcome,
        effect=made.effect,
        delay_seconds=int((at - made.said_at).total_seconds()),
        expected_at=judged.expected_at.astimezone(UTC).isoformat() if judged.expected_at else None,
        cause=made.cause,
        is_told=made.is_told,
        condition=made.condition,
        is_accepted=made.is_accepted,
        interaction_id=made.interaction_id,
        photos=photos,
    )
