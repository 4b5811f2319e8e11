"""The journal: everything that happened, as ids, codes, moments and amounts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from goodwill.api.answers import listed
from goodwill.api.bearers import needs, viewer_of
from goodwill.api.problems import in_order
from goodwill.api.values import Cursor, Id, Limit, Moment, Told
from goodwill.domain.entries import Entry
from goodwill.domain.tokens import Access
from goodwill.reads import listings
from goodwill.reads.listings import Turn

router = Router(tags=["journal"])


class EntryOut(Told):
    """Something that happened: `at` is when, `recorded_at` when it was written down; no actor is the house itself."""

    id: int
    kind: str
    at: str
    recorded_at: str
    actor_id: int | None
    customer_id: int | None
    order_id: int | None
    promise_id: int | None
    import_id: int | None
    policy_id: int | None
    facts: dict[str, Any]


class JournalPage(Told):
    """A stretch of the journal; `next` is the cursor of the next one, null at the end."""

    items: list[EntryOut]
    next: str | None


@router.get("", response=JournalPage, **needs(Access.READ_JOURNAL))
def list_journal(
    request: HttpRequest,
    limit: Limit = 50,
    cursor: Cursor = "",
    kind: Entry | None = None,
    actor_id: Id | None = None,
    customer_id: Id | None = None,
    promise_id: Id | None = None,
    recorded_from: Moment | None = None,
    recorded_before: Moment | None = None,
) -> HttpResponse:
    """The entries, the last recorded first."""
    in_order(recorded_from, recorded_before, field="recorded_before")
    sought = {
        "kind": kind.value if kind else None,
        "actor_id": actor_id,
        "customer_id": customer_id,
        "promise_id": promise_id,
        "recorded_at__gte": recorded_from,
        "recorded_at__lt": recorded_before,
    }
    narrowed = {name: value for name, value in sought.items() if value is not None}
    return listed(listings.journal(viewer_of(request), narrowed, Turn(limit, cursor)))
