"""Shipment reports: what happened at a customer's door, or on the way there, said by a carrier's program."""

import hashlib

from django.http import HttpRequest, HttpResponse
from ninja import Router

from goodwill.actions import shipment_reports
from goodwill.actions.shipment_reports import Said
from goodwill.api.answers import Key, written
from goodwill.api.bearers import at_of, caller_of, needs, viewer_of
from goodwill.api.values import Asked, Id, Moment, Told, Words, Yes
from goodwill.domain.shipment_reports import Condition, ReportOutcome, SlipCause
from goodwill.domain.tokens import Access
from goodwill.reads import listings

router = Router(tags=["promises"])


class ShipmentReportIn(Asked):
    """What happened, at `said_at` (now where absent).

    Late: `cause` and `expected_at`; `told_words` is what the customer was told ("": nobody told them yet). Damaged:
    `condition`, and whether the customer took the goods all the same. `words` are the customer's own.
    """

    outcome: ReportOutcome
    said_at: Moment | None = None
    cause: SlipCause | None = None
    expected_at: Moment | None = None
    told_words: Words = ""
    condition: Condition | None = None
    is_accepted: Yes | None = None
    words: Words = ""


class ShipmentReportOut(Told):
    """A report: `effect` is what it did to the promise (fulfils, endangers, notes)."""

    id: int
    promise_id: int
    shipment_id: int | None
    interaction_id: int | None
    outcome: str
    effect: str
    said_at: str
    received_at: str
    expected_at: str | None
    cause: str
    is_told: bool
    condition: str
    is_accepted: bool | None


@router.post("/{promise_id}/report", response={201: ShipmentReportOut}, **needs(Access.WRITE_PROMISES))
def report_shipment(request: HttpRequest, promise_id: Id, key: Key, payload: ShipmentReportIn) -> HttpResponse:
    """Say what happened to a delivery that was promised: delivered, late or damaged.

    Delivered fulfils the promise at `said_at` and writes the moment on the order's shipment. Late puts it at risk, and
    is a warning only where the customer was told. Damaged goods that were refused stay owed. Only for our promises of
    the kinds delivery and delivery_in_full.
    """
    viewer, at = viewer_of(request), at_of(request)
    said = Said(
        key=_key(request, key),
        outcome=payload.outcome,
        said_at=payload.said_at,
        cause=payload.cause,
        expected_at=payload.expected_at,
        told=payload.told_words,
        condition=payload.condition,
        is_accepted=payload.is_accepted,
        words=payload.words,
    )
    return written(
        request,
        key,
        lambda: shipment_reports.report(promise_id, said, by=viewer, at=at),
        listings.shipment_report,
        status=201,
    )


def _key(request: HttpRequest, key: str) -> str:
    """The report's own key, which is kept for good: no other token's, and none that a driver's device could make."""
    return "api-" + hashlib.sha256(f"{caller_of(request).token_id}:{key}".encode()).hexdigest()
