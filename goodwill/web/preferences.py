"""Preferences: one's own language, zone, theme and password."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from goodwill.actions import people, sign_ins
from goodwill.adapters import places
from goodwill.domain.refusals import Refusal
from goodwill.web.dressed_forms import Dressed, ZoneField, language_choices
from goodwill.web.gate import viewer_of
from goodwill.web.sign_in_forms import NewPassword
from goodwill.web.wording_people import THEMES

THEME_COOKIE = "goodwill_theme"
_A_YEAR = 365 * 86_400


class Preferring(Dressed):
    """Language, zone and theme."""

    language = forms.ChoiceField(label=_("Language"), choices=language_choices)
    zone = ZoneField(required=False, help_text=_("Blank: the firm's. Moments are shown in it."))
    theme = forms.ChoiceField(label=_("Appearance"), choices=lambda: list(THEMES.items()))


class ChangingPassword(NewPassword):
    """The old password, and a new one twice."""

    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-no-draft": ""}),
    )

    field_order = ("old", "password", "password_again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("New password")  # beside the present one, "Password" would not say which
        self.fields["password_again"].label = _("New password again")


def preferences(request: HttpRequest) -> HttpResponse:
    """Language, zone and theme of one's own."""
    person: Any = request.user
    form = Preferring(request.POST or None, initial=_now(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        at = request.at  # type: ignore[attr-defined]
        done = people.prefer(person.pk, language=said["language"], zone=said["zone"], theme=said["theme"], at=at)
        if not isinstance(done, Refusal):
            with translation.override(said["language"]):
                messages.success(request, gettext("Your preferences are saved."))
            answer = redirect("web:preferences")
            _keep(answer, settings.LANGUAGE_COOKIE_NAME, said["language"])
            _keep(answer, THEME_COOKIE, said["theme"])
            return answer
        form.refuse(done)
    return _page(request, form, ChangingPassword())


@require_POST
@sensitive_post_parameters()
def preferences_password(request: HttpRequest) -> HttpResponse:
    """A new password; other sessions of the same person end."""
    person: Any = request.user
    form = ChangingPassword(request.POST, person=person)
    if form.is_valid():
        said = form.cleaned_data
        at = request.at  # type: ignore[attr-defined]
        done = sign_ins.change_password(person.pk, said["old"], said["password"], at=at)
        if not isinstance(done, Refusal):
            update_session_auth_hash(request, done)
            messages.success(request, gettext("Your password was changed."))
            return redirect("web:preferences")
        form.refuse(done)
    return _page(request, Preferring(initial=_now(request)), form)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the system; back to where one was."""
    chosen = str(request.POST.get("theme", ""))
    back = str(request.POST.get("next", ""))
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    answer = redirect(back)
    person_id = viewer_of(request).person_id
    if person_id is not None and chosen in THEMES:
        people.prefer(person_id, theme=chosen, at=request.at)  # type: ignore[attr-defined]
        _keep(answer, THEME_COOKIE, chosen)
    return answer


def _now(request: HttpRequest) -> dict[str, str]:
    """What is in force in this browser: the menu changes language and theme, too."""
    person: Any = request.user
    return {
        "language": (translation.get_language() or person.language).split("-")[0],
        "zone": person.zone,
        "theme": request.COOKIES.get(THEME_COOKIE) or person.theme,
    }


def _page(request: HttpRequest, form: Preferring, password: ChangingPassword) -> HttpResponse:
    context = {"form": form, "password": password, "zones": places.zones()}
    return render(request, "preferences/page.html", context, status=422 if form.errors or password.errors else 200)


def _keep(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(
        name, value, max_age=_A_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )


urlpatterns = [
    path("preferences/", preferences, name="preferences"),
    path("preferences/password/", preferences_password, name="preferences_password"),
    path("preferences/theme/", theme, name="theme"),
]
