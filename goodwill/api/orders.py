"""Orders: listed and read; who uses what was bought. Everything else of an order comes with an import."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from goodwill.actions import orders
from goodwill.api.answers import Key, listed, shown, written
from goodwill.api.bearers import at_of, needs, viewer_of
from goodwill.api.problems import in_order
from goodwill.api.values import Asked, Cursor, Id, Limit, Moment, MoneyOut, RowId, Short, Told
from goodwill.domain.tokens import Access
from goodwill.reads import listings
from goodwill.reads.listings import Turn

router = Router(tags=["orders"])


class OrderOut(Told):
    """An order: `total` is what its lines and freight come to, `paid` what was paid; they may differ."""

    id: int
    number: str
    customer_id: int
    user_id: int | None
    site_id: int
    status: str
    placed_at: str
    approved_at: str | None
    total: MoneyOut
    paid: MoneyOut


class OrderPage(Told):
    """A stretch of the list; `next` is the cursor of the next one, null at the end."""

    items: list[OrderOut]
    next: str | None


class LineOut(Told):
    """A line of an order; a unit price may be finer than the smallest coin."""

    position: int
    product_id: int | None
    seller_id: int | None
    quantity: str
    unit_price: MoneyOut
    total: MoneyOut
    freight: MoneyOut


class ShipmentOut(Told):
    """What left for the customer."""

    position: int
    carrier: str
    promised_at: str | None
    handed_over_at: str | None
    delivered_at: str | None


class PaymentOut(Told):
    """Money the customer gave."""

    position: int
    kind: str
    instalments: int
    paid_at: str | None
    amount: MoneyOut


class OrderInFull(OrderOut):
    """An order with its lines, shipments and payments."""

    lines: list[LineOut]
    shipments: list[ShipmentOut]
    payments: list[PaymentOut]


class UserIn(Asked):
    """Who uses what the buyer bought; null where that is the buyer."""

    user_id: RowId | None


@router.get("", response=OrderPage, **needs(Access.READ_ORDERS))
def list_orders(
    request: HttpRequest,
    limit: Limit = 50,
    cursor: Cursor = "",
    number: Short | None = None,
    customer_id: Id | None = None,
    site_id: Id | None = None,
    status: Short | None = None,
    placed_from: Moment | None = None,
    placed_before: Moment | None = None,
) -> HttpResponse:
    """The orders that the token's person sees, newest first. Of one `number` there may be several: each site counts
    its own."""
    in_order(placed_from, placed_before, field="placed_before")
    sought = {
        "number": number,
        "customer_id": customer_id,
        "site_id": site_id,
        "status": status,
        "placed_at__gte": placed_from,
        "placed_at__lt": placed_before,
    }
    narrowed = {name: value for name, value in sought.items() if value is not None}
    return listed(listings.orders(viewer_of(request), narrowed, Turn(limit, cursor)))


@router.get("/{order_id}", response=OrderInFull, **needs(Access.READ_ORDERS))
def read_order(request: HttpRequest, order_id: Id) -> HttpResponse:
    """An order with its first five hundred lines, its shipments and payments."""
    return shown(listings.one_order(viewer_of(request), order_id))


@router.put("/{order_id}/user", response=OrderOut, **needs(Access.WRITE_ORDERS))
def name_user(request: HttpRequest, order_id: Id, key: Key, payload: UserIn) -> HttpResponse:
    """Say who uses what was bought, so that both are heard."""
    viewer, at = viewer_of(request), at_of(request)
    return written(
        request,
        key,
        lambda: orders.name_user(order_id, payload.user_id, by=viewer, at=at),
        listings.changed_order,
    )
