"""Tokens: a person lets a program speak for him or her, and takes the word back."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.tokens import LONGEST_LIFE, PREFIX, Access
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.people import Person
from goodwill.store.tokens import ApiToken

LONGEST_NAME = 80
MOST = 50
"""Tokens in use of one person."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new token; `secret` is shown once and known to nobody afterwards."""

    id: int
    secret: str = field(repr=False)
    expires_at: datetime


@transaction.atomic
def make(
    person_id: int, name: str, scopes: Iterable[Access], *, expires_at: datetime, by: Viewer, at: datetime
) -> Made | Refusal:
    """A token of this person, made by the person or by the operator. It never does more than the person's roles."""
    if not _is_own(person_id, by):
        return Refusal(Reason.NOT_FOUND)
    person = Person.objects.active().select_for_update().filter(pk=person_id).first()
    if person is None:
        return Refusal(Reason.NOT_FOUND)
    name, granted = " ".join(name.split()), sorted(set(scopes))
    if not name:
        return Refusal(Reason.REQUIRED, "name")
    if len(name) > LONGEST_NAME:
        return Refusal(Reason.TOO_LONG, "name", (("most", str(LONGEST_NAME)),))
    if not granted:
        return Refusal(Reason.REQUIRED, "scopes")
    if expires_at <= at:
        return Refusal(Reason.IN_THE_PAST, "expires_at")
    if expires_at > at + LONGEST_LIFE:
        return Refusal(Reason.NOT_A_CHOICE, "expires_at")
    if person.tokens.filter(revoked_at__isnull=True, expires_at__gt=at).count() >= MOST:
        return Refusal(Reason.NOT_A_CHOICE)
    handle, word = secrets.token_hex(6), secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        name=name,
        handle=handle,
        digest=hashlib.sha256(word.encode()).hexdigest(),
        scopes=[access.value for access in granted],
        created_at=at,
        expires_at=expires_at,
    )
    journal.write(
        Entry.TOKEN_MADE,
        by=by,
        at=at,
        token_id=token.pk,
        person_id=person.pk,
        scopes=token.scopes,
        expires_at=expires_at.isoformat(),
    )
    return Made(token.pk, f"{PREFIX}_{handle}_{word}", expires_at)


@transaction.atomic
def revoke(token_id: int, *, by: Viewer, at: datetime) -> ApiToken | Refusal:
    """End a token now, one's own or, for the operator, anybody's."""
    token = ApiToken.objects.select_for_update().filter(pk=token_id).first()
    if token is None or not _is_own(token.person_id, by):
        return Refusal(Reason.NOT_FOUND)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        journal.write(Entry.TOKEN_REVOKED, by=by, at=at, token_id=token.pk, person_id=token.person_id)
    return token


def note_use(token_id: int, *, at: datetime) -> None:
    """Remember on which day a token was last used; one write a day."""
    ApiToken.objects.filter(pk=token_id).exclude(last_used_on=at.date()).update(last_used_on=at.date())


def _is_own(person_id: int, by: Viewer) -> bool:
    return by.is_operator or (by.person_id is not None and by.person_id == person_id)
