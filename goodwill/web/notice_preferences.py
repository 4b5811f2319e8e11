"""How one wants to be told: at the bell, by letter at once or once a day, and when no letter may come."""

from datetime import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goodwill.actions import notice_marks
from goodwill.domain.notices import Kind, Way, Wishes
from goodwill.domain.refusals import Refusal
from goodwill.reads import notices as read
from goodwill.reads.notice_words import KINDS, WAYS
from goodwill.web.answers import at_of
from goodwill.web.dressed_forms import Dressed
from goodwill.web.gate import viewer_of


class _Clock(forms.TimeField):
    """A time of day to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        errors = {"invalid": _("This is not a time of day. Write it like 08:00.")}
        super().__init__(widget=widget, input_formats=["%H:%M", "%H:%M:%S"], error_messages=errors, **kwargs)


class Telling(Dressed):
    """A way for each kind, the time of the daily letter, and the quiet hours."""

    digest_at = _Clock(
        label=_("The daily letter comes at"), help_text=_("On working days, and only if there is something to say.")
    )
    quiet_from = _Clock(label=_("Quiet hours begin at"))
    quiet_until = _Clock(label=_("Quiet hours end at"), help_text=_("Equal times: there are no quiet hours."))
    rests_on_days_off = forms.BooleanField(label=_("The firm's days off are quiet, too"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, name in KINDS.items():
            choices = [(way.value, words) for way, words in WAYS.items()]
            field = forms.ChoiceField(label=str(name), choices=choices)
            field.widget.attrs["class"] = "form-select"
            self.fields[kind.value] = field

    def of_kinds(self) -> list[forms.BoundField]:
        """The fields that choose a way."""
        return [self[kind.value] for kind in Kind]

    def of_times(self) -> list[forms.BoundField]:
        """The fields about times."""
        return [self[name] for name in ("digest_at", "quiet_from", "quiet_until", "rests_on_days_off")]

    def wishes(self) -> Wishes:
        """What was filled in."""
        said = self.cleaned_data
        clocks: dict[str, time] = {name: said[name] for name in ("digest_at", "quiet_from", "quiet_until")}
        ways = {kind: Way(said[kind.value]) for kind in Kind}
        return Wishes(ways, rests_on_days_off=said["rests_on_days_off"], **clocks)


def preferences(request: HttpRequest) -> HttpResponse:
    """How one wants to be told."""
    viewer = viewer_of(request)
    form = Telling(request.POST or None, initial=_now(read.wishes(viewer)))
    if request.method == "POST" and form.is_valid():
        done = notice_marks.prefer(form.wishes(), by=viewer, at=at_of(request))
        if not isinstance(done, Refusal):
            messages.success(request, gettext("Your preferences are saved."))
            return redirect("web:notice_preferences")
        form.refuse(done)
    context = {"form": form, "sends_letters": settings.MAIL_SERVER is not None, "zone": viewer.zone}
    return render(request, "notices/preferences.html", context, status=422 if form.errors else 200)


def _now(wishes: Wishes) -> dict[str, Any]:
    return {
        "digest_at": wishes.digest_at,
        "quiet_from": wishes.quiet_from,
        "quiet_until": wishes.quiet_until,
        "rests_on_days_off": wishes.rests_on_days_off,
        **{kind.value: way.value for kind, way in wishes.ways.items()},
    }


urlpatterns = [path("preferences/notices/", preferences, name="notice_preferences")]
