"""Notices: the journal is followed, and the letters whose moment has come are written."""

import logging
from datetime import datetime

from django.conf import settings

from goodwill.actions import notice_letters, notices
from goodwill.actions.notice_letters import Due, Purpose
from goodwill.domain.notices import Way
from goodwill.reads import notice_letters as letters
from goodwill.reads import viewers

logger = logging.getLogger(__name__)
BATCHES = 20
"""A tick reads so many batches of the journal at most, so that a long import does not hold the letters up."""


def tick(at: datetime) -> bool:
    """Tell people what concerns them, and write their letters where there is a mail server; True where anything was
    done."""
    did = _follow(at)
    if settings.MAIL_SERVER is not None:
        for due in notice_letters.due(at=at):
            _write(due, at)
            did = True
    return did


def _follow(at: datetime) -> bool:
    for batch in range(BATCHES):
        done = notices.follow(at=at)
        if not done.entries:
            return batch > 0
        if done.told:
            logger.info("Notices: %s told.", done.told)
    return True


def _write(due: Due, at: datetime) -> None:
    if notice_letters.put_off(due, at=at):
        return
    is_digest = due.purpose is Purpose.DIGEST
    way = Way.DIGEST if is_digest else Way.AT_ONCE
    written = letters.write(viewers.of(due.person_id), way, is_digest=is_digest)
    notice_letters.post(due, written.payload if written else None, written.told if written else (), at=at)
