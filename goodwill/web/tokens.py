"""Tokens: a person's own, made for programs under Preferences, shown once, and taken back."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from goodwill.actions import tokens
from goodwill.domain.refusals import Refusal
from goodwill.domain.tokens import Access
from goodwill.reads import tokens as read
from goodwill.web.dressed_forms import Dressed
from goodwill.web.gate import viewer_of
from goodwill.web.wording_tokens import LIVES, SCOPES


class NewToken(Dressed):
    """What a program is to be called, may do, and for how long."""

    name = forms.CharField(
        label=gettext_lazy("Name of the program"), max_length=80, help_text=gettext_lazy("So that you know it again.")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=lambda: list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("It never does more than you may do yourself."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Good for"), choices=lambda: list(LIVES.items()), coerce=int, initial=90
    )


def tokens_page(request: HttpRequest) -> HttpResponse:
    """One's own tokens, and a form for another."""
    return _page(request, NewToken())


@require_POST
@sensitive_variables("done")
def make_token(request: HttpRequest) -> HttpResponse:
    """A new token. It is on this answer and nowhere else, so the answer is the page itself and no redirect."""
    form = NewToken(request.POST)
    viewer, at = viewer_of(request), _at(request)
    if form.is_valid() and viewer.person_id is not None:
        said = form.cleaned_data
        done = tokens.make(
            viewer.person_id,
            said["name"],
            [Access(word) for word in said["scopes"]],
            expires_at=at + timedelta(days=said["days"]),
            by=viewer,
            at=at,
        )
        if not isinstance(done, Refusal):
            return render(request, "tokens/made.html", {"secret": done.secret, "name": said["name"]})
        form.refuse(done)
    return _page(request, form)


@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End one of one's own tokens now."""
    done = tokens.revoke(token_id, by=viewer_of(request), at=_at(request))
    if isinstance(done, Refusal):
        raise Http404
    messages.success(request, gettext("The token is revoked: it opens nothing any more."))
    return redirect("web:tokens")


def _page(request: HttpRequest, form: NewToken) -> HttpResponse:
    rows = [
        {"row": row, "scopes": [SCOPES[access] for access in row.scopes]}
        for row in read.own(viewer_of(request), at=_at(request))
    ]
    return render(request, "tokens/page.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


def _at(request: HttpRequest) -> datetime:
    at: Any = request.at  # type: ignore[attr-defined]
    assert isinstance(at, datetime)  # noqa: S101
    return at


urlpatterns = [
    path("preferences/tokens/", tokens_page, name="tokens"),
    path("preferences/tokens/new/", make_token, name="token_make"),
    path("preferences/tokens/<int:token_id>/revoke/", revoke_token, name="token_revoke"),
]
