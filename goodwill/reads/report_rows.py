"""The promises behind a figure of the report, a page at a time or all of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from goodwill.domain.reports import Figure, Question
from goodwill.domain.viewers import Viewer
from goodwill.reads import reports
from goodwill.reads.labels import label_of
from goodwill.reads.readings import asked

PAGE = 50
_COLUMNS = (
    "pk",
    "kind",
    "what",
    "promised_on",
    "acted",
    "reading",
    "customer_id",
    "customer__name",
    "customer__number",
    "customer__external_key",
    "customer__erased_at",
    "order_id",
    "order__number",
    "site__name",
)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A promise as the report counted it. `reading` is its outcome by the rule asked for; `days_after` is how many
    days after the promised day it was fulfilled (negative: before), None where it was not."""

    promise_id: int
    kind: str
    what: str
    promised_on: date
    acted_on: date | None
    reading: str
    customer_id: int
    customer: str
    order_id: int | None
    order_number: str
    site: str

    @property
    def days_after(self) -> int | None:
        """Days between the promised day and the day of the act."""
        return None if self.acted_on is None else (self.acted_on - self.promised_on).days

    @property
    def cursor(self) -> str:
        """Where this row stands, for asking what comes after or before it."""
        return f"{self.promised_on.isoformat()}.{self.promise_id}"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with the due day newest first; `after` and `before` are cursors, None where there is nothing further."""

    rows: tuple[ReportRow, ...]
    before: str | None
    after: str | None


def page(viewer: Viewer, question: Question, figure: Figure, *, after: str = "", before: str = "") -> Page:
    """One page of the promises that this figure counts, as far as the viewer may see them.

    Raises ValueError for a cursor or a group key that cannot be one.
    """
    behind = _behind(viewer, question, figure)
    if before:
        found = _rows(_beside(behind, before, later=True).order_by("promised_on", "pk")[: PAGE + 1])
        more, rows = len(found) > PAGE, found[:PAGE][::-1]
        return Page(tuple(rows), rows[0].cursor if more else None, rows[-1].cursor if rows else None)
    if after:
        behind = _beside(behind, after, later=False)
    found = _rows(behind.order_by("-promised_on", "-pk")[: PAGE + 1])
    rows = found[:PAGE]
    return Page(tuple(rows), rows[0].cursor if after and rows else None, rows[-1].cursor if len(found) > PAGE else None)


def total(viewer: Viewer, question: Question, figure: Figure) -> int:
    """How many promises this figure counts, as the report itself says: it has most of them counted ahead."""
    return int(getattr(reports.promises(viewer, replace(question, by=None)).total, figure.value))


def every(viewer: Viewer, question: Question, figure: Figure) -> Iterator[ReportRow]:
    """All promises that this figure counts, newest due day first, in constant memory."""
    behind = _behind(viewer, question, figure).order_by("-promised_on", "-pk")
    for values in behind.values_list(*_COLUMNS).iterator(chunk_size=2_000):
        yield _row(values)


def _behind(viewer: Viewer, question: Question, figure: Figure) -> QuerySet[Any, Any]:
    return asked(viewer, question).filter(reading__in=figure.outcomes)


def _beside(behind: QuerySet[Any, Any], cursor: str, *, later: bool) -> QuerySet[Any, Any]:
    day, _, number = cursor.partition(".")
    on, pk = date.fromisoformat(day), int(number)
    if later:
        return behind.filter(promised_on__gte=on).filter(Q(promised_on__gt=on) | Q(pk__gt=pk))
    return behind.filter(promised_on__lte=on).filter(Q(promised_on__lt=on) | Q(pk__lt=pk))


def _rows(behind: QuerySet[Any, Any]) -> list[ReportRow]:
    return [_row(values) for values in behind.values_list(*_COLUMNS)]


def _row(values: tuple[Any, ...]) -> ReportRow:
    pk, kind, what, promised_on, acted, reading, customer_id, name, number, key, erased, order_id, order, site = values
    return ReportRow(
        promise_id=pk,
        kind=kind,
        what=what,
        promised_on=promised_on,
        acted_on=acted,
        reading=reading,
        customer_id=customer_id,
        customer=label_of(
            name=name, number=number, external_key=key, is_erased=erased is not None, customer_id=customer_id
        ),
        order_id=order_id,
        order_number=order or "",
        site=site or "",
    )
