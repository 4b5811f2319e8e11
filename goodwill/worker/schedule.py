"""Schedule: what happens once a night."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils.module_loading import import_string

from goodwill.actions import (
    feeds_files,
    findings,
    idempotency,
    jobs,
    lake,
    letters,
    notices,
    upkeep,
    webhook_letters,
    webhooks,
)

logger = logging.getLogger(__name__)
KEPT = timedelta(days=30)
NOTICES_KEPT = timedelta(days=90)


def tick(at: datetime) -> bool:
    """Do the nightly work once a day, whichever worker asks first; True where it was done now."""
    day = at.date().isoformat()
    if cache.get("goodwill:nightly") == day:
        return False
    cache.set("goodwill:nightly", day, timeout=None)
    nightly(at)
    return True


def nightly(at: datetime) -> None:
    """Forget ended jobs, letters that left, dead letters to webhooks, old notices and sessions that are over; count
    rows anew; let the lake be brought up to date, as a job, where its libraries are installed. Twice does no harm."""
    forgotten_jobs = jobs.forget_finished(at - KEPT)
    forgotten_letters = letters.forget_delivered(at - KEPT)
    forgotten_letters += webhook_letters.forget_dead(at - KEPT)
    webhooks.forget_former_secrets(at=at)
    forgotten_notices = notices.forget(at - NOTICES_KEPT)
    idempotency.forget(at - KEPT)
    feeds_files.forget_copies(at - KEPT)
    import_string(f"{settings.SESSION_ENGINE}.SessionStore").clear_expired()
    upkeep.count_rows_anew()
    upkeep.watch_months()
    if lake.is_possible():
        lake.run_append.enqueue()
        findings.run_compute.enqueue()
    logger.info(
        "Nightly: %s jobs, %s letters and %s notices forgotten.", forgotten_jobs, forgotten_letters, forgotten_notices
    )
