"""Entries: any contact, by anyone, written down in ten seconds, with the promise made in it and the customer if new."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from goodwill.actions import customers, interactions, promises
from goodwill.actions.customers import CustomerFacts
from goodwill.actions.interactions import Contact
from goodwill.actions.promises import Draft
from goodwill.domain.customers import CustomerKind
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import Viewer
from goodwill.store.interactions import Interaction
from goodwill.store.promises import Promise


@dataclass(frozen=True, slots=True)
class Noted:
    """What was written down: the contact, the promise if one was made, and whether the customer is new."""

    interaction: Interaction
    promise: Promise | None
    is_new_customer: bool


@transaction.atomic
def note(
    customer: int | str, contact: Contact, promise: Draft | None = None, *, by: Viewer, at: datetime
) -> Noted | Refusal:
    """Write down a contact, and the promise made in it, with a customer given by id, or by name where new.

    All of it or nothing: where the promise cannot be, the contact and the customer are not written down either.
    """
    done = _note(customer, contact, promise, by=by, at=at)
    if isinstance(done, Refusal):
        transaction.set_rollback(True)
    return done


def _note(customer: int | str, contact: Contact, promise: Draft | None, *, by: Viewer, at: datetime) -> Noted | Refusal:
    is_new = isinstance(customer, str)
    if isinstance(customer, str):
        site_id = min(by.site_ids, default=None)
        facts = CustomerFacts(CustomerKind.PERSON, customer, site_id=site_id)
        added = customers.add(facts, by=by, at=at, owner_id=by.person_id)
        if isinstance(added, Refusal):
            return replace(added, field="customer") if added.reason is not Reason.NOT_ALLOWED else added
        customer = added.pk
    written = interactions.record(customer, contact, by=by, at=at)
    if isinstance(written, Refusal):
        return written
    if promise is None:
        return Noted(written, None, is_new)
    made = promises.make(customer, replace(promise, interaction_id=written.pk), by=by, at=at)
    return made if isinstance(made, Refusal) else Noted(written, made, is_new)
