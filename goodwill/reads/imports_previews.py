"""What an import would understand, shown before it runs: shapes, columns, first rows and what is wrong with them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from goodwill.adapters import schedules, sources
from goodwill.adapters.presets import olist, orders
from goodwill.adapters.presets.looking import IGNORED, MENDED, READERS, WORKING_DAYS, Given, Look, Options, look
from goodwill.adapters.records import Shape
from goodwill.domain.imports import Parcel, Within
from goodwill.domain.roles import May
from goodwill.domain.rows import BadValue
from goodwill.domain.viewers import Viewer
from goodwill.store.firms import Firm
from goodwill.store.imports import Import
from goodwill.store.sites import Site

SHOWN = 20
CHECKED = 1_000


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as it was read, and what is wrong with it: field, code and values, or nothing."""

    line: int
    cells: tuple[str, ...]
    field: str
    code: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PreviewFile:
    """A file as it would be understood."""

    name: str
    role: str
    preset: str
    kind: str
    sheet: str
    sheets: tuple[str, ...]
    encoding: str
    delimiter: str
    decimal: str
    date_order: str
    columns: tuple[tuple[str, str], ...]
    """Each header with the field it stands for, or an empty one."""
    rows: tuple[PreviewRow, ...]
    checked: int
    problems: tuple[tuple[str, int], ...]
    """Codes of what is wrong in the rows checked, with how many."""
    problem: str


@dataclass(frozen=True, slots=True)
class Preview:
    """All files of a draft, and what is taken for what they leave open."""

    files: tuple[PreviewFile, ...]
    preset: str
    sites: tuple[str, ...]
    zone: str
    currency: str


def preview(viewer: Viewer, import_id: int, options: Options) -> Preview | None:
    """Look at the files of a draft again, with what the person said about them; None where there is no such draft."""
    if not viewer.may(May.IMPORT):
        return None
    draft = Import.objects.filter(pk=import_id, state="draft").first()
    if draft is None:
        return None
    firm = Firm.the()
    sites = tuple(Site.objects.filter(is_active=True).order_by("name").values_list("name", flat=True))
    zone = options.zone or (firm.zone if firm else "UTC")
    currency = options.currency or (firm.currency if firm else "")
    country = firm.country if firm else ""
    looks = [look(Given(Path(row.path), row.name, row.member), options) for row in draft.files.order_by("position")]
    within = _within(options, sites, draft.as_of)
    files = tuple(_file(one, options, within, (zone, currency, country)) for one in looks)
    preset = next((one.preset for one in looks if one.role != IGNORED), "")
    return Preview(files, preset, sites, zone, currency)


def _within(options: Options, sites: tuple[str, ...], at: datetime) -> Within | None:
    """The promise that was said to hold, for trying rows with it."""
    if not options.promise_days:
        return None
    if options.promise_unit != WORKING_DAYS:
        return Within(options.promise_days)
    rows = Site.objects.filter(name__in=sites, calendar__isnull=False).select_related("calendar")
    facts = {row.name: (row.calendar.facts() if row.calendar else (), row.zone) for row in rows}
    by_site = {name: schedules.of(versions, zone=zone, at=at) for name, (versions, zone) in facts.items() if versions}
    return Within(options.promise_days, by_site)


def _file(one: Look, options: Options, within: Within | None, taken: tuple[str, str, str]) -> PreviewFile:
    if one.shape is None:
        return PreviewFile(one.given.name, one.role, "", "", "", (), "", "", "", "", (), (), 0, (), one.problem)
    fields = {header: name for name, header in one.columns.items()}
    columns = tuple((header, fields.get(header, "")) for header in one.shape.header)
    parse = _parser(one, one.shape, options, within, taken)
    rows: list[PreviewRow] = []
    wrong: Counter[str] = Counter()
    checked = 0
    if parse is not None:
        order_at = one.shape.header.index(one.columns["order"]) if one.preset in READERS else None
        source = sources.open_source(one.given.place, one.shape, merged_at=order_at)
        for record in islice(source.records(), CHECKED):
            field, code, values = "", record.fault.value if record.fault else "", {}
            if not code:
                try:
                    parse(record.fields)
                except BadValue as problem:
                    field, code, values = problem.field, problem.fault.value, problem.values
            wrong.update([code] if code else [])
            checked += 1
            if len(rows) < SHOWN:
                rows.append(PreviewRow(record.line, tuple(record.fields), field, code, values))
    else:
        # not understood yet: the rows as they stand, so that a person can say what the columns mean
        rows = [PreviewRow(0, cells, "", "", {}) for cells in one.rows]
    return PreviewFile(
        one.given.name,
        one.role,
        one.preset,
        one.shape.kind,
        one.shape.sheet,
        one.shape.sheets,
        one.shape.encoding,
        one.shape.delimiter,
        one.shape.decimal,
        one.date_order,
        columns,
        tuple(rows),
        checked,
        tuple(wrong.most_common()),
        "",
    )


def _parser(
    one: Look, shape: Shape, options: Options, within: Within | None, taken: tuple[str, str, str]
) -> Callable[[Sequence[str]], Parcel] | None:
    if one.preset == olist.NAME and one.role not in (IGNORED, MENDED):
        own = [name for name in shape.header if not name.startswith("problem_")]
        return olist.parser(one.role, own) if own == list(shape.header) else None
    if one.preset not in READERS:
        return None
    zone, currency, country = taken
    try:
        info = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        info = ZoneInfo("UTC")
    terms = orders.Terms(
        info, currency or "XXX", country, options.site, shape.decimal, one.date_order, options.rating_scale, within
    )
    return READERS[one.preset](shape.header, one.columns, terms)
