"""Idempotency: a write that a program repeats under one key is done once and answered the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import StrIndex, Substr
from django.db.models.lookups import GreaterThan, In

from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.refusals import Reason, Refusal
from goodwill.store.idempotency import IdemKey

_AT_ONCE = 200
"""Beginnings in one question."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program is told: a status and a body as it goes over the wire."""

    status: int
    body: str


def once(
    scope: str, key: str, fingerprint: str, deed: Callable[[], Answer | Refusal], *, at: datetime
) -> Answer | Refusal:
    """Do a deed at most once under this key of this scope; a repetition gets the first answer, letter by letter.

    The key's row is inserted first and lives in the deed's transaction, so whoever asks the same at the same moment
    waits for it. A refused deed leaves no key behind: mended, it may be asked again under the same one. Another
    question under a spent key is refused (ALREADY_USED), and so is a deed that met a row which another one made at
    the same moment (CHANGED_MEANWHILE), and a repetition whose answer spoke of a person who was erased since (ERASED).
    """
    try:
        return _once(scope, key, fingerprint, deed, at=at)
    except IntegrityError:
        return Refusal(Reason.CHANGED_MEANWHILE)


def _once(
    scope: str, key: str, fingerprint: str, deed: Callable[[], Answer | Refusal], *, at: datetime
) -> Answer | Refusal:
    with transaction.atomic():
        spent = _spend(scope, key, fingerprint, at=at)
        if spent is None:
            return Refusal(Reason.ALREADY_USED, "Idempotency-Key")
        if spent.status and not spent.body:
            return Refusal(Reason.ERASED)
        if spent.status:
            return Answer(spent.status, spent.body)
        answer = deed()
        if isinstance(answer, Refusal):
            transaction.set_rollback(True)
            return answer
        spent.status, spent.body = answer.status, answer.body
        spent.save(update_fields=["status", "body"])
        return answer


def _spend(scope: str, key: str, fingerprint: str, *, at: datetime) -> IdemKey | None:
    """The key's row, new or of an equal earlier question; None where the question was another."""
    try:
        with transaction.atomic():
            return IdemKey.objects.create(scope=scope, key=key, fingerprint=fingerprint, used_at=at)
    except IntegrityError:
        # Whoever was first has committed: the constraint waited for it.
        found = IdemKey.objects.get(scope=scope, key=key)
    return found if found.fingerprint == fingerprint else None


def forget_answers_about(customer_id: int, address_ids: Iterable[int]) -> int:
    """Empty the answers that spoke of a customer, of one of these addresses, or of what was said; how many.

    The keys stay spent, so that nothing is done again. The answers are found by their beginning or by the number they
    name, as `api.answers` writes them; that reads all keys of thirty days, which an erasure is rare enough for.
    """
    begun = {f'{{"id": {customer_id}, "kind": "{kind.value}", "name": ' for kind in CustomerKind}
    for address_id in set(address_ids):
        begun |= {f'{{"id": {address_id}, "kind": "{kind.value}", "value": ' for kind in AddressKind}
    count = 0
    for name in ("customer_id", "contact_id"):
        place = StrIndex("body", Value(f'"{name}": {customer_id},'))
        count += IdemKey.objects.filter(GreaterThan(place, 0)).update(body="")
    # Plain comparisons: LIKE asks Python for every row of SQLite.
    for length in sorted({len(words) for words in begun}):
        words = sorted(words for words in begun if len(words) == length)
        for start in range(0, len(words), _AT_ONCE):
            some = In(Substr("body", 1, length), words[start : start + _AT_ONCE])
            count += IdemKey.objects.filter(some).update(body="")
    return count


def forget(before: datetime) -> int:
    """Forget keys used before a moment; how many there were."""
    return IdemKey.objects.filter(used_at__lt=before).delete()[0]
