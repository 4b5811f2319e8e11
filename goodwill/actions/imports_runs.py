"""Running an import: batch by batch, each in one transaction with its checkpoint, until the end or a stop."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DataError, IntegrityError, models, transaction
from django.db.models import F

from goodwill.actions.imports_books import Books
from goodwill.actions.imports_parcels import deliver
from goodwill.actions.imports_readers import Meaning, meaning_of, open_file, waits_among
from goodwill.adapters.records import Record
from goodwill.adapters.tables import fields_of
from goodwill.domain.entries import Entry
from goodwill.domain.imports import Parcel
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.rows import BadValue, Fault
from goodwill.domain.viewers import Viewer
from goodwill.store import bulk, checkpoints, journal, reconciliations
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer
from goodwill.store.imports import BadRow, Import, ImportFile
from goodwill.store.orders import Order
from goodwill.store.products import Product, Seller
from goodwill.store.sites import Site

BATCH = 4_000
"""Rows of one transaction. Whoever else writes waits for it: most of a second on a small machine."""
_MOST = 2 * BATCH
"""An order of more rows than this is cut in two."""
_RELEASED = 1_000
_PARENTS: dict[str, type[models.Model]] = {"address": Address, "order": Order, "product": Product, "seller": Seller}


@dataclass(slots=True)
class _Item:
    """A record with what it means, or what is wrong with it."""

    record: Record
    parcel: Parcel | None
    fault: Fault | None
    field: str
    values: dict[str, str]
    mends: int | None


@dataclass(slots=True)
class _Batch:
    items: list[_Item] = field(default_factory=list)
    rows: int = 0
    bytes_done: int = 0


_Deliver = Callable[[Books, list[_Item]], dict[int, str]]
_REFUSALS = (DataError, IntegrityError, OverflowError)


def run(import_id: int, *, by: Viewer, at: datetime, batch: int = BATCH) -> Import | Refusal:
    """Run an import from where it stands: to its end, or until somebody asks it to stop.

    May be killed at any moment and called again: what a batch did and how far the file was read are one transaction.
    Refuses while another process runs the same import.
    """
    row = _start(import_id, by=by, at=at)
    if isinstance(row, Refusal):
        return row
    thresholds = gc.get_threshold()
    # batches of plain tuples make no rings; looking for them all the time costs a sixth of the run
    gc.set_threshold(50_000, 20, 20)
    try:
        return _run(row, by=by, at=at, batch=batch)
    finally:
        gc.set_threshold(*thresholds)


def _run(row: Import, *, by: Viewer, at: datetime, batch: int) -> Import | Refusal:
    started = perf_counter()
    books = _books(row, by=by, at=at)
    spent = row.seconds
    with checkpoints.beside() as copy:
        for file in row.files.filter(is_done=False).order_by("position"):
            for done in _run_file(books, row, file, batch):
                if isinstance(done, Refusal):
                    return done
                copy()
                row.seconds = spent + perf_counter() - started
                if Import.objects.filter(pk=row.pk, stop_asked=True).exists():
                    return _stop(row, by=by, at=at + timedelta(seconds=perf_counter() - started))
    _release(books, row)
    row.seconds = spent + perf_counter() - started
    return _finish(row, books, by=by, at=at + timedelta(seconds=perf_counter() - started))


@transaction.atomic
def _start(import_id: int, *, by: Viewer, at: datetime) -> Import | Refusal:
    if not by.may(May.IMPORT):
        return Refusal(Reason.NOT_ALLOWED)
    row = Import.objects.select_for_update().filter(pk=import_id).first()
    if row is None:
        return Refusal(Reason.NOT_FOUND)
    if row.state not in ("ready", "running", "stopped", "failed"):
        return Refusal(Reason.NOT_RUNNING)
    if row.started_at is None:
        journal.write(Entry.IMPORT_STARTED, by=by, at=at, import_id=row.pk, preset=row.preset, files=row.files.count())
    row.state, row.stop_asked, row.started_at, row.error = "running", False, row.started_at or at, ""
    row.save(update_fields=["state", "stop_asked", "started_at", "error"])
    return row


def _books(row: Import, *, by: Viewer, at: datetime) -> Books:
    mapping: dict[str, Any] = row.mapping
    site = Site.objects.filter(name=mapping["site"]).first()
    books = Books(
        run_id=row.pk,
        source=mapping["source"],
        site=mapping["site"],
        mode=mapping["mode"],
        zone=ZoneInfo(mapping["zone"]),
        country=mapping["country"],
        actor_id=by.person_id,
        at=at,
        as_of=row.as_of,
        has_customers_by_hand=Customer.objects.filter(imported_by__isnull=True).exclude(kind="unit").exists(),
        has_erased=Customer.objects.filter(erased_at__isnull=False).exists(),
    )
    if site is not None:
        books.site_ids[site.name] = site.pk
    for name, counter in (("created", books.created), ("updated", books.updated), ("unchanged", books.unchanged)):
        counter.update(row.counts.get(name, {}))
    return books


def _run_file(books: Books, row: Import, file: ImportFile, size: int) -> Iterator[Refusal | None]:
    """Bring a file in batch by batch; yields after each."""
    rows_done = file.rows_done
    batches = _batches(row, file, meaning_of(row, file), size)
    for batch in _read_ahead(batches) if bulk.works_elsewhere() else batches:
        saved = books.saved()
        try:
            claimed = _checkpoint(books, row, file, rows_done, batch, _deliver_all)
        except _REFUSALS:
            # the database takes nothing of this batch as it is; a savepoint for each row finds out why
            books.go_back(saved)
            claimed = _checkpoint(books, row, file, rows_done, batch, _deliver_singly)
        rows_done += batch.rows
        yield None if claimed else Refusal(Reason.ALREADY_RUNNING)
    ImportFile.objects.filter(pk=file.pk).update(is_done=True, bytes_done=file.size)


@transaction.atomic
def _checkpoint(books: Books, row: Import, file: ImportFile, rows_done: int, batch: _Batch, how: _Deliver) -> bool:
    """Bring a batch in and write down how far the file was read; False where somebody else did so already."""
    claimed = ImportFile.objects.filter(pk=file.pk, rows_done=rows_done, is_done=False).update(
        rows_done=F("rows_done") + batch.rows, bytes_done=batch.bytes_done
    )
    if claimed:
        _bring_in(books, file, batch.items, how)
        Import.objects.filter(pk=row.pk).update(counts=books.counts(), seconds=row.seconds)
    return bool(claimed)


def _batches(row: Import, file: ImportFile, meaning: Meaning, size: int) -> Iterator[_Batch]:
    """What is still to be read, cut where an order ends."""
    source = open_file(row, file, meaning)
    batch = _Batch()
    group = ""
    for record in source.records(after=file.rows_done):
        if batch.rows >= size and (batch.rows >= _MOST or _begins_an_order(record, meaning, group)):
            yield batch
            batch = _Batch()
        if meaning.group_at is not None and meaning.group_at < len(record.fields):
            group = record.fields[meaning.group_at]
        batch.items.append(_read(record, meaning))
        batch.rows += 1
        batch.bytes_done = source.bytes_done
    if batch.rows:
        yield batch


def _read_ahead(batches: Iterator[_Batch]) -> Iterator[_Batch]:
    """The same batches, the next one being read while the database, which is another process, takes this one in."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def _begins_an_order(record: Record, meaning: Meaning, group: str) -> bool:
    at = meaning.group_at
    return at is None or at >= len(record.fields) or record.fields[at] != group


def _read(record: Record, meaning: Meaning) -> _Item:
    mends = None
    if meaning.id_at is not None and meaning.id_at < len(record.fields):
        said = record.fields[meaning.id_at].strip()
        mends = int(said) if said.isascii() and said.isdigit() and len(said) < 18 else None
    if record.fault is not None:
        return _Item(record, None, record.fault, "", {}, mends)
    try:
        return _Item(record, meaning.parse(record.fields), None, "", {}, mends)
    except BadValue as problem:
        return _Item(record, None, problem.fault, problem.field, problem.values, mends)


def _bring_in(books: Books, file: ImportFile, items: list[_Item], how: _Deliver) -> None:
    """Bring the good rows of a batch in, and write the bad and the waiting ones down."""
    good = [item for item in items if item.parcel is not None]
    held = how(books, good)
    bad = [_bad_row(file, item) for item in items if item.fault is not None]
    waiting = [_waiting_row(file, good[place], parent) for place, parent in held.items()]
    BadRow.objects.bulk_create(sorted([*bad, *waiting], key=lambda row: row.line))
    entered = [item for place, item in enumerate(good) if place not in held and item.fault is None]
    _mend(books, [item.mends for item in entered if item.mends is not None])
    ImportFile.objects.filter(pk=file.pk).update(
        good=F("good") + len(entered), bad=F("bad") + len(bad), held=F("held") + len(waiting)
    )


def _deliver_all(books: Books, items: list[_Item]) -> dict[int, str]:
    """Deliver the parcels of a batch at once; which of them wait for which parent."""
    held = deliver(books, [item.parcel for item in items if item.parcel is not None])
    books.write()
    return held


def _deliver_singly(books: Books, items: list[_Item]) -> dict[int, str]:
    """Deliver parcels one at a time; one that the database refuses becomes a bad row."""
    held: dict[int, str] = {}
    for place, item in enumerate(items):
        saved = books.saved()
        try:
            with transaction.atomic():
                alone = _deliver_all(books, [item])
        except _REFUSALS:
            books.go_back(saved)
            item.fault, item.field = Fault.REFUSED, ""
            continue
        if alone:
            held[place] = alone[0]
    return held


def _bad_row(file: ImportFile, item: _Item) -> BadRow:
    code = item.fault.value if item.fault else ""
    record = item.record
    return BadRow(file=file, line=record.line, raw=record.raw, field=item.field[:64], code=code, values=item.values)


def _waiting_row(file: ImportFile, item: _Item, parent: str) -> BadRow:
    return BadRow(
        file=file,
        line=item.record.line,
        raw=item.record.raw,
        code=Fault.PARENT_MISSING.value,
        values={"parent": parent},
        is_held=True,
        waits_for=parent[:160],
    )


def _mend(books: Books, ids: list[int]) -> None:
    if ids:
        mended = BadRow.objects.filter(pk__in=ids, entered_by__isnull=True).exclude(file__run_id=books.run_id)
        mended.update(entered_by_id=books.run_id)


def _release(books: Books, row: Import) -> None:
    """Let rows enter that waited for a parent which is there now: orders first, then what belongs to them."""
    while True:
        entered = 0
        last = 0
        while True:
            waiting = list(
                BadRow.objects.filter(is_held=True, entered_by__isnull=True, pk__gt=last, file__run__preset=row.preset)
                .exclude(file__run__state="taken_back")
                .select_related("file__run")
                .order_by("pk")[:_RELEASED]
            )
            if not waiting:
                break
            last = waiting[-1].pk
            entered += _release_batch(books, row, waiting)
        if not entered:
            return


@transaction.atomic
def _release_batch(books: Books, row: Import, waiting: list[BadRow]) -> int:
    there = set()
    for noun, keys in waits_among([one.waits_for for one in waiting]).items():
        parents = bulk.having_keys(_PARENTS[noun], books.source, keys)
        there |= {f"{noun}:{key}" for key in parents.values_list("external_key", flat=True)}
    meanings: dict[int, Meaning] = {}
    ready: list[tuple[BadRow, _Item]] = []
    for one in waiting:
        if one.waits_for in there:
            if one.file_id not in meanings:
                meanings[one.file_id] = meaning_of(one.file.run, one.file)
            fields, _ = fields_of(one.raw, one.file.delimiter)
            ready.append((one, _read(Record(one.line, one.raw, fields, None), meanings[one.file_id])))
    good = [(one, item) for one, item in ready if item.parcel is not None]
    if not good:
        return 0
    saved, items = books.saved(), [item for _, item in good]
    try:
        with transaction.atomic():
            held = _deliver_all(books, items)
    except _REFUSALS:
        books.go_back(saved)
        held = _deliver_singly(books, items)
    entered = [pair for place, pair in enumerate(good) if place not in held and pair[1].fault is None]
    let_in = [one for one, _ in entered]
    _mend(books, [item.mends for _, item in entered if item.mends is not None])
    for file_id, rows in Counter(one.file_id for one in let_in).items():
        ImportFile.objects.filter(pk=file_id).update(good=F("good") + rows, held=F("held") - rows)
    for place, parent in held.items():
        BadRow.objects.filter(pk=good[place][0].pk).update(waits_for=parent[:160], values={"parent": parent})
    BadRow.objects.filter(pk__in=[one.pk for one in let_in]).update(entered_by_id=row.pk)
    Import.objects.filter(pk=row.pk).update(counts=books.counts())
    return len(let_in)


@transaction.atomic
def _stop(row: Import, *, by: Viewer, at: datetime) -> Import:
    row.state, row.stop_asked = "stopped", False
    row.save(update_fields=["state", "stop_asked", "seconds"])
    journal.write(Entry.IMPORT_STOPPED, by=by, at=at, import_id=row.pk)
    return row


@transaction.atomic
def _finish(row: Import, books: Books, *, by: Viewer, at: datetime) -> Import:
    ended = Import.objects.select_for_update().filter(pk=row.pk, state="finished").first()
    if ended is not None:
        return ended  # by another worker a moment ago: said once
    sums = row.files.values_list("good", "bad", "held")
    good, bad, held = (sum(column) for column in zip(*sums, strict=True))
    row.state, row.finished_at, row.counts = "finished", at, books.counts()
    row.money = {
        "orders_differing": reconciliations.differing(books.source).count(),
        "orders_incomplete": reconciliations.incomplete(books.source).count(),
    }
    row.save(update_fields=["state", "finished_at", "counts", "money", "seconds"])
    journal.write(Entry.IMPORT_FINISHED, by=by, at=at, import_id=row.pk, good=good, bad=bad, held=held)
    return row


@transaction.atomic
def fail(import_id: int, error: str, *, by: Viewer, at: datetime) -> None:
    """Write down that an import ended before its end; `error` is a code or the type of a fault. What had come in
    stays, and it can go on from there."""
    going = Import.objects.filter(pk=import_id, state__in=["ready", "running"])
    if going.update(state="failed", error=error):
        journal.write(Entry.IMPORT_FAILED, by=by, at=at, import_id=import_id, reason=error)
