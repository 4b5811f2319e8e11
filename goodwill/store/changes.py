"""Changes: which rows the journal and the imports say were touched since an entry, for whoever keeps a copy."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, Q

from goodwill.domain.entries import Entry
from goodwill.store.extracts import EXTRACTS
from goodwill.store.imports import ImportChange
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import OrderLine, Payment, Shipment
from goodwill.store.products import Category
from goodwill.store.ratings import Rating
from goodwill.store.sites import Site

_PARTS: dict[str, Any] = {"orderline": OrderLine, "payment": Payment, "shipment": Shipment, "rating": Rating}
_WHOLE = (Entry.IMPORT_TAKEN_BACK.value, Entry.RESTORED.value)
"""After these rows are gone that no entry names."""
MOST = 200_000
"""So many touched rows are as good as all."""


@dataclass(slots=True)
class Touched:
    """Ids of rows by noun (`order` stands for its parts, too); `everything` where they cannot be named or are many."""

    ids: dict[str, set[int]] = field(
        default_factory=lambda: {"order": set(), "promise": set(), "customer": set(), "interaction": set()}
    )
    everything: bool = False


def since(alias: str, cursor: int, last: int, marks: dict[str, int]) -> Touched:
    """What was touched after the entry `cursor` up to `last`, or has come since `marks` were taken: each table's
    highest id, and that of the imports' changes (`importchange`).

    A row of an order's parts counts as its order.
    """
    found = Touched()
    entries = JournalEntry.objects.using(alias).filter(pk__gt=cursor, pk__lte=last).order_by()
    if entries.filter(kind__in=_WHOLE).exists() or entries.count() > MOST:
        found.everything = True
        return found
    runs: set[int] = set()
    named = entries.values_list("kind", "order_id", "promise_id", "customer_id", "import_id", "facts")
    for kind, order_id, promise_id, customer_id, import_id, facts in named.iterator(chunk_size=10_000):
        for noun, one in (("order", order_id), ("promise", promise_id), ("customer", customer_id)):
            if one is not None:
                found.ids[noun].add(one)
        if kind == Entry.INTERACTION_RECORDED.value:
            found.ids["interaction"].add(facts["interaction_id"])
        if import_id is not None:
            runs.add(import_id)
    changes = ImportChange.objects.using(alias).filter(Q(run_id__in=runs) | Q(pk__gt=marks.get("importchange", 0)))
    _add_changes(found, alias, changes)
    _add_new(found, alias, marks)
    found.everything = found.everything or any(len(ids) > MOST for ids in found.ids.values())
    return found


def marks(alias: str) -> dict[str, int]:
    """The highest ids now, by table, and that of the imports' changes."""
    found: dict[str, int] = {}
    for name, model in _models().items():
        found[name] = model.objects.using(alias).aggregate(last=Max("pk"))["last"] or 0
    found["importchange"] = ImportChange.objects.using(alias).aggregate(last=Max("pk"))["last"] or 0
    return found


def zones(alias: str) -> dict[str, str]:
    """Each site's time zone, by its id as text: the days of orders are told in it."""
    return {str(pk): zone for pk, zone in Site.objects.using(alias).order_by().values_list("pk", "zone")}


def small(alias: str) -> dict[str, list[list[Any]]]:
    """The rows of the small tables, for seeing whether they are as they were."""
    return {
        "categories": [list(row) for row in Category.objects.using(alias).order_by("pk").values_list("pk", "name")],
        "sites": [list(row) for row in Site.objects.using(alias).order_by("pk").values_list("pk", "mode", "zone")],
    }


def _models() -> dict[str, Any]:
    from django.apps import apps

    by_table = {model._meta.db_table: model for model in apps.get_models()}
    return {one.name: by_table[one.origin.split(" ")[0]] for one in EXTRACTS if one.noun}


def _add_changes(found: Touched, alias: str, changes: Any) -> None:
    for noun in set(changes.order_by().values_list("noun", flat=True).distinct()):
        ids = changes.filter(noun=noun).order_by().values("row_id")
        if noun in ("order", "promise", "customer"):
            found.ids[noun] |= set(ids.values_list("row_id", flat=True)[: MOST + 1])
        elif noun in _PARTS:
            parts = _PARTS[noun].objects.using(alias).filter(pk__in=ids)
            found.ids["order"] |= set(parts.order_by().values_list("order_id", flat=True)[: MOST + 1])
        elif noun == "product":
            lines = OrderLine.objects.using(alias).filter(product_id__in=ids)
            found.ids["order"] |= set(lines.order_by().values_list("order_id", flat=True)[: MOST + 1])


def _add_new(found: Touched, alias: str, before: dict[str, int]) -> None:
    for extract in EXTRACTS:
        if not extract.noun:
            continue
        model = _models()[extract.name]
        key = "order_id" if extract.noun == "order" and extract.name != "orders" else "pk"
        new = model.objects.using(alias).filter(pk__gt=before.get(extract.name, 0)).order_by()
        found.ids[extract.noun] |= set(new.values_list(key, flat=True)[: MOST + 1])
