"""Today: the customers we owe something, worst first, each with the next act."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from goodwill.domain.roles import May, Scope
from goodwill.reads import today as read
from goodwill.web.answers import at_of
from goodwill.web.gate import viewer_of
from goodwill.web.wording_reports import promised

_REMEMBERED = "today_whose"


def today(request: HttpRequest) -> HttpResponse:
    """The first screen. Whose promises it shows is remembered until the next sign-in."""
    viewer = viewer_of(request)
    asked = request.GET
    chosen = asked.get("whose") or request.session.get(_REMEMBERED)
    whose = read.Whose(chosen) if chosen in set(read.Whose) else read.Whose.EVERYONE
    if asked.get("whose") == whose and request.session.get(_REMEMBERED) != whose:
        request.session[_REMEMBERED] = whose.value
    kind = read.Kind(asked["kind"]) if asked.get("kind") in set(read.Kind) else read.Kind.ALL
    page = read.page(
        viewer, at=at_of(request), whose=whose, kind=kind, after=asked.get("after", ""), before=asked.get("before", "")
    )
    context = {
        "rows": [(row, promised(row.kind, row.what)) for row in page.rows],
        "page": page,
        "whose": whose.value,
        "kind": kind.value,
        "is_turned": bool(page.previous),
        "unheard": () if page.rows else read.unheard(viewer),
        "may_choose": viewer.scope is not Scope.NOTHING,
        "may_settle": viewer.may(May.SETTLE_PROMISES),
        "may_see_customers": viewer.may(May.SEE_CUSTOMERS),
    }
    return render(request, "today/today.html", context)


urlpatterns = [path("", today, name="today")]
