"""Letters: Django's mail leaves as Delivery rows, in the transaction that wrote it."""

import uuid
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from goodwill.actions import deliveries


class DeliveryBackend(BaseEmailBackend):
    """Puts messages into the out-tray; the worker sends them by SMTP, or they are handed over by hand."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue these messages and say how many there were."""
        for message in email_messages:
            deliveries.post(
                f"mail:{uuid.uuid4()}",
                {
                    "to": list(message.to),
                    "from": message.from_email,
                    "subject": message.subject,
                    "body": message.body,
                },
                at=timezone.now(),
            )
        return len(email_messages)
