"""Addresses of the API: every one is open at the gate, because each operation asks for its own token."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, get_script_prefix, re_path
from django.utils.log import log_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
from ninja.errors import HttpError, ValidationError

from goodwill.api import (
    customers,
    interactions,
    journal,
    orders,
    people,
    products,
    promises,
    reports,
    shipment_reports,
    sites,
    touchpoints,
    units,
)
from goodwill.api.bodies import Bodies
from goodwill.api.document import DocumentedAPI
from goodwill.api.problems import Wrong, of_validation

_AWAY_SECONDS = 5
_NO_SUCH_ADDRESS = "There is no such address. /api/v1/openapi.json names all of them; none ends with a slash."
_TOO_MANY = "The address holds more parameters than are read. Send only those that the documentation names."

app_name = "api"
api = DocumentedAPI(
    title="Goodwill",
    version=settings.VERSION,
    description=(
        "The books of customer goodwill, for programs. Every address that answers GET answers HEAD with the same "
        "status and headers and no body; every address answers OPTIONS with 204 and its methods in `Allow`, without a "
        "token."
    ),
    openapi_url="/openapi.json",
    docs_url=None,
    urls_namespace="api",
    parser=Bodies(),
)
for noun in (customers, orders, products, interactions, promises, touchpoints, sites, units, people, reports, journal):
    api.add_router(noun.__name__.rpartition(".")[2], noun.router)
api.add_router("promises", shipment_reports.router)


@api.exception_handler(Wrong)
def _wrong(request: HttpRequest, wrong: Wrong) -> HttpResponse:
    del request
    return wrong.response()


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    del request
    return of_validation(error.errors).response()


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    # Whatever ends the reading of a body reaches us wrapped.
    if isinstance(error.__cause__, Wrong):
        return error.__cause__.response()
    return Wrong(error.status_code, "unreadable", "The body cannot be read. Send UTF-8 JSON.").response()


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    del request, error
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return Wrong(413, "too_large", f"The body is too large. At most {most} bytes are read.").response()


def _fault(request: HttpRequest, fault: Exception) -> HttpResponse:
    """What a program is told of a fault of ours; the log hears of it as of every other."""
    if isinstance(fault, OperationalError):
        wrong = Wrong(
            503,
            "database_away",
            "The database does not answer. Wait, then repeat under the same Idempotency-Key.",
            headers={"Retry-After": str(_AWAY_SECONDS)},
        )
    else:
        wrong = Wrong(500, "fault", "The house made a fault; its log has it under the X-Request-Id of this answer.")
    response = wrong.response()
    got_request_exception.send(sender=None, request=request)
    log_response("Fault: %s", type(fault).__name__, response=response, request=request, exception=fault)
    return response


def _door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_head = request.method == "HEAD"
        if is_head:
            # Asked as GET from here on: a look at the headers passes the same guard and meets the same problems.
            request.method = "GET"
        try:
            _refuse_chunks(request)
            response = view(request, *args, **kwargs)
            if request.method == "GET" and response.status_code == 200:
                response = _refuse_unknown(request) or response
        except Wrong as wrong:
            response = wrong.response()
        except TooManyFieldsSent:
            response = Wrong(400, "too_many_parameters", _TOO_MANY).response()
        except Http404:
            response = Wrong(404, "no_such_address", _NO_SUCH_ADDRESS).response()
        except Exception as fault:  # noqa: BLE001  a program reads no page
            response = _fault(request, fault)
        if response.status_code == 405:
            response = _told_methods(request, response["Allow"])
        response["Cache-Control"] = "no-store"
        if is_head:
            request.method = "HEAD"
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    return csrf_exempt(login_not_required(door))


def _refuse_chunks(request: HttpRequest) -> None:
    """A body without its length would be read as none at all, and its fields be called missing."""
    if "Transfer-Encoding" in request.headers and not request.headers.get("Content-Length"):
        raise Wrong(411, "length_needed", "Send the body whole, with its Content-Length, not in chunks.")


def _told_methods(request: HttpRequest, known: str) -> HttpResponse:
    """What the address knows: the whole answer to OPTIONS, and the remedy for any method that it does not know.

    Nobody needs a token for it, as for the document, which says the same.
    """
    methods = {word.strip() for word in known.split(",")} | {"OPTIONS"}
    if "GET" in methods:
        methods.add("HEAD")
    allowed = ", ".join(sorted(methods))
    if request.method == "OPTIONS":
        response = HttpResponse(status=204, headers={"Allow": allowed})
        del response["Content-Type"]
        return response
    remedy = f"This address knows only {allowed}."
    return Wrong(405, "method_not_allowed", remedy, headers={"Allow": allowed}).response()


@cache
def _known() -> dict[str, frozenset[str]]:
    """The names that each operation's query knows."""
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    return {
        operation["operationId"]: frozenset(one["name"] for one in operation["parameters"] if one["in"] == "query")
        for methods in document["paths"].values()
        for operation in methods.values()
    }


def _refuse_unknown(request: HttpRequest) -> HttpResponse | None:
    """A misspelt filter is refused: it would pass for "all of them". So is one that stands twice: of two customers the
    answer would be about one."""
    match = request.resolver_match
    known = _known().get(match.url_name or "") if match else None
    strange = sorted(set(request.GET) - known) if known is not None else []
    if not strange:
        twice = sorted(name for name, values in request.GET.lists() if len(values) > 1)
        if not twice:
            return None
        return Wrong(422, "said_twice", "This parameter stands twice. Send it once.", field=twice[0]).response()
    remedy = f"There is no such parameter; there are: {', '.join(sorted(known or ())) or 'none'}."
    return Wrong(422, "not_known", remedy, field=strange[0][:100]).response()


def _nothing(request: HttpRequest) -> HttpResponse:
    del request
    raise Http404


def not_routed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What a program is told of a request that was refused before it reached an address."""
    del request
    if isinstance(exception, DisallowedHost):
        remedy = "The house does not go by this host name. Ask it by one that GOODWILL_HOSTS names."
        return Wrong(400, "unknown_host", remedy, field="Host").response()
    return Wrong(400, "unreadable", "The request cannot be read. Check its address and headers.").response()


def _document(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The document, read only, and made once for each address the house goes by: making it takes a tenth of a second,
    and anybody may ask for it as often as they like."""
    made: dict[str, bytes] = {}

    @require_GET
    def document(request: HttpRequest) -> HttpResponse:
        prefix = get_script_prefix()
        if prefix not in made:
            made[prefix] = view(request).content
        return HttpResponse(made[prefix], content_type="application/json")

    return document


def _opened(pattern: URLPattern) -> URLPattern:
    view = pattern.callback
    pattern.callback = _door(_document(view) if pattern.name == "openapi-json" else view)
    return pattern


urlpatterns = [_opened(pattern) for pattern in api.urls[0] if isinstance(pattern, URLPattern)]
nothing = _door(_nothing)
"""For every other address below ours, and for ours without its last slash."""
urlpatterns.append(re_path("", nothing, name="nothing"))
