"""Contact people: who speaks for an organisation; one person may do so for several."""

from datetime import datetime

from django.db import transaction

from goodwill.actions import customers
from goodwill.domain.customers import CustomerKind
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.customers import ContactPerson

LONGEST_POSITION = 120


@transaction.atomic
def join(
    organisation_id: int, person_id: int, position: str = "", *, by: Viewer, at: datetime
) -> ContactPerson | Refusal:
    """Let a person speak for an organisation, or say anew in which position; both must be the viewer's to see."""
    organisation = customers.lock(organisation_id, by)
    if isinstance(organisation, Refusal):
        return organisation
    if organisation.kind != CustomerKind.ORGANISATION.value:
        return Refusal(Reason.NOT_A_CHOICE, "organisation")
    person = customers.lock(person_id, by)
    if isinstance(person, Refusal):
        return Refusal(person.reason, "person", person.values)
    if person.kind != CustomerKind.PERSON.value:
        return Refusal(Reason.NOT_A_PERSON, "person")
    position = " ".join(position.split())
    if len(position) > LONGEST_POSITION:
        return Refusal(Reason.TOO_LONG, "position", (("most", str(LONGEST_POSITION)),))
    contact, is_new = ContactPerson.objects.get_or_create(
        organisation=organisation, person=person, defaults={"position": position}
    )
    if not is_new and contact.position == position:
        return contact
    contact.position = position
    contact.save(update_fields=["position"])
    _note("joined" if is_new else "position", organisation.pk, person.pk, by=by, at=at)
    return contact


@transaction.atomic
def part(organisation_id: int, person_id: int, *, by: Viewer, at: datetime) -> bool | Refusal:
    """The person no longer speaks for the organisation; both stay customers. False where that was so already."""
    organisation = customers.lock(organisation_id, by)
    if isinstance(organisation, Refusal):
        return organisation
    gone, _ = ContactPerson.objects.filter(organisation=organisation, person_id=person_id).delete()
    if gone:
        _note("parted", organisation.pk, person_id, by=by, at=at)
    return bool(gone)


def _note(act: str, organisation_id: int, person_id: int, *, by: Viewer, at: datetime) -> None:
    for customer_id, other_id in ((organisation_id, person_id), (person_id, organisation_id)):
        journal.write(
            Entry.CUSTOMER_CHANGED,
            by=by,
            at=at,
            customer_id=customer_id,
            fields=["contact_person"],
            act=act,
            other_id=other_id,
        )
