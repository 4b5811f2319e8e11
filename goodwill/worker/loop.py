"""The worker: looks at promises, carries letters, does long work; stops kindly."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from time import monotonic

from django.core.cache import cache
from django.db import close_old_connections, connection
from django.db.utils import DatabaseError
from django.utils import timezone

from goodwill.actions import upkeep
from goodwill.reads.health import WORKER_KEY
from goodwill.worker import clock, feeds, notices, post, schedule, webhooks
from goodwill.worker.feeds import FeedHand
from goodwill.worker.jobs import JobHand
from goodwill.worker.webhooks import Carrier

logger = logging.getLogger(__name__)

_HEARTBEAT_SECONDS = 15.0
_TALLY_SECONDS = 60.0
_REST_SECONDS = 0.5
_PATIENCE_SECONDS = 15.0
"""For all threads together: whoever stops us insists after a while."""
_STUMBLE_SECONDS = 5.0


def name_of_this() -> str:
    """A name that no other worker has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def tick(at: datetime, hand: JobHand) -> bool:
    """Everything once, one after the other; True where anything was done."""
    done = [
        *(bool(clock.tick(at)), notices.tick(at), post.tick(at), webhooks.tick(at)),
        *(schedule.tick(at), feeds.tick(at), hand.run_next()),
    ]
    return any(done)


class Worker:
    """A thread for each thing that may take long, so that neither a slow mail server, a receiver that hangs, a slow
    download, a long journal nor a long import delays a promise's clock."""

    def __init__(self, name: str = "") -> None:
        self.name = name or name_of_this()
        self.hand = JobHand(self.name)
        self.feed_hand = FeedHand()
        self.carrier = Carrier()
        self._stop = threading.Event()
        self._beaten = 0.0
        self._tallied = 0.0

    def stop(self) -> None:
        """Ask for a kind stop: what is begun is ended, or given back after a short patience."""
        self._stop.set()

    def listen(self) -> None:
        """Stop kindly on Ctrl-C and SIGTERM."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())

    def run(self) -> bool:
        """Work until told to stop; False where something that was begun did not end and was given back. Then the
        process has to end, too: what still runs in it must not go on beside whoever takes it up."""
        threads = [
            threading.Thread(target=self._repeat, args=(work, end), name=name, daemon=True)
            for name, work, end in (
                ("notices", self._notices, None),
                ("post", self._post, None),
                ("webhooks", self._webhooks, self._end_webhooks),
                ("feeds", self._feeds, None),
                ("jobs", self._jobs, None),
            )
        ]
        for thread in threads:
            thread.start()
        logger.info("Worker %s is at work.", self.name)
        self._repeat(self._clock)
        until = monotonic() + _PATIENCE_SECONDS
        for thread in threads:
            thread.join(max(0.0, until - monotonic()))
        self.carrier.close()
        try:
            self.hand.let_go()
            self.feed_hand.let_go(timezone.now())
        except DatabaseError as problem:
            logger.warning("What was begun could not be given back (%s); it is free when its lease ends.", problem)
        logger.info("Worker %s has stopped.", self.name)
        return not any(thread.is_alive() for thread in threads)

    def _clock(self) -> bool:
        at = timezone.now()
        if at.timestamp() - self._beaten >= _HEARTBEAT_SECONDS:
            self._beaten = at.timestamp()
            cache.set(WORKER_KEY, {"name": self.name, "at": at.isoformat()}, timeout=86_400)
        if at.timestamp() - self._tallied >= _TALLY_SECONDS:
            self._tallied = at.timestamp()
            upkeep.count_months_anew()
        did = bool(clock.tick(at))
        return schedule.tick(at) or did

    def _notices(self) -> bool:
        return notices.tick(timezone.now())

    def _post(self) -> bool:
        return post.tick(timezone.now())

    def _feeds(self) -> bool:
        return self.feed_hand.tick(timezone.now())

    def _webhooks(self) -> bool:
        return self.carrier.tick(timezone.now())

    def _end_webhooks(self) -> None:
        """Receivers have ten seconds to answer, which is within our patience."""
        self.carrier.finish(timezone.now())

    def _jobs(self) -> bool:
        return self.hand.run_next()

    def _repeat(self, work: Callable[[], bool], end: Callable[[], None] | None = None) -> None:
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
            if end is not None:
                end()
        finally:
            connection.close()
