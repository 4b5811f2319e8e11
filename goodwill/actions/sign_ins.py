"""Sign-ins: links that let a person in once, passwords, and what the journal keeps of both."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36

from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May, Role
from goodwill.domain.viewers import NOBODY, Viewer
from goodwill.store import journal
from goodwill.store.people import Person


class Purpose(StrEnum):
    """What a link is good for."""

    JOIN = "join"
    NEW_PASSWORD = "new_password"  # noqa: S105 (a purpose, not a secret)
    ENTER = "enter"


LASTING = {
    Purpose.JOIN: timedelta(days=7),
    Purpose.NEW_PASSWORD: timedelta(days=1),
    Purpose.ENTER: timedelta(minutes=15),
}


def seal(person: Person, purpose: Purpose, *, at: datetime) -> str:
    """A signed token for this person and purpose.

    It is single use without being stored: the signature covers the password and the last sign-in, one of
    which its use changes.
    """
    return "-".join(
        (int_to_base36(person.pk), int_to_base36(int(at.timestamp())), _signature(person, purpose, int(at.timestamp())))
    )


def holder(token: str, purpose: Purpose, *, at: datetime) -> Person | None:
    """The active person whom an unspent, unexpired token of this purpose stands for."""
    try:
        key, sealed, signature = token.split("-")
        person_id, sealed_at = base36_to_int(key), base36_to_int(sealed)
    except ValueError:
        return None
    age = at.timestamp() - sealed_at
    if not -60 <= age <= LASTING[purpose].total_seconds():
        return None
    person = Person.objects.active().filter(pk=person_id).first() if person_id < 2**63 else None
    if person is None or not constant_time_compare(_signature(person, purpose, sealed_at), signature):
        return None
    return person


@transaction.atomic
def new_password_link(person_id: int, *, by: Viewer, at: datetime) -> str | Refusal:
    """A token for a new password, to be handed over by whoever manages people; the old password stays until then."""
    person = Person.objects.active().filter(pk=person_id).first() if by.may(May.MANAGE_PEOPLE) else None
    if person is None:
        return Refusal(Reason.NOT_FOUND)
    if not outranks(by, person):
        return Refusal(Reason.NOT_ALLOWED)
    journal.write(Entry.PASSWORD_RESET_ASKED, by=by, at=at, person_id=person.pk)
    return seal(person, Purpose.NEW_PASSWORD, at=at)


@transaction.atomic
def choose_password(token: str, password: str, *, at: datetime) -> Person | Refusal:
    """Spend a new-password token. The password has been judged by the form."""
    person = holder(token, Purpose.NEW_PASSWORD, at=at)
    if person is None:
        return Refusal(Reason.LINK_EXPIRED)
    return _set(person, password, at=at)


@transaction.atomic
def change_password(person_id: int, old: str, new: str, *, at: datetime) -> Person | Refusal:
    """Change one's own password, knowing the old one."""
    person = Person.objects.active().filter(pk=person_id).first()
    if person is None:
        return Refusal(Reason.NOT_FOUND)
    if not person.check_password(old):
        return Refusal(Reason.WRONG_PASSWORD, "old")
    return _set(person, new, at=at)


@transaction.atomic
def enter(token: str, *, at: datetime) -> Person | Refusal:
    """Spend a one-time sign-in token: of two who hold it, one gets in."""
    person = holder(token, Purpose.ENTER, at=at)
    if person is None:
        return Refusal(Reason.LINK_EXPIRED)
    before = person.last_login
    # The moment must differ from the one signed, or the token would stay good.
    now = max(at, before + timedelta(microseconds=1)) if before else at
    if not Person.objects.get_queryset().filter(pk=person.pk, last_login=before).update(last_login=now):
        return Refusal(Reason.LINK_EXPIRED)
    person.refresh_from_db()
    return person


def signed_in(person_id: int, *, at: datetime) -> None:
    """Note that this person signed in."""
    journal.write(Entry.SIGNED_IN, by=Viewer(person_id=person_id), at=at)


def refused_sign_in(email: str, *, at: datetime) -> None:
    """Note that a sign-in failed: for whom, where the address is known; the address itself is not written down."""
    person_id = Person.objects.get_queryset().filter(email=email.strip().lower()).values_list("pk", flat=True).first()
    if person_id is None:
        journal.write(Entry.SIGN_IN_REFUSED, by=NOBODY, at=at)
    else:
        journal.write(Entry.SIGN_IN_REFUSED, by=NOBODY, at=at, person_id=person_id)


def password_changed(person_id: int, *, at: datetime) -> None:
    """Note that a person has a new password."""
    journal.write(Entry.PASSWORD_CHANGED, by=Viewer(person_id=person_id), at=at)


def reset_asked(email: str, *, at: datetime) -> None:
    """Note that somebody asked for a new password; nothing where the address is unknown."""
    for person in Person.objects.active().filter(email=email.strip().lower()):
        journal.write(Entry.PASSWORD_RESET_ASKED, by=NOBODY, at=at, person_id=person.pk)


def outranks(by: Viewer, person: Person) -> bool:
    """Whether `by` may change this account: heads only by heads, for whoever holds a head's link becomes a head."""
    if by.is_operator or Role.HEAD in by.roles:
        return True
    return not person.assignments.filter(role=Role.HEAD).exists()


def _set(person: Person, password: str, *, at: datetime) -> Person:
    person.set_password(password)
    person.save(update_fields=["password"])
    password_changed(person.pk, at=at)
    return person


def _signature(person: Person, purpose: Purpose, sealed_at: int) -> str:
    last = person.last_login.astimezone(UTC).isoformat() if person.last_login else ""
    value = f"{person.pk} {person.email} {person.password} {last} {sealed_at}"
    return salted_hmac(f"goodwill.{purpose.value}", value, algorithm="sha256").hexdigest()[:40]
