"""Touchpoints: the inventory of places where customers meet the firm (S0.14, S3.2)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from goodwill.domain.entries import Entry
from goodwill.domain.interactions import Channel
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.people import Person
from goodwill.store.sites import Site
from goodwill.store.touchpoints import Touchpoint

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class TouchpointFacts:
    """What is said of a touchpoint in a form; parts are named one by one."""

    name: str
    channel: Channel
    owner_id: int | None = None
    site_id: int | None = None
    tangible: Sequence[str] = field(default=())
    intangible: Sequence[str] = field(default=())
    is_active: bool = True


@transaction.atomic
def add(facts: TouchpointFacts, *, by: Viewer, at: datetime) -> Touchpoint | Refusal:
    """A new touchpoint under a name of its own."""
    wrong = _wrong(facts, None, by)
    if wrong is not None:
        return wrong
    touchpoint = Touchpoint.objects.create(**_said(facts))
    journal.write(Entry.TOUCHPOINT_CHANGED, by=by, at=at, act="added", touchpoint_id=touchpoint.pk)
    return touchpoint


@transaction.atomic
def change(touchpoint_id: int, facts: TouchpointFacts, *, by: Viewer, at: datetime) -> Touchpoint | Refusal:
    """Say anew what a touchpoint is, whose it is, and whether it is still in use."""
    touchpoint = Touchpoint.objects.select_for_update().filter(pk=touchpoint_id).first()
    wrong = _wrong(facts, touchpoint, by)
    if wrong is not None:
        return wrong
    if touchpoint is None:
        return Refusal(Reason.NOT_FOUND)
    said = _said(facts)
    changed = sorted(name for name, value in said.items() if getattr(touchpoint, name) != value)
    if not changed:
        return touchpoint
    for name in changed:
        setattr(touchpoint, name, said[name])
    touchpoint.save(update_fields=changed)
    journal.write(
        Entry.TOUCHPOINT_CHANGED,
        by=by,
        at=at,
        act="changed",
        touchpoint_id=touchpoint.pk,
        fields=changed,
        owner_id=touchpoint.owner_id,
    )
    return touchpoint


def _said(facts: TouchpointFacts) -> dict[str, object]:
    return {
        "name": " ".join(facts.name.split()),
        "channel": facts.channel.value,
        "owner_id": facts.owner_id,
        "site_id": facts.site_id,
        "tangible": _parts(facts.tangible),
        "intangible": _parts(facts.intangible),
        "is_active": facts.is_active,
    }


def _parts(named: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(part for one in named if (part := " ".join(one.split()))))


def _wrong(facts: TouchpointFacts, before: Touchpoint | None, by: Viewer) -> Refusal | None:
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    name = " ".join(facts.name.split())
    if not name:
        return Refusal(Reason.REQUIRED, "name")
    if len(name) > LONGEST_NAME:
        return Refusal(Reason.TOO_LONG, "name", (("most", str(LONGEST_NAME)),))
    others = Touchpoint.objects.exclude(pk=before.pk) if before else Touchpoint.objects.all()
    if others.filter(name__iexact=name).exists():
        return Refusal(Reason.ALREADY_USED, "name")
    owner_before, site_before = (before.owner_id, before.site_id) if before else (None, None)
    if (
        facts.owner_id not in (None, owner_before)
        and not Person.objects.get_queryset().active().filter(pk=facts.owner_id).exists()
    ):
        return Refusal(Reason.NOT_A_CHOICE, "owner")
    if facts.site_id not in (None, site_before) and not Site.objects.filter(pk=facts.site_id, is_active=True).exists():
        return Refusal(Reason.NOT_A_CHOICE, "site")
    for kind in ("tangible", "intangible"):
        if any(len(part) > LONGEST_NAME for part in _parts(getattr(facts, kind))):
            return Refusal(Reason.TOO_LONG, kind, (("most", str(LONGEST_NAME)),))
    return None
