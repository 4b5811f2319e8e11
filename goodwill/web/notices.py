"""Notices: the bell, the page, and the marks that one puts on one's own."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from goodwill.actions import notice_marks
from goodwill.domain.notices import Kind
from goodwill.reads import notices as read
from goodwill.reads.notice_words import KINDS
from goodwill.reads.notices import Act, NoticeLine, Which
from goodwill.web.answers import at_of, whole
from goodwill.web.gate import viewer_of

ICONS: dict[Kind, tuple[str, str]] = {
    Kind.PROMISE_AT_RISK: ("alert-triangle", "doubt"),
    Kind.PROMISE_BROKEN: ("circle-x", "bad"),
    Kind.PROMISE_CHANGED: ("pencil", ""),
    Kind.CUSTOMER_GIVEN: ("user-plus", ""),
    Kind.CUSTOMER_HEARD: ("message-circle", ""),
    Kind.RATED_LOW: ("star", "doubt"),
    Kind.IMPORT_ENDED: ("upload", ""),
}
"""Icon and tone of each kind; of what is hidden, neither."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """One's notices: the unread, or all; of every kind or of one."""
    viewer, asked = viewer_of(request), request.GET
    which = Which(asked["which"]) if asked.get("which") in set(Which) else Which.UNREAD
    kind = Kind(asked["kind"]) if asked.get("kind") in set(Kind) else None
    page = read.page(viewer, which, kind, after=asked.get("after", ""), before=asked.get("before", ""))
    marked = _moment_of(asked.get("marked"))
    undo = read.marked(viewer, marked) if marked else 0
    context = {
        "page": page,
        "lines": [(line, *(("eye-off", "") if line.is_hidden else ICONS[line.kind])) for line in page.lines],
        "which": which.value,
        "kind": kind,
        "kinds": KINDS.items(),
        "marked": asked.get("marked") if undo else "",
        "marked_said": _marked(undo) if undo else "",
        "back": "?" + _without_mark(request),
        "has_unread": any(line.is_unread for line in page.lines),
    }
    return render(request, "notices/page.html", context)


@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """The newest unread notices, for the sheet under the bell."""
    return render(request, "notices/bell.html", {"lines": read.latest(viewer_of(request))})


@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the bell, which asks every minute; no content where it shows that already."""
    n = read.unread(viewer_of(request))
    if request.GET.get("shown") == str(n):
        return HttpResponse(status=204)
    return render(request, "notices/count.html", {"unread_notices": n})


@require_GET
def open_(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Lead to what a notice is about, by which it is read. One that is gone leads to the list."""
    viewer = viewer_of(request)
    line = read.one(viewer, notice_id)
    if line is None:
        messages.info(request, _("This notice is gone: others like it were gathered into one, or it was forgotten."))
        return redirect("web:notices")
    notice_marks.read(notice_id, by=viewer, at=at_of(request))
    return redirect(_target(line))


@require_POST
def mark(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark one as read."""
    at = at_of(request)
    notice_marks.read(notice_id, by=viewer_of(request), at=at)
    return _back(request, at)


@require_POST
def mark_all(request: HttpRequest) -> HttpResponse:
    """Mark all that the page knew of as read, of the kind that it shows."""
    at, said = at_of(request), request.POST
    kind = Kind(said["kind"]) if said.get("kind") in set(Kind) else None
    notice_marks.read_all(kind=kind, newest_id=whole(said.get("newest")), by=viewer_of(request), at=at)
    return _back(request, at)


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Make unread again what was marked at one moment."""
    marked = _moment_of(request.POST.get("marked"))
    n = notice_marks.take_back(marked, by=viewer_of(request)) if marked else 0
    if n:
        said = ngettext("%(n)s notice is unread again.", "%(n)s notices are unread again.", n) % {"n": n}
        messages.success(request, said)
    return redirect(_came_from(request))


def _marked(n: int) -> str:
    return ngettext("%(n)s notice was marked as read.", "%(n)s notices were marked as read.", n) % {"n": n}


def _target(line: NoticeLine) -> str:
    """Where the next act is done."""
    if line.act is Act.LIST:
        return _list_of(line)
    if line.act in (Act.WARN, Act.PROMISE) and line.promise_id is not None:
        url = reverse("web:promise", args=[line.promise_id])
        return f"{url}?act=warn#warn" if line.act is Act.WARN else url
    if line.act is Act.ORDER and line.order_id is not None:
        return reverse("web:order", args=[line.order_id])
    if line.act is Act.CUSTOMER and line.customer_id is not None:
        return reverse("web:customer", args=[line.customer_id])
    if line.act is Act.IMPORT and line.import_id is not None:
        return reverse("web:import", args=[line.import_id])
    return reverse("web:notices")


def _list_of(line: NoticeLine) -> str:
    """The list in which many alike are found."""
    asked: dict[Kind, tuple[str, dict[str, str]]] = {
        Kind.PROMISE_AT_RISK: ("web:promises", {"standing": "at_risk"}),
        Kind.PROMISE_BROKEN: ("web:promises", {"state": "broken"}),
        Kind.PROMISE_CHANGED: ("web:promises", {"state": "all"}),
        Kind.IMPORT_ENDED: ("web:imports", {}),
    }
    name, query = asked.get(line.kind, ("web:customers", {"owner": "me", "sort": "heard"}))
    if line.why == "owes" and name == "web:promises":
        query = query | {"owes": "me"}
    return reverse(name) + (f"?{urlencode(query)}" if query else "")


def _back(request: HttpRequest, at: datetime) -> HttpResponse:
    """Back to the page one came from, which then offers to take the mark back."""
    url = _came_from(request)
    return redirect(f"{url}{'&' if '?' in url else '?'}marked={(at - _EPOCH) // _MICROSECOND}")


def _came_from(request: HttpRequest) -> str:
    back = str(request.POST.get("next", ""))
    own = url_has_allowed_host_and_scheme(back, None) and back.startswith("?")
    return reverse("web:notices") + (back if own and back != "?" else "")


def _without_mark(request: HttpRequest) -> str:
    asked = request.GET.copy()
    asked.pop("marked", None)
    return asked.urlencode()


def _moment_of(stamp: str | None) -> datetime | None:
    number = whole(stamp)
    return None if number is None or number > 10**17 else _EPOCH + number * _MICROSECOND


urlpatterns = [
    path("notices/", notices, name="notices"),
    path("notices/bell/", bell, name="notices_bell"),
    path("notices/count/", count, name="notices_count"),
    path("notices/read/", mark_all, name="notices_mark_all"),
    path("notices/undo/", undo, name="notices_undo"),
    path("notices/<int:notice_id>/", open_, name="notice"),
    path("notices/<int:notice_id>/read/", mark, name="notice_mark"),
]
