"""Signatures: how what we send proves where it comes from, after the convention of Standard Webhooks."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

PREFIX = "whsec_"
SECRET_BYTES = 32
WINDOW = timedelta(minutes=5)
"""How far a receiver lets the timestamp lie from its own clock: what comes later is a replay."""


def secret_of(key: bytes) -> str:
    """The key as people copy it."""
    return PREFIX + base64.b64encode(key).decode("ascii")


def sign(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """The signature of one message at one moment: `v1,` and the HMAC-SHA256 of `id.timestamp.body`, in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join((message_id.encode(), str(int(at.timestamp())).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")


def headers_of(secrets: Iterable[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers by which a receiver knows a message: its id, the moment of this attempt in whole seconds,
    and one signature for each secret, separated by blanks."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(sign(secret, message_id, at, body) for secret in secrets),
    }
