"""Request ids: one word by which all lines of one request are found, taken from the caller or made."""

import re
from contextvars import ContextVar
from uuid import uuid4

_SANE = re.compile(r"(?=.*\d)[0-9A-Za-z-]{16,64}")

current: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread answers now; empty outside of one."""


def taken_or_made(given: str) -> str:
    """The caller's id where it looks like one (16 to 64 letters, digits and dashes, with a digit), else a new one."""
    return given if _SANE.fullmatch(given) else uuid4().hex
