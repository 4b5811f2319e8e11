"""SMTP: one letter to one mail server."""

import hashlib
import smtplib
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any, Protocol

TIMEOUT_SECONDS = 20


class Server(Protocol):
    """Where letters leave: host and port, an account where the server wants one, TLS from the start or after it."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def use_tls(self) -> bool: ...
    @property
    def use_ssl(self) -> bool: ...


class Unsent(Exception):
    """The letter did not leave. `is_final` says that trying again is useless; the text names no address."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


def compose(payload: Mapping[str, Any], *, key: str, created_at: datetime) -> EmailMessage:
    """The message of a payload `{to: [..], from, subject, body}`; raises Unsent (final) where it is not a letter.

    The Message-ID comes from the key, so that a letter sent twice is recognised as one.
    """
    try:
        message = EmailMessage()
        message["From"] = payload["from"]
        message["To"] = ", ".join(payload["to"])
        message["Subject"] = payload["subject"]
        message["Date"] = format_datetime(created_at)
        domain = parseaddr(payload["from"])[1].rpartition("@")[2] or "goodwill.invalid"
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(payload["body"])
    except (KeyError, TypeError, ValueError, MessageError) as problem:
        raise Unsent(f"not a letter: {type(problem).__name__}", is_final=True) from None
    if not payload["to"]:
        raise Unsent("not a letter: nobody to send it to", is_final=True)
    return message


def send(server: Server, message: EmailMessage) -> None:
    """Hand the message to the server; raises Unsent."""
    context = ssl.create_default_context()
    try:
        with _connected(server, context) as smtp:
            if server.use_tls and not server.use_ssl:
                smtp.starttls(context=context)
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(message)
    except smtplib.SMTPRecipientsRefused as problem:
        codes = sorted({code for code, _ in problem.recipients.values()})
        raise Unsent(f"recipient refused: {codes}", is_final=min(codes) >= 500) from None
    except smtplib.SMTPResponseException as problem:
        raise Unsent(f"{type(problem).__name__} {problem.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as problem:
        raise Unsent(
            f"{type(problem).__name__}: {server.host}:{server.port} does not answer as a mail server"
        ) from None


def _connected(server: Server, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.use_ssl:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
