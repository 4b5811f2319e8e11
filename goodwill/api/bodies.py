"""Bodies: what a program sends, read as JSON more strictly than Python does, so that no value passes for another."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from goodwill.api.problems import Wrong

MOST_DIGITS = 400


class Bodies(Parser):
    """Reads the bodies of all operations."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as plain values; raises Wrong where it is no JSON, or says one thing twice."""
        return read(request.body)


def read(body: bytes) -> Any:
    """A JSON value in UTF-8, with or without a byte order mark. Raises Wrong, which says where reading ended."""
    try:
        return json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_once, parse_int=_whole, parse_constant=_no_constant
        )
    except UnicodeDecodeError:
        raise _unreadable("The body is not text in UTF-8. Send UTF-8 JSON, not compressed.") from None
    except json.JSONDecodeError as wrong:
        where = f"line {wrong.lineno}, column {wrong.colno}"
        raise _unreadable(f"The body is not JSON at {where}. Send UTF-8 JSON, not compressed.") from None
    except RecursionError:
        raise _unreadable("The body is nested too deeply. Send objects as the documentation shows them.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object. Where a field stands twice, readers differ in which of the two they believe (RFC 8259, 4)."""
    said = dict(pairs)
    if len(said) == len(pairs):
        return said
    names = [name for name, _ in pairs]
    twice = next(name for name in names if names.count(name) > 1)
    field = twice[:100].encode("utf-8", "replace").decode()
    raise Wrong(422, "said_twice", "This field stands twice in one object. Send it once.", field=field)


def _whole(digits: str) -> int:
    """A whole number; Python itself gives up on thousands of digits with an error that is none of JSON."""
    if len(digits) > MOST_DIGITS:
        raise _unreadable(f"A number in the body has more than {MOST_DIGITS} digits. Send one that fits its field.")
    return int(digits)


def _no_constant(word: str) -> NoReturn:
    raise _unreadable(f"The body holds {word}, which is not JSON. Send a number, or null where that fits.")


def _unreadable(remedy: str) -> Wrong:
    return Wrong(400, "unreadable", remedy)
