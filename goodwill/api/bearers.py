"""Bearers: who a program speaks for. Only the Authorization header counts; a cookie opens nothing here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from goodwill.actions import tokens
from goodwill.api import limits
from goodwill.api.problems import Wrong
from goodwill.domain.tokens import Access, narrowed
from goodwill.domain.viewers import Viewer
from goodwill.reads import firms
from goodwill.reads import tokens as read


@dataclass(frozen=True, slots=True)
class Caller:
    """A program in one request: the token it showed, and its person narrowed to what this request needs."""

    token_id: int
    viewer: Viewer


class Token(HttpBearer):
    """Lets a request in whose token is good, not used too often, and holds the scope."""

    def __init__(self, access: Access) -> None:
        super().__init__()
        self.access = access

    def __call__(self, request: HttpRequest) -> Caller:
        """The caller. Nothing of the header is ever logged or repeated."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, secret.strip() if scheme.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The caller of this token; ends the request otherwise."""
        at = at_of(request)
        bearer = read.bearer(token, at=at) if token else None
        if bearer is None:
            if not firms.is_set_up():
                raise Wrong(
                    503,
                    "not_set_up",
                    "There is no firm yet. Set it up in a browser first.",
                    headers={"Retry-After": "60"},
                )
            raise Wrong(
                401,
                "token_needed",
                "Send the header Authorization: Bearer gw_… with a token that is neither revoked nor expired.",
                headers={"WWW-Authenticate": 'Bearer realm="goodwill"'},
            )
        wait = limits.take(bearer.token_id, at=at)
        if wait is not None:
            raise Wrong(
                429,
                "too_many_requests",
                f"This token has been used too often in this minute. Wait {wait} seconds, then repeat.",
                headers={"Retry-After": str(wait)},
            )
        if self.access not in bearer.scopes:
            raise Wrong(403, "scope_missing", f"The token lacks the scope {self.access.value}. Make one that has it.")
        if bearer.last_used_on != at.date():
            tokens.note_use(bearer.token_id, at=at)
        return Caller(bearer.token_id, narrowed(bearer.viewer, self.access))


def needs(access: Access) -> dict[str, Any]:
    """What an operation says of itself: the guard before it, and the scope as its documentation shows it."""
    return {"auth": Token(access), "openapi_extra": {"x-scope": access.value}}


def caller_of(request: HttpRequest) -> Caller:
    """Whom the guard let in."""
    caller: Any = request.auth  # type: ignore[attr-defined]
    assert isinstance(caller, Caller)  # noqa: S101  every operation stands behind a guard
    return caller


def viewer_of(request: HttpRequest) -> Viewer:
    """Who asks, narrowed to the scope of this operation."""
    return caller_of(request).viewer


def at_of(request: HttpRequest) -> datetime:
    """The moment at which the gate read the clock."""
    at = request.at  # type: ignore[attr-defined]
    assert isinstance(at, datetime)  # noqa: S101
    return at
