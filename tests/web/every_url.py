"""Every address of the house, with rows to ask it about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store.addresses import Address
from goodwill.store.customers import ContactPerson, Customer
from goodwill.store.deliveries import Delivery
from goodwill.store.feeds import AllowedHost, Feed
from goodwill.store.imports import Import
from goodwill.store.interactions import Interaction
from goodwill.store.notices import Notice
from goodwill.store.shipment_reports import ShipmentPhoto, ShipmentReport
from goodwill.store.tags import OwnField, Tag
from goodwill.store.tokens import ApiToken
from goodwill.store.touchpoints import Touchpoint
from goodwill.store.webhooks import Webhook
from tests.cast import NOW, Cast

_PHOTO = b"a photo"


@dataclass(frozen=True)
class Door:
    """One address: its name (with its namespace), its route, the names of its arguments, its view."""

    name: str
    route: str
    arguments: tuple[str, ...]
    view: Any

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it opens to those who have not signed in."""
        return getattr(self.view, "login_required", True) is False

    @property
    def guards(self) -> tuple[tuple[May, ...], ...]:
        """The guards before it; each lets through whoever has one of its rights."""
        found: tuple[tuple[May, ...], ...] = getattr(self.view, "needed_rights", ())
        return found

    def opens_to(self, viewer: Viewer) -> bool:
        """Whether every guard lets this viewer through."""
        return all(any(viewer.may(right) for right in guard) for guard in self.guards)


def doors() -> list[Door]:
    """Every address of the project, in the order in which it is looked up."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], route: str, namespace: str) -> Iterator[Door]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if here.startswith("api/"):
            continue  # programs' addresses are asked in tests/api, over their own document
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, here, inner)
        else:
            arguments = re.findall(r"<(?:\w+:)?(\w+)>", here)
            yield Door(f"{namespace}{pattern.name}", here, tuple(arguments), pattern.callback)


class World:
    """The cast, and a row of the buyer's for everything that an address may name."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.order = cast.order()
        self.promise = cast.promise(order=self.order)
        self.address = Address.objects.create(customer=cast.buyer, kind="email", value="berta@buyer.example")
        self.firm = Customer.objects.create(
            kind="organisation", name="Berta Buyer & Co", site=cast.shop, created_at=NOW
        )
        self.contact = ContactPerson.objects.create(organisation=self.firm, person=cast.buyer)
        self.touchpoint = Touchpoint.objects.create(name="Counter", channel="in_person", site=cast.shop)
        self.field = OwnField.objects.create(noun="customer", key="shoe_size", label="Shoe size")
        OwnField.objects.create(noun="order", key="gift", label="Gift wrapping", kind="yes_no")
        self.token = ApiToken.objects.create(
            person=cast.agent, name="till", handle="0" * 12, digest="0" * 64, created_at=NOW, expires_at=NOW
        )
        self.tag = Tag.objects.create(name="regular")
        Feed.objects.create(
            name="Shop", kind="folder", place="/drop", every_minutes=10, person=cast.head, created_at=NOW, wakes_at=NOW
        )
        AllowedHost.objects.create(host="shop.example", created_at=NOW)
        self.webhook = Webhook.objects.create(
            name="till", url="https://8.8.8.8/", wants_all=True, secret="whsec_AAAA", secret_made_at=NOW, created_at=NOW
        )
        self.delivery = Delivery.objects.create(
            kind="webhook", key="msg_1", webhook=self.webhook, event="promise_kept", body="{}", state="failed",
            created_at=NOW,
        )  # fmt: skip
        about = {"promise_id": self.promise.pk, "customer_id": cast.buyer.pk, "made_at": NOW, "hour_at": NOW}
        self.notice = Notice.objects.create(
            person=cast.agent, kind="promise_broken", why="owes", entry_id=1, last_entry_id=1, **about
        )
        report = ShipmentReport.objects.create(
            promise=self.promise,
            person=cast.agent,
            key="k",
            outcome="damaged",
            effect="notes",
            said_at=NOW,
            received_at=NOW,
        )
        self.photo = ShipmentPhoto.objects.create(
            report=report, name="0.jpg", digest="0" * 64, size=len(_PHOTO), width=1, height=1
        )
        folder = Path(settings.MEDIA_ROOT) / "photos"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / self.photo.name).write_bytes(_PHOTO)

    def value(self, door: Door, argument: str) -> object:
        """What stands for an argument of an address: a row of the buyer's, by the argument's name."""
        by_place = {
            "people": self.cast.agent,
            "settings/sites": self.cast.shop,
            "settings/units": self.cast.shop_unit,
            "settings/calendars": self.cast.calendar,
        }
        known: dict[str, object] = {
            "customer_id": self.firm.pk if "contact-people" in door.route else self.cast.buyer.pk,
            "order_id": self.order.pk,
            "promise_id": self.promise.pk,
            "address_id": self.address.pk,
            "touchpoint_id": self.touchpoint.pk,
            "field_id": self.field.pk,
            "tag_id": self.tag.pk,
            "photo_id": self.photo.pk,
            "person_id": self.cast.buyer.pk if "contact-people" in door.route else self.cast.agent.pk,
            "version": self.cast.calendar.versions.get().pk,
            "webhook_id": self.webhook.pk,
            "delivery_id": self.delivery.pk,
            "token": "1-1-bad",
            "token_id": self.token.pk,
            "notice_id": self.notice.pk,
            "uidb36": "1",
            "key": "bad",
        }
        if argument == "pk":
            return next(row.pk for place, row in by_place.items() if door.route.startswith(place + "/"))
        return known[argument] if argument in known else self._by_noun(argument)

    def _by_noun(self, argument: str) -> object:
        """For addresses added later: `<noun>_id` is the first row of that noun."""
        noun = argument.removesuffix("_id").replace("_", "")
        try:
            model: type[models.Model] = apps.get_model("store", noun)
        except LookupError:
            raise AssertionError(f"tell tests/web/every_url.py which row stands for <{argument}>") from None
        if model is Import:
            return Import.objects.create(preset="orders", as_of=NOW, created_at=NOW).pk
        if model is Interaction:
            return Interaction.objects.create(customer=self.cast.buyer, channel="phone", at=NOW).pk
        row = model._default_manager.first()
        assert row is not None, f"tell tests/web/every_url.py how to make a {noun}"
        return row.pk

    def path(self, door: Door) -> str:
        """The address with the buyer's rows in it."""
        return reverse(door.name, kwargs={name: self.value(door, name) for name in door.arguments})


class Faults(HTMLParser):
    """What a strict content policy forbids or a house without outside requests does not do, found in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        given = dict(attrs)
        if tag == "style":
            self.found.append("<style>")
        if tag == "script" and not given.get("src") and given.get("type") != "application/json":
            self.found.append("<script> without src")
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                self.found.append(f"<{tag} {name}>")
            if name in ("href", "src", "action", "formaction", "data-src", "data-url", "hx-get", "hx-post", "srcset"):
                self._address(tag, name, value or "")

    def _address(self, tag: str, name: str, value: str) -> None:
        if re.match(r"(?i)\s*(javascript|vbscript):", value):
            self.found.append(f"<{tag} {name}={value}>")
        outside = re.match(r"(?i)\s*(?:[a-z][a-z0-9+.-]*:)?//", value)
        if outside and not value.startswith("http://testserver/"):
            self.found.append(f"<{tag} {name}={value}>")
