"""Exports: everything a viewer may see, noun by noun, ready to be written in open formats."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet

from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store.addresses import Address
from goodwill.store.calendars import Calendar, CalendarVersion
from goodwill.store.customers import ContactPerson, Customer
from goodwill.store.feeds import AllowedHost, Feed, FeedFile
from goodwill.store.firms import Firm
from goodwill.store.imports import BadRow, Import, ImportFile
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.notices import Notice, NoticePlan
from goodwill.store.orders import Order, OrderLine, Payment, Shipment
from goodwill.store.people import Assignment, Person
from goodwill.store.policies import PolicyVersion
from goodwill.store.products import Category, Product, Seller
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from goodwill.store.sites import Site
from goodwill.store.snapshots import snapshot
from goodwill.store.tags import OwnField, Tag
from goodwill.store.touchpoints import Touchpoint
from goodwill.store.units import Unit
from goodwill.store.webhooks import Webhook

# A password's hash and a secret that signs are nobody's data; digests and folded names are our own bookkeeping; with
# what a feed says for being let in (its user, its secret, what follows the question mark of its address) anybody could
# say the same.
_LEFT_OUT = frozenset({"password", "digest", "sort_name", "secret", "previous_secret", "access_user", "query"})
Rows = Callable[[Viewer], QuerySet[Any, Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the data dictionary shows it: `kind` is text, whole number, yes/no, moment, day, JSON or id;
    `refers_to` names the noun whose id it holds."""

    name: str
    kind: str
    may_be_empty: bool
    refers_to: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Noun:
    """A table of the export; `rows` can be read once, inside the export that yielded it. Values are JSON values:
    moments ISO 8601 in UTC, sums in minor units."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Iterator[Sequence[Any]]


def _all(model: type[models.Model]) -> Rows:
    return lambda viewer: model._base_manager.all()


def _visible(model: Any) -> Rows:
    return lambda viewer: model.objects.visible_to(viewer)


def _of_orders(model: type[models.Model]) -> Rows:
    return lambda viewer: model._base_manager.filter(order__in=Order.objects.visible_to(viewer))


def _of_customers(model: type[models.Model], field: str = "customer") -> Rows:
    return lambda viewer: model._base_manager.filter(**{f"{field}__in": Customer.objects.visible_to(viewer)})


# name, row, right beyond May.EXPORT, what the viewer sees of it
_NOUNS: tuple[tuple[str, type[models.Model], May, Rows], ...] = (
    ("firm", Firm, May.EXPORT, _all(Firm)),
    ("sites", Site, May.EXPORT, _all(Site)),
    ("units", Unit, May.EXPORT, _all(Unit)),
    ("unit_sites", Unit.sites.through, May.EXPORT, _all(Unit.sites.through)),
    ("calendars", Calendar, May.EXPORT, _all(Calendar)),
    ("calendar_versions", CalendarVersion, May.EXPORT, _all(CalendarVersion)),
    ("policies", PolicyVersion, May.EXPORT, _all(PolicyVersion)),
    ("touchpoints", Touchpoint, May.EXPORT, _all(Touchpoint)),
    ("categories", Category, May.EXPORT, _all(Category)),
    ("products", Product, May.EXPORT, _all(Product)),
    ("sellers", Seller, May.EXPORT, _all(Seller)),
    ("tags", Tag, May.EXPORT, _all(Tag)),
    ("own_fields", OwnField, May.EXPORT, _all(OwnField)),
    ("customers", Customer, May.EXPORT, _visible(Customer)),
    ("customer_tags", Customer.tags.through, May.EXPORT, _of_customers(Customer.tags.through)),
    ("addresses", Address, May.EXPORT, _of_customers(Address)),
    ("contact_people", ContactPerson, May.EXPORT, _of_customers(ContactPerson, "organisation")),
    ("orders", Order, May.EXPORT, _visible(Order)),
    ("order_tags", Order.tags.through, May.EXPORT, _of_orders(Order.tags.through)),
    ("order_lines", OrderLine, May.EXPORT, _of_orders(OrderLine)),
    ("shipments", Shipment, May.EXPORT, _of_orders(Shipment)),
    ("payments", Payment, May.EXPORT, _of_orders(Payment)),
    ("interactions", Interaction, May.EXPORT, _visible(Interaction)),
    ("promises", Promise, May.EXPORT, _visible(Promise)),
    ("ratings", Rating, May.EXPORT, _of_orders(Rating)),
    ("people", Person, May.MANAGE_PEOPLE, _all(Person)),
    ("assignments", Assignment, May.MANAGE_PEOPLE, _all(Assignment)),
    ("notices", Notice, May.MANAGE_PEOPLE, _all(Notice)),
    ("notice_plans", NoticePlan, May.MANAGE_PEOPLE, _all(NoticePlan)),
    ("imports", Import, May.IMPORT, _all(Import)),
    ("import_files", ImportFile, May.IMPORT, _all(ImportFile)),
    ("bad_rows", BadRow, May.IMPORT, _all(BadRow)),
    ("feeds", Feed, May.IMPORT, _all(Feed)),
    ("feed_files", FeedFile, May.IMPORT, _all(FeedFile)),
    ("allowed_hosts", AllowedHost, May.IMPORT, _all(AllowedHost)),
    ("webhooks", Webhook, May.CHANGE_SETTINGS, _all(Webhook)),
    ("journal", JournalEntry, May.SEE_JOURNAL, _all(JournalEntry)),
)
_NAMES = {model._meta.label: name for name, model, _, _ in _NOUNS}
_KINDS: tuple[tuple[Any, str], ...] = (
    (models.ForeignKey, "id"),
    (models.AutoField, "id"),
    (models.BooleanField, "yes/no"),
    (models.DateTimeField, "moment"),
    (models.DateField, "day"),
    (models.JSONField, "JSON"),
    (models.FloatField, "number"),
    (models.IntegerField, "whole number"),
)


def everything(viewer: Viewer) -> Iterator[Noun]:
    """Each noun in turn, all as of one instant; nothing for a viewer who may not export.

    Rows stream: read a noun's rows before asking for the next one.
    """
    if not viewer.may(May.EXPORT):
        return
    with snapshot() as alias:
        for name, model, right, rows in _NOUNS:
            if viewer.may(right):
                fields = [field for field in model._meta.concrete_fields if field.name not in _LEFT_OUT]
                found = rows(viewer).using(alias).order_by("pk")
                yield Noun(name, _about(model), tuple(_column(field) for field in fields), _stream(found, fields))


def _about(model: type[models.Model]) -> str:
    if model._meta.auto_created:
        between = [field.related_model for field in model._meta.concrete_fields if field.related_model]
        return "Which " + " has which ".join(str(m._meta.verbose_name) for m in between if not isinstance(m, str)) + "."
    return inspect.cleandoc(model.__doc__ or "")


def _column(field: Any) -> Column:
    kind = next((kind for cls, kind in _KINDS if isinstance(field, cls)), "text")
    refers_to = _NAMES.get(field.related_model._meta.label, "") if field.related_model else ""
    choices = tuple(str(value) for value, _ in field.choices or ())
    return Column(field.attname, kind, bool(field.null or field.blank), refers_to, choices)


def _stream(found: QuerySet[Any, Any], fields: Sequence[Any]) -> Iterator[Sequence[Any]]:
    moments = [n for n, field in enumerate(fields) if isinstance(field, models.DateField)]
    for row in found.values_list(*[field.attname for field in fields]).iterator(chunk_size=2_000):
        values = list(row)
        for place in moments:
            if isinstance(values[place], datetime | date):
                values[place] = values[place].isoformat()
        yield values
