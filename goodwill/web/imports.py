"""Pages of imports: the list, the upload, the preview, the run with its progress, and what came of it."""

import csv
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodwill.actions import imports as deeds
from goodwill.actions import imports_plans, imports_undo
from goodwill.adapters.presets import orders
from goodwill.adapters.presets.looking import CALENDAR_DAYS, PRESETS, WORKING_DAYS, Options
from goodwill.domain.columns import COLUMNS
from goodwill.domain.refusals import Refusal
from goodwill.domain.roles import May
from goodwill.reads import feeds, imports, imports_previews
from goodwill.web import imports_files, wording_feeds, wording_imports
from goodwill.web.gate import needs, viewer_of
from goodwill.web.wording import refused

PAGE = 50


@require_GET
@needs(May.IMPORT)
def listed(request: HttpRequest) -> HttpResponse:
    """All imports, newest first."""
    viewer = viewer_of(request)
    before = request.GET.get("before", "")
    rows = imports.listed(viewer, before=int(before) if before.isdecimal() else None, limit=PAGE + 1)
    brought = feeds.of_imports(viewer, [row.pk for row in rows])
    shown = [
        {
            "feed": brought.get(row.pk),
            "row": row,
            "state": wording_imports.state(row.state),
            "totals": imports.totals(viewer, row.pk),
        }
        for row in rows[:PAGE]
    ]
    return render(
        request,
        "imports/list.html",
        {
            "troubled": _troubled(request) if not before else [],
            "imports": shown,
            "next_url": f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        },
    )


def _troubled(request: HttpRequest) -> list[tuple[feeds.FeedLine, str, str]]:
    lines = feeds.troubled(viewer_of(request))
    return [(line, wording_feeds.trouble(line), wording_feeds.last_import(line)) for line in lines]


@require_http_methods(["GET", "POST"])
@needs(May.IMPORT)
def new(request: HttpRequest) -> HttpResponse:
    """Choose files."""
    error = ""
    if request.method == "POST":
        files = [(file.name or "file", file.chunks()) for file in request.FILES.getlist("files")]
        row = deeds.receive(files, by=viewer_of(request), at=request.at) if files else None  # type: ignore[attr-defined]
        if row is not None and not isinstance(row, Refusal):
            return redirect("web:import_preview", row.pk)
        error = refused(row) if isinstance(row, Refusal) else _("Choose at least one file.")
    return render(request, "imports/new.html", {"error": error, "columns": COLUMNS}, status=422 if error else 200)


@require_GET
@needs(May.IMPORT)
def template(request: HttpRequest) -> HttpResponse:
    """A file to begin with."""
    del request
    response = HttpResponse("\ufeff" + orders.TEMPLATE, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="orders.csv"'
    return response


@require_http_methods(["GET", "POST"])
@needs(May.IMPORT)
def preview(request: HttpRequest, import_id: int) -> HttpResponse:
    """See what would be understood, correct it, and start."""
    viewer = viewer_of(request)
    said = request.POST
    shown = imports_previews.preview(viewer, import_id, _options(request))
    if shown is None:
        if imports.one(viewer, import_id) is None:
            raise Http404
        return redirect("web:import", import_id)
    error, error_field = "", ""
    if request.method == "POST" and said.get("act") == "start":
        row = imports_plans.settle_draft(import_id, _options(request), by=viewer, at=request.at)  # type: ignore[attr-defined]
        done = row if isinstance(row, Refusal) else deeds.start(row.pk, by=viewer, at=request.at)  # type: ignore[attr-defined]
        if not isinstance(done, Refusal):
            return redirect("web:import", import_id)
        error, error_field = wording_imports.refused_plan(done), done.field
    files = [
        {
            "file": file,
            "role": wording_imports.role(file.role),
            "columns": [(place, header, field) for place, (header, field) in enumerate(file.columns)],
            "rows": [
                (row, wording_imports.told(row.field, row.code, row.values) if row.code else "") for row in file.rows
            ],
            "problems": [(wording_imports.explained(code, {})[0], count) for code, count in file.problems],
            "problem": wording_imports.unusable(file.problem) if file.problem else "",
            "is_unknown": not file.preset and bool(file.columns),
            "kind": wording_imports.kind(file.kind),
        }
        for file in shown.files
    ]
    context = {
        "import_id": import_id,
        "preview": shown,
        "files": files,
        "fields": [(column.name, wording_imports.field(column.name)) for column in COLUMNS],
        "said": said,
        "error": error,
        "error_field": error_field,
        "delimiters": wording_imports.DELIMITERS,
        "encodings": wording_imports.ENCODINGS,
        "presets": wording_imports.PRESETS.items(),
        "units": wording_imports.UNITS,
    }
    return render(request, "imports/preview.html", context, status=422 if error else 200)


def _options(request: HttpRequest) -> Options:
    said = request.POST
    headers = said.getlist("header")
    fields = said.getlist("field")
    scale = said.get("rating_scale", "")
    days = said.get("promise_days", "").strip()
    preset = said.get("preset", "")
    if preset != said.get("looked_as", preset):
        headers = fields = []  # what the columns meant was said of something else
    return Options(
        preset=preset if preset in PRESETS else "",
        columns={field: header for header, field in zip(headers, fields, strict=False) if field},
        site=said.get("site", "").strip(),
        zone=said.get("zone", "").strip(),
        currency=said.get("currency", "").strip().upper(),
        date_order=said.get("date_order", ""),
        rating_scale=int(scale) if scale.isdecimal() and 1 < int(scale) <= 100 else 5,
        encoding=said.get("encoding", ""),
        delimiter="\t" if said.get("delimiter") == "tab" else said.get("delimiter", ""),
        decimal=said.get("decimal", ""),
        sheet=said.get("sheet", ""),
        promise_days=int(days) if days.isdecimal() and len(days) < 6 else 0 if not days else -1,
        promise_unit=WORKING_DAYS if said.get("promise_unit") == WORKING_DAYS else CALENDAR_DAYS,
    )


@require_GET
@needs(May.IMPORT)
def detail(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import: its progress while it runs, then what came of it."""
    viewer = viewer_of(request)
    row = imports.one(viewer, import_id)
    if row is None:
        raise Http404
    if row.state == "draft":
        return redirect("web:import_preview", import_id)
    after = request.GET.get("after", "")
    problems = list(imports.problems(viewer, import_id, after=int(after) if after.isdecimal() else 0, limit=PAGE + 1))
    counts = [
        (
            wording_imports.noun(noun),
            *(row.counts.get(name, {}).get(noun, 0) for name in ("created", "updated", "unchanged")),
        )
        for noun in wording_imports.NOUNS
        if any(noun in row.counts.get(name, {}) for name in ("created", "updated", "unchanged"))
    ]
    context = {
        "row": row,
        "state": wording_imports.state(row.state),
        "feed": feeds.of_imports(viewer, [import_id]).get(import_id),
        "failure": wording_feeds.import_error(row.error) if row.state == "failed" else "",
        "job": _job(request, import_id),
        "files": [
            (file, wording_imports.role(file.role), wording_imports.kind(file.kind))
            for file in imports.files(viewer, import_id)
        ],
        "totals": imports.totals(viewer, import_id),
        "counts": counts,
        "problems": [
            (one, wording_imports.field(one.field), *wording_imports.explained(one.code, one.values))
            for one in problems[:PAGE]
        ],
        "next_url": f"?after={problems[PAGE - 1].id}" if len(problems) > PAGE else "",
        "first": bool(after),
    }
    return render(request, "imports/detail.html", context)


def _job(request: HttpRequest, import_id: int) -> dict[str, Any]:
    viewer = viewer_of(request)
    row = imports.one(viewer, import_id)
    going = imports.progress(viewer, import_id)
    if row is None or going is None:
        raise Http404
    return {
        "key": f"import-{import_id}",
        "title": wording_imports.names([file.name for file in imports.files(viewer, import_id)]),
        "running": row.state == "running",
        "share": going.share,
        "rate": wording_imports.pace(going.rows, going.rate),
        "left": wording_imports.time_left(going.left_seconds),
        "outcome": wording_imports.state(row.state),
    }


@require_GET
@needs(May.IMPORT)
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """The piece of the page that shows how far it is; at the end the whole page is asked to come again."""
    job = _job(request, import_id)
    response = render(request, "imports/progress.html", {"job": job, "import_id": import_id})
    if not job["running"]:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@needs(May.IMPORT)
def stop(request: HttpRequest, import_id: int) -> HttpResponse:
    """Ask it to stop."""
    done = deeds.ask_stop(import_id, by=viewer_of(request), at=request.at)  # type: ignore[attr-defined]
    _tell(request, done, _("It stops after the rows it has in hand. What is in stays in."))
    return redirect("web:import", import_id)


@require_POST
@needs(May.IMPORT)
def go_on(request: HttpRequest, import_id: int) -> HttpResponse:
    """Go on with a stopped one."""
    done = deeds.start(import_id, by=viewer_of(request), at=request.at)  # type: ignore[attr-defined]
    _tell(request, done, _("It goes on where it was."))
    return redirect("web:import", import_id)


@require_http_methods(["GET", "POST"])
@needs(May.IMPORT)
def take_back(request: HttpRequest, import_id: int) -> HttpResponse:
    """Ask, then take the whole import back."""
    viewer = viewer_of(request)
    row = imports.one(viewer, import_id)
    if row is None:
        raise Http404
    refusal = None
    if request.method == "POST":
        done = imports_undo.take_back(import_id, by=viewer, at=request.at)  # type: ignore[attr-defined]
        if not isinstance(done, Refusal):
            messages.success(request, _("The import was taken back."))
            return redirect("web:import", import_id)
        refusal = done
    context = {
        "row": row,
        "error": refused(refusal) if refusal is not None else "",
        "obstacles": wording_imports.obstacles(refusal) if refusal is not None else [],
    }
    return render(request, "imports/take_back.html", context, status=422 if refusal is not None else 200)


@require_GET
@needs(May.IMPORT)
def bad_rows(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """The rows to mend, as a file."""
    if imports.one(viewer_of(request), import_id) is None:
        raise Http404
    lines = imports_files.bad_rows(viewer_of(request), import_id)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bad-rows-{import_id}.csv"'
    return response


@require_GET
@needs(May.IMPORT)
def differences(request: HttpRequest, import_id: int) -> HttpResponse:
    """Orders whose lines and payments do not say the same, with what is between them."""
    viewer = viewer_of(request)
    row = imports.one(viewer, import_id)
    if row is None:
        raise Http404
    if request.GET.get("format") == "csv":
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="money-{import_id}.csv"'
        table = csv.writer(response)
        table.writerow(("order", "currency", "lines", "paid", "difference", "incomplete"))
        for one in imports.differences(viewer, import_id, limit=None):
            sums = (one.lines.amount, one.paid.amount, one.difference.amount)
            table.writerow((one.number, one.lines.currency, *sums, int(one.is_incomplete)))
        return response
    after = request.GET.get("after", "")
    rows = imports.differences(viewer, import_id, after=int(after) if after.isdecimal() else 0, limit=PAGE + 1)
    context = {
        "row": row,
        "rows": rows[:PAGE],
        "next_url": f"?after={rows[PAGE - 1].order_id}" if len(rows) > PAGE else "",
    }
    return render(request, "imports/differences.html", context)


def _tell(request: HttpRequest, done: object, word: str) -> None:
    if isinstance(done, Refusal):
        messages.error(request, refused(done))
    else:
        messages.success(request, word)


urlpatterns = [
    path("imports/", listed, name="imports"),
    path("imports/new/", new, name="import_new"),
    path("imports/template.csv", template, name="import_template"),
    path("imports/<int:import_id>/", detail, name="import"),
    path("imports/<int:import_id>/preview/", preview, name="import_preview"),
    path("imports/<int:import_id>/progress/", progress, name="import_progress"),
    path("imports/<int:import_id>/stop/", stop, name="import_stop"),
    path("imports/<int:import_id>/go-on/", go_on, name="import_go_on"),
    path("imports/<int:import_id>/take-back/", take_back, name="import_take_back"),
    path("imports/<int:import_id>/bad-rows.csv", bad_rows, name="import_bad_rows"),
    path("imports/<int:import_id>/money/", differences, name="import_differences"),
]
