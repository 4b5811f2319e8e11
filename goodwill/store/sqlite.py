"""SQLite: the pragmas and Unicode functions every connection needs."""

import re
from functools import lru_cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


@lru_cache(maxsize=512)
def _pattern(like: str, escape: str) -> re.Pattern[str]:
    parts: list[str] = []
    letters = iter(like)
    for letter in letters:
        if escape and letter == escape:
            parts.append(re.escape(next(letters, "")))
        elif letter == "%":
            parts.append(".*")
        elif letter == "_":
            parts.append(".")
        else:
            parts.append(re.escape(letter))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _like(pattern: str | None, text: Any, escape: str = "") -> bool | None:
    """LIKE that knows Cyrillic and Hungarian letters; SQLite's own folds ASCII only."""
    if pattern is None or text is None:
        return None
    return _pattern(pattern, escape).fullmatch(str(text)) is not None


def _upper(text: Any) -> Any:
    return text.upper() if isinstance(text, str) else text


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _prepare(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor != "sqlite":
        return
    raw = connection.connection
    raw.create_function("LIKE", 2, _like, deterministic=True)
    raw.create_function("LIKE", 3, _like, deterministic=True)
    raw.create_function("UPPER", 1, _upper, deterministic=True)
    raw.create_function("LOWER", 1, _lower, deterministic=True)


def listen() -> None:
    """Prepare every SQLite connection when it opens (the one signal this house uses)."""
    connection_created.connect(_prepare, dispatch_uid="goodwill.store.sqlite")
