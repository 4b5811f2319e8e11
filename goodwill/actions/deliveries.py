"""Deliveries: what leaves the house is first a row."""

from datetime import datetime
from typing import Any

from goodwill.store.deliveries import Delivery


def post(key: str, payload: dict[str, Any], *, at: datetime, kind: str = "mail") -> Delivery:
    """Put a letter in the out-tray, once for each key; the worker carries it out."""
    letter, _ = Delivery.objects.get_or_create(
        key=key, defaults={"kind": kind, "payload": payload, "created_at": at, "next_at": at}
    )
    return letter
