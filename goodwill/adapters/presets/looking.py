"""Looking at files before they are imported: how each is written, which preset it fits, what it is in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from goodwill.adapters import sniffing, sources, tables
from goodwill.adapters.presets import commerceml, olist, orders, shopify, woocommerce
from goodwill.adapters.records import Place, Shape, TableProblem
from goodwill.domain import columns

READERS: dict[str, type[orders.Reader] | type[shopify.Reader] | type[woocommerce.Reader] | type[commerceml.Reader]] = {
    orders.NAME: orders.Reader,
    shopify.NAME: shopify.Reader,
    woocommerce.NAME: woocommerce.Reader,
    commerceml.NAME: commerceml.Reader,
}
"""Presets of which every row tells of an order: what turns a row into a parcel, given header, columns and terms."""
_GUESSES: dict[str, Callable[[Sequence[str]], dict[str, str]]] = {
    orders.NAME: columns.guess,
    shopify.NAME: shopify.guess,
    woocommerce.NAME: woocommerce.guess,
    commerceml.NAME: commerceml.guess,
}
PRESETS = (olist.NAME, *READERS)
CALENDAR_DAYS, WORKING_DAYS = "calendar", "working"
MENDED = "mended"
"""The role of a file of bad rows of several roles that were mended: each row says which it has."""
IGNORED = "ignored"
_MOST_SHEETS = 20
ROLE_COLUMN = "problem_role"
ID_COLUMN = "problem_id"


@dataclass(frozen=True, slots=True)
class Given:
    """A file to import: where it lies and what it was called; of a ZIP file the member."""

    path: Path
    name: str
    member: str = ""

    @property
    def place(self) -> Place:
        """Where its table lies."""
        return Place(self.path, self.member)


@dataclass(frozen=True, slots=True)
class Options:
    """What the user said about the files; whatever is empty is found by looking."""

    preset: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    site: str = ""
    zone: str = ""
    currency: str = ""
    date_order: str = ""
    rating_scale: int = 5
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    as_of: datetime | None = None
    sheet: str = ""
    promise_days: int = 0
    """Days after the order within which delivery was promised, where a file names no date; 0: nothing was promised."""
    promise_unit: str = CALENDAR_DAYS


@dataclass(frozen=True, slots=True)
class Look:
    """What was found by looking at a file: how it is written, its role in its preset, and its first rows."""

    given: Given
    preset: str
    role: str
    shape: Shape | None
    rows: tuple[tuple[str, ...], ...]
    columns: Mapping[str, str]
    date_order: str
    problem: str = ""
    """Why it cannot be read; see TableProblem."""


def files_of(paths: Sequence[Path]) -> list[Given]:
    """The files meant by these paths: of a folder every table in it, by name."""
    found: list[Given] = []
    for path in paths:
        inside = sorted(p for p in path.iterdir() if p.is_file() and tables.is_table(p)) if path.is_dir() else [path]
        found += [Given(p, p.name) for p in inside]
    return found


def opened(given: Sequence[Given]) -> list[Given]:
    """The same files, and in the place of a ZIP file the tables in it; one that cannot be opened stays as it is."""
    found: list[Given] = []
    for one in given:
        try:
            members = [] if one.member else sources.tables_in(one.path)
        except TableProblem:
            members = []
        found += [replace(one, name=_last(member), member=member) for member in members] or [one]
    return found


def _last(member: str) -> str:
    return member.replace("\\", "/").rpartition("/")[2]


def look(given: Given, options: Options) -> Look:
    """Look at a file; never raises for what is wrong with it. Of a workbook of which no sheet is asked for, the first
    that is of use."""
    found = _look(given, options)
    if found.role != IGNORED or found.shape is None or options.sheet:
        return found
    for name in found.shape.sheets[:_MOST_SHEETS]:
        other = _look(given, replace(options, sheet=name))
        if other.role != IGNORED:
            return other
    return found


def _look(given: Given, options: Options) -> Look:
    try:
        shape, rows = sources.sniff(
            given.place,
            encoding=options.encoding,
            delimiter=options.delimiter,
            decimal=options.decimal,
            sheet=options.sheet,
        )
    except TableProblem as problem:
        return Look(given, "", IGNORED, None, (), {}, "dmy", problem.code)
    preset, role, guessed = _what_it_is(shape.header, options)
    dated = [shape.header.index(guessed[name]) for name in ("placed", "promised", "delivered") if name in guessed]
    order = options.date_order or sniffing.date_order(row[place] for row in rows for place in dated)
    first = tuple(tuple(row) for row in rows[:20])
    return Look(given, preset, role, shape, first, guessed, order)


def _what_it_is(header: Sequence[str], options: Options) -> tuple[str, str, Mapping[str, str]]:
    if options.preset in ("", olist.NAME) and not options.columns:
        if ROLE_COLUMN in header and any(set(names) <= set(header) for names in olist.COLUMNS.values()):
            return olist.NAME, MENDED, {}
        role = olist.role_of([name for name in header if not name.startswith("problem_")])
        if role:
            return olist.NAME, IGNORED if role in olist.IGNORED else role, {}
        if options.preset:
            return "", IGNORED, {}
    preset = options.preset or _export_of(header)
    asked = {name: header_ for name, header_ in options.columns.items() if header_ in header}
    guessed = {name: header_ for name, header_ in _GUESSES[preset](header).items() if header_ not in asked.values()}
    found = guessed | asked if not options.columns else asked | {k: v for k, v in guessed.items() if k not in asked}
    if columns.missing(found):
        return "", IGNORED, found
    return preset, orders.NAME, found


def _export_of(header: Sequence[str]) -> str:
    """The preset whose export has such columns; what is no known export is a plain file of orders."""
    names = frozenset(header)
    if names >= shopify.NEEDED:
        return shopify.NAME
    if names >= commerceml.NEEDED:
        return commerceml.NAME
    return woocommerce.NAME if woocommerce.fits(header) else orders.NAME
