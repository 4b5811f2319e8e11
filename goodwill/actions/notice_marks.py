"""Marks on one's own notices: read, all read, taken back; and how one wants to be told.

What a person has read is nobody else's business: marks are not written into the journal.
"""

from datetime import datetime

from django.db import transaction

from goodwill.domain.entries import Entry
from goodwill.domain.notices import USUAL, Kind, Wishes
from goodwill.domain.quiet_hours import minute_of
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.notices import Notice, NoticePlan


def read(notice_id: int, *, by: Viewer, at: datetime) -> bool:
    """Mark one of one's own notices as read; True where it was unread. Twice is once."""
    return bool(Notice.objects.of(by).unread().filter(pk=notice_id).update(seen_at=at))


def read_all(*, kind: Kind | None = None, newest_id: int | None = None, by: Viewer, at: datetime) -> int:
    """Mark everything one has not read, of a kind or of all, as read; how many notices that were.

    `newest_id` is the newest that the person saw: what came since stays unread.
    """
    rows = Notice.objects.of(by).unread()
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if newest_id is not None:
        rows = rows.filter(pk__lte=newest_id)
    return rows.update(seen_at=at)


def take_back(marked_at: datetime, *, by: Viewer) -> int:
    """Make unread again what one marked at this moment; how many notices that were."""
    return Notice.objects.of(by).filter(seen_at=marked_at).update(seen_at=None)


@transaction.atomic
def prefer(wishes: Wishes, *, by: Viewer, at: datetime) -> NoticePlan | Refusal:
    """Keep how one wants to be told. A letter that waits keeps its moment; the next one follows the new wishes."""
    if by.person_id is None:
        return Refusal(Reason.NOT_ALLOWED)
    plan, _ = NoticePlan.objects.select_for_update().get_or_create(person_id=by.person_id)
    plan.ways = {kind.value: way.value for kind, way in wishes.ways.items() if way is not USUAL[kind]}
    plan.digest_minute = minute_of(wishes.digest_at)
    plan.quiet_from_minute, plan.quiet_until_minute = minute_of(wishes.quiet_from), minute_of(wishes.quiet_until)
    plan.rests_on_days_off = wishes.rests_on_days_off
    plan.save(update_fields=["ways", "digest_minute", "quiet_from_minute", "quiet_until_minute", "rests_on_days_off"])
    journal.write(Entry.PERSON_CHANGED, by=by, at=at, person_id=by.person_id, field="notices")
    return plan
