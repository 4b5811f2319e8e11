"""Settings: one page that leads to each, and the firm itself."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings as configured
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goodwill.actions import firms as deeds
from goodwill.adapters import places
from goodwill.domain.refusals import Refusal
from goodwill.domain.roles import May
from goodwill.reads import settings as reads
from goodwill.web.gate import needs, viewer_of
from goodwill.web.settings_forms import FirmForm


@dataclass(frozen=True, slots=True)
class Room:
    """One of the settings: where it is, its icon, and what is kept there."""

    name: str
    icon: str
    title: Any
    about: Any
    right: May = May.CHANGE_SETTINGS
    """Who finds it here: an administrator sets the house up and sees no customer."""


ROOMS = (
    Room("web:settings_firm", "building", _("Firm"), _("Name, currency, time zone, language")),
    Room("web:sites", "building-store", _("Sites"), _("Stores, warehouses, web shops, services")),
    Room("web:units", "users", _("Units"), _("Departments, their chiefs, the sites they serve")),
    Room("web:calendars", "calendar", _("Calendars"), _("Opening hours, holidays, special hours")),
    Room("web:policies", "scale", _("Promise policy"), _("When a promise is late or at risk")),
    Room("web:touchpoints", "map-pin", _("Touchpoints"), _("Where customers meet the firm")),
    Room("web:own_fields", "columns", _("Own fields"), _("What you add to customers and orders")),
    Room("web:tags", "tag", _("Tags"), _("Words put on customers and orders"), May.SEE_CUSTOMERS),
    Room("web:hosts", "world", _("Allowed hosts"), _("From where daily files may be fetched")),
    Room("web:settings_mail", "mail", _("Letters"), _("Whether letters leave, and how they fare")),
    Room("web:webhooks", "send", _("Webhooks"), _("Programs outside that are told what happens")),
)


@needs(May.CHANGE_SETTINGS)
def settings(request: HttpRequest) -> HttpResponse:
    """Where each setting is."""
    rooms = []
    for room in ROOMS:
        if not viewer_of(request).may(room.right):
            continue
        try:
            rooms.append({"room": room, "url": reverse(room.name)})
        except NoReverseMatch:
            continue
    return render(request, "settings/index.html", {"rooms": rooms})


@needs(May.CHANGE_SETTINGS)
def settings_firm(request: HttpRequest) -> HttpResponse:
    """Name, money, clock and language of the firm."""
    viewer = viewer_of(request)
    firm = reads.firm(viewer)
    if firm is None:
        raise Http404
    initial = {
        "name": firm.name,
        "country": firm.country,
        "currency": firm.currency,
        "zone": firm.zone,
        "language": firm.language,
        "calendar": firm.calendar_id,
    }
    form = FirmForm(
        request.POST or None,
        initial=initial,
        calendars=reads.calendar_choices(viewer),
        currency_is_fixed=firm.currency_is_fixed,
    )
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        calendar_id = said.pop("calendar")
        done = deeds.change(**said, calendar_id=calendar_id, by=viewer, at=request.at)  # type: ignore[attr-defined]
        if not isinstance(done, Refusal):
            messages.success(request, gettext("The firm's settings are saved."))
            return redirect("web:settings_firm")
        form.refuse(done)
    context = {"form": form, "zones": places.zones()}
    return render(request, "settings/firm.html", context, status=422 if form.errors else 200)


@needs(May.CHANGE_SETTINGS)
def settings_mail(request: HttpRequest) -> HttpResponse:
    """Whether letters leave the house, and how they fare."""
    server = configured.MAIL_SERVER
    context = {
        "counts": reads.letters(viewer_of(request)),
        "server": f"{server.host}:{server.port}" if server else "",
        "sender": configured.DEFAULT_FROM_EMAIL,
    }
    return render(request, "settings/mail.html", context)


urlpatterns = [
    path("settings/", settings, name="settings"),
    path("settings/firm/", settings_firm, name="settings_firm"),
    path("settings/letters/", settings_mail, name="settings_mail"),
]
