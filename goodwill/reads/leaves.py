"""Leaves: one page of a long list, turned by key: no page numbers, no counting, the same cost everywhere."""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Segment(Generic[M]):
    """A stretch of a list, sorted by `field` and then by id; a list may have several, one after another."""

    rows: QuerySet[M]
    field: str = "id"
    descending: bool = False

    def ordered(self, *, backward: bool = False) -> QuerySet[M]:
        """The rows in their order, or against it."""
        sign = "-" if self.descending != backward else ""
        keys = ["id"] if self.field == "id" else [self.field, "id"]
        return self.rows.order_by(*(sign + key for key in keys))

    def beyond(self, key: "_Key", *, backward: bool = False) -> QuerySet[M]:
        """The rows after (or before) a key, nearest first."""
        rows = self.ordered(backward=backward)
        above = "lt" if self.descending != backward else "gt"
        if self.field == "id":
            return rows.filter(**{f"id__{above}": key.row_id})
        # The first condition is implied by the second; it lets the database begin at the key.
        return rows.filter(
            Q(**{f"{self.field}__{above}e": key.value})
            & (Q(**{f"{self.field}__{above}": key.value}) | Q(**{f"id__{above}": key.row_id}))
        )


@dataclass(frozen=True, slots=True)
class Leaf(Generic[M]):
    """The rows of one page, and the cursors that turn it ("" where there is nothing that way)."""

    rows: tuple[M, ...]
    next: str = ""
    previous: str = ""


@dataclass(frozen=True, slots=True)
class _Key:
    segment: int
    value: Any
    row_id: int


def turn(segments: Sequence[Segment[M]], *, size: int, after: str = "", before: str = "") -> Leaf[M]:
    """The page after one cursor or before another; the first page for none, or for a cursor that makes no sense."""
    backward = bool(before)
    key = _read(before or after, segments)
    found: list[tuple[int, M]] = []
    order = range(len(segments))
    start = key.segment if key else (len(segments) - 1 if backward and before else 0)
    if key is None:
        backward, start = False, 0
    path = reversed(order[: start + 1]) if backward else order[start:]
    for place in path:
        segment = segments[place]
        rows = segment.ordered(backward=backward)
        if key is not None and place == key.segment:
            rows = segment.beyond(key, backward=backward)
        found += [(place, row) for row in rows[: size + 1 - len(found)]]
        if len(found) > size:
            break
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    if not found:
        return Leaf(())
    has_next = True if backward else more
    has_previous = more if backward else key is not None
    return Leaf(
        tuple(row for _, row in found),
        next=_write(found[-1], segments) if has_next else "",
        previous=_write(found[0], segments) if has_previous else "",
    )


def walk(segments: Sequence[Segment[M]]) -> Iterator[list[M]]:
    """Every row, in batches of a thousand, without holding a query open: for exports of any length."""
    for place, segment in enumerate(segments):
        rows = list(segment.ordered()[:BATCH])
        while rows:
            yield rows
            key = _Key(place, getattr(rows[-1], segment.field), rows[-1].pk)
            rows = list(segment.beyond(key)[:BATCH])


def _write(found: tuple[int, M], segments: Sequence[Segment[M]]) -> str:
    place, row = found
    value = None if segments[place].field == "id" else getattr(row, segments[place].field)
    if isinstance(value, date):
        value = value.isoformat()
    return base64.urlsafe_b64encode(json.dumps([place, value, row.pk]).encode()).decode().rstrip("=")


def _read(cursor: str, segments: Sequence[Segment[M]]) -> _Key | None:
    try:
        place, value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        segment = segments[place]
        if segment.field != "id":
            value = segment.rows.model._meta.get_field(segment.field).to_python(value)
            if value is None:
                return None
        return _Key(place, value, int(row_id))
    except (binascii.Error, ValueError, TypeError, IndexError, ValidationError):
        return None
