"""Calendars: opening hours, holidays, special hours; a change is a new version from a day on."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from goodwill.actions import calendars as deeds
from goodwill.actions.calendars import Hours
from goodwill.adapters import places
from goodwill.domain.opening_hours import write_special, write_windows
from goodwill.domain.refusals import Refusal
from goodwill.domain.roles import May
from goodwill.reads import calendars_shown as reads
from goodwill.reads.calendars_shown import CalendarPage, VersionRow
from goodwill.web.dressed_forms import ZoneField
from goodwill.web.firm import firm_of
from goodwill.web.gate import needs, viewer_of
from goodwill.web.settings_forms import country_choices, language
from goodwill.web.week_fields import DAY_NAMES, DaysField, SpecialField, Week, week_initial
from goodwill.web.wording import refused


class CalendarForm(Week):
    """What a calendar says."""

    zone = ZoneField(help_text=_("The clock on the wall there."))
    country = forms.ChoiceField(
        label=_("Closed on public holidays of"),
        choices=lambda: [("", _("No country")), *country_choices()],
        required=False,
    )
    subdivision = forms.CharField(
        label=_("Part of the country"),
        max_length=12,
        required=False,
        help_text=_("A code like BY for Bavaria, where its holidays differ; else blank."),
    )
    holidays = DaysField(label=_("Own days off"), help_text=_("One a line, like 2026-12-27."))
    special = SpecialField(
        label=_("Days with special hours"), help_text=_("One a line, like 2026-12-24: 9-12. They win over holidays.")
    )
    file = forms.FileField(
        label=_("Days off from an iCalendar file"),
        required=False,
        help_text=_("Its days are added to the list above, for you to look at before you save."),
    )

    def hours(self) -> Hours:
        """What was said; only for a valid form."""
        said = self.cleaned_data
        return Hours(
            zone=said["zone"],
            weekly=self.weekly(),
            country=said["country"],
            subdivision=said["subdivision"].strip(),
            holidays=said["holidays"],
            special=said["special"],
        )


class NewCalendar(CalendarForm):
    """A calendar to be."""

    name = forms.CharField(label=_("Name"), max_length=deeds.NAME_LENGTH)


class NewVersion(CalendarForm):
    """What it says from a day on."""

    from_on = forms.DateField(
        label=_("In force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Today at the earliest: days before stay as they were."),
    )


@needs(May.CHANGE_SETTINGS)
def calendars(request: HttpRequest) -> HttpResponse:
    """Every calendar with its hours in short."""
    rows = [
        {"row": row, "runs": [(DAY_NAMES[first], DAY_NAMES[last], hours) for first, last, hours in row.runs]}
        for row in reads.listed(viewer_of(request), at=request.at)  # type: ignore[attr-defined]
    ]
    return render(request, "settings/calendars.html", {"rows": rows})


@needs(May.CHANGE_SETTINGS)
def calendar_add(request: HttpRequest) -> HttpResponse:
    """A new calendar."""
    firm = firm_of(request)
    initial = {"zone": firm.zone if firm else "", "country": firm.country if firm else "", **week_initial()}
    form = NewCalendar(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if request.FILES:
            return _with_file(request, form, "settings/calendar_add.html")
        at = request.at  # type: ignore[attr-defined]
        done = deeds.add(form.cleaned_data["name"], form.hours(), by=viewer_of(request), at=at)
        if not isinstance(done, Refusal):
            messages.success(request, gettext("The calendar is added."))
            return redirect("web:calendar", done.pk)
        form.refuse(done)
    return _form(request, form, "settings/calendar_add.html")


@needs(May.CHANGE_SETTINGS)
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """One calendar: the days ahead and its versions."""
    page = _page(request, pk)
    versions = [
        {
            "version": version,
            "week": [(name, write_windows(version.weekly.get(day, []))) for day, name in DAY_NAMES.items()],
            "special": write_special(version.special).splitlines(),
            "country": dict(places.countries(language())).get(version.country, version.country),
        }
        for version in page.versions
    ]
    return render(request, "settings/calendar.html", {"page": page, "versions": versions})


@needs(May.CHANGE_SETTINGS)
def calendar_change(request: HttpRequest, pk: int) -> HttpResponse:
    """A new version from a day on."""
    page = _page(request, pk)
    at = request.at  # type: ignore[attr-defined]
    today = at.astimezone(ZoneInfo(page.in_force.zone)).date()
    initial = {"from_on": today, **_said(page.in_force)}
    form = NewVersion(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if request.FILES:
            return _with_file(request, form, "settings/calendar_change.html", page=page)
        from_on = form.cleaned_data["from_on"]
        done = deeds.change(pk, form.hours(), from_on=from_on, by=viewer_of(request), at=at)
        if not isinstance(done, Refusal):
            messages.success(request, gettext("The new version is saved."))
            return redirect("web:calendar", pk)
        form.refuse(done)
    return _form(request, form, "settings/calendar_change.html", page=page)


@needs(May.CHANGE_SETTINGS)
@require_POST
def calendar_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name."""
    _page(request, pk)
    name = str(request.POST.get("name", ""))
    done = deeds.rename(pk, name, by=viewer_of(request), at=request.at)  # type: ignore[attr-defined]
    if isinstance(done, Refusal):
        messages.error(request, refused(done))
    else:
        messages.success(request, gettext("The name is changed."))
    return redirect("web:calendar", pk)


@needs(May.CHANGE_SETTINGS)
@require_POST
def calendar_take_back(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Remove a version that has not come into force."""
    page = _page(request, pk)
    if version not in {row.id for row in page.versions}:
        raise Http404
    done = deeds.take_back(version, by=viewer_of(request), at=request.at)  # type: ignore[attr-defined]
    if isinstance(done, Refusal):
        messages.error(request, refused(done))
    else:
        messages.success(request, gettext("The version is taken back."))
    return redirect("web:calendar", pk)


def _with_file(request: HttpRequest, form: CalendarForm, template: str, **context: Any) -> HttpResponse:
    """The same form again with the file's days in it; nothing is saved yet."""
    said = form.cleaned_data
    at = request.at  # type: ignore[attr-defined]
    found = reads.days_in_file(viewer_of(request), said["file"].read(), zone=said["zone"], at=at)
    if isinstance(found, Refusal):
        form.refuse(found)
        return _form(request, form, template, **context)
    typed = request.POST.copy()
    typed["holidays"] = "\n".join(sorted({*said["holidays"], *(day for day, _name in found)}))
    filled = type(form)(typed)
    new = len({day for day, _name in found} - set(said["holidays"]))
    words = ngettext(
        "%(n)d day off was read from the file. Look at the list, then save.",
        "%(n)d days off were read from the file. Look at the list, then save.",
        new,
    )
    context |= {"notice": words % {"n": new}, "found": found}
    return _form(request, filled, template, **context)


def _form(request: HttpRequest, form: CalendarForm, template: str, **context: Any) -> HttpResponse:
    context |= {"form": form, "zones": places.zones()}
    return render(request, template, context, status=422 if form.errors else 200)


def _page(request: HttpRequest, pk: int) -> CalendarPage:
    page = reads.shown(viewer_of(request), pk, at=request.at, language=language())  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    return page


def _said(version: VersionRow) -> dict[str, Any]:
    return {
        "zone": version.zone,
        "country": version.country,
        "subdivision": version.subdivision,
        "holidays": "\n".join(version.holidays),
        "special": write_special(version.special),
        **week_initial(version.weekly),
    }


urlpatterns = [
    path("settings/calendars/", calendars, name="calendars"),
    path("settings/calendars/new/", calendar_add, name="calendar_add"),
    path("settings/calendars/<int:pk>/", calendar, name="calendar"),
    path("settings/calendars/<int:pk>/change/", calendar_change, name="calendar_change"),
    path("settings/calendars/<int:pk>/name/", calendar_name, name="calendar_name"),
    path("settings/calendars/<int:pk>/take-back/<int:version>/", calendar_take_back, name="calendar_take_back"),
]
