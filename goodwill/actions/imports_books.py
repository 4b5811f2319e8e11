"""What one import has done so far in a batch: counts, journal entries and before images, written at its end."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from goodwill.domain.entries import Entry
from goodwill.store import bulk
from goodwill.store.customers import Customer
from goodwill.store.imports import ImportChange
from goodwill.store.journal import JournalEntry, take_numbers

NO_FACTS = "{}"
_ENTRY = (
    "kind",
    "at",
    "recorded_at",
    "actor_id",
    "customer_id",
    "order_id",
    "promise_id",
    "import_id",
    "policy_id",
    "facts",
)


@dataclass
class Books:
    """The import that is running, and what its present batch has to write down."""

    run_id: int
    source: str
    site: str
    mode: str
    zone: ZoneInfo
    country: str
    actor_id: int | None
    at: datetime
    as_of: datetime
    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    site_ids: dict[str, int] = field(default_factory=dict)
    has_customers_by_hand: bool = True
    """False where every customer came with an import: then there is nobody to recognise."""
    has_erased: bool = True
    """False where nobody was ever erased: then no file can bring an erased person back."""
    _entries: list[tuple[Any, ...]] = field(default_factory=list)
    _changes: list[ImportChange] = field(default_factory=list)

    def note(
        self,
        kind: Entry,
        at: datetime,
        customer_id: int | None = None,
        order_id: int | None = None,
        promise_id: int | None = None,
        facts: str = NO_FACTS,
    ) -> None:
        """Put an entry down; `facts` is JSON text, made once for many."""
        self._entries.append(
            (
                kind.value,
                at,
                self.at,
                self.actor_id,
                customer_id,
                order_id,
                promise_id,
                self.run_id,
                None,
                facts,
            )
        )

    def erased(self, customer_ids: Iterable[int]) -> set[int]:
        """Those of these customers whose person was erased: nothing that says who it was may come in again."""
        if not self.has_erased:
            return set()
        return set(
            Customer.objects.filter(pk__in=set(customer_ids), erased_at__isnull=False).values_list("pk", flat=True)
        )

    def keep(self, row: models.Model, columns: Iterable[str]) -> None:
        """Remember what a row says before this import alters it."""
        before = {column: _plain(getattr(row, column)) for column in columns}
        self._changes.append(
            ImportChange(run_id=self.run_id, noun=row._meta.model_name or "", row_id=row.pk, before=before)
        )

    def keep_made(self, noun: str, row_ids: Iterable[int]) -> None:
        """Remember rows that have no column for the import that made them."""
        self._changes += [ImportChange(run_id=self.run_id, noun=noun, row_id=pk, before={}) for pk in row_ids]

    def write(self) -> None:
        """Write everything down, in the transaction of the batch."""
        take_numbers()
        bulk.insert(JournalEntry, _ENTRY, self._entries)
        ImportChange.objects.bulk_create(self._changes)
        self._entries.clear()
        self._changes.clear()

    def saved(self) -> tuple[Any, ...]:
        """How the books stand, for going back to when the database refuses a batch."""
        counts = (self.created.copy(), self.updated.copy(), self.unchanged.copy())
        return (*counts, dict(self.site_ids))

    def go_back(self, saved: tuple[Any, ...]) -> None:
        """Forget what was put down since; nothing of it was written."""
        self.created, self.updated, self.unchanged, self.site_ids = saved
        self._entries.clear()
        self._changes.clear()

    def counts(self) -> dict[str, dict[str, int]]:
        """What was created, updated and found unchanged, by noun, without zeros."""
        return {
            name: {noun: n for noun, n in sorted(counter.items()) if n}
            for name, counter in (
                ("created", self.created),
                ("updated", self.updated),
                ("unchanged", self.unchanged),
            )
        }


def facts(**values: str | int | None) -> str:
    """Small facts as JSON text."""
    return json.dumps(values)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
