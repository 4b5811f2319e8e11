"""Products: what the firm sells, so that a program can read what the lines of orders name. They come with imports."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import StringConstraints

from goodwill.api.answers import listed, shown
from goodwill.api.bearers import needs, viewer_of
from goodwill.api.values import NO_NUL, Cursor, Id, Limit, Told
from goodwill.domain.tokens import Access
from goodwill.reads import listings
from goodwill.reads.listings import Turn

router = Router(tags=["products"])
Source = Annotated[str, StringConstraints(max_length=32, pattern=NO_NUL)]
ExternalKey = Annotated[str, StringConstraints(max_length=120, pattern=NO_NUL)]


class CategoryOut(Told):
    """What sort of thing a product is."""

    id: int
    name: str


class ProductOut(Told):
    """A thing or a service sold: `external_key` is what its `source` calls it; both are "" where it has neither."""

    id: int
    name: str
    source: str
    external_key: str
    category: CategoryOut | None


class ProductPage(Told):
    """A stretch of the list; `next` is the cursor of the next one, null at the end."""

    items: list[ProductOut]
    next: str | None


@router.get("", response=ProductPage, **needs(Access.READ_ORDERS))
def list_products(
    request: HttpRequest,
    limit: Limit = 50,
    cursor: Cursor = "",
    source: Source | None = None,
    external_key: ExternalKey | None = None,
    category_id: Id | None = None,
) -> HttpResponse:
    """What the firm sells, in the order of the ids. Of one `external_key` there may be several: each `source` has keys
    of its own."""
    sought = {"source": source, "external_key": external_key, "category_id": category_id}
    narrowed = {name: value for name, value in sought.items() if value is not None}
    return listed(listings.products(viewer_of(request), narrowed, Turn(limit, cursor)))


@router.get("/{product_id}", response=ProductOut, **needs(Access.READ_ORDERS))
def read_product(request: HttpRequest, product_id: Id) -> HttpResponse:
    """A product with its category."""
    return shown(listings.one_product(viewer_of(request), product_id))
