"""Findings: the worker asks the lake and keeps the answers, each with its recipe and what it is as of."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from goodwill.adapters import engines, lake
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.store.findings import Finding

MODEL = "mbgnbd"
SILENCE = 365


@task()
def run_compute() -> str:
    """Ask the lake anew, if it changed; the worker calls this, nightly."""
    done = compute(by=OPERATOR, at=timezone.now())
    return done.reason.value if isinstance(done, Refusal) else f"{done} findings"


def compute(*, by: Viewer, at: datetime) -> int | Refusal:
    """Answer every question as of the standing snapshot and keep the answers; how many are new.

    Twice as of one snapshot keeps one. Where an estimator refuses, its reason is kept instead of figures.
    """
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    folder = Path(settings.LAKE)
    snapshot = lake.current(folder)
    if snapshot is None:
        return Refusal(Reason.NOT_FOUND, "lake")
    known = set(Finding.objects.filter(as_of=snapshot.made_at).values_list("name", flat=True))
    if known >= set(_QUESTIONS):
        return 0
    with engines.opened(settings.ENGINE, folder, snapshot) as engine:
        orders = engine.table("orders")
        found = [ask(orders, snapshot.made_at) for name, ask in _QUESTIONS.items() if name not in known]
    for one in found:
        one.as_of, one.computed_at, one.engine = snapshot.made_at, at, engine.name
    with transaction.atomic():
        return len(Finding.objects.bulk_create(found, ignore_conflicts=True))


def _lifetime(orders: Any, as_of: datetime) -> Finding:
    from goodwill.analytics import lifetime, lifetime_files, recipes
    from goodwill.analytics.results import Refused

    rows = lifetime_files.read(recipes.sum_purchases(orders), lifetime_files.Layout(), with_amount=True)
    done = rows if isinstance(rows, Refused) else lifetime.estimate(rows, MODEL, with_spend=True)
    del as_of  # the last purchase ends the window
    return _keep("lifetime", done, {"model": MODEL, "recipe": "sum_purchases"})


def _survival(orders: Any, as_of: datetime) -> Finding:
    from goodwill.analytics import recipes, survival_files, survivals
    from goodwill.analytics.results import Refused

    until = as_of.date()
    stays = survival_files.read(recipes.follow_stays(orders, until=until, silence=SILENCE), {}, until)
    if isinstance(stays, Refused):
        return _keep("survival", stays, {"silence": SILENCE, "recipe": "follow_stays"})
    # nobody can have left before the silence is over
    horizon = SILENCE + survivals.HALF_YEAR
    done = survivals.estimate(stays.cohorts, horizon=horizon, as_of=until, window=stays.window)
    return _keep("survival", done, {"silence": SILENCE, "horizon": horizon, "recipe": "follow_stays"})


def _keep(name: str, done: Any, parameters: dict[str, Any]) -> Finding:
    from goodwill.analytics.results import Refused

    if isinstance(done, Refused):
        return Finding(name=name, parameters=parameters, refused=str(done.reason))
    refused = getattr(done, "refused", None)
    return Finding(
        name=name,
        question=done.question,
        recipe=done.recipe,
        parameters=parameters,
        n=done.n,
        grade=str(done.grade),
        refused=str(refused or ""),
        result=done.as_json(),
    )


_QUESTIONS: dict[str, Callable[[Any, datetime], Finding]] = {"lifetime": _lifetime, "survival": _survival}
