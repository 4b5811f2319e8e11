"""Invitations: how people come into the house."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from goodwill.actions import sign_ins
from goodwill.actions.sign_ins import Purpose
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May, Role
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.people import Assignment, Person
from goodwill.store.units import Unit

NAME_LENGTH = 120
LANGUAGES = ("en", "ru", "hu")

Held = tuple[Role, int | None]
"""A role, and the unit in which it is held (None: in the firm as a whole)."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A person who was invited, and the path of the link that lets them in; the link is shown once."""

    person_id: int
    email: str
    name: str
    language: str
    path: str


@transaction.atomic
def invite(
    email: str, name: str, held: Collection[Held], *, language: str = "en", by: Viewer, at: datetime
) -> Invitation | Refusal:
    """Make an account without a password and a link, good for seven days and one use, to choose one."""
    if not by.may(May.MANAGE_PEOPLE):
        return Refusal(Reason.NOT_ALLOWED)
    email, name = email.strip().lower(), name.strip()
    if (refusal := _judge(email, name, held, by=by)) is not None:
        return refusal
    if Person.objects.get_queryset().filter(email=email).exists():
        return Refusal(Reason.ALREADY_USED, "email")
    person = Person.objects.create_person(email, name, at=at, language=language if language in LANGUAGES else "en")
    Assignment.objects.bulk_create(
        Assignment(person=person, role=role.value, unit_id=unit_id) for role, unit_id in sorted_held(held)
    )
    journal.write(Entry.PERSON_INVITED, by=by, at=at, person_id=person.pk, roles=codes(held))
    return _invitation(person, at=at)


@transaction.atomic
def invite_again(person_id: int, *, by: Viewer, at: datetime) -> Invitation | Refusal:
    """A fresh link for somebody who has not joined yet; the earlier one is void."""
    person = Person.objects.active().filter(pk=person_id).first() if by.may(May.MANAGE_PEOPLE) else None
    if person is None:
        return Refusal(Reason.NOT_FOUND)
    if person.joined_at is not None:
        return Refusal(Reason.ALREADY_SETTLED)
    if not sign_ins.outranks(by, person):
        return Refusal(Reason.NOT_ALLOWED)
    person.set_unusable_password()  # another random one: links sealed before do not fit any more
    person.save(update_fields=["password"])
    journal.write(Entry.PERSON_INVITED, by=by, at=at, person_id=person.pk, again=1)
    return _invitation(person, at=at)


def invited(token: str, *, at: datetime) -> Person | None:
    """The person whom an unspent invitation stands for."""
    person = sign_ins.holder(token, Purpose.JOIN, at=at)
    return person if person is not None and person.joined_at is None else None


@transaction.atomic
def join(token: str, name: str, password: str, *, language: str, at: datetime) -> Person | Refusal:
    """Accept an invitation: name, password and language are the person's own choice."""
    person = invited(token, at=at)
    if person is None:
        return Refusal(Reason.LINK_EXPIRED)
    name = name.strip()
    if not name:
        return Refusal(Reason.REQUIRED, "name")
    if len(name) > NAME_LENGTH:
        return Refusal(Reason.TOO_LONG, "name", (("most", str(NAME_LENGTH)),))
    if language not in LANGUAGES:
        return Refusal(Reason.NOT_A_CHOICE, "language")
    if not Person.objects.active().filter(pk=person.pk, joined_at__isnull=True).update(joined_at=at):
        return Refusal(Reason.LINK_EXPIRED)
    person.joined_at, person.name, person.language = at, name, language
    person.set_password(password)
    person.save(update_fields=["name", "language", "password"])
    journal.write(Entry.PERSON_JOINED, by=Viewer(person_id=person.pk), at=at, person_id=person.pk)
    return person


def one_time_link(person_id: int, *, by: Viewer, at: datetime) -> str:
    """The path of a link that signs this person in once, within 15 minutes, from this machine only.

    Raises PermissionError unless the machine's operator asks, and LookupError for an unknown or closed account.
    """
    if not by.is_operator:
        raise PermissionError("only the operator of the machine makes one-time links")
    person = Person.objects.active().filter(pk=person_id).first()
    if person is None:
        raise LookupError(person_id)
    return reverse("web:one_time", args=[sign_ins.seal(person, Purpose.ENTER, at=at)])


def may_give(held: Collection[Held], *, by: Viewer) -> bool:
    """Whether `by` may give these roles: a head is made by a head."""
    return by.is_operator or Role.HEAD in by.roles or all(role is not Role.HEAD for role, _ in held)


def known_units(held: Collection[Held]) -> bool:
    """Whether every unit named exists."""
    unit_ids = {unit_id for _, unit_id in held if unit_id is not None}
    return Unit.objects.filter(pk__in=unit_ids).count() == len(unit_ids)


def sorted_held(held: Collection[Held]) -> list[Held]:
    """Once each, in a steady order."""
    return sorted(set(held), key=lambda pair: (pair[0].value, pair[1] or 0))


def codes(held: Collection[Held]) -> list[list[str | int | None]]:
    """Roles and unit ids as the journal keeps them."""
    return [[role.value, unit_id] for role, unit_id in sorted_held(held)]


def _judge(email: str, name: str, held: Collection[Held], *, by: Viewer) -> Refusal | None:
    try:
        validate_email(email)
    except ValidationError:
        return Refusal(Reason.NOT_AN_ADDRESS, "email")
    if len(email) > 254:
        return Refusal(Reason.TOO_LONG, "email", (("most", "254"),))
    if len(name) > NAME_LENGTH:
        return Refusal(Reason.TOO_LONG, "name", (("most", str(NAME_LENGTH)),))
    if not name:
        return Refusal(Reason.REQUIRED, "name")
    if not held:
        return Refusal(Reason.REQUIRED, "roles")
    if not known_units(held):
        return Refusal(Reason.NOT_A_CHOICE, "units")
    if not may_give(held, by=by):
        return Refusal(Reason.NOT_ALLOWED, "roles")
    return None


def _invitation(person: Person, *, at: datetime) -> Invitation:
    path = reverse("web:join", args=[sign_ins.seal(person, Purpose.JOIN, at=at)])
    return Invitation(person.pk, person.email, person.name, person.language, path)
