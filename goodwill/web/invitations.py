"""Links that let a person in: joining by invitation, a new password that was handed over, a one-time sign-in."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from goodwill.actions import invitations, sign_ins
from goodwill.domain.refusals import Refusal
from goodwill.web.dressed_forms import language_choices
from goodwill.web.sign_in import enter_as
from goodwill.web.sign_in_forms import NewPassword

_LOOPBACK = frozenset({"127.0.0.1", "::1"})


class Joining(NewPassword):
    """What an invited person says of themselves."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=language_choices)

    field_order = ("name", "language", "password", "password_again")


@login_not_required
@never_cache
@sensitive_post_parameters()
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation, and be signed in."""
    at = request.at  # type: ignore[attr-defined]
    person = invitations.invited(token, at=at)
    if person is None:
        return _expired(request)
    chosen = request.COOKIES.get("goodwill_language", person.language)
    with translation.override(chosen):
        form = Joining(
            request.POST or None, person=person, initial={"name": person.name, "language": translation.get_language()}
        )
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            done = invitations.join(token, said["name"], said["password"], language=said["language"], at=at)
            if not isinstance(done, Refusal):
                enter_as(request, done)
                answer = redirect("/")
                answer.set_cookie("goodwill_language", done.language, samesite="Lax", httponly=True)
                return answer
            form.refuse(done)
        context = {"form": form, "email": person.email}
        return render(request, "account/join.html", context, status=422 if form.errors else 200)


@login_not_required
@never_cache
@sensitive_post_parameters()
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password through a link that was handed over."""
    at = request.at  # type: ignore[attr-defined]
    person = sign_ins.holder(token, sign_ins.Purpose.NEW_PASSWORD, at=at)
    if person is None:
        return _expired(request)
    form = NewPassword(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        done = sign_ins.choose_password(token, form.cleaned_data["password"], at=at)
        if not isinstance(done, Refusal):
            messages.success(request, gettext("Your password was changed."))
            return redirect("account_login")
        form.refuse(done)
    return render(request, "account/new_password.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@never_cache
def one_time(request: HttpRequest, token: str) -> HttpResponse:
    """Spend a one-time link and be signed in: asked from this machine only, and not through a proxy."""
    if request.META.get("REMOTE_ADDR") not in _LOOPBACK or "HTTP_X_FORWARDED_FOR" in request.META:
        raise Http404
    person = sign_ins.enter(token, at=request.at)  # type: ignore[attr-defined]
    if isinstance(person, Refusal):
        return _expired(request)
    enter_as(request, person)
    return redirect("/")


def _expired(request: HttpRequest) -> HttpResponse:
    return render(request, "account/link_expired.html", status=410)


urlpatterns = [
    path("join/<str:token>/", join, name="join"),
    path("new-password/<str:token>/", new_password, name="new_password"),
    path("enter/<str:token>/", one_time, name="one_time"),
]
