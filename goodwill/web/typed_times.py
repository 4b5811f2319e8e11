"""Typed times: «by when» as people type it, read in the reader's zone and said back before anything is saved."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from goodwill.domain import due_words
from goodwill.domain.targets import Target
from goodwill.domain.viewers import Viewer
from goodwill.reads import clocks
from goodwill.web.answers import at_of
from goodwill.web.gate import viewer_of
from goodwill.web.wording_promises import not_understood, passed, understood


@dataclass(frozen=True, slots=True)
class TypedTime:
    """A typed time: what it was read as, in words; or why it could not be (`error`)."""

    text: str
    target: Target | None = None
    due_at: datetime | None = None
    said: str = ""
    error: str = ""


def read(request: HttpRequest, text: str, *, customer_id: int | None = None) -> TypedTime:
    """The time a reader typed; blank text is blank."""
    viewer: Viewer = viewer_of(request)
    typed = text.strip()
    if not typed:
        return TypedTime("")
    zone = timezone.get_current_timezone()
    at = at_of(request)
    target = due_words.parse(typed, at=at, zone=zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC"))
    if target is None:
        return TypedTime(typed, error=not_understood())
    due_at = clocks.foresee(viewer, target, customer_id=customer_id, at=at)
    if due_at is None:
        return TypedTime(typed, error=passed())
    return TypedTime(typed, target, due_at, understood(target, due_at))
