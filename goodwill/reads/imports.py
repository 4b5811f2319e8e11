"""Imports, as their pages and commands show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from goodwill.adapters.presets.looking import MENDED, ROLE_COLUMN
from goodwill.adapters.tables import fields_of
from goodwill.domain.money import Money
from goodwill.domain.roles import May
from goodwill.domain.rows import Fault
from goodwill.domain.viewers import Viewer
from goodwill.store import reconciliations
from goodwill.store.imports import BadRow, Import, ImportFile

PAGE = 50
_GOING = ("ready", "running")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: shares of bytes from 0 to 1, rows a second, seconds left."""

    share: float | None
    rows: int
    rate: float | None
    left_seconds: float | None
    is_going: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """An order whose lines and payments do not say the same."""

    order_id: int
    number: str
    lines: Money
    paid: Money
    difference: Money
    is_incomplete: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that could not enter, in its own columns."""

    id: int
    file: str
    line: int
    role: str
    field: str
    code: str
    values: dict[str, str]
    raw: str
    columns: dict[str, str]
    is_held: bool
    has_entered: bool


def listed(viewer: Viewer, *, before: int | None = None, limit: int = PAGE) -> list[Import]:
    """Imports, newest first; those with a smaller id than `before`."""
    if not viewer.may(May.IMPORT):
        return []
    rows = Import.objects.select_related("person").order_by("-id")
    return list((rows.filter(pk__lt=before) if before else rows)[:limit])


def one(viewer: Viewer, import_id: int) -> Import | None:
    """One import with its person; None where there is none or it is not the viewer's to see."""
    if not viewer.may(May.IMPORT):
        return None
    return Import.objects.select_related("person").filter(pk=import_id).first()


def files(viewer: Viewer, import_id: int) -> list[ImportFile]:
    """The files of an import in the order in which they are read."""
    if not viewer.may(May.IMPORT):
        return []
    return list(ImportFile.objects.filter(run_id=import_id).order_by("position"))


def progress(viewer: Viewer, import_id: int) -> Progress | None:
    """How far an import is; rate and time left are known once something was read."""
    row = one(viewer, import_id)
    if row is None:
        return None
    used = [file for file in files(viewer, import_id) if file.role != "ignored"]
    size, done = sum(file.size for file in used), sum(file.bytes_done for file in used)
    rows = sum(file.rows_done for file in used)
    seconds = row.seconds
    share = min(done / size, 1.0) if size else None
    rate = rows / seconds if rows and seconds else None
    left = seconds * (size - done) / done if done and seconds else None
    return Progress(share, rows, rate, left, row.state in _GOING)


def result(viewer: Viewer, import_id: int) -> dict[str, Any] | None:
    """An import in the shape that `goodwill import --json` prints."""
    row = one(viewer, import_id)
    if row is None:
        return None
    return {
        "import_id": row.pk,
        "preset": row.preset,
        "as_of": row.as_of.isoformat(),
        "files": [
            {
                "path": file.path,
                "role": file.role,
                "sha256": file.sha256,
                "encoding": file.encoding,
                "kind": file.kind,
                "member": file.member,
                "sheet": file.sheet,
                "delimiter": file.delimiter,
                "decimal": file.decimal,
                "rows": file.rows_done,
                "good": file.good,
                "bad": file.bad,
                "held": file.held,
            }
            for file in files(viewer, import_id)
        ],
        "created": row.counts.get("created", {}),
        "updated": row.counts.get("updated", {}),
        "unchanged": row.counts.get("unchanged", {}),
        "bad_rows_file": None,
        "money": row.money,
        "seconds": round(row.seconds, 3),
        "finished": row.state == "finished",
    }


def totals(viewer: Viewer, import_id: int) -> dict[str, int]:
    """Rows read, good, bad and held of an import."""
    if not viewer.may(May.IMPORT):
        return {"rows": 0, "good": 0, "bad": 0, "held": 0}
    sums = ImportFile.objects.filter(run_id=import_id).aggregate(
        rows=Sum("rows_done"), good=Sum("good"), bad=Sum("bad"), held=Sum("held")
    )
    return {name: total or 0 for name, total in sums.items()}


def problems(
    viewer: Viewer, import_id: int, *, after: int = 0, limit: int | None = PAGE, held: bool | None = None
) -> Iterator[Problem]:
    """Rows that could not enter, in order; without a limit all of them, streamed."""
    row = one(viewer, import_id)
    if row is None:
        return
    rows = BadRow.objects.filter(file__run_id=import_id, pk__gt=after).select_related("file", "file__run")
    if held is not None:
        rows = rows.filter(is_held=held)
    rows = rows.order_by("pk")
    for found in rows[:limit] if limit else rows.iterator(chunk_size=2_000):
        yield _problem(row, found)


def headers(viewer: Viewer, import_id: int) -> list[str]:
    """The columns of the files that have bad rows, each name once."""
    row = one(viewer, import_id)
    if row is None:
        return []
    positions = (
        BadRow.objects.filter(file__run_id=import_id, is_held=False)
        .order_by("file__position")
        .values_list("file__position", flat=True)
        .distinct()
    )
    names = (name for position in positions for name in row.mapping["headers"][position])
    return [name for name in dict.fromkeys(names) if not name.startswith("problem_")]


def _problem(row: Import, found: BadRow) -> Problem:
    header: list[str] = row.mapping["headers"][found.file.position]
    # what was no row at all has no columns to mend: it is shown as it stands
    whole = found.code in (Fault.NOT_AN_OBJECT.value, Fault.BROKEN_OFF.value) and not found.field
    values = [] if whole else fields_of(found.raw, found.file.delimiter)[0]
    # of a cut row what is there; of one with too much the rest is left out: it is in `raw`
    columns = dict(zip(header, values, strict=False))
    role = columns.get(ROLE_COLUMN, "") if found.file.role == MENDED else found.file.role
    return Problem(
        id=found.pk,
        file=found.file.name,
        line=found.line,
        role=role,
        field=found.field,
        code=found.code,
        values=found.values,
        raw=found.raw,
        columns=columns,
        is_held=found.is_held,
        has_entered=found.entered_by_id is not None,
    )


def differences(viewer: Viewer, import_id: int, *, after: int = 0, limit: int | None = PAGE) -> list[Difference]:
    """Orders of the import's source whose money differs or is incomplete, by id; only those the viewer may see."""
    row = one(viewer, import_id)
    if row is None:
        return []
    source = row.mapping.get("source", "")
    incomplete = reconciliations.incomplete(source).order_by()
    both = reconciliations.differing(source).order_by() | incomplete
    seen = both.filter(pk__gt=after).distinct().order_by("pk")
    columns = ("pk", "number", "currency", "items_minor", "freight_minor", "paid_minor", "line_count", "payment_count")
    found = seen.values_list(*columns)
    return [
        Difference(
            pk,
            number,
            Money(items + freight, currency),
            Money(paid, currency),
            Money(paid - items - freight, currency),
            not lines or not payments,
        )
        for pk, number, currency, items, freight, paid, lines, payments in (found[:limit] if limit else found)
    ]
