"""Promises: what is owed, by whom, to whom, by when, and how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Exists, OuterRef, Q

from goodwill.domain.records import Record, TargetKind
from goodwill.domain.roles import Role, Scope
from goodwill.domain.shipment_reports import CARRIED
from goodwill.domain.targets import LateRule
from goodwill.domain.viewers import Viewer


class PromiseQuerySet(models.QuerySet["Promise"]):
    """Promises, fetched."""

    def visible_to(self, viewer: Viewer) -> PromiseQuerySet:
        """All; those of the own units' sites; those of own customers; and always those one owes oneself.

        A delivery that names neither a person nor a unit is owed by the logistics of its site.
        """
        if viewer.scope is Scope.ALL:
            return self
        if viewer.person_id is None:
            return self.none()
        owed = Q(person_id=viewer.person_id) | Q(unit_id__in=viewer.unit_ids)
        if Role.LOGISTICS in viewer.roles and viewer.site_ids:
            here = Q(site_id__in=viewer.site_ids, kind__in=sorted(CARRIED), is_history=False)
            owed |= here & Q(person=None, unit=None)
        mine = Q(customer__owner_id=viewer.person_id) | Q(customer__deputy_id=viewer.person_id)
        if viewer.scope is Scope.OWED:
            return self.filter(owed)
        if viewer.scope is Scope.OWN:
            return self.filter(owed | mine)
        if viewer.scope is Scope.UNIT:
            return self.filter(owed | mine | Q(site_id__in=viewer.site_ids))
        return self.none()

    def owed(self) -> PromiseQuerySet:
        """Promises nobody has fulfilled or withdrawn yet, broken ones included: they are still owed."""
        return self.filter(settled_at__isnull=True)

    def waking(self, at: datetime) -> PromiseQuerySet:
        """Promises whose standing is due to be looked at."""
        return self.filter(wakes_at__lte=at).order_by("wakes_at", "id")

    def worst_of_customer(self) -> PromiseQuerySet:
        """Of these promises, those still owed that are due first of their customer's."""
        owed = self.owed()
        worse = owed.filter(customer_id=OuterRef("customer_id")).filter(
            Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), id__lt=OuterRef("id"))
        )
        return owed.filter(~Exists(worse))


class Promise(models.Model):
    """Something owed to a customer (or, `side` theirs, by the customer to us).

    `promised_at` is the moment that was named; `due_at` the instant after which the promise is broken by
    its own rule (for the day rule: the end of `promised_on` in `zone`); `wakes_at` when to look next.
    `acted_at` is when it was fulfilled and `acted_on` that day in `zone`; `settled_at` when it stopped
    being owed (fulfilled or withdrawn). `is_history` marks promises that were over before this house
    watched them: with no trace of a warning they break "unrecorded", never "silent".
    """

    customer = models.ForeignKey("store.Customer", models.PROTECT, db_index=False, related_name="promises")
    side = models.CharField(max_length=8, default="ours")
    kind = models.CharField(max_length=20)
    what = models.CharField(max_length=500, blank=True)
    order = models.ForeignKey("store.Order", models.PROTECT, null=True, blank=True, related_name="promises")
    interaction = models.ForeignKey(
        "store.Interaction", models.SET_NULL, null=True, blank=True, db_index=False, related_name="promises"
    )
    site = models.ForeignKey("store.Site", models.PROTECT, null=True, blank=True, related_name="promises")
    person = models.ForeignKey(
        "store.Person", models.PROTECT, null=True, blank=True, db_index=False, related_name="promises"
    )
    unit = models.ForeignKey(
        "store.Unit", models.PROTECT, null=True, blank=True, db_index=False, related_name="promises"
    )
    depends_on = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, db_index=False, related_name="dependants"
    )
    made_at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    late_rule = models.CharField(max_length=12)
    target_kind = models.CharField(max_length=16)
    target_count = models.BigIntegerField(null=True, blank=True)
    calendar = models.ForeignKey(
        "store.Calendar", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    policy = models.ForeignKey(
        "store.PolicyVersion", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    promised_at = models.DateTimeField()
    promised_on = models.DateField()
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, default="open")
    standing = models.CharField(max_length=12, blank=True)
    wakes_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    broken_at = models.DateTimeField(null=True, blank=True)
    acted_at = models.DateTimeField(null=True, blank=True)
    acted_on = models.DateField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=32, blank=True)
    replaced_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, db_index=False, related_name="replaces"
    )
    money_waiting_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    is_history = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    """Counts the changes: the compare-and-set of every deed looks at it."""
    source = models.CharField(max_length=32, blank=True)
    external_key = models.CharField(max_length=120, blank=True)
    imported_by = models.ForeignKey(
        "store.Import", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )

    objects: ClassVar[PromiseQuerySet] = PromiseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        """Owed ones by due moment; waking ones by waking moment; a customer's newest first; all by due day."""

        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=~Q(external_key=""), name="promise_external_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=["open", "kept", "broken_warned", "broken_silent", "broken_unrecorded", "withdrawn"]
                ),
                name="promise_outcome_known",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["kept", "withdrawn"]) | Q(settled_at__isnull=False),
                name="promise_ended_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="promise_owed", condition=Q(settled_at__isnull=True)),
            models.Index(
                fields=["customer", "due_at", "id"],
                name="promise_owed_to_customer",
                condition=Q(settled_at__isnull=True),
            ),
            *(
                # An agent's own promises, a department's and a shop's, each worst first.
                models.Index(
                    fields=[owner, "due_at", "id"],
                    name=f"promise_owed_by_{owner}",
                    condition=Q(("settled_at__isnull", True), (f"{owner}__isnull", False)),
                )
                for owner in ("person", "unit", "site")
            ),
            *(
                # Most promises name none of these, and an index of nothing would cost every change its share.
                models.Index(fields=[field], name=f"promise_of_{field}", condition=Q((f"{field}__isnull", False)))
                for field in ("interaction", "depends_on", "replaced_by")
            ),
            *(
                # With the site: a shop owes nearly all of its own promises, and reports look for those elsewhere.
                models.Index(
                    fields=[owner, "site"], name=f"promise_of_{owner}", condition=Q((f"{owner}__isnull", False))
                )
                for owner in ("person", "unit")
            ),
            models.Index(fields=["wakes_at", "id"], name="promise_waking", condition=Q(wakes_at__isnull=False)),
            # Few at a time, counted by every look of a monitor.
            models.Index(
                fields=["due_at", "id"],
                name="promise_at_risk",
                condition=Q(standing="at_risk", settled_at__isnull=True),
            ),
            models.Index(fields=["customer", "-made_at"], name="promise_by_customer"),
            # How early warnings came: few promises have one, and the report asks for all of them.
            models.Index(
                fields=["outcome", "warned_at", "due_at"], name="promise_warned", condition=Q(warned_at__isnull=False)
            ),
            # Covers the promise report: counts by day and site, delay buckets, and the way to an order's ratings.
            models.Index(
                fields=["promised_on", "outcome", "site", "side", "acted_on", "order"], name="promise_by_due_day"
            ),
        ]

    def record(self) -> Record:
        """What is written down, as a fact to be judged."""
        return Record(
            made_at=self.made_at,
            zone=ZoneInfo(self.zone),
            late_rule=LateRule(self.late_rule),
            target_kind=TargetKind(self.target_kind),
            target_count=self.target_count,
            promised_at=self.promised_at,
            promised_on=self.promised_on,
            due_at=self.due_at,
            warned_at=self.warned_at,
            acted_at=self.acted_at,
            withdrawn_at=self.settled_at if self.withdrawn_reason else None,
            is_history=self.is_history,
        )
