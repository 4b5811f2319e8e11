"""Limits: how many requests a token may make in a minute, counted together by all web processes.

The count is kept in the shared cache. A process takes requests from it a hundredth at a time, so that a quick list is
not slowed by counting; what a process took and did not use in its minute is lost, never owed.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.conf import settings
from django.core.cache import cache

_MINUTE = 60


@dataclass(slots=True)
class _Share:
    minute: int
    left: int


_shares: dict[int, _Share] = {}
_lock = Lock()


def take(token_id: int, *, at: datetime) -> int | None:
    """Count one request; None where it may go on, else the seconds until the next may."""
    minute, passed = divmod(int(at.timestamp()), _MINUTE)
    with _lock:
        share = _shares.get(token_id)
        if share is None or share.minute != minute:
            share = _shares[token_id] = _Share(minute, _reserve(token_id, minute))
        elif share.left == 0:
            # A process that was told "no more" does not ask again in this minute.
            share.left = _reserve(token_id, minute) or -1
        if share.left <= 0:
            share.left = -1
            return _MINUTE - passed
        share.left -= 1
        return None


def _reserve(token_id: int, minute: int) -> int:
    """Take a few requests from the shared count; how many there were left to take."""
    most = int(settings.API_PER_MINUTE)
    size = max(1, most // 100)
    key = f"goodwill:api:{token_id}:{minute}"
    cache.add(key, 0, timeout=2 * _MINUTE)
    try:
        taken = cache.incr(key, size)
    except ValueError:
        # Culled between the two lines above: counting begins again.
        taken = size
    return max(0, min(size, most - (taken - size)))
