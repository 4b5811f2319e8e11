"""Rounds: a driver's stops of the day, three taps for each, and the photos of what arrived."""

import json
from pathlib import Path
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goodwill.actions import idempotency, rounds, shipment_reports
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.shipment_reports import DAYS_LATE, MINUTES_LATE, PHOTOS, Condition, SlipCause
from goodwill.reads import rounds as read
from goodwill.web.answers import at_of, tell, whole
from goodwill.web.gate import needs, viewer_of
from goodwill.web.round_forms import GiveForm, ReportForm, fingerprint, photos_of
from goodwill.web.wording import refused
from goodwill.web.wording_reports import promised
from goodwill.web.wording_shipments import CONDITIONS, SLIP_CAUSES, arrived, late_by

_WORKER = "dist/round-worker.js"
_STATUS = {
    Reason.NOT_FOUND: 404,
    Reason.NOT_ALLOWED: 403,
    Reason.ALREADY_SETTLED: 409,
    Reason.ALREADY_USED: 409,
    Reason.CHANGED_MEANWHILE: 409,
}
_WRONG = 422
ANOTHER_PERSON = "another_person"


@needs(May.SETTLE_PROMISES)
def mine(request: HttpRequest) -> HttpResponse:
    """The driver's round."""
    return _round(request)


def _round(request: HttpRequest, *, stuck: int | None = None, why: str = "", status: int = 200) -> HttpResponse:
    viewer, words = viewer_of(request), request.GET.get("q", "")[:200]
    shown = read.mine(viewer, at=at_of(request), words=words)
    stops = [(stop, promised(stop.kind, stop.what), uuid4().hex) for stop in shown.stops]
    parts = [(part.value, [row for row in stops if row[0].part is part]) for part in read.Part]
    first = stuck or (shown.stops[0].promise_id if shown.stops else None)
    context = {
        "round": shown,
        "parts": [(part, rows) for part, rows in parts if rows],
        "first": first,
        "stuck": stuck,
        "why": why,
        "typed": request.POST,
        "words": words,
        "slip_causes": [(code.value, SLIP_CAUSES[code]) for code in SlipCause],
        "conditions": [(code.value, CONDITIONS[code]) for code in Condition],
        "minutes_late": [(minutes, late_by(minutes)) for minutes in MINUTES_LATE],
        "days_late": [(minutes, late_by(minutes)) for minutes in DAYS_LATE],
        "most_photos": PHOTOS,
    }
    return render(request, "rounds/round.html", context, status=status)


@require_POST
@needs(May.SETTLE_PROMISES)
def report(request: HttpRequest, promise_id: int) -> HttpResponse:
    """What happened at a stop. A program of ours asks for JSON and sends a key of its own; a plain form is answered
    with the round."""
    viewer = viewer_of(request)
    wants_json = "application/json" in request.headers.get("Accept", "")
    sender = whole(request.POST.get("person"))
    if sender is not None and sender != viewer.person_id:
        # Tapped by somebody who has signed out since: it waits on the device for that person.
        return JsonResponse({"reason": ANOTHER_PERSON, "text": ""}, status=401)
    if not read.carries(viewer, promise_id):
        if wants_json:
            return _refusal(Refusal(Reason.NOT_FOUND))
        raise Http404
    form = ReportForm(request.POST)
    if not form.is_valid():
        said = next(iter(form.errors.values()))[0]
        if wants_json:
            return JsonResponse({"reason": "not_valid", "text": str(said)}, status=_WRONG)
        return _round(request, stuck=promise_id, why=str(said), status=_WRONG)
    photos = photos_of(request)
    at = at_of(request)

    def do() -> idempotency.Answer | Refusal:
        made = shipment_reports.report(promise_id, form.said(photos), by=viewer, at=at)
        if isinstance(made, Refusal):
            return made
        text = arrived(made.outcome, made.effect, is_told=made.is_told)
        return idempotency.Answer(201, json.dumps({"report": made.pk, "text": text}, ensure_ascii=False))

    scope = f"round:{viewer.person_id}"
    done = idempotency.once(scope, form.cleaned_data["key"], fingerprint(request, photos), do, at=at)
    if wants_json:
        return _refusal(done) if isinstance(done, Refusal) else _json(done)
    if isinstance(done, Refusal):
        return _round(request, stuck=promise_id, why=refused(done), status=_STATUS.get(done.reason, _WRONG))
    messages.success(request, json.loads(done.body)["text"])
    return redirect("web:round")


def _json(answer: idempotency.Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, content_type="application/json")


def _refusal(refusal: Refusal) -> HttpResponse:
    """Why it was refused, in words that the driver's device can show as they are."""
    told = {"reason": refusal.reason.value, "text": refused(refusal)}
    return JsonResponse(told, status=_STATUS.get(refusal.reason, _WRONG), json_dumps_params={"ensure_ascii": False})


@require_POST
@needs(May.SETTLE_PROMISES)
def give(request: HttpRequest, promise_id: int) -> HttpResponse:
    """Say who carries a promise out."""
    viewer = viewer_of(request)
    if not read.carries(viewer, promise_id):
        raise Http404
    form = GiveForm(request.POST, owners=read.carriers(viewer, promise_id))
    if not form.is_valid():
        messages.error(request, refused(Refusal(Reason.NOT_A_CHOICE)))
        return redirect("web:promise", promise_id)
    done = rounds.give(
        promise_id,
        person_id=form.person_id(),
        unit_id=form.unit_id(),
        version=form.seen(),
        by=viewer,
        at=at_of(request),
    )
    tell(request, done, _("It was written down who carries this out."))
    # Whoever sees only what they owe has just given it out of their sight.
    return redirect("web:promise", promise_id) if read.carries(viewer, promise_id) else redirect("web:round")


@require_GET
@needs(May.RECORD)
def photo(request: HttpRequest, photo_id: int) -> FileResponse:
    """A photo of a report, for whoever sees the report."""
    file = read.photo(viewer_of(request), photo_id)
    if file is None:
        raise Http404
    answer = FileResponse(file.open("rb"), content_type="image/jpeg")
    answer["Content-Disposition"] = f'inline; filename="photo-{photo_id}.jpg"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@login_not_required
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of the round. It is served from here and not from the static files, because the address of a
    worker is what it may look after: the pages under /shipments/, and nothing else. It knows nobody's data."""
    del request
    found = finders.find(_WORKER)
    if not isinstance(found, str):
        raise Http404
    answer = HttpResponse(Path(found).read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


urlpatterns = [
    path("shipments/round/", mine, name="round"),
    path("shipments/round-worker.js", worker, name="round_worker"),
    path("shipments/photos/<int:photo_id>/", photo, name="shipment_photo"),
    path("shipments/<int:promise_id>/report/", report, name="shipment_report"),
    path("promises/<int:promise_id>/give/", give, name="promise_give"),
]
