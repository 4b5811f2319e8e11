"""The journal of the simulated firm: what its deeds would have written, as ready rows."""

import json
from datetime import datetime
from operator import itemgetter
from typing import Any

from goodwill.domain.entries import Entry
from goodwill.domain.records import lead_seconds
from goodwill.domain.simulated_firm import SimulatedInteraction, SimulatedPromise
from goodwill.domain.targets import Outcome
from goodwill.store import bulk
from goodwill.store.journal import JournalEntry

_COLUMNS = (
    "kind",
    "at",
    "recorded_at",
    "actor_id",
    "customer_id",
    "order_id",
    "promise_id",
    "policy_id",
    "facts",
)
_ADDED, _PLACED, _RATED, _SAID = (
    Entry.CUSTOMER_ADDED.value,
    Entry.ORDER_PLACED.value,
    Entry.PURCHASE_RATED.value,
    Entry.INTERACTION_RECORDED.value,
)
_PLACED_FACTS = json.dumps({"status": "placed"})
_AT_RISK_FACTS = json.dumps({"because": "time"})
_WITHDRAWN_FACTS = json.dumps({"reason": "cancelled", "outcome": Outcome.WITHDRAWN.value})


class Entries:
    """The entries of a block, written in order of time at its end."""

    def __init__(self, actor_id: int | None, policy_id: int) -> None:
        self.actor_id, self.policy_id = actor_id, policy_id
        self._rows: list[tuple[Any, ...]] = []

    def customer(self, customer_id: int, at: datetime, owner_id: int | None, deputy_id: int | None) -> None:
        """A customer was added."""
        facts = json.dumps({"owner_id": owner_id, "deputy_id": deputy_id})
        self._rows.append((_ADDED, at, at, self.actor_id, customer_id, None, None, None, facts))

    def order(self, order_id: int, customer_id: int, at: datetime) -> None:
        """An order was placed."""
        self._rows.append((_PLACED, at, at, self.actor_id, customer_id, order_id, None, None, _PLACED_FACTS))

    def rating(self, order_id: int, customer_id: int, at: datetime, product: int, service: int) -> None:
        """A purchase was rated."""
        facts = f'{{"product_score": {product}, "service_score": {service}, "scale": 10}}'
        self._rows.append((_RATED, at, at, self.actor_id, customer_id, order_id, None, None, facts))

    def interaction(self, said: SimulatedInteraction, ids: tuple[int, int, int, int | None, int]) -> None:
        """A contact was recorded; `ids` are its own and those of person, customer, order and touchpoint."""
        interaction_id, person_id, customer_id, order_id, touchpoint_id = ids
        facts = (
            f'{{"interaction_id": {interaction_id}, "channel": "{said.channel.value}", '
            f'"direction": "{said.direction.value}", "touchpoint_id": {touchpoint_id}, '
            f'"is_mailing": {"true" if said.is_mailing else "false"}}}'
        )
        self._rows.append((_SAID, said.at, said.at, person_id, customer_id, order_id, None, None, facts))

    def promise(
        self, promise: SimulatedPromise, promise_id: int, customer_id: int, order_id: int | None, person_id: int | None
    ) -> None:
        """A promise was made, and what became of it, each at its own moment."""
        due_at, doer = promise.due_at, person_id or self.actor_id

        def note(kind: Entry, at: datetime, actor_id: int | None, facts: str) -> None:
            about = (customer_id, order_id, promise_id, self.policy_id)
            self._rows.append((kind.value, at, at, actor_id, *about, facts))

        made = f'{{"side": "ours", "promise_kind": "{promise.kind.value}", "due_at": "{due_at.isoformat()}"}}'
        note(Entry.PROMISE_MADE, promise.made_at, doer, made)
        if promise.at_risk_at:
            note(Entry.PROMISE_AT_RISK, promise.at_risk_at, self.actor_id, _AT_RISK_FACTS)
        if promise.warned_at:
            lead = int((due_at - promise.warned_at).total_seconds())
            note(Entry.PROMISE_WARNED, promise.warned_at, doer, f'{{"lead_seconds": {lead}, "channel": "phone"}}')
        if promise.outcome.is_broken:
            facts = {"outcome": promise.outcome.value, "lead_seconds": lead_seconds(due_at, promise.warned_at)}
            note(Entry.PROMISE_BROKEN, due_at, self.actor_id, json.dumps(facts))
        if promise.outcome is Outcome.WITHDRAWN and promise.settled_at:
            note(Entry.PROMISE_WITHDRAWN, promise.settled_at, doer, _WITHDRAWN_FACTS)
        elif promise.acted_at:
            seconds = int((due_at - promise.acted_at).total_seconds())
            if promise.outcome is Outcome.KEPT:
                note(Entry.PROMISE_KEPT, promise.acted_at, doer, f'{{"ahead_seconds": {seconds}}}')
            else:
                note(Entry.PROMISE_FULFILLED_LATE, promise.acted_at, doer, f'{{"late_seconds": {-seconds}}}')

    def write(self) -> None:
        """Write them, in the transaction of the block."""
        self._rows.sort(key=itemgetter(1))
        bulk.insert(JournalEntry, _COLUMNS, self._rows)
        self._rows.clear()
