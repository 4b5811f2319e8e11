"""Programs that ask the API: a token of somebody of the cast, and a client that shows it."""

import json
from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from itertools import count
from typing import Any

from django.test import Client
from django.utils import timezone

from goodwill.actions import tokens
from goodwill.actions.tokens import Made
from goodwill.domain.tokens import Access
from goodwill.domain.viewers import OPERATOR
from goodwill.store.people import Person

_keys = count(1)


def secret_of(person: Person, scopes: Iterable[Access] = tuple(Access)) -> str:
    """A fresh token of this person."""
    at = timezone.now()
    made = tokens.make(person.pk, "test", scopes, expires_at=at + timedelta(days=1), by=OPERATOR, at=at)
    assert isinstance(made, Made)
    return made.secret


class Program:
    """Asks with one token."""

    def __init__(self, person: Person, *scopes: Access) -> None:
        self.secret = secret_of(person, scopes or tuple(Access))

    @cached_property
    def client(self) -> Client:
        """A client without cookies; a fault is an answer of 500, not an exception."""
        return Client(raise_request_exception=False)

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = "", **query: Any) -> Any:
        """The answer; a write gets a new key unless one is given, and none at all for None."""
        headers = {"Authorization": f"Bearer {self.secret}"}
        if method != "get" and key is not None:
            headers["Idempotency-Key"] = key or f"key-{next(_keys)}"
        return self.client.generic(
            method.upper(),
            f"/api/v1/{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=headers,
            query_params=query or None,
        )

    def get(self, path: str, **query: Any) -> Any:
        """Read."""
        return self.ask("get", path, **query)

    def post(self, path: str, body: Any, *, key: str | None = "") -> Any:
        """Write."""
        return self.ask("post", path, body, key=key)

    def put(self, path: str, body: Any, *, key: str | None = "") -> Any:
        """Write anew."""
        return self.ask("put", path, body, key=key)

    def patch(self, path: str, body: Any, *, key: str | None = "") -> Any:
        """Change a part."""
        return self.ask("patch", path, body, key=key)
