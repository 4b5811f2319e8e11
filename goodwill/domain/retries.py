"""Retries: when something that was not taken is offered again, and when it is given up."""

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The wait after each failed attempt, as Standard Webhooks proposes; each is spread by up to a tenth."""

MOST_ATTEMPTS = len(WAITS) + 1
WHOLE = sum(WAITS, timedelta())
"""From the first attempt to the last, at least: a little more than three days."""

MOST_ASKED = WAITS[-1]
"""A receiver that asks for more patience than this is offered the message earlier."""

_SPREAD = 10


def wait_after(key: str, attempt: int) -> timedelta | None:
    """How long to wait after this failed attempt (the first is 1); None where it was the last.

    The spread is drawn from the key: the same for everybody who asks, another for each message, so that what failed
    together does not come back together.
    """
    if attempt > len(WAITS):
        return None
    wait = WAITS[max(attempt, 1) - 1]
    drawn = int.from_bytes(hashlib.sha256(f"{key}:{attempt}".encode()).digest()[:4], "big")
    return wait + wait * (drawn % 1_000) / (1_000 * _SPREAD)


def asked_wait(retry_after: str, *, at: datetime) -> timedelta:
    """How long a receiver asks us to wait with its `Retry-After` (RFC 9110, 10.2.3: seconds, or a date); at most
    MOST_ASKED, and nothing where the words say nothing."""
    said = retry_after.strip()
    if said.isascii() and said.isdigit():
        wait = timedelta(seconds=int(said[:9]))
    else:
        try:
            moment = parsedate_to_datetime(said)
        except (ValueError, OverflowError):
            # A number that no date can hold overflows: whoever answers so must not stop the carrier of all others.
            return timedelta()
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - at
    return min(max(wait, timedelta()), MOST_ASKED)
