"""A driver and the deliveries on the round, for tests."""

import io
from datetime import datetime, timedelta
from typing import Any

from PIL import Image

from goodwill.domain.roles import Role
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer
from goodwill.store.orders import Shipment
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from tests.cast import NOW, Cast, make_person, make_unit


def make_driver(cast: Cast, email: str = "driver@vektor.example", name: str = "Dora Driver") -> Person:
    """Somebody of a logistics unit that serves the shop."""
    unit = cast.shop.units.filter(name="Logistics").first() or make_unit("Logistics", cast.shop)
    return make_person(email, name, (Role.LOGISTICS, unit))


def delivery(cast: Cast, customer: Customer | None = None, *, at: datetime = NOW, **fields: Any) -> Promise:
    """A delivery of an order with one shipment under way, due in two hours, given to nobody by name."""
    buyer = customer or cast.buyer
    street = Address.objects.create(
        customer=buyer, kind="postal", value="Lindenstraße 5", postcode="10969", city="Berlin", country="DE"
    )
    order = cast.order(buyer, placed_at=at - timedelta(days=1), address=street, line_count=3)
    due = fields.pop("due_at", at + timedelta(hours=2))
    Shipment.objects.create(order=order, promised_at=due, handed_over_at=at - timedelta(hours=1))
    defaults: dict[str, Any] = {
        "kind": "delivery",
        "what": "",
        "person": None,
        "order": order,
        "made_at": at - timedelta(hours=20),
        "due_at": due,
        "wakes_at": due,
    }
    return cast.promise(buyer, **defaults | fields)


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (80, 60), *, mode: str = "RGB", place: bool = False, **more: Any
) -> bytes:
    """The bytes of a photo; with `place`, it says where and with what it was taken, and lies on its side."""
    out = io.BytesIO()
    image = Image.new(mode, size, "orange" if mode == "RGB" else None)
    if place:
        exif = Image.Exif()
        exif[0x0112] = 6  # turned by a quarter
        exif[0x010F] = "Camera of Berta"
        exif.get_ifd(0x8825)[2] = (52.0, 30.0, 1.5)  # latitude
        more["exif"] = exif
    image.save(out, kind, **more)
    return out.getvalue()
