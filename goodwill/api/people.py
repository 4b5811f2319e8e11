"""People: who works for the firm, so that a body can name an owner or who owes. Their addresses are no program's."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from goodwill.api.answers import listed
from goodwill.api.bearers import needs, viewer_of
from goodwill.api.values import Cursor, Limit, Told
from goodwill.domain.tokens import Access
from goodwill.reads import listings
from goodwill.reads.listings import Turn

router = Router(tags=["people"])


class PersonOut(Told):
    """A person of the firm; a closed account (`is_active` false) is named by what was, and by no body any more."""

    id: int
    name: str
    is_active: bool


class PersonPage(Told):
    """A stretch of the list; `next` is the cursor of the next one, null at the end."""

    items: list[PersonOut]
    next: str | None


@router.get("", response=PersonPage, **needs(Access.READ_FIRM))
def list_people(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> HttpResponse:
    """The people that the token's person may choose from, in the order of their ids: those in office, or, for whoever
    sees no customers, those of the own units. Whoever changes settings is told closed accounts, too."""
    return listed(listings.people(viewer_of(request), Turn(limit, cursor)))
