"""Touchpoints: the inventory of places where customers meet the firm."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from goodwill.actions import touchpoints
from goodwill.actions.touchpoints import TouchpointFacts
from goodwill.domain.interactions import Channel
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.reads import choices
from goodwill.reads import touchpoints as read
from goodwill.web.answers import at_of, is_done, whole
from goodwill.web.customer_forms import listed
from goodwill.web.dressed_forms import Dressed
from goodwill.web.gate import needs, viewer_of
from goodwill.web.wording import CHANNELS, channel


class TouchpointForm(Dressed):
    """What is said of a touchpoint; parts are written one in each line."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=[(one.value, name) for one, name in CHANNELS.items()]
    )
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)
    site = forms.ChoiceField(label=gettext_lazy("Site"), required=False)
    tangible = forms.CharField(
        label=gettext_lazy("What the customer can see and touch"),
        required=False,
        help_text=gettext_lazy("One part in each line: the counter, the receipt, the parcel."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    intangible = forms.CharField(
        label=gettext_lazy("What the customer feels"),
        required=False,
        help_text=gettext_lazy("One part in each line: the greeting, the patience, the speed."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, *args: Any, viewer: Viewer, owner_id: int | None, site_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "owner": choices.people(viewer, always=(owner_id,)),
            "site": choices.sites(viewer, always=site_id),
        }
        for name, rows in offered.items():
            chooser = self.fields[name]
            assert isinstance(chooser, forms.ChoiceField)  # noqa: S101
            chooser.choices = listed(rows)

    def facts(self) -> TouchpointFacts:
        """What was typed, for the deed."""
        said = self.cleaned_data
        return TouchpointFacts(
            name=said["name"],
            channel=Channel(said["channel"]),
            owner_id=whole(said["owner"]),
            site_id=whole(said["site"]),
            tangible=said["tangible"].splitlines(),
            intangible=said["intangible"].splitlines(),
            is_active=said["is_active"],
        )


@needs(May.RECORD, May.CHANGE_SETTINGS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every touchpoint; those without an owner stand first, because nobody cares for them."""
    viewer = viewer_of(request)
    rows = [(row, channel(row.touchpoint.channel)) for row in read.page(viewer)]
    orphans = sum(1 for row, _channel in rows if not row.owner and row.touchpoint.is_active)
    said = ngettext("%(n)d touchpoint has no owner.", "%(n)d touchpoints have no owner.", orphans) % {"n": orphans}
    context = {"rows": rows, "orphans": said if orphans else "", "may_change": viewer.may(May.CHANGE_SETTINGS)}
    return render(request, "touchpoints/list.html", context)


@needs(May.CHANGE_SETTINGS)
def new(request: HttpRequest) -> HttpResponse:
    """Add a touchpoint."""
    viewer = viewer_of(request)
    kept: dict[str, Any] = {"viewer": viewer, "owner_id": None, "site_id": None}
    if request.method == "POST":
        form = TouchpointForm(request.POST, **kept)
        if form.is_valid():
            done = touchpoints.add(form.facts(), by=viewer, at=at_of(request))
            if is_done(done):
                messages.success(request, _("The touchpoint was added."))
                return redirect("web:touchpoints")
            form.refuse(done)
    else:
        form = TouchpointForm(**kept)
    return render(request, "touchpoints/form.html", {"form": form, "touchpoint": None})


@needs(May.CHANGE_SETTINGS)
def edit(request: HttpRequest, touchpoint_id: int) -> HttpResponse:
    """Change a touchpoint."""
    viewer = viewer_of(request)
    row = read.one(viewer, touchpoint_id)
    if row is None:
        raise Http404
    kept: dict[str, Any] = {"viewer": viewer, "owner_id": row.owner_id, "site_id": row.site_id}
    if request.method == "POST":
        form = TouchpointForm(request.POST, **kept)
        if form.is_valid():
            done = touchpoints.change(touchpoint_id, form.facts(), by=viewer, at=at_of(request))
            if is_done(done):
                messages.success(request, _("The changes were saved."))
                return redirect("web:touchpoints")
            form.refuse(done)
    else:
        initial = {
            "name": row.name,
            "channel": row.channel,
            "owner": row.owner_id or "",
            "site": row.site_id or "",
            "tangible": "\n".join(row.tangible),
            "intangible": "\n".join(row.intangible),
            "is_active": row.is_active,
        }
        form = TouchpointForm(initial=initial, **kept)
    return render(request, "touchpoints/form.html", {"form": form, "touchpoint": row})


urlpatterns = [
    path("touchpoints/", listing, name="touchpoints"),
    path("touchpoints/new/", new, name="touchpoint_new"),
    path("touchpoints/<int:touchpoint_id>/", edit, name="touchpoint_edit"),
]
