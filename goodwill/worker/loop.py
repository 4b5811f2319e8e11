"""The worker: looks at promises, carries letters, does long work; stops kindly."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime

from django.core.cache import cache
from django.db import close_old_connections, connection
from django.utils import timezone

from goodwill.reads.health import WORKER_KEY
from goodwill.worker import clock, notices, post, schedule
from goodwill.worker.jobs import JobHand

logger = logging.getLogger(__name__)

_HEARTBEAT_SECONDS = 15.0
_REST_SECONDS = 0.5
_PATIENCE_SECONDS = 15.0
_STUMBLE_SECONDS = 5.0


def name_of_this() -> str:
    """A name that no other worker has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def tick(at: datetime, hand: JobHand) -> bool:
    """Everything once, one after the other; True where anything was done."""
    done = [bool(clock.tick(at)), notices.tick(at), post.tick(at), schedule.tick(at), hand.run_next()]
    return any(done)


class Worker:
    """Four threads, so that neither a slow mail server, a long import nor a long journal delays a promise's clock."""

    def __init__(self, name: str = "") -> None:
        self.name = name or name_of_this()
        self.hand = JobHand(self.name)
        self._stop = threading.Event()
        self._beaten = 0.0

    def stop(self) -> None:
        """Ask for a kind stop: what is begun is ended, or given back after a short patience."""
        self._stop.set()

    def listen(self) -> None:
        """Stop kindly on Ctrl-C and SIGTERM."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())

    def run(self) -> None:
        """Work until told to stop."""
        threads = [
            threading.Thread(target=self._repeat, args=(work,), name=name, daemon=True)
            for name, work in (("notices", self._notices), ("post", self._post), ("jobs", self._jobs))
        ]
        for thread in threads:
            thread.start()
        logger.info("Worker %s is at work.", self.name)
        self._repeat(self._clock)
        for thread in threads:
            thread.join(_PATIENCE_SECONDS)
        self.hand.let_go()
        logger.info("Worker %s has stopped.", self.name)

    def _clock(self) -> bool:
        at = timezone.now()
        if at.timestamp() - self._beaten >= _HEARTBEAT_SECONDS:
            self._beaten = at.timestamp()
            cache.set(WORKER_KEY, {"name": self.name, "at": at.isoformat()}, timeout=86_400)
        did = bool(clock.tick(at))
        return schedule.tick(at) or did

    def _notices(self) -> bool:
        return notices.tick(timezone.now())

    def _post(self) -> bool:
        return post.tick(timezone.now())

    def _jobs(self) -> bool:
        return self.hand.run_next()

    def _repeat(self, work: Callable[[], bool]) -> None:
        try:
            while not self._stop.is_set():
                close_old_connections()
                try:
                    busy = work()
                except Exception:
                    # One bad row or a database that is away for a moment must not end the watch over promises.
                    logger.exception("The worker stumbled and goes on.")
                    busy = False
                    self._stop.wait(_STUMBLE_SECONDS)
                if not busy:
                    self._stop.wait(_REST_SECONDS)
        finally:
            connection.close()
