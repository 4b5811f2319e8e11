"""The journal: its page and its export."""

import json
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodwill.actions import journal as keeping
from goodwill.domain.entries import Entry
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.reads import journal
from goodwill.web.answers import whole
from goodwill.web.gate import needs, viewer_of
from goodwill.web.sheets import sheet
from goodwill.web.wording_entries import SENTENCES, sentence
from goodwill.web.wording_facts import told

_COLUMNS = (
    *("id", "kind", "at", "recorded_at", "actor_id", "customer_id", "order_id", "promise_id", "import_id"),
    *("policy_id", "facts"),
)


@needs(May.SEE_JOURNAL)
def page(request: HttpRequest) -> HttpResponse:
    """What happened, newest first."""
    viewer = viewer_of(request)
    sought, faults = _sought(request)
    found = journal.page(
        viewer, sought, after=whole(request.GET.get("after")), before=whole(request.GET.get("before"))
    )  # fmt: skip
    parameters, here = _parameters(sought), reverse("web:journal")
    context = {
        # The blank before the dot does not break: no line begins with it.
        "lines": [
            (line, sentence(line), "\u00a0· ".join(told(line.kind, line.facts, line.names))) for line in found.lines
        ],
        "kinds": [(kind.value, str(SENTENCES[kind]), kind.value == sought.kind) for kind in Entry],
        "people": [(pk, name, pk == sought.actor_id) for pk, name in journal.people(viewer)],
        "sought": sought,
        "is_narrowed": sought != journal.Sought(),
        "faults": faults,
        "previous_url": f"{here}?{urlencode({**parameters, 'before': found.before})}" if found.before else "",
        "next_url": f"{here}?{urlencode({**parameters, 'after': found.after})}" if found.after else "",
        "shown": ngettext("%(n)d entry shown", "%(n)d entries shown", len(found.lines)) % {"n": len(found.lines)},
        "may_export": viewer.may(May.EXPORT),
        "csv_url": f"{reverse('web:journal_csv')}?{urlencode(parameters)}",
        "lines_url": f"{reverse('web:journal_lines')}?{urlencode(parameters)}",
    }
    return render(request, "journal/page.html", context)


@needs(May.SEE_JOURNAL)
def csv(request: HttpRequest) -> HttpResponseBase:
    """The journal as a CSV file, oldest first."""
    viewer, sought = _taking(request)
    rows = (
        [json.dumps(entry[name], ensure_ascii=False) if name == "facts" else entry[name] for name in _COLUMNS]
        for entry in journal.every(viewer, sought)
    )
    return sheet(request, "journal", _COLUMNS, rows)


@needs(May.SEE_JOURNAL)
def lines(request: HttpRequest) -> HttpResponseBase:
    """The journal as JSON Lines, oldest first."""
    viewer, sought = _taking(request)
    at = request.at  # type: ignore[attr-defined]
    keeping.note(Entry.EXPORTED, by=viewer, at=at, what="journal")

    def said() -> Iterator[str]:
        for entry in journal.every(viewer, sought):
            yield json.dumps(entry, ensure_ascii=False) + "\n"

    response = StreamingHttpResponse(said(), content_type="application/x-ndjson; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="journal-{at:%Y-%m-%d}.jsonl"'
    response["X-Accel-Buffering"] = "no"
    return response


def _taking(request: HttpRequest) -> tuple[Viewer, journal.Sought]:
    viewer = viewer_of(request)
    if not viewer.may(May.EXPORT):
        raise PermissionDenied
    return viewer, _sought(request)[0]


def _sought(request: HttpRequest) -> tuple[journal.Sought, dict[str, str]]:
    asked, faults = request.GET, {}
    on = None
    if asked.get("on"):
        try:
            on = date.fromisoformat(asked["on"])
        except ValueError:
            faults["on"] = _("Write a day like 2026-03-06.")
    kind = asked.get("kind", "")
    return journal.Sought(
        kind=kind if kind in list(Entry) else "",
        actor_id=whole(asked.get("person")),
        customer_id=whole(asked.get("customer")),
        on=on,
    ), faults


def _parameters(sought: journal.Sought) -> dict[str, str]:
    said = {
        "kind": sought.kind,
        "person": str(sought.actor_id or ""),
        "customer": str(sought.customer_id or ""),
        "on": sought.on.isoformat() if sought.on else "",
    }
    return {name: value for name, value in said.items() if value}


urlpatterns = [
    path("journal/", page, name="journal"),
    path("journal/journal.csv", csv, name="journal_csv"),
    path("journal/journal.jsonl", lines, name="journal_lines"),
]
