"""Addresses of the doors."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from goodwill.api.urls import nothing

urlpatterns = [
    path("language/", login_not_required(set_language), name="set_language"),
    path("api/v1/", include("goodwill.api.urls")),
    path("api/v1", nothing),
    path("", include("goodwill.web.sign_in_urls")),
    path("", include("goodwill.web.urls")),
]

handler400 = "goodwill.web.failures.bad_request"
handler403 = "goodwill.web.failures.forbidden"
handler404 = "goodwill.web.failures.not_found"
handler500 = "goodwill.web.failures.server_error"
