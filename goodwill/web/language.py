"""The reader's language and zone: the person's own, else the cookie's, else the browser's."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from goodwill.web.firm import firm_of


class ReaderLanguageMiddleware:
    """Activates language and zone for the request and lets go of them after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user if request.user.is_authenticated else None
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or getattr(person, "language", "")
        if chosen not in dict(settings.LANGUAGES):
            chosen = translation.get_language_from_request(request)
        zone = getattr(person, "zone", "")
        if person is not None and not zone:
            firm = firm_of(request)
            zone = firm.zone if firm else ""
        with translation.override(chosen), timezone.override(ZoneInfo(zone) if zone else None):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
            response.setdefault("Content-Language", chosen)
        return response
