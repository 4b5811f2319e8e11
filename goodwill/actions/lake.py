"""The lake: the journal and the trade facts copied to Parquet, whole, or as far as they were touched since."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from goodwill.adapters import lake, lake_writing
from goodwill.adapters.lake import LakeBusy, LakeProblem, Snapshot
from goodwill.adapters.lake_columns import Columns
from goodwill.adapters.lake_writing import Draft
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.store import changes, extracts
from goodwill.store.extracts import EXTRACTS, JOURNAL, ROOTS, Extract
from goodwill.store.snapshots import snapshot

_MOST_MONTHS = 120
"""Of more months than this all rows are read: the database would look up each."""
_MOST_PARTS = 31
"""The journal's month gets a file each night; so many become one."""
_ROOT_TABLES = {"order": "orders", "promise": "promises", "customer": "customers", "interaction": "interactions"}


def is_possible() -> bool:
    """Whether the libraries that write Parquet are installed; asks without loading them."""
    return importlib.util.find_spec("pyarrow") is not None


@task()
def run_append() -> str:
    """Bring the lake up to date; the worker calls this, nightly, and again after a crash."""
    try:
        done = append(by=OPERATOR, at=timezone.now())
    except LakeBusy:
        return "another process was writing"
    return done.reason.value if isinstance(done, Refusal) else f"snapshot {done.number}"


def append(*, by: Viewer, at: datetime) -> Snapshot | Refusal:
    """Bring the lake up to what the rows say now, reading only the months in which something was touched.

    The result equals a rebuild's. Where that cannot be had cheaply (no lake yet, another history, an import taken
    back, more touched than left alone) it is rebuilt. Raises LakeBusy while another process writes.
    """
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    folder = Path(settings.LAKE)
    begun = perf_counter()
    with lake_writing.held(folder), _instant() as (alias, last):
        before = _usable(folder, alias)
        if before is None:
            return _rebuild(folder, alias, last, at, begun)
        cursor = before.notes["cursor"]
        touched = changes.since(alias, cursor, last, before.notes["marks"])
        if touched.everything:
            return _rebuild(folder, alias, last, at, begun)
        draft = Draft(folder, before, lake_writing.next_number(folder))
        months = {noun: _months(folder, before, noun, ids, alias) for noun, ids in touched.ids.items()}
        for extract in EXTRACTS:
            if extract.noun:
                _renew(draft, extract, months[extract.noun], alias)
        if changes.small(alias) != before.notes["small"]:
            _renew_small(draft, alias)
        draft.add(JOURNAL.name, _columns(JOURNAL), _month_of(JOURNAL), extracts.entries(alias, cursor, last))
        for month, parts in draft.parts(JOURNAL.name).items():
            if parts > _MOST_PARTS:
                again = extracts.entries(alias, 0, last, month)
                draft.replace(JOURNAL.name, _columns(JOURNAL), _month_of(JOURNAL), again, {month})
        if draft.rows(JOURNAL.name) != extracts.count_entries(alias, last):
            # an entry with a lower id became visible after a higher one: what it touched is not known
            return _rebuild(folder, alias, last, at, begun)
        for extract in EXTRACTS:
            if draft.rows(extract.name) != extracts.count(extract, alias):
                # rows went or came without a word in the journal
                _renew(draft, extract, None, alias)
        return draft.keep(at=at, notes=_notes(alias, last, "append", begun))


def rebuild(*, by: Viewer, at: datetime) -> Snapshot | Refusal:
    """Make the lake from the rows as if there had been none. Raises LakeBusy while another process writes."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    folder = Path(settings.LAKE)
    begun = perf_counter()
    with lake_writing.held(folder), _instant() as (alias, last):
        return _rebuild(folder, alias, last, at, begun)


@contextmanager
def _instant() -> Iterator[tuple[str, int]]:
    """The rows as of one instant, and the last entry of the journal that was settled by then."""
    last = extracts.last_settled()
    with snapshot() as alias:
        yield alias, last


def _rebuild(folder: Path, alias: str, last: int, at: datetime, begun: float) -> Snapshot:
    draft = Draft(folder, None, lake_writing.next_number(folder))
    for extract in EXTRACTS:
        _renew(draft, extract, None, alias)
    draft.replace(JOURNAL.name, _columns(JOURNAL), _month_of(JOURNAL), extracts.entries(alias, 0, last))
    return draft.keep(at=at, notes=_notes(alias, last, "rebuild", begun))


def _usable(folder: Path, alias: str) -> Snapshot | None:
    """The standing snapshot, if what was touched since it can be told; it cannot after a restore or a change of
    tables or of sites' zones."""
    try:
        before = lake.current(folder)
    except LakeProblem:
        return None
    if before is None or lake.missing_files(folder, before):
        return None
    tables = {extract.name: _columns(extract) for extract in (*EXTRACTS, JOURNAL)}
    notes = before.notes
    same = (
        dict(before.columns) == tables
        and notes["stamp"] == extracts.stamp(alias, notes["cursor"])
        and notes["zones"] == changes.zones(alias)
    )
    return before if same else None


def _months(folder: Path, before: Snapshot, noun: str, ids: set[int], alias: str) -> set[str] | None:
    """Months in which these rows stand or stood; None where all are to be read."""
    assert noun in ROOTS  # noqa: S101  the nouns of the extracts
    found = lake.months_of(folder, before, _ROOT_TABLES[noun], ids) | extracts.months_of(noun, sorted(ids), alias)
    return found if len(found) <= _MOST_MONTHS else None


def _renew(draft: Draft, extract: Extract, months: set[str] | None, alias: str) -> None:
    if months is None or months:
        rows = extracts.rows(extract, alias, months)
        draft.replace(extract.name, _columns(extract), _month_of(extract), rows, months)


def _renew_small(draft: Draft, alias: str) -> None:
    for extract in EXTRACTS:
        if not extract.noun:
            _renew(draft, extract, None, alias)


def _columns(extract: Extract) -> Columns:
    return tuple((column.name, column.kind) for column in extract.columns)


def _month_of(extract: Extract) -> str:
    return extract.month_of.rpartition(".")[2]


def _notes(alias: str, cursor: int, how: str, begun: float) -> dict[str, Any]:
    return {
        "cursor": cursor,
        "stamp": extracts.stamp(alias, cursor),
        "marks": changes.marks(alias),
        "zones": changes.zones(alias),
        "small": changes.small(alias),
        "made_by": how,
        "seconds": round(perf_counter() - begun, 3),
    }


def tables() -> Iterator[str]:
    """The names of the lake's tables."""
    yield from (extract.name for extract in (*EXTRACTS, JOURNAL))
