"""Log lines without secrets: whoever reads a log must not be able to sign in with it, nor learn who is in the books.

Two shapes of the same facts: a line for people, and JSON for machines. Both keep numbers and codes. Words are kept
only where our own code wrote them and they look like codes; of an exception its kind and the places it passed are
kept, never its text, because a database says there which row it minded.
"""

import json
import logging
import re
import traceback
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import TracebackType
from typing import Any
from uuid import UUID

from goodwill.web import request_ids

FIELDS = ("method", "route", "status", "duration_ms", "person")
"""What a line may carry beside its message, where the logging code gives it."""

_GONE = "…"
_MASKS = (
    (re.compile(r"/(join|enter|new-password|reset/key)/[^\s/\"'?&]+"), rf"/\1/{_GONE}"),
    (re.compile(r"[\w.+-]+(@|%40)[\w-]+(?:\.[\w-]+)+"), f"{_GONE}@{_GONE}"),
    (re.compile(r"\bgw_[\w-]+"), f"gw_{_GONE}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), rf"\1 {_GONE}"),
    (re.compile(r"\?[^\s\"']+"), f"?{_GONE}"),
    (re.compile(r"//[^/\s@]+:[^/\s@]+@"), f"//{_GONE}@"),
    (re.compile(r"\+\d[\d ()-]{6,}\d"), f"+{_GONE}"),
)
_CODE = re.compile(r"[A-Za-z0-9_.:/-]{1,200}(?: \d{1,5})*")
_OWN = "goodwill"
_PLAIN = (int, float, Decimal, UUID, date, type(None))


def masked(text: str) -> str:
    """The text without one-time links, addresses, tokens, queries, passwords and telephone numbers."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


class DiscreetFormatter(logging.Formatter):
    """A line for people. `shows_all` is for developers: exceptions keep their text."""

    def __init__(self, *, shows_all: bool = False) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")
        self.shows_all = shows_all

    def format(self, record: logging.LogRecord) -> str:
        """The line as it may be kept; where there was an exception, its kind and places follow."""
        facts = _facts(record)
        parts = [self.formatTime(record), record.levelname, record.name, _sentence(record)]
        parts += [f"{name}={value}" for name, value in facts.items()]
        lines = [" ".join(parts)]
        if record.exc_info and record.exc_info[0]:
            lines.append(self.formatException(record.exc_info))
        return masked("\n".join(lines))

    def formatException(self, ei: Any) -> str:
        """Kinds and places, the cause first."""
        if self.shows_all:
            return super().formatException(ei)
        told = []
        for one in reversed(_chain(ei[1])):
            told += [f"  {place}" for place in _places(one.__traceback__)]
            told.append(_kind(one))
        return "\n".join(told)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message (the template), values, fields, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The object as it may be kept."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(str(record.msg)) if isinstance(record.msg, str) else _GONE,
        }
        if record.args:
            values = record.args.values() if isinstance(record.args, Mapping) else record.args
            line["values"] = [_shown(value, record.name) for value in values]
        line |= _facts(record)
        if record.exc_info and record.exc_info[1]:
            chain = _chain(record.exc_info[1])
            line["exception"] = [{"kind": _kind(one), "places": _places(one.__traceback__)} for one in chain]
        return json.dumps(line, ensure_ascii=False, default=str)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    found = {name: getattr(record, name) for name in FIELDS if getattr(record, name, None) is not None}
    if request_id := request_ids.current.get():
        found["request_id"] = request_id
    return found


def _shown(value: Any, logger: str) -> Any:
    """A value of a message as it may be kept."""
    if isinstance(value, BaseException):
        return _kind(value)
    if isinstance(value, type):
        return value.__qualname__
    if isinstance(value, _PLAIN):
        return value
    is_ours = logger == _OWN or logger.startswith(f"{_OWN}.")
    if is_ours and isinstance(value, str) and _CODE.fullmatch(value):
        return masked(value)
    return _GONE


def _sentence(record: logging.LogRecord) -> str:
    if not isinstance(record.msg, str):
        return _kind(record.msg) if isinstance(record.msg, BaseException) else _GONE
    if not record.args:
        return record.msg
    try:
        if isinstance(record.args, Mapping):
            return record.msg % {name: _shown(value, record.name) for name, value in record.args.items()}
        return record.msg % tuple(_shown(value, record.name) for value in record.args)
    except (TypeError, ValueError, KeyError):
        return record.msg


def _kind(problem: BaseException) -> str:
    kind = type(problem)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _chain(problem: BaseException | None) -> list[BaseException]:
    """The exception and what led to it, the last first."""
    found: list[BaseException] = []
    while problem is not None and problem not in found:
        found.append(problem)
        problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    return found


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
