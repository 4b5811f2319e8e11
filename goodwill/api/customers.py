"""Customers: listed, read, added, changed, handed over."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import ConfigDict, StringConstraints

from goodwill.actions import addresses, customers
from goodwill.actions.addresses import AddressFacts
from goodwill.actions.customers import EVERY_FACT, CustomerFacts
from goodwill.api.answers import Key, listed, shown, written
from goodwill.api.bearers import at_of, needs, viewer_of
from goodwill.api.values import COUNTRY, LANGUAGE, NO_NUL, Asked, Cursor, Id, Limit, Name, RowId, Short, Told
from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.tokens import Access
from goodwill.reads import listings
from goodwill.reads.listings import Turn

router = Router(tags=["customers"])
Kind = Literal[CustomerKind.PERSON, CustomerKind.ORGANISATION]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Search = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_NUL)]


class AddressOut(Told):
    """A way to reach a customer."""

    id: int
    kind: str
    value: str
    city: str
    region: str
    postcode: str
    country: str


class CustomerOut(Told):
    """A customer; of whom was erased the name is blank and `is_erased` true."""

    id: int
    kind: str
    name: str
    number: str
    language: str
    site_id: int | None
    owner_id: int | None
    deputy_id: int | None
    created_at: str
    last_heard_at: str | None
    is_erased: bool


class CustomerWritten(CustomerOut):
    """A customer; `stamp` names this state of it for a change."""

    stamp: str


class CustomerInFull(CustomerWritten):
    """A customer with addresses."""

    addresses: list[AddressOut]


class CustomerPage(Told):
    """A stretch of the list; `next` is the cursor of the next one, null at the end."""

    items: list[CustomerOut]
    next: str | None


class CustomerIn(Asked):
    """A customer as a program writes it. A unit of the firm is added where units are."""

    kind: Kind
    name: Name
    number: Short = ""
    language: Language = ""
    site_id: RowId | None = None

    def facts(self) -> CustomerFacts:
        """The same for the deed."""
        return CustomerFacts(self.kind, self.name, self.number, self.language, self.site_id)


class NewCustomer(CustomerIn):
    """A new customer with whoever answers for it."""

    owner_id: RowId | None = None
    deputy_id: RowId | None = None


class ChangedCustomer(CustomerIn):
    """All that is to be true of a customer: nothing is left out, so that nothing is lost by leaving it out. With
    `stamp`, only if nobody changed it since it was read."""

    number: Short
    language: Language
    site_id: RowId | None
    stamp: Short = ""


def _without_defaults(schema: dict[str, Any]) -> None:
    for one in schema["properties"].values():
        one.pop("default", None)


class CustomerPatch(Asked):
    """What is to be different of a customer: what is left out stays as it is, null empties. With `stamp`, only if
    nobody changed it since it was read."""

    # The defaults stand for "left out" and are never written; the document must not promise them.
    model_config = ConfigDict(extra="forbid", json_schema_extra=_without_defaults)

    kind: Kind = CustomerKind.PERSON
    name: Name = ""
    number: Short | None = None
    language: Language | None = None
    site_id: RowId | None = None
    stamp: Short = ""

    def facts(self) -> CustomerFacts:
        """The same for the deed, of which only what is `named` counts."""
        return CustomerFacts(self.kind, self.name, self.number or "", self.language or "", self.site_id)

    def named(self) -> frozenset[str]:
        """The facts that the body names."""
        return EVERY_FACT & self.model_fields_set


class Owners(Asked):
    """Who answers for a customer from now on; null is nobody."""

    owner_id: RowId | None
    deputy_id: RowId | None


class AddressIn(Asked):
    """An address: `value` is the e-mail address, the telephone number, or street and house."""

    kind: AddressKind
    value: Name
    city: Short = ""
    region: Short = ""
    postcode: Annotated[str, StringConstraints(max_length=16, pattern=NO_NUL)] = ""
    country: Annotated[str, StringConstraints(pattern=COUNTRY)] = ""


@router.get("", response=CustomerPage, **needs(Access.READ_CUSTOMERS))
def list_customers(
    request: HttpRequest,
    limit: Limit = 50,
    cursor: Cursor = "",
    q: Search | None = None,
    kind: CustomerKind | None = None,
    site_id: Id | None = None,
    owner_id: Id | None = None,
) -> HttpResponse:
    """The customers of the token's person, in the order of their ids; with `q`, those it names, best first, at most
    `limit` and without a next stretch."""
    viewer, turn = viewer_of(request), Turn(limit, cursor)
    sought = {"kind": kind.value if kind else None, "site_id": site_id, "owner_id": owner_id}
    narrowed = {name: value for name, value in sought.items() if value is not None}
    if q is not None:
        return listed(listings.customers_named(viewer, q, narrowed, turn))
    return listed(listings.customers(viewer, narrowed, turn))


@router.post("", response={201: CustomerWritten}, **needs(Access.WRITE_CUSTOMERS))
def add_customer(request: HttpRequest, key: Key, payload: NewCustomer) -> HttpResponse:
    """Add a person or an organisation. Whoever sees only own customers becomes the owner."""
    viewer, at = viewer_of(request), at_of(request)
    return written(
        request,
        key,
        lambda: customers.add(
            payload.facts(), owner_id=payload.owner_id, deputy_id=payload.deputy_id, by=viewer, at=at
        ),
        listings.changed_customer,
        status=201,
    )


@router.get("/{customer_id}", response=CustomerInFull, **needs(Access.READ_CUSTOMERS))
def read_customer(request: HttpRequest, customer_id: Id) -> HttpResponse:
    """A customer with addresses."""
    return shown(listings.one_customer(viewer_of(request), customer_id))


@router.put("/{customer_id}", response=CustomerWritten, **needs(Access.WRITE_CUSTOMERS))
def change_customer(request: HttpRequest, customer_id: Id, key: Key, payload: ChangedCustomer) -> HttpResponse:
    """Say anew all of what a customer is called, is numbered, speaks, and where it is at home; to change a part of it,
    PATCH."""
    viewer, at = viewer_of(request), at_of(request)
    return written(
        request,
        key,
        lambda: customers.change(customer_id, payload.facts(), seen=payload.stamp, by=viewer, at=at),
        listings.changed_customer,
    )


@router.patch("/{customer_id}", response=CustomerWritten, **needs(Access.WRITE_CUSTOMERS))
def correct_customer(request: HttpRequest, customer_id: Id, key: Key, payload: CustomerPatch) -> HttpResponse:
    """Change only what the body names of a customer; null empties the number, the language or the site."""
    viewer, at = viewer_of(request), at_of(request)
    return written(
        request,
        key,
        lambda: customers.change(
            customer_id, payload.facts(), named=payload.named(), seen=payload.stamp, by=viewer, at=at
        ),
        listings.changed_customer,
    )


@router.put("/{customer_id}/owner", response=CustomerWritten, **needs(Access.WRITE_CUSTOMERS))
def hand_over_customer(request: HttpRequest, customer_id: Id, key: Key, payload: Owners) -> HttpResponse:
    """Give a customer to another owner and deputy."""
    viewer, at = viewer_of(request), at_of(request)
    return written(
        request,
        key,
        lambda: customers.hand_over(
            customer_id, owner_id=payload.owner_id, deputy_id=payload.deputy_id, by=viewer, at=at
        ),
        listings.changed_customer,
    )


@router.post("/{customer_id}/addresses", response={201: AddressOut}, **needs(Access.WRITE_CUSTOMERS))
def add_address(request: HttpRequest, customer_id: Id, key: Key, payload: AddressIn) -> HttpResponse:
    """One more way to reach a customer; the same address twice is once."""
    viewer, at = viewer_of(request), at_of(request)
    facts = AddressFacts(payload.kind, payload.value, payload.city, payload.region, payload.postcode, payload.country)
    return written(
        request, key, lambda: addresses.add(customer_id, facts, by=viewer, at=at), listings.address, status=201
    )
