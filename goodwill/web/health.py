"""Health: what machines ask a house: does it live, is it ready, how does the work stand."""

import hmac
import ipaddress
from collections.abc import Callable, Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.urls import Resolver404, path, resolve
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from goodwill.reads import measures, readiness
from goodwill.reads.measures import Measures
from goodwill.web import request_figures

_RELAYED = ("X-Forwarded-For", "X-Real-Ip", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via")


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    del request
    return _kept_by_nobody(JsonResponse({"live": True}))


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 where requests may be sent here, else 503; codes only."""
    del request
    found = readiness.look(timezone.now())
    return _kept_by_nobody(JsonResponse(found.as_json(), status=200 if found.is_ready else 503))


@login_not_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus' text format, for who shows the token; without one, for callers on this machine."""
    if not _may_read(request):
        return _kept_by_nobody(HttpResponseNotFound())
    registry = CollectorRegistry()
    registry.register(_Work())
    request_figures.add_to(registry)
    return _kept_by_nobody(HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST))


class ProbeMiddleware:
    """Answers these three before sessions, languages and the set-up, and whatever host name the prober used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.addresses = {f"/{pattern.pattern}" for pattern in urlpatterns}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in self.addresses:
            return self.get_response(request)
        try:
            request.resolver_match = match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        answer = match.func(request)
        assert isinstance(answer, HttpResponse)  # noqa: S101  one of the three above
        return answer


class _Work(Collector):
    """Reads the database at every scrape, so that it does not matter which process is asked."""

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("goodwill_build", "The version that runs", {"version": settings.VERSION})
        try:
            found = measures.look(timezone.now())
        except DatabaseError:
            yield _gauge("database_up", "1 where the database answers", 0)
            return
        yield _gauge("database_up", "1 where the database answers", 1)
        yield from _families(found)


def _families(found: Measures) -> Iterator[Metric]:
    most = f"counted up to {measures.MOST}"
    yield _counts("promises", f"Promises still owed: all, at risk, past their due moment; {most}", found.promises)
    yield _gauge("waking_lag_seconds", "How long a promise has waited to be looked at", found.waking_lag)
    yield _counts("deliveries", f"What waits to leave the house or could not; {most}", found.deliveries)
    yield _counts("jobs", f"Long work that is ready, running or failed; {most}", found.jobs)
    age = found.oldest_delivery_age or 0.0
    yield _gauge("delivery_oldest_seconds", "Age of the oldest waiting delivery, 0 where none waits", age)
    yield _gauge("job_oldest_seconds", "Age of the oldest ready job, 0 where none waits", found.oldest_job_age or 0.0)
    if found.worker_age is not None:
        words = "Since any worker was seen; not there where none was seen for a day"
        yield _gauge("worker_heartbeat_age_seconds", words, found.worker_age)
    yield _gauge("imports_running", "Imports at work", found.imports_running)
    yield _gauge("journal_entries", "Highest number of an entry: their total, give or take a few", found.journal)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"goodwill_{name}", words, value)


def _counts(name: str, words: str, counts: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(f"goodwill_{name}", words, labels=["state"])
    for state, count in counts.items():
        family.add_metric([state], count)
    return family


def _may_read(request: HttpRequest) -> bool:
    wanted = settings.METRICS_TOKEN
    if wanted:
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), wanted.encode())
    return _is_direct(request)


def _is_direct(request: HttpRequest) -> bool:
    """Whether a program on this machine asks, and not a proxy on this machine for somebody else."""
    if any(name in request.headers for name in _RELAYED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _kept_by_nobody(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer


urlpatterns = [
    path("health/live", live, name="health_live"),
    path("health/ready", ready, name="health_ready"),
    path("metrics", figures, name="metrics"),
]
