"""Touchpoints: the inventory of places where customers meet the firm."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field, StringConstraints

from goodwill.actions import touchpoints
from goodwill.actions.touchpoints import TouchpointFacts
from goodwill.api.answers import Key, listed, written
from goodwill.api.bearers import at_of, needs, viewer_of
from goodwill.api.values import NO_NUL, Asked, Cursor, Id, Limit, RowId, Told, Yes
from goodwill.domain.interactions import Channel
from goodwill.domain.tokens import Access
from goodwill.reads import listings
from goodwill.reads.listings import Turn

router = Router(tags=["touchpoints"])
Part = Annotated[str, StringConstraints(max_length=120, pattern=NO_NUL)]
Parts = Annotated[list[Part], Field(max_length=100)]


class TouchpointOut(Told):
    """A place where customers meet the firm, with its owner and its named parts."""

    id: int
    name: str
    channel: str
    owner_id: int | None
    site_id: int | None
    tangible: list[str]
    intangible: list[str]
    is_active: bool


class TouchpointPage(Told):
    """A stretch of the list; `next` is the cursor of the next one, null at the end."""

    items: list[TouchpointOut]
    next: str | None


class TouchpointIn(Asked):
    """What is to be true of a touchpoint; parts are named one by one."""

    name: Part
    channel: Channel
    owner_id: RowId | None = None
    site_id: RowId | None = None
    tangible: Parts = []
    intangible: Parts = []
    is_active: Yes = True

    def facts(self) -> TouchpointFacts:
        """The same for the deed."""
        return TouchpointFacts(
            self.name, self.channel, self.owner_id, self.site_id, self.tangible, self.intangible, self.is_active
        )


class ChangedTouchpoint(TouchpointIn):
    """All that is to be true of a touchpoint: nothing is left out, so that nothing is lost by leaving it out."""

    owner_id: RowId | None
    site_id: RowId | None
    tangible: Parts
    intangible: Parts
    is_active: Yes


@router.get("", response=TouchpointPage, **needs(Access.READ_TOUCHPOINTS))
def list_touchpoints(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> HttpResponse:
    """The inventory, in the order of its ids."""
    return listed(listings.touchpoints(viewer_of(request), Turn(limit, cursor)))


@router.post("", response={201: TouchpointOut}, **needs(Access.WRITE_TOUCHPOINTS))
def add_touchpoint(request: HttpRequest, key: Key, payload: TouchpointIn) -> HttpResponse:
    """A new touchpoint under a name of its own."""
    viewer, at = viewer_of(request), at_of(request)
    return written(
        request, key, lambda: touchpoints.add(payload.facts(), by=viewer, at=at), listings.touchpoint, status=201
    )


@router.put("/{touchpoint_id}", response=TouchpointOut, **needs(Access.WRITE_TOUCHPOINTS))
def change_touchpoint(request: HttpRequest, touchpoint_id: Id, key: Key, payload: ChangedTouchpoint) -> HttpResponse:
    """Say anew what a touchpoint is, whose it is, and whether it is still in use."""
    viewer, at = viewer_of(request), at_of(request)
    return written(
        request,
        key,
        lambda: touchpoints.change(touchpoint_id, payload.facts(), by=viewer, at=at),
        listings.touchpoint,
    )
