"""Reading the files of an import again, from its row alone: what each record means, where a run can go on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from goodwill.adapters import schedules, sources
from goodwill.adapters.presets import olist, orders
from goodwill.adapters.presets.looking import ID_COLUMN, MENDED, READERS, ROLE_COLUMN, WORKING_DAYS
from goodwill.adapters.records import Place, Probe, Shape, Source
from goodwill.domain.imports import Parcel, Within
from goodwill.domain.rows import BadValue, Fault
from goodwill.domain.schedules import Schedule
from goodwill.store.imports import Import, ImportFile
from goodwill.store.sites import Site

Parse = Callable[[Sequence[str]], Parcel]


@dataclass(frozen=True, slots=True)
class Meaning:
    """How the fields of one file's rows are understood."""

    parse: Parse
    probe: Probe | None
    group_at: int | None
    """The column of the order's number, where rows of one order must stay in one batch."""
    id_at: int | None
    """The column that names the bad row of which this is the mended one."""


def header_of(run: Import, position: int) -> list[str]:
    """The header of the file in this position."""
    headers: list[list[str]] = run.mapping.get("headers", [])
    return headers[position] if position < len(headers) else []


def meaning_of(run: Import, file: ImportFile) -> Meaning:
    """How this file of this import is to be understood."""
    header = header_of(run, file.position)
    id_at = header.index(ID_COLUMN) if ID_COLUMN in header else None
    if run.preset in READERS:
        mapping = run.mapping
        columns: dict[str, str] = mapping["columns"][file.position]
        terms = orders.Terms(
            ZoneInfo(mapping["zone"]),
            mapping["currency"],
            mapping["country"] or mapping.get("dialled_from", ""),
            mapping["site"],
            file.decimal or ".",
            mapping["date_order"][file.position],
            mapping["rating_scale"],
            within_of(mapping.get("promise_days", 0), mapping.get("promise_unit", ""), at=run.as_of),
        )
        reader = READERS[run.preset](header, columns, terms)
        return Meaning(reader, reader.reads, header.index(columns["order"]), id_at)
    if file.role == MENDED:
        return Meaning(_mended(header), None, None, id_at)
    own = [name for name in header if not name.startswith("problem_")]
    if own == header:
        return Meaning(olist.parser(file.role, header), olist.probe(file.role, header), None, None)
    return Meaning(_within(olist.parser(file.role, own), [header.index(name) for name in own]), None, None, id_at)


def _within(parse: Parse, places: Sequence[int]) -> Parse:
    return lambda fields: parse([fields[place] for place in places])


def _mended(header: Sequence[str]) -> Parse:
    """Rows of several roles in one file: each says which it has."""
    role_at = list(header).index(ROLE_COLUMN)
    by_role: dict[str, Parse] = {}
    for role in olist.ROLES:
        columns = olist.COLUMNS[role]
        if all(name in header for name in columns):
            by_role[role] = _within(olist.parser(role, columns), [list(header).index(name) for name in columns])

    def parse(fields: Sequence[str]) -> Parcel:
        found = by_role.get(fields[role_at].strip())
        if found is None:
            raise BadValue(ROLE_COLUMN, Fault.UNKNOWN_ROLE, roles=", ".join(by_role))
        return found(fields)

    return parse


def within_of(days: int, unit: str, *, at: datetime) -> Within | None:
    """The promise that was said to hold for orders of which a file names none; working days are those of each site."""
    if not days:
        return None
    if unit != WORKING_DAYS:
        return Within(days)
    by_site: dict[str, Schedule] = {}
    for site in Site.objects.filter(calendar__isnull=False).select_related("calendar"):
        versions = site.calendar.facts() if site.calendar else ()
        if versions:
            by_site[site.name] = schedules.of(versions, zone=site.zone, at=at)
    return Within(days, by_site)


def open_file(run: Import, file: ImportFile, meaning: Meaning) -> Source:
    """The file's records."""
    header = tuple(header_of(run, file.position))
    shape = Shape(file.encoding, file.delimiter, file.decimal, header, file.kind, file.sheet)
    return sources.open_source(Place(Path(file.path), file.member), shape, meaning.probe, merged_at=meaning.group_at)


def waits_among(values: Sequence[Any]) -> dict[str, list[str]]:
    """Parents waited for (`order:KEY`) by noun."""
    waits: dict[str, list[str]] = {}
    for value in values:
        noun, _, key = str(value).partition(":")
        waits.setdefault(noun, []).append(key)
    return waits
