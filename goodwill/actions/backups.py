"""Backups: everything into one file while the house works, and back again into either database."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils.dateparse import parse_date, parse_datetime

from goodwill import __version__
from goodwill.actions import erasures, photos, webhooks
from goodwill.adapters.archives import ArchiveProblem, ArchiveReader, ArchiveWriter
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import Viewer
from goodwill.store import bulk, journal, schema
from goodwill.store.journal import JournalEntry
from goodwill.store.snapshots import DERIVED, KEPT_APPS, RETIRED, applied_migrations, kept_models, snapshot
from goodwill.store.triggers import close_journal, open_journal

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds: how many rows of how many tables, and how many files."""

    path: Path
    tables: int
    rows: int
    files: int

    def as_json(self) -> dict[str, Any]:
        """The wire shape."""
        return {"file": str(self.path), "tables": self.tables, "rows": self.rows, "files": self.files}


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; `erased_again` people had been erased after the backup was made. `secret_key` is empty where
    the backup holds none."""

    rows: int
    files: int
    erased_again: int
    made_at: str
    secret_key: str

    def as_json(self) -> dict[str, Any]:
        """The wire shape."""
        return {
            "rows": self.rows,
            "files": self.files,
            "erased_again": self.erased_again,
            "made_at": self.made_at,
        }


def back_up(
    target: Path, files: Path, *, secret_key: str = "", as_it_is: bool = False, by: Viewer, at: datetime
) -> Kept | Refusal:
    """Write all rows as of one instant, the uploaded files and, where asked, the secret key. Operator only.

    `as_it_is` is for a database that is older than this code: its tables are written as it has them, so that the
    Goodwill that made it can read them, and its journal is left alone.
    """
    if not by.is_operator:
        return Refusal(Reason.NOT_ALLOWED)
    if not as_it_is:
        journal.write(Entry.BACKED_UP, by=by, at=at)
    rows = 0
    with ArchiveWriter(target) as archive:
        with snapshot() as alias:
            for model in schema.former_models() if as_it_is else kept_models():
                fields = model._meta.concrete_fields
                rows += archive.add_table(model._meta.db_table, _names(fields), _rows(model, fields, alias))
        if files.is_dir():
            for file in sorted(path for path in files.rglob("*") if path.is_file()):
                archive.add_file(file.relative_to(files).as_posix(), file)
        manifest = archive.finish(
            goodwill=__version__,
            made_at=at.isoformat(),
            engine=connection.vendor,
            migrations=applied_migrations(),
            secret_key=secret_key,
        )
    return Kept(target, len(manifest["tables"]), rows, len(manifest["files"]))


def prove(kept: Path, counts: Mapping[str, int]) -> None:
    """Read a backup once from end to end; raises ArchiveProblem where it is damaged or holds other numbers of rows."""
    with ArchiveReader(kept) as archive:
        archive.verify()
        for table, count in counts.items():
            written = archive.tables.get(table, {}).get("rows", 0)
            if written != count:
                raise ArchiveProblem(f"the backup holds {written} rows of {table}, the database {count}")


def is_empty() -> bool:
    """True for a house in which nothing was written down yet."""
    return not any(model._base_manager.exists() for model in kept_models())


def restore(
    source: Path, files: Path, *, replace: bool = False, anew: bool = False, by: Viewer, at: datetime
) -> Restored | Refusal:
    """Put a backup back: all of it or nothing. Operator only.

    A house that holds anything is refused unless `replace`; then whoever was erased since the backup is erased
    again. `anew` is for a database that is older or newer than this code: its tables are made again as this code
    has them. Raises ArchiveProblem for a file that is no backup, is damaged, or comes from a newer Goodwill.
    """
    if not by.is_operator:
        return Refusal(Reason.NOT_ALLOWED)
    if not replace and (anew or not is_empty()):
        return Refusal(Reason.ALREADY_SET_UP)
    with ArchiveReader(source) as archive:
        _refuse_newer(archive)
        archive.verify()
        with schema.unchecked() if anew else nullcontext():
            rows, erased = _put_back(archive, anew=anew, by=by, at=at)
        count = archive.extract_files(files)
    photos.forget_loose(files)  # the file is older than the erasures
    said = archive.manifest
    return Restored(rows, count, erased, str(said.get("made_at", "")), str(said.get("secret_key", "")))


@transaction.atomic
def _put_back(archive: ArchiveReader, *, anew: bool, by: Viewer, at: datetime) -> tuple[int, int]:
    """The rows, in one transaction; the journal is open only inside it."""
    kept = kept_models()
    erased_ids: list[int] = []
    if schema.counts([JournalEntry._meta.db_table]):
        # Only the two columns that every Goodwill has had.
        erased = JournalEntry.objects.filter(kind=Entry.PERSON_ERASED.value).values_list("customer_id", flat=True)
        erased_ids = [customer_id for customer_id in erased if customer_id is not None]
    if anew:
        schema.remake()
    open_journal(connection)
    # what is derived goes, too: the rows that come in mark what has to be counted anew
    tables = [model._meta.db_table for model in (*kept, *DERIVED)]
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), tables, reset_sequences=True):
            cursor.execute(statement)
    rows = sum(_load(archive, model) for model in kept)
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kept):
            cursor.execute(statement)
    close_journal(connection)
    Session.objects.all().delete()  # whoever was signed in may be somebody else by now
    again = erasures.replay(erased_ids, by=by, at=at)
    webhooks.pause_restored(by=by, at=at)
    journal.write(Entry.RESTORED, by=by, at=at, rows=rows, erased_again=again)
    return rows, again


def _refuse_newer(archive: ArchiveReader) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(connection).disk_migrations if app in KEPT_APPS}
    unknown = sorted(set(archive.manifest.get("migrations", [])) - known)
    if unknown:
        version = archive.manifest.get("goodwill", "?")
        raise ArchiveProblem(f"the backup comes from a newer Goodwill ({version}); install that version first")


def _rows(model: type[models.Model], fields: Sequence[Any], alias: str) -> Iterator[list[Any]]:
    places = [n for n, field in enumerate(fields) if isinstance(field, models.DateField | models.UUIDField)]
    found = model._base_manager.using(alias).order_by("pk").values_list(*[field.attname for field in fields])
    for row in found.iterator(chunk_size=2 * _BATCH):
        values = list(row)
        for place in places:
            value = values[place]
            if isinstance(value, datetime | date):
                values[place] = value.isoformat()
            elif value is not None:
                values[place] = str(value)
        yield values


def _load(archive: ArchiveReader, model: type[models.Model]) -> int:
    table = model._meta.db_table
    if table not in archive.tables:
        return 0  # a table that is younger than the backup stays empty
    fields = {field.column: field for field in model._meta.concrete_fields}
    named: list[str] = archive.tables[table]["columns"]
    taken = [place for place, column in enumerate(named) if (table, column) not in RETIRED]
    named = [named[place] for place in taken]
    if gone := [column for column in named if column not in fields]:
        raise ArchiveProblem(f"the backup has a column this Goodwill does not know: {table}.{gone[0]}")
    added = [field for column, field in fields.items() if column not in named]
    readers = [_reader(fields[column]) for column in named]
    fillers = [_reader(field)(_plain(field.get_default())) for field in added]
    columns = [*named, *_names(added)]
    batch: list[list[Any]] = []
    count = 0
    for row in archive.rows(table):
        values = (row[place] for place in taken)
        batch.append([*(read(value) for read, value in zip(readers, values, strict=True)), *fillers])
        count += 1
        if len(batch) == _BATCH:
            bulk.insert(model, columns, batch)
            batch = []
    bulk.insert(model, columns, batch)
    return count


def _names(fields: Sequence[Any]) -> list[str]:
    return [str(field.column) for field in fields]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _reader(field: Any) -> Callable[[Any], Any]:
    """How a JSON value of this column is handed to the database."""
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None else json.dumps(value, ensure_ascii=False)
    if isinstance(field, models.DateTimeField):
        return lambda value: None if value is None else parse_datetime(value)
    if isinstance(field, models.DateField):
        return lambda value: None if value is None else parse_date(value)
    if isinstance(field, models.UUIDField):
        # SQLite has no such type and keeps the digits
        is_native = connection.features.has_native_uuid_field
        return lambda value: None if value is None else UUID(value) if is_native else UUID(value).hex
    if isinstance(field, models.ForeignKey):
        return _reader(field.target_field)
    return lambda value: value
