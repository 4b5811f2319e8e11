"""Tokens: whom a program speaks for, and the tokens a person has given."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.crypto import constant_time_compare

from goodwill.domain.tokens import PREFIX, Access, read_scopes
from goodwill.domain.viewers import Viewer
from goodwill.store.firms import Firm
from goodwill.store.people import Person
from goodwill.store.tokens import ApiToken

_NO_DIGEST = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that is good now, and the person behind it as a viewer with all that the roles grant."""

    token_id: int
    scopes: frozenset[Access]
    expires_at: datetime
    last_used_on: date | None
    viewer: Viewer


def bearer(secret: str, *, at: datetime) -> Bearer | None:
    """Whose token this is; None where it is unknown, revoked or expired, or its person's account is closed.

    The token is found by its handle; its digest is compared in constant time. Four queries.
    """
    prefix, _, rest = secret.partition("_")
    handle, _, word = rest.partition("_")
    if prefix != PREFIX or not handle.isascii() or not handle.isalnum() or len(secret) > 100:
        return None
    row = ApiToken.objects.select_related("person").filter(handle=handle).first()
    said = hashlib.sha256(word.encode("utf-8", "replace")).hexdigest()
    is_right = constant_time_compare(said, row.digest if row else _NO_DIGEST)
    if row is None or not is_right or row.revoked_at is not None or row.expires_at <= at or not row.person.is_active:
        return None
    firm = Firm.the()
    viewer = row.person.viewer(zone=firm.zone if firm else "UTC")
    return Bearer(row.pk, read_scopes(row.scopes), row.expires_at, row.last_used_on, viewer)


def person_of(email: str) -> int | None:
    """The id of the active person who signs in under this address; asked by the operator's commands."""
    return Person.objects.active().filter(email=email.strip().lower()).values_list("pk", flat=True).first()


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token in the list of its person; its secret is known to nobody. `begins` is how it begins."""

    id: int
    name: str
    begins: str
    scopes: tuple[Access, ...]
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None
    revoked_at: datetime | None
    is_good: bool


def own(viewer: Viewer, *, at: datetime) -> list[TokenLine]:
    """The tokens that this viewer has given, newest first, those that ended included."""
    return of_person(viewer, viewer.person_id, at=at)


def of_person(viewer: Viewer, person_id: int | None, *, at: datetime) -> list[TokenLine]:
    """The tokens of one person, for that person and for the operator."""
    if person_id is None or (not viewer.is_operator and viewer.person_id != person_id):
        return []
    return [
        TokenLine(
            id=row.pk,
            name=row.name,
            begins=f"{PREFIX}_{row.handle}",
            scopes=tuple(sorted(read_scopes(row.scopes))),
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_on=row.last_used_on,
            revoked_at=row.revoked_at,
            is_good=row.revoked_at is None and row.expires_at > at,
        )
        for row in ApiToken.objects.filter(person_id=person_id).order_by("-id")[:200]
    ]
