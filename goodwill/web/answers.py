"""Answers: what a page does with the outcome of a deed."""

from datetime import datetime
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from typing_extensions import TypeIs

from goodwill.domain.refusals import Reason, Refusal
from goodwill.web.wording import refused

T = TypeVar("T")


def is_done(done: T | Refusal) -> TypeIs[T]:
    """True where the deed was done; a deed on what is not there (or not to be seen) is a 404, one that the role
    does not include a 403, and any other refusal is False, for the form to say."""
    if not isinstance(done, Refusal):
        return True
    if done.reason is Reason.NOT_FOUND and not done.field:
        raise Http404
    if done.reason is Reason.NOT_ALLOWED:
        raise PermissionDenied
    return False


def tell(request: HttpRequest, done: T | Refusal, said: str) -> bool:
    """Say on the next page that it was done, or why it was refused: for deeds without a form of their own."""
    if is_done(done):
        messages.success(request, said)
        return True
    messages.error(request, refused(done))
    return False


def whole(text: str | None) -> int | None:
    """A row's id from an address or a form; None for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 18 else None


def at_of(request: HttpRequest) -> datetime:
    """The moment of this request, read once at the gate."""
    at = getattr(request, "at", None)
    assert isinstance(at, datetime)  # noqa: S101 - every request passes the gate
    return at
