"""Every operation of the API, read from its own document, with a request that fits it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from goodwill.api.urls import api
from goodwill.domain.tokens import Access
from goodwill.store.interactions import Interaction
from goodwill.store.products import Category, Product
from goodwill.store.touchpoints import Touchpoint
from tests.cast import Cast

DOCUMENT: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1/"))


@dataclass(frozen=True)
class Operation:
    """A method at an address, and the scope it names."""

    method: str
    path: str
    scope: Access
    about: dict[str, Any]

    def __str__(self) -> str:
        return str(self.about["operationId"])

    def address(self, rows: dict[str, int]) -> str:
        """The address below /api/v1/ with these rows in it."""
        return self.path.removeprefix("/api/v1/").format(**rows)

    def body(self, rows: dict[str, int]) -> Any:
        """A body that fits, about these rows; None where none is sent."""
        said = self.about.get("requestBody")
        return None if said is None else _fitting("", said["content"]["application/json"]["schema"], rows)

    def names(self, *about: str) -> bool:
        """Whether the address or the body names one of these rows."""
        said = self.about.get("requestBody")
        schema = _resolved(said["content"]["application/json"]["schema"]) if said else {}
        return any(f"{{{name}}}" in self.path or name in schema.get("required", ()) for name in about)


OPERATIONS = [
    Operation(method, path, Access(about["x-scope"]), about)
    for path, methods in DOCUMENT["paths"].items()
    for method, about in methods.items()
]


def rows_of(cast: Cast) -> dict[str, int]:
    """A row of the buyer's, or of the shop, for every number that an operation may name."""
    order = cast.order()
    due = timezone.now() + timedelta(hours=5)
    lamps = Category.objects.create(name="Lamps")
    said = Interaction.objects.create(customer=cast.buyer, channel="phone", at=timezone.now(), words="Berta Buyer rang")
    return {
        "customer_id": cast.buyer.pk,
        "order_id": order.pk,
        "product_id": Product.objects.create(name="Lamp", category=lamps).pk,
        "category_id": lamps.pk,
        "promise_id": cast.promise(order=order, due_at=due, what="call Berta Buyer").pk,
        "interaction_id": said.pk,
        "touchpoint_id": Touchpoint.objects.create(name="Counter", channel="in_person", site=cast.shop).pk,
        "site_id": cast.shop.pk,
        "person_id": cast.agent.pk,
        "owner_id": cast.agent.pk,
        "unit_id": cast.shop_unit.pk,
        "user_id": cast.outsider.pk,
    }


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _fitting(name: str, schema: dict[str, Any], rows: dict[str, int]) -> Any:
    schema = _resolved(schema)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return _fitting(name, schema[choice][0], rows)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema["type"]
    if kind == "object":
        required = schema.get("required", ())
        return {part: _fitting(part, schema["properties"][part], rows) for part in required}
    if kind == "integer":
        return rows.get(name, 1)
    if kind == "string":
        moment = (timezone.now() + timedelta(days=3)).isoformat()
        words = "hu" if name == "language" else "words@firm.example"
        return {"date-time": moment, "date": moment[:10]}.get(schema.get("format", ""), words)
    return {"boolean": True, "array": []}[kind]
