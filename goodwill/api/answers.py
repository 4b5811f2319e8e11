"""Answers: plain values as JSON, and writes that are done once however often they are asked for."""

import hashlib
import json
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Header
from pydantic import StringConstraints

from goodwill.actions import idempotency
from goodwill.api.bearers import at_of, caller_of
from goodwill.api.problems import Wrong, missing, of_refusal
from goodwill.domain.refusals import Reason, Refusal
from goodwill.reads.listings import Plain, Stretch

Row = TypeVar("Row")
Key = Annotated[
    str,
    StringConstraints(pattern=r"^[!-~]{1,100}$"),
    Header(alias="Idempotency-Key", description="New for each write, the same for every repetition of it."),
]


def shown(values: Plain | None) -> HttpResponse:
    """One record; 404 where there is none to see."""
    if values is None:
        raise missing()
    return _json(json.dumps(values, ensure_ascii=False))


def listed(stretch: Stretch | None) -> HttpResponse:
    """A stretch of a list: `{"items": […], "next": cursor or null}`; 404 for a cursor that is not of this list."""
    if stretch is None:
        raise Wrong(404, "bad_cursor", "This cursor is not of this list. Begin again without one.", field="cursor")
    return _json(json.dumps({"items": stretch.rows, "next": stretch.next or None}, ensure_ascii=False))


def written(
    request: HttpRequest,
    key: str,
    deed: Callable[[], Row | Refusal],
    told: Callable[[Row], Plain],
    *,
    status: int = 200,
) -> HttpResponse:
    """Do a deed once under the caller's key and tell what came of it; a refusal becomes a problem."""
    if request.GET:
        # It would be left out of what is done, and of what the key stands for.
        field = min(request.GET)[:100]
        raise Wrong(422, "not_known", "A write takes no parameters in its address. Say it in the body.", field=field)

    def do() -> idempotency.Answer | Refusal:
        done = deed()
        if isinstance(done, Refusal):
            return done
        return idempotency.Answer(status, json.dumps(told(done), ensure_ascii=False))

    scope = f"token:{caller_of(request).token_id}"
    answer = idempotency.once(scope, key, _fingerprint(request), do, at=at_of(request))
    if isinstance(answer, idempotency.Answer):
        return _json(answer.body, status=answer.status)
    if answer == Refusal(Reason.ALREADY_USED, "Idempotency-Key"):
        raise Wrong(
            409,
            "idempotency_key_spent",
            "This key was used for another write. Send a new key.",
            field="Idempotency-Key",
        )
    raise of_refusal(answer)


def _fingerprint(request: HttpRequest) -> str:
    """A digest of what is asked: method, address, and the body however it is spaced and ordered."""
    body = json.dumps(json.loads(request.body), sort_keys=True) if request.body else ""
    asked: Any = f"{request.method}\n{request.path}\n{body}"
    return hashlib.sha256(asked.encode()).hexdigest()


def _json(text: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="application/json")
