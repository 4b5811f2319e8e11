"""Request lines: what is kept of every request, in the log and in the figures. Names of routes only, never paths."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from goodwill.web import request_figures, request_ids

logger = logging.getLogger("goodwill.requests")

HEADER = "X-Request-Id"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestLineMiddleware:
    """Stands before everything else: gives the request its id, and writes its line once it is answered.

    The line holds the route's name, the method, the status, the milliseconds and the number of the person. An answer
    that is sent in pieces is timed up to its first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        request_id = request_ids.taken_or_made(request.headers.get(HEADER, ""))
        bound = request_ids.current.set(request_id)
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            route = route_of(request)
            request_figures.note(route, response.status_code, seconds)
            logger.info(
                "request",
                extra={
                    "route": route,
                    "method": request.method if request.method in _METHODS else "OTHER",
                    "status": response.status_code,
                    "duration_ms": round(seconds * 1000, 1),
                    "person": person_of(request),
                },
            )
        finally:
            request_ids.current.reset(bound)
        response[HEADER] = request_id
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the address: it says which page, never of whom. `none` where there is no such address."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or "unnamed"
    return "static" if request.path_info.startswith(f"/{settings.STATIC_URL.strip('/')}/") else "none"


def person_of(request: HttpRequest) -> int | None:
    """The number of the person who asked, on a page or through a program."""
    viewer = getattr(getattr(request, "auth", None), "viewer", None) or getattr(request, "viewer", None)
    return viewer.person_id if viewer is not None else None
