"""People: what they hold, whether they may sign in, what they prefer, and whose customers they answer for."""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Q

from goodwill.actions import invitations, sign_ins
from goodwill.actions.invitations import LANGUAGES, NAME_LENGTH, Held
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May, Role
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.customers import Customer
from goodwill.store.people import Assignment, Person

BATCH = 1_000
THEMES = ("auto", "light", "dark")


@transaction.atomic
def assign(person_id: int, held: Collection[Held], *, by: Viewer, at: datetime) -> Person | Refusal:
    """Give a person exactly these roles in these units; whatever is not named is taken away.

    The last active head stays one. Nobody widens their own roles but a head.
    """
    person = _managed(person_id, by=by)
    if isinstance(person, Refusal):
        return person
    if not held:
        return Refusal(Reason.REQUIRED, "roles")
    if not invitations.known_units(held):
        return Refusal(Reason.NOT_A_CHOICE, "units")
    if not invitations.may_give(held, by=by) or (person.pk == by.person_id and Role.HEAD not in by.roles):
        return Refusal(Reason.NOT_ALLOWED, "roles")
    if all(role is not Role.HEAD for role, _ in held) and _is_last_head(person):
        return Refusal(Reason.LAST_HEAD, "roles")
    before = {(Role(role), unit_id) for role, unit_id in person.assignments.values_list("role", "unit_id")}
    wanted = set(held)
    if before == wanted:
        return person
    for role, unit_id in before - wanted:
        person.assignments.filter(role=role.value, unit_id=unit_id).delete()
    Assignment.objects.bulk_create(
        Assignment(person=person, role=role.value, unit_id=unit_id)
        for role, unit_id in invitations.sorted_held(wanted - before)
    )
    journal.write(
        Entry.ROLES_CHANGED,
        by=by,
        at=at,
        person_id=person.pk,
        given=invitations.codes(wanted - before),
        taken=invitations.codes(before - wanted),
    )
    return person


@transaction.atomic
def rename(person_id: int, name: str, *, by: Viewer, at: datetime) -> Person | Refusal:
    """Write a person's name differently."""
    person = _managed(person_id, by=by)
    if isinstance(person, Refusal):
        return person
    name = name.strip()
    if not name:
        return Refusal(Reason.REQUIRED, "name")
    if len(name) > NAME_LENGTH:
        return Refusal(Reason.TOO_LONG, "name", (("most", str(NAME_LENGTH)),))
    if name != person.name:
        person.name = name
        person.save(update_fields=["name"])
        journal.write(Entry.PERSON_CHANGED, by=by, at=at, person_id=person.pk, field="name")
    return person


@transaction.atomic
def close(person_id: int, *, by: Viewer, at: datetime) -> Person | Refusal:
    """Close an account: the person is signed out everywhere and cannot sign in; what they did stays."""
    person = _managed(person_id, by=by)
    if isinstance(person, Refusal):
        return person
    if not person.is_active:
        return Refusal(Reason.ALREADY_SETTLED)
    if _is_last_head(person):
        return Refusal(Reason.LAST_HEAD)
    return _switch(person, False, by=by, at=at)


@transaction.atomic
def reopen(person_id: int, *, by: Viewer, at: datetime) -> Person | Refusal:
    """Let a person in again, with the roles they held."""
    person = _managed(person_id, by=by)
    if isinstance(person, Refusal):
        return person
    if person.is_active:
        return Refusal(Reason.ALREADY_SETTLED)
    return _switch(person, True, by=by, at=at)


def hand_over(person_id: int, to_id: int, *, by: Viewer, at: datetime) -> int | Refusal:
    """Give every customer whom one person owns or deputises to another active person; returns how many changed.

    In transactions of at most 1,000 customers: killed halfway and called again, it goes on.
    """
    with transaction.atomic():
        person = _managed(person_id, by=by)
    if isinstance(person, Refusal):
        return person
    if to_id == person_id or not Person.objects.active().filter(pk=to_id).exists():
        return Refusal(Reason.NOT_A_CHOICE, "to")
    done = 0
    while moved := _hand_over_batch(person_id, to_id, by=by, at=at):
        done += moved
    return done


@transaction.atomic
def prefer(
    person_id: int, *, language: str | None = None, zone: str | None = None, theme: str | None = None, at: datetime
) -> Person | Refusal:
    """Change one's own language, zone (blank: the firm's) and theme; what is None stays."""
    person = Person.objects.active().filter(pk=person_id).first()
    if person is None:
        return Refusal(Reason.NOT_FOUND)
    if language is not None and language not in LANGUAGES:
        return Refusal(Reason.NOT_A_CHOICE, "language")
    if zone and zone not in available_timezones():
        return Refusal(Reason.NOT_A_ZONE, "zone")
    if theme is not None and theme not in THEMES:
        return Refusal(Reason.NOT_A_CHOICE, "theme")
    wanted = {"language": language, "zone": zone, "theme": theme}
    changed = [name for name, value in wanted.items() if value is not None and getattr(person, name) != value]
    for name in changed:
        setattr(person, name, wanted[name])
    if changed:
        person.save(update_fields=changed)
        journal.write(
            Entry.PERSON_CHANGED,
            by=Viewer(person_id=person.pk),
            at=at,
            person_id=person.pk,
            field=",".join(changed),
        )
    return person


def _managed(person_id: int, *, by: Viewer) -> Person | Refusal:
    if not by.may(May.MANAGE_PEOPLE):
        return Refusal(Reason.NOT_FOUND)
    _lock_heads()  # in a steady order and first of all: changes of people queue here and cannot embrace each other
    person = Person.objects.get_queryset().filter(pk=person_id).first()
    if person is None:
        return Refusal(Reason.NOT_FOUND)
    if not sign_ins.outranks(by, person):
        return Refusal(Reason.NOT_ALLOWED)
    return person


def _lock_heads() -> set[int]:
    """Every active head who has joined, locked until the end of the deed, so that two cannot leave at once."""
    held = (
        Assignment.objects.select_related("person")
        .select_for_update(of=("self", "person"))
        .filter(role=Role.HEAD.value, person__is_active=True, person__joined_at__isnull=False)
        .order_by("pk")
    )
    return {assignment.person_id for assignment in held}


def _is_last_head(person: Person) -> bool:
    return _lock_heads() == {person.pk}


def _switch(person: Person, is_active: bool, *, by: Viewer, at: datetime) -> Person:
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    journal.write(Entry.PERSON_CHANGED, by=by, at=at, person_id=person.pk, field="is_active", is_active=int(is_active))
    return person


@transaction.atomic
def _hand_over_batch(person_id: int, to_id: int, *, by: Viewer, at: datetime) -> int:
    theirs = list(
        Customer.objects.select_for_update()
        .filter(Q(owner_id=person_id) | Q(deputy_id=person_id))
        .order_by("pk")
        .values_list("pk", "owner_id", "deputy_id")[:BATCH]
    )
    owned = [pk for pk, owner_id, _ in theirs if owner_id == person_id]
    deputised = [pk for pk, _, deputy_id in theirs if deputy_id == person_id]
    Customer.objects.filter(pk__in=deputised).update(deputy_id=to_id)
    Customer.objects.filter(pk__in=owned).update(owner_id=to_id)
    # Nobody is the deputy of themselves.
    Customer.objects.filter(pk__in=[pk for pk, *_ in theirs], owner_id=to_id, deputy_id=to_id).update(deputy_id=None)
    journal.JournalEntry.objects.bulk_create(
        journal.entry(Entry.OWNER_CHANGED, by=by, at=at, customer_id=pk, was=person_id, now=to_id, handed_over=1)
        for pk, *_ in theirs
    )
    return len(theirs)
