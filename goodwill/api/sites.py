"""Sites: the places the firm serves from, so that a body can name one."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from goodwill.api.answers import listed
from goodwill.api.bearers import needs, viewer_of
from goodwill.api.values import Cursor, Limit, Told
from goodwill.domain.tokens import Access
from goodwill.reads import listings
from goodwill.reads.listings import Turn

router = Router(tags=["sites"])


class SiteOut(Told):
    """A site; a `day` that is promised there ends by its `zone`."""

    id: int
    name: str
    zone: str
    is_active: bool


class SitePage(Told):
    """A stretch of the list; `next` is the cursor of the next one, null at the end."""

    items: list[SiteOut]
    next: str | None


@router.get("", response=SitePage, **needs(Access.READ_FIRM))
def list_sites(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> HttpResponse:
    """The sites that the token's person may choose from, in the order of their ids: those in use, of the person's units
    where the person sees no further. Whoever changes settings is told those out of use, too."""
    return listed(listings.sites(viewer_of(request), Turn(limit, cursor)))
