"""Jobs at work: claim, run under a renewed lease, write the end. Decides nothing."""

import logging
import threading
import traceback
from datetime import timedelta

from django.db import connection
from django.db.utils import DatabaseError
from django.utils import timezone

from goodwill.actions import jobs
from goodwill.actions.jobs import LEASE, Claim

logger = logging.getLogger(__name__)


class Heartbeat(threading.Thread):
    """Renews a lease every third of it until told to stop; `lost` is set when another worker has the job."""

    def __init__(self, held: Claim, lease: timedelta) -> None:
        super().__init__(name=f"lease-{held.id}", daemon=True)
        self.held, self.lease = held, lease
        self.over, self.lost = threading.Event(), threading.Event()

    def run(self) -> None:
        """Renew; a database that is busy for a moment is asked again before the lease runs out."""
        try:
            while not self.over.wait(self.lease.total_seconds() / 3):
                try:
                    if not jobs.renew(self.held, at=timezone.now(), lease=self.lease):
                        self.lost.set()
                        return
                except DatabaseError as problem:
                    logger.warning("The lease of job %s was not renewed (%s).", self.held.id, problem)
        finally:
            connection.close()


class JobHand:
    """One worker's pair of hands for long work: one job at a time."""

    def __init__(self, worker: str, *, lease: timedelta = LEASE) -> None:
        self.worker, self.lease = worker, lease
        self.held: Claim | None = None

    def run_next(self) -> bool:
        """Run the most urgent job, if there is one; True where there was."""
        held = jobs.claim(self.worker, at=timezone.now(), lease=self.lease)
        if held is None:
            return False
        self.held = held
        heartbeat = Heartbeat(held, self.lease)
        heartbeat.start()
        try:
            self._run(held)
        finally:
            heartbeat.over.set()
            heartbeat.join()
            self.held = None
        return True

    def _run(self, held: Claim) -> None:
        try:
            result = jobs.prepared(held)()
        except Exception as problem:  # noqa: BLE001  whatever a task raises becomes its visible error
            logger.warning("Job %s (%s) failed: %s", held.id, held.task, type(problem).__name__)
            written = jobs.fail(held, problem, traceback.format_exc(), at=timezone.now())
        else:
            written = jobs.finish(held, result, at=timezone.now())
        if not written:
            logger.warning("Job %s was taken over by another worker; this result is dropped.", held.id)

    def let_go(self) -> None:
        """Give back what is in hand, so that the next worker takes it up at once."""
        held = self.held
        if held is not None:
            jobs.release(held)
