"""Taking an import back as a whole: what it made goes, what it altered says again what it said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Count, F, Q, QuerySet, Sum

from goodwill.actions.customers import index_words
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.addresses import Address
from goodwill.store.customers import ContactPerson, Customer, SearchWord
from goodwill.store.imports import BadRow, Import, ImportChange
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order, OrderLine, Payment, Shipment
from goodwill.store.products import Category, Product, Seller
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from goodwill.store.sites import Site

_MADE: tuple[type[models.Model], ...] = (Rating, Payment, OrderLine, Shipment, Promise, Order, Address)
_THEN: tuple[type[models.Model], ...] = (Customer, Product, Seller)
_BY_CLOCK = (Entry.PROMISE_AT_RISK.value, Entry.PROMISE_BROKEN.value)
_SHOWN = 5


@transaction.atomic
def take_back(import_id: int, *, by: Viewer, at: datetime) -> Import | Refusal:
    """Take a whole import back, in one transaction.

    Refuses while it runs, after it was taken back, and where people or later imports have built on it: then the
    refusal names what stands in the way.
    """
    if not by.may(May.IMPORT):
        return Refusal(Reason.NOT_ALLOWED)
    row = Import.objects.select_for_update().filter(pk=import_id).first()
    if row is None:
        return Refusal(Reason.NOT_FOUND)
    if row.state == "running":
        return Refusal(Reason.ALREADY_RUNNING)
    if row.state not in ("finished", "stopped", "failed"):
        return Refusal(Reason.NOT_RUNNING)
    obstacles = _later_imports(row) or _by_people(row)
    if obstacles:
        return Refusal(Reason.CANNOT_TAKE_BACK, "", tuple(obstacles))
    touched = _orders_touched(row)
    altered = _restore(row)
    BadRow.objects.filter(entered_by=row).update(entered_by=None)
    removed = _remove(row)
    _recount(touched)
    index_words(altered)
    row.state, row.finished_at = "taken_back", row.finished_at or at
    row.save(update_fields=["state", "finished_at"])
    journal.write(Entry.IMPORT_TAKEN_BACK, by=by, at=at, import_id=row.pk, removed=removed)
    return row


def _later_imports(row: Import) -> list[tuple[str, str]]:
    """Imports after this one that altered its rows or hang on them."""
    later = set(
        ImportChange.objects.filter(run_id__gt=row.pk).exclude(run__state="taken_back").values_list("run_id", flat=True)
    )
    found = {run_id for run_id in later if _alters_rows_of(row, run_id)}
    hanging: Sequence[QuerySet[Any]] = (
        Order.objects.filter(Q(customer__imported_by=row) | Q(address__imported_by=row)),
        OrderLine.objects.filter(Q(order__imported_by=row) | Q(product__imported_by=row) | Q(seller__imported_by=row)),
        Payment.objects.filter(order__imported_by=row),
        Rating.objects.filter(order__imported_by=row),
        Promise.objects.filter(order__imported_by=row),
        Address.objects.filter(customer__imported_by=row),
    )
    for rows in hanging:
        made_later = rows.filter(imported_by_id__gt=row.pk).order_by()
        found |= set(made_later.values_list("imported_by_id", flat=True).distinct())
        # what was there before hangs on these rows because this import altered it, which is given back, or a later one
        altered = rows.filter(imported_by_id__lt=row.pk).order_by().values("pk")
        changes = ImportChange.objects.filter(noun=rows.model._meta.model_name, row_id__in=altered, run_id__in=later)
        found |= set(changes.values_list("run_id", flat=True).distinct())
    return [("imports", ", ".join(str(pk) for pk in sorted(found)))] if found else []


def _alters_rows_of(row: Import, later_id: int) -> bool:
    """Whether a later import altered a row that this one made or altered."""
    changes = ImportChange.objects.filter(run_id=later_id)
    for noun in changes.order_by().values_list("noun", flat=True).distinct():
        ids = changes.filter(noun=noun).exclude(before={}).values("row_id")
        if ImportChange.objects.filter(run=row, noun=noun, row_id__in=ids).exists():
            return True
        model = apps.get_model("store", noun)
        if hasattr(model, "imported_by_id") and model._default_manager.filter(imported_by=row, pk__in=ids).exists():
            return True
    return False


def _by_people(row: Import) -> list[tuple[str, str]]:
    """What people did with the rows of this import since: their journal entries, and what hangs on the rows."""
    of_customers = Customer.objects.filter(imported_by=row).values("pk")
    of_orders = Order.objects.filter(imported_by=row).values("pk")
    of_promises = Promise.objects.filter(imported_by=row).values("pk")
    entries = (
        JournalEntry.objects.filter(import_id__isnull=True)
        .filter(Q(customer_id__in=of_customers) | Q(order_id__in=of_orders) | Q(promise_id__in=of_promises))
        .exclude(kind__in=_BY_CLOCK, actor_id__isnull=True)
    )
    kinds = list(entries.order_by().values_list("kind").annotate(n=Count("pk")).order_by("kind"))
    obstacles = [("entries", ", ".join(f"{kind} ({n})" for kind, n in kinds))] if kinds else []
    numbers = entries.exclude(order_id=None).order_by().values_list("order_id", flat=True).distinct()[:_SHOWN]
    orders = list(Order.objects.filter(pk__in=list(numbers)).values_list("number", flat=True))
    if orders:
        obstacles.append(("orders", ", ".join(orders)))
    hanging: dict[str, QuerySet[Any]] = {
        "interaction": Interaction.objects.filter(Q(customer_id__in=of_customers) | Q(order_id__in=of_orders)),
        "promise": Promise.objects.filter(Q(customer_id__in=of_customers) | Q(order_id__in=of_orders)).filter(
            imported_by=None
        ),
        "order": Order.objects.filter(customer_id__in=of_customers, imported_by=None),
        "rating": Rating.objects.filter(order_id__in=of_orders, imported_by=None),
    }
    kinds_hanging = [f"{noun} ({n})" for noun, rows in hanging.items() if (n := rows.count())]
    return [*obstacles, ("rows", ", ".join(kinds_hanging))] if kinds_hanging else obstacles


def _orders_touched(row: Import) -> list[int]:
    """Orders of others to which this import added or whose parts it altered: their sums are counted again."""
    ids: set[int] = set()
    for model in (OrderLine, Payment):
        made = model.objects.filter(imported_by=row).exclude(order__imported_by=row)
        ids |= set(made.order_by().values_list("order_id", flat=True).distinct())
        changed = ImportChange.objects.filter(run=row, noun=model._meta.model_name).values("row_id")
        ids |= set(model.objects.filter(pk__in=changed).order_by().values_list("order_id", flat=True).distinct())
    return sorted(ids)


def _restore(row: Import) -> list[int]:
    """Give altered rows back what they said, the last alteration first; returns the customers among them."""
    customers: list[int] = []
    changes = ImportChange.objects.filter(run=row).exclude(before={}).order_by("-id")
    for change in changes.iterator():
        model = apps.get_model("store", change.noun)
        columns = {field.attname: field for field in model._meta.concrete_fields}
        said = {column: columns[column].to_python(value) for column, value in change.before.items()}
        if model is Promise:
            said["version"] = F("version") + 1
        model._default_manager.filter(pk=change.row_id).update(**said)
        if model is Customer:
            customers.append(change.row_id)
    return customers


def _remove(row: Import) -> int:
    """Remove what the import made; returns how many rows."""
    made = Customer.objects.filter(imported_by=row).values("pk")
    SearchWord.objects.filter(customer_id__in=made)._raw_delete("default")
    ContactPerson.objects.filter(Q(person_id__in=made) | Q(organisation_id__in=made)).delete()
    orders = Order.objects.filter(imported_by=row).values("pk")
    Customer.tags.through._default_manager.filter(customer_id__in=made).delete()
    Order.tags.through._default_manager.filter(order_id__in=orders).delete()
    removed = 0
    with connection.cursor() as cursor:
        for model in (*_MADE, *_THEN):
            cursor.execute(
                f'DELETE FROM "{model._meta.db_table}" WHERE imported_by_id = %s',  # noqa: S608  our own tables
                [row.pk],
            )
            removed += cursor.rowcount
    made_here = ImportChange.objects.filter(run=row, before={})
    categories = Category.objects.filter(pk__in=made_here.filter(noun="category").values("row_id"))
    removed += categories.filter(products__isnull=True).delete()[0]
    sites = Site.objects.filter(pk__in=made_here.filter(noun="site").values("row_id"))
    unused = sites.filter(orders__isnull=True, customers__isnull=True, units__isnull=True, promises__isnull=True)
    removed += unused.delete()[0]
    return removed


def _recount(order_ids: Sequence[int]) -> None:
    """Let the sums of these orders follow their lines and payments."""
    for order in Order.objects.filter(pk__in=order_ids):
        lines = order.lines.aggregate(n=Count("pk"), items=Sum("total_minor"), freight=Sum("freight_minor"))
        payments = order.payments.aggregate(n=Count("pk"), paid=Sum("amount_minor"))
        order.line_count, order.items_minor, order.freight_minor = (
            lines["n"],
            lines["items"] or 0,
            lines["freight"] or 0,
        )
        order.payment_count, order.paid_minor = payments["n"], payments["paid"] or 0
        order.save()
        worth = order.items_minor + order.freight_minor
        order.promises.filter(outcome="open", kind="delivery").update(money_waiting_minor=worth)
