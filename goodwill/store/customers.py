"""Customers and their contact people."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import OuterRef, Q

from goodwill.domain.customers import CustomerKind
from goodwill.domain.labels import NAMELESS, sort_key
from goodwill.domain.roles import Scope
from goodwill.domain.viewers import Viewer
from goodwill.store.probes import Probe


class SortName(models.CharField):  # type: ignore[type-arg]
    """Where the name stands in a list; follows `name` whenever a row is saved or created in bulk."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The key of the name as it is now."""
        del add
        key = sort_key(getattr(model_instance, "name", ""))
        setattr(model_instance, self.attname, key)
        return key


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers, fetched."""

    def visible_to(self, viewer: Viewer) -> CustomerQuerySet:
        """Those this viewer may see: all, those of the own units' sites, or those one answers for."""
        from goodwill.store.orders import Order

        if viewer.scope is Scope.ALL:
            return self
        mine = Q(owner_id=viewer.person_id) | Q(deputy_id=viewer.person_id)
        if viewer.scope is Scope.OWN:
            return self.filter(mine)
        if viewer.scope is Scope.UNIT:
            bought_here = Order.objects.filter(customer_id=OuterRef("pk"), site_id__in=viewer.site_ids)
            # Units are colleagues: whoever serves customers may ask any of them for something.
            return self.filter(
                mine | Q(site_id__in=viewer.site_ids) | Q(kind=CustomerKind.UNIT) | Q(Probe(bought_here))
            )
        return self.none()


class Customer(models.Model):
    """A person, an organisation or a unit of the firm; owner and deputy answer for it.

    `site` is where the customer is at home; `own` holds the firm's own fields; `erased_at` says that
    the person was erased and only the anonymous history is left.
    """

    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in CustomerKind])
    name = models.CharField(max_length=200, blank=True)
    sort_name = SortName(max_length=200, blank=True, db_default=NAMELESS, editable=False)
    number = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=8, blank=True)
    owner = models.ForeignKey(
        "store.Person", models.PROTECT, null=True, blank=True, related_name="owned", db_index=False
    )
    deputy = models.ForeignKey(
        "store.Person", models.PROTECT, null=True, blank=True, related_name="deputised", db_index=False
    )
    site = models.ForeignKey("store.Site", models.PROTECT, null=True, blank=True, related_name="customers")
    tags = models.ManyToManyField("store.Tag", related_name="customers", blank=True)
    own = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)
    last_heard_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=32, blank=True)
    external_key = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=32, blank=True)
    imported_by = models.ForeignKey(
        "store.Import", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )

    objects: ClassVar[CustomerQuerySet] = CustomerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        """One row for one outside key."""

        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=~Q(external_key=""), name="customer_external_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in CustomerKind]), name="customer_kind_known"),
        ]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="customer_by_name"),
            models.Index(fields=["last_heard_at", "id"], name="customer_by_last_heard"),
            # Most customers have no owner: a whole index would be all nulls, and its statistics forbid its use.
            models.Index(fields=["owner"], name="customer_by_owner", condition=Q(owner__isnull=False)),
            models.Index(fields=["deputy"], name="customer_by_deputy", condition=Q(deputy__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"customer {self.pk}"

    def keep(self) -> bool:
        """Let nobody erase this person before the transaction ends; False where that was done already.

        Whoever writes words down asks this first: words that arrive while a person is erased would stay.
        """
        rows = Customer.objects.select_for_update(no_key=True).filter(pk=self.pk, erased_at__isnull=True)
        return rows.values_list("pk", flat=True).first() is not None


class ContactPerson(models.Model):
    """A person who speaks for an organisation; one person may do so for several."""

    organisation = models.ForeignKey(Customer, models.CASCADE, related_name="contact_people")
    person = models.ForeignKey(Customer, models.CASCADE, related_name="organisations")
    position = models.CharField(max_length=120, blank=True)

    class Meta:
        """Once in one organisation."""

        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="contact_person_once"),
            models.CheckConstraint(condition=~Q(organisation=models.F("person")), name="contact_person_is_another"),
        ]


class SearchWord(models.Model):
    """A folded word under which a customer is found: a prefix look-up is one index range on any database."""

    pk = models.CompositePrimaryKey("word", "customer_id")
    word = models.CharField(max_length=40)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="search_words")
