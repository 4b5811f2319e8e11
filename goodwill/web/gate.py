"""The gate: every page is closed unless it says otherwise; a signed-in person becomes a viewer here, once."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from goodwill.domain.roles import May
from goodwill.domain.viewers import NOBODY, Viewer
from goodwill.reads import firms, viewers
from goodwill.web.firm import firm_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Asked(HttpRequest):
    """A request that has passed the gate."""

    viewer: Viewer
    at: Any


class GateMiddleware:
    """Sets `request.viewer` and `request.at` (the clock is read here, once) and turns strangers away.

    Before set-up every page leads to the set-up; views marked with Django's `login_not_required` are open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.is_set_up = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = timezone.now()  # type: ignore[attr-defined]
        account = request.user
        if account.is_authenticated:
            firm = firm_of(request)
            viewer = viewers.of_account(account, zone=firm.zone if firm else "UTC")
        else:
            viewer = NOBODY
        request.viewer = viewer  # type: ignore[attr-defined]
        response = self.get_response(request)
        if account.is_authenticated:
            response.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponseRedirect | None:
        """Let through, send to sign-in, or send to the set-up."""
        if not getattr(view, "login_required", True):
            return None
        self.is_set_up = self.is_set_up or firms.is_set_up()
        if not self.is_set_up:
            return redirect("web:set_up")
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        return None


def needs(*rights: May) -> Callable[[View[P]], View[P]]:
    """Refuse (403) a viewer who has none of these rights."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not any(viewer_of(request).may(right) for right in rights):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        # Tests ask every address who may open it: somebody with one right of each guard.
        guarded.needed_rights = (*getattr(view, "needed_rights", ()), rights)  # type: ignore[attr-defined]
        return guarded

    return guard


def viewer_of(request: HttpRequest) -> Viewer:
    """Who asks; nobody outside the gate."""
    return getattr(request, "viewer", NOBODY)
