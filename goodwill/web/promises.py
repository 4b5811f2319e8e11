"""Promises: the list, the page of one, and the deeds that settle it."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goodwill.actions import corrections, settling
from goodwill.actions.settling import Consent
from goodwill.domain.interactions import Channel
from goodwill.domain.records import Cause, Correction, Withdrawal
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.targets import Reason as Step
from goodwill.domain.targets import Value
from goodwill.domain.viewers import Viewer
from goodwill.reads import choices, promise_pages, rounds
from goodwill.reads import promises as read
from goodwill.web import typed_times
from goodwill.web.answers import at_of, is_done, whole
from goodwill.web.gate import needs, viewer_of
from goodwill.web.promise_forms import CorrectForm, DeedForm, KeepForm, MoveForm, WarnForm, WithdrawForm
from goodwill.web.round_forms import GiveForm
from goodwill.web.sheets import sheet
from goodwill.web.templatetags.goodwill import moment
from goodwill.web.wording_clock import explain
from goodwill.web.wording_entries import sentence
from goodwill.web.wording_promises import STANDINGS, STATES, lead, taken_back, withdrawn_because
from goodwill.web.wording_reports import promised
from goodwill.web.wording_shipments import detail

Forms = dict[str, DeedForm]
CONFLICT, WRONG = 409, 422
_COLUMNS = (
    *("id", "side", "customer_id", "customer", "kind", "what", "order", "site", "owes", "made_at", "promised_on"),
    *("due_at", "zone", "late_rule", "outcome", "standing", "warned_at", "acted_at", "settled_at"),
    *("withdrawn_reason", "money_waiting", "currency"),
)


# ---------------------------------------------------------------- the list


@needs(May.RECORD)
def listing(request: HttpRequest) -> HttpResponse:
    """Promises, narrowed and paged."""
    viewer = viewer_of(request)
    filters = _filters(request)
    page = read.listing(viewer, filters, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "page": page,
        "lines": [(line, promised(line.row.kind, line.row.what)) for line in page.lines],
        "filters": filters,
        "states": STATES.items(),
        "standings": STANDINGS.items(),
        "sites": choices.sites(viewer),
        "owners": read.owners(viewer),
        "may_export": viewer.may(May.EXPORT),
        "is_narrowed": filters != read.Filters(),
    }
    return render(request, "promises/list.html", context)


@needs(May.EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """What the list shows, all of it, as CSV."""
    viewer, filters = viewer_of(request), _filters(request)

    def rows() -> Iterator[list[object]]:
        for line in read.export(viewer, filters):
            row = line.row
            order, site = row.order.number if row.order else "", row.site.name if row.site else ""
            money = line.money.amount if line.money else None
            yield [
                row.pk, row.side, row.customer_id, line.customer, row.kind, row.what, order, site, line.owes,
                row.made_at, row.promised_on, row.due_at, row.zone, row.late_rule, row.outcome, row.standing,
                row.warned_at, row.acted_at, row.settled_at, row.withdrawn_reason, money, row.currency,
            ]  # fmt: skip

    return sheet(request, "promises", _COLUMNS, rows())


def _filters(request: HttpRequest) -> read.Filters:
    asked = request.GET
    state, standing = asked.get("state", "owed"), asked.get("standing", "")
    return read.Filters(
        state=state if state in STATES else "owed",
        standing=standing if standing in STANDINGS else "",
        site_id=whole(asked.get("site")),
        owes=asked.get("owes", "")[:40],
        side="theirs" if asked.get("side") == "theirs" else "ours",
        from_on=_day(asked.get("from")),
        to_on=_day(asked.get("to")),
    )


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


# ---------------------------------------------------------------- one promise


def one(request: HttpRequest, promise_id: int) -> HttpResponse:
    """Everything about one promise, and what can be done with it."""
    return _page(request, promise_id)


def _page(
    request: HttpRequest, promise_id: int, *, bound: Forms | None = None, status: int = 200, act: str = ""
) -> HttpResponse:
    viewer = viewer_of(request)
    page = promise_pages.page(viewer, promise_id, at=at_of(request))
    if page is None:
        raise Http404
    promise = page.promise
    reasons = page.reading.explanation if page.reading else ()
    if promise.outcome == "open" and promise.is_history:
        # Nobody watched it: the clock counts, but its silence proves nothing.
        reasons = tuple(reason for reason in reasons if not reason[0].startswith("outcome_"))
    zone = timezone.get_current_timezone()
    context = {
        "page": page,
        "promise": promise,
        "what": promised(promise.kind, promise.what),
        "why": explain(_to_the_second(reasons), zone=zone if isinstance(zone, ZoneInfo) else None),
        "history": [(one, sentence(one.entry), _lead(one)) for one in page.history],
        "withdrawn_because": withdrawn_because(promise.withdrawn_reason) if promise.withdrawn_reason else "",
        "forms": _forms(page, viewer) | (bound or {}),
        "is_conflict": status == CONFLICT,
        "act": act or request.GET.get("act", ""),
    }
    return render(request, "promises/one.html", context, status=status)


def _to_the_second(reasons: Iterable[Step]) -> list[Step]:
    """The same without parts of a second: the clock minds them, people do not."""

    def whole(value: Value) -> Value:
        if isinstance(value, datetime):
            return value.replace(microsecond=0)
        return int(value) if isinstance(value, float) else value

    return [(code, {name: whole(value) for name, value in values.items()}) for code, values in reasons]


def _lead(one: promise_pages.Happening) -> str:
    """How early a warning came, or what a driver's report names."""
    return detail(one.facts) if one.lead_seconds is None else lead(one.lead_seconds)


def _contacts(page: promise_pages.PromisePage) -> list[tuple[str, str]]:
    return [(str(row.pk), f"{moment(row.at)} · {row.words[:80]}") for row in page.contacts]


def _give(page: promise_pages.PromisePage, viewer: Viewer) -> GiveForm:
    row, owners = page.promise, rounds.carriers(viewer, page.promise.pk)
    now = f"person:{row.person_id}" if row.person_id else f"unit:{row.unit_id}" if row.unit_id else ""
    if now and now not in dict(owners):
        owners = [(now, page.owes), *owners]
    return GiveForm(initial={"version": row.version, "owes": now}, auto_id="give_%s", owners=owners)


def _forms(page: promise_pages.PromisePage, viewer: Viewer) -> Forms:
    """One empty form for each deed that can be done now."""
    if not page.may_settle:
        return {}
    kept: dict[str, Any] = {"initial": {"version": page.promise.version}}
    forms: Forms = {"correct": CorrectForm(**kept, prefix="correct")}
    if page.is_owed:
        forms |= {
            "keep": KeepForm(**kept, auto_id="keep_%s"),
            "warn": WarnForm(**kept, auto_id="warn_%s"),
            "move": MoveForm(**kept, auto_id="move_%s", contacts=_contacts(page)),
            "withdraw": WithdrawForm(**kept, auto_id="withdraw_%s"),
        }
        if page.promise.side == "ours":
            forms["give"] = _give(page, viewer)
    return forms


# ---------------------------------------------------------------- deeds


@require_POST
def keep(request: HttpRequest, promise_id: int) -> HttpResponse:
    """It was fulfilled."""
    form = KeepForm(request.POST, auto_id="keep_%s")
    if not form.is_valid():
        return _page(request, promise_id, bound={"keep": form}, status=WRONG, act="keep")
    done = settling.keep(promise_id, form.acted(), version=form.seen(), by=viewer_of(request), at=at_of(request))
    if is_done(done):
        said = _("Marked as kept.") if done.outcome == "kept" else _("Fulfilled late: it is owed no longer.")
        return _settled(request, promise_id, said)
    return _refused(request, promise_id, "keep", form, done)


@require_POST
def warn(request: HttpRequest, promise_id: int) -> HttpResponse:
    """The customer was told that it will slip."""
    form = WarnForm(request.POST, auto_id="warn_%s")
    typed = typed_times.read(request, request.POST.get("when", ""))
    if not (form.is_valid() and form.read(typed)) or typed.due_at is None:
        form.read(typed)
        return _page(request, promise_id, bound={"warn": form}, status=WRONG, act="warn")
    said = form.cleaned_data
    done = settling.warn(
        promise_id,
        typed.due_at,
        Cause(said["cause"]),
        said["words"],
        channel=Channel(said["channel"]),
        version=form.seen(),
        by=viewer_of(request),
        at=at_of(request),
    )
    if is_done(done):
        return _settled(request, promise_id, _("The warning was written down. The promise still stands."))
    return _refused(request, promise_id, "warn", form, done)


@require_POST
def move(request: HttpRequest, promise_id: int) -> HttpResponse:
    """The customer agreed to another time."""
    page = promise_pages.page(viewer_of(request), promise_id, at=at_of(request))
    if page is None:
        raise Http404
    form = MoveForm(request.POST, auto_id="move_%s", contacts=_contacts(page))
    typed = typed_times.read(request, request.POST.get("when", ""), customer_id=page.promise.customer_id)
    if not (form.is_valid() and form.read(typed)) or typed.target is None:
        form.read(typed)
        return _page(request, promise_id, bound={"move": form}, status=WRONG, act="move")
    said = form.cleaned_data
    consent = Consent(said["words"], Channel(said["channel"]), whole(said["contact"]))
    done = settling.move(
        promise_id, typed.target, consent, version=form.seen(), by=viewer_of(request), at=at_of(request)
    )
    if is_done(done):
        return _settled(request, done.pk, _("Moved with the customer's consent: this is the new promise."))
    return _refused(request, promise_id, "move", form, done)


@require_POST
def withdraw(request: HttpRequest, promise_id: int) -> HttpResponse:
    """It is owed no longer though nothing was done."""
    form = WithdrawForm(request.POST, auto_id="withdraw_%s")
    if not form.is_valid():
        return _page(request, promise_id, bound={"withdraw": form}, status=WRONG, act="withdraw")
    reason = Withdrawal(form.cleaned_data["reason"])
    done = settling.withdraw(promise_id, reason, version=form.seen(), by=viewer_of(request), at=at_of(request))
    if is_done(done):
        return _settled(request, promise_id, _("The promise was withdrawn."))
    return _refused(request, promise_id, "withdraw", form, done)


@require_POST
def correct(request: HttpRequest, promise_id: int) -> HttpResponse:
    """An entry about it was wrong."""
    form = CorrectForm(request.POST, prefix="correct")
    if not form.is_valid():
        return _page(request, promise_id, bound={"correct": form}, status=WRONG)
    how = Correction(form.cleaned_data["how"])
    done = corrections.correct(promise_id, how, version=form.seen(), by=viewer_of(request), at=at_of(request))
    if is_done(done):
        return _settled(request, promise_id, taken_back(how))
    return _refused(request, promise_id, "correct", form, done)


def _settled(request: HttpRequest, promise_id: int, said: str) -> HttpResponse:
    messages.success(request, said)
    onward = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        return redirect(onward)
    return redirect("web:promise", promise_id)


_FIELDS = {"expected_at": "when", "due": "when", "consent": "words"}


def _refused(request: HttpRequest, promise_id: int, name: str, form: DeedForm, done: Refusal) -> HttpResponse:
    """The page again, with what was typed; where somebody was quicker, as it now stands."""
    is_conflict = done.reason in (Reason.CHANGED_MEANWHILE, Reason.ALREADY_SETTLED)
    field = _FIELDS.get(done.field, done.field)
    form.refuse(Refusal(done.reason, field, done.values))
    status = CONFLICT if is_conflict else WRONG
    if is_conflict:
        # What was typed stays; sending it again is then a decision made in sight of the new state.
        page = promise_pages.page(viewer_of(request), promise_id, at=at_of(request))
        version = str(page.promise.version if page else "")
        form.data = {**request.POST.dict(), form.add_prefix("version"): version}
    return _page(request, promise_id, bound={name: form}, status=status, act=name)


urlpatterns = [
    path("promises/", listing, name="promises"),
    path("promises/export.csv", export, name="promises_export"),
    path("promises/<int:promise_id>/", one, name="promise"),
    path("promises/<int:promise_id>/keep/", keep, name="promise_keep"),
    path("promises/<int:promise_id>/warn/", warn, name="promise_warn"),
    path("promises/<int:promise_id>/move/", move, name="promise_move"),
    path("promises/<int:promise_id>/withdraw/", withdraw, name="promise_withdraw"),
    path("promises/<int:promise_id>/correct/", correct, name="promise_correct"),
]
