"""Viewers: a signed-in person as the plain facts that every read and deed asks for."""

from goodwill.domain.viewers import NOBODY, Viewer
from goodwill.store.firms import Firm
from goodwill.store.people import Person


def of(person_id: int | None) -> Viewer:
    """The viewer that this person is; nobody for an unknown or closed account."""
    person = Person.objects.active().filter(pk=person_id).first() if person_id else None
    if person is None:
        return NOBODY
    firm = Firm.the()
    return of_account(person, zone=firm.zone if firm else "UTC")


def of_account(person: Person, *, zone: str) -> Viewer:
    """The viewer that an account already read is; `zone` is the firm's, for people without one of their own."""
    return person.viewer(zone=zone) if person.is_active else NOBODY
