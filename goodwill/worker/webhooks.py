"""Webhooks: follows the journal and hands its events over, several receivers at once. Decides nothing."""

import logging
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from goodwill.actions import webhook_letters
from goodwill.actions.webhook_letters import Letter
from goodwill.adapters import webhooks as outside
from goodwill.adapters.outbound import Unreachable
from goodwill.domain import retries

logger = logging.getLogger(__name__)

AT_ONCE = 8
_REST_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class _Answer:
    """Of a receiver: no error where it took the message, else the code of why not, and when it wants to be asked."""

    error: str = ""
    retry_after: str = ""


class Carrier:
    """One worker's hands for events. Its threads only talk to receivers; every row is touched by whoever calls."""

    def __init__(self, *, at_once: int = AT_ONCE, seconds: float = outside.SECONDS) -> None:
        self.at_once, self.seconds = at_once, seconds
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="webhook")
        self._under_way: dict[Future[_Answer], Letter] = {}

    def tick(self, at: datetime) -> bool:
        """Write down what came of the last ones, send what is due, take up what happened; True where anything was.

        Waits half a second at most for a receiver while there is nothing else to do.
        """
        ended = self.note_ended(at)
        sent = self.send(at)
        followed = webhook_letters.follow(at=at)
        if not (ended or followed or sent) and self._under_way:
            wait(self._under_way, timeout=_REST_SECONDS, return_when=FIRST_COMPLETED)
            return True
        return bool(ended or followed or sent)

    def send(self, at: datetime) -> int:
        """Begin with what is due, as far as there are hands; how many."""
        under_way = Counter(letter.webhook_id for letter in self._under_way.values())
        free = self.at_once - len(self._under_way)
        letters = webhook_letters.take(at=at, most=free, under_way=under_way)
        for letter in letters:
            self._under_way[self._pool.submit(self._hand_over, letter, at)] = letter
        return len(letters)

    def note_ended(self, at: datetime) -> int:
        """Write down what came of those that ended; how many.

        One that cannot be noted is let go, to be sent again in two minutes: kept, it would come first at every tick
        and nobody would be told anything any more.
        """
        ended = [future for future in self._under_way if future.done()]
        for future in ended:
            letter = self._under_way.pop(future)
            answer = future.result()
            if answer.error:
                logger.info("Event %s was not taken at attempt %s (%s).", letter.id, letter.attempt, answer.error)
                asked = retries.asked_wait(answer.retry_after, at=at)
                webhook_letters.put_off(letter, answer.error, asked=asked, at=at)
            else:
                webhook_letters.delivered(letter, at=at)
        return len(ended)

    def finish(self, at: datetime) -> int:
        """Wait for what is under way, and write down what came of it; how many."""
        wait(self._under_way)
        return self.note_ended(at)

    def close(self) -> None:
        """Let the threads end; what is under way and not noted is offered again by the next worker."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _hand_over(self, letter: Letter, at: datetime) -> "_Answer":
        try:
            status, retry_after = outside.send(
                letter.url,
                letter.headers(at),
                letter.body,
                private_hosts=settings.PRIVATE_HOSTS,
                seconds=self.seconds,
            )
        except Unreachable as problem:
            return _Answer(problem.code)
        except Exception as problem:  # noqa: BLE001  whatever a receiver does is an attempt that failed
            # Its type only: the words may hold the address, and addresses may hold secrets.
            logger.warning("A receiver did something that nobody thought of (%s).", type(problem).__name__)
            return _Answer("no_answer")
        return _Answer() if 200 <= status < 300 else _Answer(f"http_{status}", retry_after)


def tick(at: datetime, *, seconds: float = outside.SECONDS) -> bool:
    """Everything that is due, to its end; True where anything was."""
    carrier = Carrier(seconds=seconds)
    try:
        did = webhook_letters.follow(at=at)
        while webhook_letters.follow(at=at):
            did = True
        while carrier.send(at):
            did = True
            carrier.finish(at)
        return did
    finally:
        carrier.close()
