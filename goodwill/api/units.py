"""Units: the departments of the firm, so that a body can name one."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from goodwill.api.answers import listed
from goodwill.api.bearers import needs, viewer_of
from goodwill.api.values import Cursor, Limit, Told
from goodwill.domain.tokens import Access
from goodwill.reads import listings
from goodwill.reads.listings import Turn

router = Router(tags=["units"])


class UnitOut(Told):
    """A department, which may owe."""

    id: int
    name: str


class UnitPage(Told):
    """A stretch of the list; `next` is the cursor of the next one, null at the end."""

    items: list[UnitOut]
    next: str | None


@router.get("", response=UnitPage, **needs(Access.READ_FIRM))
def list_units(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> HttpResponse:
    """The units that the token's person sees, in the order of their ids: every one for whoever serves a site, the whole
    firm, or its settings; those the person works in for anybody else."""
    return listed(listings.units(viewer_of(request), Turn(limit, cursor)))
