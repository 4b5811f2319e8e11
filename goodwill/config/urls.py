"""Addresses of the doors."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.i18n import set_language

from goodwill.api.urls import not_routed, nothing
from goodwill.web.failures import bad_request

urlpatterns = [
    path("language/", login_not_required(set_language), name="set_language"),
    path("api/v1/", include("goodwill.api.urls")),
    path("api/v1", nothing),
    path("", include("goodwill.web.sign_in_urls")),
    path("", include("goodwill.web.urls")),
]


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 before any address was found: a problem for a program, a page for everybody else."""
    told = not_routed if request.path_info.startswith("/api/v1/") else bad_request
    return told(request, exception)


handler400 = unreadable
handler403 = "goodwill.web.failures.forbidden"
handler404 = "goodwill.web.failures.not_found"
handler500 = "goodwill.web.failures.server_error"
