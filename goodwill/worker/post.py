"""Post: carries letters from the out-tray to the mail server, at least once each."""

import logging
from datetime import datetime

from django.conf import settings

from goodwill.actions import letters
from goodwill.adapters import smtp

logger = logging.getLogger(__name__)


def tick(at: datetime) -> bool:
    """Send what waits, if there is a mail server; True where something was tried."""
    server = settings.MAIL_SERVER
    if server is None:
        return False
    taken = letters.take(at=at)
    for letter in taken:
        try:
            message = smtp.compose(letter.payload, key=letter.key, created_at=letter.created_at)
            smtp.send(server, message)
        except smtp.Unsent as problem:
            logger.warning("Letter %s did not leave at attempt %s (%s).", letter.id, letter.attempt, str(problem))
            if problem.is_final:
                letters.give_up(letter, str(problem))
            else:
                letters.put_off(letter, str(problem), at=at)
        else:
            letters.delivered(letter, at=at)
    return bool(taken)
