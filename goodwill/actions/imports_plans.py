"""Planning an import: which files there are, what each is, and with what an interrupted import goes on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from goodwill.adapters import packages, places, tables
from goodwill.adapters.presets import commerceml, olist, orders
from goodwill.adapters.presets.looking import (
    CALENDAR_DAYS,
    IGNORED,
    MENDED,
    PRESETS,
    WORKING_DAYS,
    Given,
    Look,
    Options,
    look,
    opened,
)
from goodwill.domain import columns
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store.firms import Firm
from goodwill.store.imports import Import, ImportFile
from goodwill.store.sites import Site

_FIRST_SITE = "Orders"
_LONGEST_PROMISE = 365


@transaction.atomic
def plan(
    given: Sequence[Given], options: Options, *, draft: Import | None = None, by: Viewer, at: datetime
) -> Import | Refusal:
    """Write down an import that is ready to run, or find the interrupted one of the very same files.

    Refuses where no file can be used, or where the currency or the site is known from nowhere.
    """
    if not by.may(May.IMPORT):
        return Refusal(Reason.NOT_ALLOWED)
    if options.preset not in ("", *PRESETS):
        return Refusal(Reason.NOT_A_CHOICE, "preset", (("choices", ", ".join(PRESETS)),))
    if not 0 <= options.promise_days <= _LONGEST_PROMISE or options.promise_unit not in (CALENDAR_DAYS, WORKING_DAYS):
        return Refusal(Reason.NOT_A_CHOICE, "promise_days", (("choices", f"0–{_LONGEST_PROMISE}"),))
    looks = [look(one, options) for one in opened(given)]
    usable = [one for one in looks if one.role != IGNORED]
    if not usable:
        return _nothing_usable(looks)
    preset = usable[0].preset
    looks = [one if one.preset == preset else _ignored(one) for one in looks]
    looks.sort(key=_rank)
    mapping = _terms(preset, looks, options)
    if isinstance(mapping, Refusal):
        return mapping
    digests = _digests(one.given for one in looks)
    interrupted = None if draft else _interrupted(preset, looks, digests, mapping)
    if interrupted is not None:
        for row, one in zip(interrupted.files.order_by("position"), looks, strict=True):
            ImportFile.objects.filter(pk=row.pk).update(path=str(one.given.path.resolve()))
        return interrupted
    run = draft or Import(created_at=at, person_id=by.person_id, as_of=at)
    run.preset, run.mapping, run.state, run.as_of = preset, mapping, "ready", options.as_of or at
    run.save()
    run.files.all().delete()
    for position, (one, digest) in enumerate(zip(looks, digests, strict=True)):
        _add_file(run, position, one, digest)
    return run


def _add_file(run: Import, position: int, one: Look, digest: str) -> None:
    ImportFile.objects.create(
        run=run,
        position=position,
        path=str(one.given.path.resolve()),
        name=one.given.name[:255],
        role=one.role,
        sha256=digest,
        size=packages.size_of(one.given.place),
        member=one.given.member,
        kind=one.shape.kind if one.shape else "",
        sheet=one.shape.sheet if one.shape else "",
        encoding=one.shape.encoding if one.shape else "",
        delimiter=one.shape.delimiter if one.shape else "",
        decimal=one.shape.decimal if one.shape else "",
        is_done=one.role == IGNORED,
    )


@transaction.atomic
def upload(given: Sequence[Given], *, by: Viewer, at: datetime) -> Import | Refusal:
    """Write down files that were uploaded and still have to be looked at by the person: a draft."""
    if not by.may(May.IMPORT):
        return Refusal(Reason.NOT_ALLOWED)
    if not given:
        return Refusal(Reason.REQUIRED, "files")
    run = Import.objects.create(preset="", state="draft", as_of=at, created_at=at, person_id=by.person_id)
    inside = opened(given)
    for position, (one, digest) in enumerate(zip(inside, _digests(inside), strict=True)):
        _add_file(run, position, look(one, Options()), digest)
    return run


def _digests(given: Iterable[Given]) -> list[str]:
    """The digest of each file as it lies there: the tables of one ZIP file share its own."""
    known: dict[Path, str] = {}
    return [known.setdefault(one.path, known.get(one.path) or tables.digest(one.path)) for one in given]


@transaction.atomic
def settle_draft(import_id: int, options: Options, *, by: Viewer, at: datetime) -> Import | Refusal:
    """Turn a draft, looked at and corrected, into an import that is ready to run."""
    if not by.may(May.IMPORT):
        return Refusal(Reason.NOT_ALLOWED)
    draft = Import.objects.select_for_update().filter(pk=import_id).first()
    if draft is None:
        return Refusal(Reason.NOT_FOUND)
    if draft.state != "draft":
        return Refusal(Reason.ALREADY_RUNNING)
    given = [Given(Path(row.path), row.name, row.member) for row in draft.files.order_by("position")]
    return plan(given, options, draft=draft, by=by, at=at)


def _nothing_usable(looks: Sequence[Look]) -> Refusal:
    if not looks:
        return Refusal(Reason.REQUIRED, "files")
    for one in looks:
        if one.problem:
            return Refusal(Reason.NOT_A_TABLE, "files", (("name", one.given.name), ("problem", one.problem)))
    lacking = columns.missing(looks[0].columns)
    return Refusal(Reason.REQUIRED, "columns", (("name", looks[0].given.name), ("fields", ", ".join(lacking))))


def _ignored(one: Look) -> Look:
    return Look(one.given, one.preset, IGNORED, one.shape, one.rows, one.columns, one.date_order, one.problem)


def _rank(one: Look) -> tuple[int, str]:
    """Parents are read first, mended rows after them, what is of no use last."""
    order = (*olist.ROLES, orders.NAME, MENDED, IGNORED)
    return order.index(one.role), one.given.name


def _terms(preset: str, looks: Sequence[Look], options: Options) -> dict[str, object] | Refusal:
    """Everything that decides how rows are read, so that a run can go on without asking again."""
    headers = [list(one.shape.header) if one.shape else [] for one in looks]
    if preset == olist.NAME:
        site = Site.objects.filter(name=options.site).first() if options.site else None
        return {
            "source": olist.NAME,
            "site": options.site or olist.SITE,
            "mode": site.mode if site else olist.MODE,
            "zone": olist.ZONE.key,
            "currency": olist.CURRENCY,
            "country": "BR",
            "headers": headers,
        }
    firm = Firm.the()
    first = next(one for one in looks if one.role != IGNORED)
    site_name = options.site or _only_site("site" in first.columns)
    if site_name is None:
        return Refusal(Reason.REQUIRED, "site")
    site = Site.objects.filter(name=site_name).first()
    zone = options.zone or (site.zone if site else firm.zone if firm else "UTC")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return Refusal(Reason.NOT_A_ZONE, "zone")
    currency = (options.currency or (firm.currency if firm else "")).upper()
    if not currency and "currency" not in first.columns:
        return Refusal(Reason.REQUIRED, "currency")
    sheet = _chosen_sheet(first, options)
    return {
        "source": preset,
        "site": site_name,
        "mode": orders.MODE if preset in (orders.NAME, commerceml.NAME) else olist.MODE,
        "zone": zone,
        "currency": currency,
        "country": firm.country if firm else "",
        "columns": [dict(one.columns) for one in looks],
        "date_order": [one.date_order for one in looks],
        "rating_scale": options.rating_scale,
        "headers": headers,
        # a house without a firm knows from its zone how telephones are dialled there, and nothing more
        **({} if firm and firm.country else {"dialled_from": places.country_of_zone(zone)}),
        **(
            {"promise_days": options.promise_days, "promise_unit": options.promise_unit} if options.promise_days else {}
        ),
        **({"sheet": sheet} if sheet else {}),
    }


def _chosen_sheet(first: Look, options: Options) -> str:
    """The sheet that was asked for, where another would have been found without asking: a feed that reads as this
    import did asks for it, too. One that is found is called otherwise in each month's workbook of some shops."""
    if not options.sheet or first.shape is None or len(first.shape.sheets) < 2:
        return ""
    found = look(first.given, replace(options, sheet=""))
    return "" if found.shape is not None and found.shape.sheet == options.sheet else options.sheet


def _only_site(has_column: bool) -> str | None:
    names = list(Site.objects.filter(is_active=True).order_by("id").values_list("name", flat=True)[:2])
    if len(names) > 1 and not has_column:
        return None
    return names[0] if names else _FIRST_SITE


def _interrupted(
    preset: str, looks: Sequence[Look], digests: Sequence[str], mapping: Mapping[str, object]
) -> Import | None:
    """The latest import of the very same files, read in the same way, that has not come to its end."""
    wanted = [
        (digest, one.given.member, one.shape.sheet if one.shape else "")
        for one, digest in zip(looks, digests, strict=True)
    ]
    for run in Import.objects.filter(preset=preset, state__in=["ready", "running", "stopped"])[:20]:
        there = list(run.files.order_by("position").values_list("sha256", "member", "sheet"))
        if there == wanted and run.mapping == mapping:
            return run
    return None
