"""The journal of the simulated firm: what its deeds would have written, in their own words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Protocol

from goodwill.domain.entries import Entry
from goodwill.domain.simulated_firm import SimulatedFirm, SimulatedPromise
from goodwill.domain.targets import Outcome
from goodwill.domain.viewers import Viewer
from goodwill.store.customers import Customer
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry, entry
from goodwill.store.orders import Order
from goodwill.store.people import Person
from goodwill.store.promises import Promise


class Books(Protocol):
    """The rows that were written, in the order of the firm's own lists."""

    customer_rows: list[Customer]
    person_rows: list[Person]
    order_rows: list[Order]
    interaction_rows: list[Interaction]
    promise_rows: list[Promise]


def entries_of(firm: SimulatedFirm, books: Books, begun: datetime, *, by: Viewer) -> Iterator[JournalEntry]:
    """Unsaved entries, not yet in order of time; `by` stands for what nobody in particular did."""
    for person in books.person_rows:
        yield entry(Entry.PERSON_JOINED, by=by, at=begun, person_id=person.pk)
    for row in books.customer_rows:
        yield entry(
            Entry.CUSTOMER_ADDED,
            by=by,
            at=row.created_at,
            customer_id=row.pk,
            owner_id=row.owner_id,
            deputy_id=row.deputy_id,
        )
    for order in books.order_rows:
        yield entry(
            Entry.ORDER_PLACED,
            by=by,
            at=order.placed_at,
            customer_id=order.customer_id,
            order_id=order.pk,
            status="placed",
        )
    for said in books.interaction_rows:
        yield entry(
            Entry.INTERACTION_RECORDED,
            by=Viewer(person_id=said.person_id),
            at=said.at,
            customer_id=said.customer_id,
            order_id=said.order_id,
            interaction_id=said.pk,
            channel=said.channel,
            direction=said.direction,
            touchpoint_id=said.touchpoint_id,
            is_mailing=said.is_mailing,
        )
    for promise, promise_row in zip(firm.promises, books.promise_rows, strict=True):
        yield from _of_promise(promise, promise_row, by=by)
    for rating in firm.ratings:
        order = books.order_rows[rating.order]
        yield entry(
            Entry.PURCHASE_RATED,
            by=by,
            at=rating.answered_at,
            customer_id=order.customer_id,
            order_id=order.pk,
            product_score=rating.product,
            service_score=rating.service,
            scale=10,
        )


def _of_promise(promise: SimulatedPromise, row: Promise, *, by: Viewer) -> Iterator[JournalEntry]:
    doer = Viewer(person_id=row.person_id) if row.person_id else by
    about: dict[str, Any] = {
        "customer_id": row.customer_id,
        "order_id": row.order_id,
        "promise_id": row.pk,
        "policy_id": row.policy_id,
    }
    yield entry(
        Entry.PROMISE_MADE,
        by=doer,
        at=promise.made_at,
        side="ours",
        promise_kind=promise.kind.value,
        due_at=promise.due_at.isoformat(),
        **about,
    )
    if promise.at_risk_at:
        yield entry(Entry.PROMISE_AT_RISK, by=by, at=promise.at_risk_at, because="time", **about)
    if promise.warned_at:
        lead = int((promise.due_at - promise.warned_at).total_seconds())
        yield entry(Entry.PROMISE_WARNED, by=doer, at=promise.warned_at, lead_seconds=lead, channel="phone", **about)
    if promise.outcome.is_broken:
        lead_seconds = int((promise.due_at - promise.warned_at).total_seconds()) if promise.warned_at else None
        yield entry(
            Entry.PROMISE_BROKEN,
            by=by,
            at=promise.due_at,
            outcome=promise.outcome.value,
            lead_seconds=lead_seconds,
            **about,
        )
    if promise.outcome is Outcome.WITHDRAWN and promise.settled_at:
        yield entry(
            Entry.PROMISE_WITHDRAWN,
            by=doer,
            at=promise.settled_at,
            reason="cancelled",
            outcome=promise.outcome.value,
            **about,
        )
    elif promise.acted_at:
        seconds = int((promise.due_at - promise.acted_at).total_seconds())
        if promise.outcome is Outcome.KEPT:
            yield entry(Entry.PROMISE_KEPT, by=doer, at=promise.acted_at, ahead_seconds=seconds, **about)
        else:
            yield entry(Entry.PROMISE_FULFILLED_LATE, by=doer, at=promise.acted_at, late_seconds=-seconds, **about)
