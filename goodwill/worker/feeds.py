"""Feeds at work: watched folders and fetched addresses whose time has come are looked at. Decides nothing."""

import logging
from datetime import datetime

from goodwill.actions import feeds_looks
from goodwill.actions.feeds_files import Held
from goodwill.domain.feeds import Result

logger = logging.getLogger(__name__)
_NO_NEWS = (Result.NOTHING_NEW, Result.WAITING)
AT_ONCE = 20
"""Feeds looked at in one go, so that a kind stop does not wait for all of them."""


class FeedHand:
    """One worker's pair of hands for feeds: one look at a time."""

    def __init__(self) -> None:
        self.held: Held | None = None

    def tick(self, at: datetime) -> bool:
        """Look at every feed that is due by `at`; True where there was one. What another worker holds is left to
        it."""
        for count in range(AT_ONCE):
            held = self.held = feeds_looks.take(at=at)
            if held is None:
                return bool(count)
            result = feeds_looks.look(held, at=at)
            self.held = None
            if result not in _NO_NEWS:
                logger.info("Feed %s was looked at: %s.", held.id, result.value if result else "paused, or overtaken")
        return True

    def let_go(self, at: datetime) -> None:
        """Give back the feed in hand, so that the next worker looks at it at once."""
        held = self.held
        if held is not None:
            feeds_looks.give_back(held, at=at)


def tick(at: datetime) -> bool:
    """The same by hands of its own."""
    return FeedHand().tick(at)
