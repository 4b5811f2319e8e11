"""Interactions: contacts listed, read and recorded, in the customer's own words."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from goodwill.actions import interactions
from goodwill.actions.interactions import Contact
from goodwill.api.answers import Key, listed, shown, written
from goodwill.api.bearers import at_of, needs, viewer_of
from goodwill.api.values import Asked, Cursor, Id, Limit, Moment, RowId, Told, Words, Yes
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.tokens import Access
from goodwill.reads import listings
from goodwill.reads.listings import Turn

router = Router(tags=["interactions"])


class InteractionOut(Told):
    """A contact between a customer and us; `contact_id` is who spoke for the customer."""

    id: int
    customer_id: int
    contact_id: int | None
    person_id: int | None
    touchpoint_id: int | None
    order_id: int | None
    channel: str
    direction: str
    at: str
    words: str
    is_mailing: bool


class InteractionPage(Told):
    """A stretch of the list; `next` is the cursor of the next one, null at the end."""

    items: list[InteractionOut]
    next: str | None


class InteractionIn(Asked):
    """A contact to write down; a touchpoint brings its own channel, and `at` is now where it is absent."""

    customer_id: RowId
    channel: Channel
    direction: Direction
    words: Words
    touchpoint_id: RowId | None = None
    contact_id: RowId | None = None
    order_id: RowId | None = None
    at: Moment | None = None
    is_mailing: Yes = False


@router.get("", response=InteractionPage, **needs(Access.READ_INTERACTIONS))
def list_interactions(
    request: HttpRequest,
    limit: Limit = 50,
    cursor: Cursor = "",
    customer_id: Id | None = None,
    touchpoint_id: Id | None = None,
    order_id: Id | None = None,
) -> HttpResponse:
    """The contacts that the token's person sees, the last recorded first."""
    sought = {"customer_id": customer_id, "touchpoint_id": touchpoint_id, "order_id": order_id}
    narrowed = {name: value for name, value in sought.items() if value is not None}
    return listed(listings.interactions(viewer_of(request), narrowed, Turn(limit, cursor)))


@router.post("", response={201: InteractionOut}, **needs(Access.WRITE_INTERACTIONS))
def record_interaction(request: HttpRequest, key: Key, payload: InteractionIn) -> HttpResponse:
    """Write a contact down."""
    viewer, at = viewer_of(request), at_of(request)
    contact = Contact(
        payload.channel,
        payload.direction,
        payload.words,
        touchpoint_id=payload.touchpoint_id,
        contact_id=payload.contact_id,
        order_id=payload.order_id,
        happened_at=payload.at,
        is_mailing=payload.is_mailing,
    )
    return written(
        request,
        key,
        lambda: interactions.record(payload.customer_id, contact, by=viewer, at=at),
        listings.interaction,
        status=201,
    )


@router.get("/{interaction_id}", response=InteractionOut, **needs(Access.READ_INTERACTIONS))
def read_interaction(request: HttpRequest, interaction_id: Id) -> HttpResponse:
    """A contact."""
    return shown(listings.one_interaction(viewer_of(request), interaction_id))
