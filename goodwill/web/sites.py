"""Sites in the settings."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext

from goodwill.actions import sites as deeds
from goodwill.adapters import places
from goodwill.domain.refusals import Refusal
from goodwill.domain.roles import May
from goodwill.reads import settings as reads
from goodwill.web.firm import firm_of
from goodwill.web.gate import needs, viewer_of
from goodwill.web.settings_forms import SiteForm
from goodwill.web.wording import mode


@needs(May.CHANGE_SETTINGS)
def sites(request: HttpRequest) -> HttpResponse:
    """Every site."""
    rows = [{"row": row, "mode": mode(row.mode)} for row in reads.sites(viewer_of(request))]
    return render(request, "settings/sites.html", {"rows": rows})


@needs(May.CHANGE_SETTINGS)
def site_add(request: HttpRequest) -> HttpResponse:
    """A new site."""
    viewer = viewer_of(request)
    firm = firm_of(request)
    form = SiteForm(
        request.POST or None,
        calendars=reads.calendar_choices(viewer),
        initial={"is_active": True, "zone": firm.zone if firm else ""},
    )
    if request.method == "POST" and form.is_valid():
        done = deeds.add(form.place(), by=viewer, at=request.at)  # type: ignore[attr-defined]
        if not isinstance(done, Refusal):
            messages.success(request, gettext("The site is added."))
            return redirect("web:sites")
        form.refuse(done)
    return _form(request, form, gettext("New site"))


@needs(May.CHANGE_SETTINGS)
def site(request: HttpRequest, pk: int) -> HttpResponse:
    """One site."""
    viewer = viewer_of(request)
    row = reads.site(viewer, pk)
    if row is None:
        raise Http404
    initial = {
        "name": row.name,
        "mode": row.mode,
        "zone": row.zone,
        "calendar": row.calendar_id,
        "is_active": row.is_active,
    }
    form = SiteForm(request.POST or None, calendars=reads.calendar_choices(viewer), initial=initial)
    if request.method == "POST" and form.is_valid():
        done = deeds.change(pk, form.place(), by=viewer, at=request.at)  # type: ignore[attr-defined]
        if not isinstance(done, Refusal):
            messages.success(request, gettext("The site is saved."))
            return redirect("web:sites")
        form.refuse(done)
    return _form(request, form, row.name)


def _form(request: HttpRequest, form: SiteForm, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "zones": places.zones()}
    return render(request, "settings/site.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("settings/sites/", sites, name="sites"),
    path("settings/sites/new/", site_add, name="site_add"),
    path("settings/sites/<int:pk>/", site, name="site"),
]
