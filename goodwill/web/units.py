"""Units: the departments of the firm."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext

from goodwill.actions import units as deeds
from goodwill.domain.refusals import Refusal
from goodwill.domain.roles import May
from goodwill.reads import people as reads
from goodwill.reads import settings
from goodwill.web.gate import needs, viewer_of
from goodwill.web.settings_forms import UnitForm


@needs(May.CHANGE_SETTINGS, May.MANAGE_PEOPLE)
def units(request: HttpRequest) -> HttpResponse:
    """Every unit."""
    return render(request, "settings/units.html", {"rows": reads.units(viewer_of(request))})


@needs(May.CHANGE_SETTINGS)
def unit_add(request: HttpRequest) -> HttpResponse:
    """A new unit."""
    viewer = viewer_of(request)
    form = UnitForm(request.POST or None, people=reads.choices(viewer), sites=settings.site_choices(viewer))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = deeds.add(
            said["name"],
            chief_id=said["chief"],
            site_ids=said["sites"],
            by=viewer,
            at=request.at,  # type: ignore[attr-defined]
        )
        if not isinstance(done, Refusal):
            messages.success(request, gettext("The unit is added."))
            return redirect("web:units")
        form.refuse(done)
    return _form(request, form, gettext("New unit"))


@needs(May.CHANGE_SETTINGS)
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit."""
    viewer = viewer_of(request)
    found = reads.unit(viewer, pk)
    if found is None:
        raise Http404
    row, site_ids = found
    form = UnitForm(
        request.POST or None,
        people=reads.choices(viewer),
        sites=settings.site_choices(viewer),
        initial={"name": row.name, "chief": row.chief_id, "sites": list(site_ids)},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = deeds.change(
            pk,
            said["name"],
            chief_id=said["chief"],
            site_ids=said["sites"],
            by=viewer,
            at=request.at,  # type: ignore[attr-defined]
        )
        if not isinstance(done, Refusal):
            messages.success(request, gettext("The unit is saved."))
            return redirect("web:units")
        form.refuse(done)
    return _form(request, form, row.name)


def _form(request: HttpRequest, form: UnitForm, title: str) -> HttpResponse:
    return render(request, "settings/unit.html", {"form": form, "title": title}, status=422 if form.errors else 200)


urlpatterns = [
    path("settings/units/", units, name="units"),
    path("settings/units/new/", unit_add, name="unit_add"),
    path("settings/units/<int:pk>/", unit, name="unit"),
]
