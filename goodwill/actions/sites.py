"""Sites: the places the firm serves from."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction

from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.sites import Mode
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.calendars import Calendar
from goodwill.store.sites import Site

NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Place:
    """What is said of a site; `calendar_id` None means the firm's own calendar."""

    name: str
    mode: str
    zone: str
    calendar_id: int | None = None
    is_active: bool = True


@transaction.atomic
def add(place: Place, *, by: Viewer, at: datetime) -> Site | Refusal:
    """A new site."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    if (refusal := judge(place)) is not None:
        return refusal
    site = Site.objects.create(
        name=place.name.strip(),
        mode=place.mode,
        zone=place.zone,
        calendar_id=place.calendar_id,
        is_active=place.is_active,
    )
    journal.write(Entry.SITE_CHANGED, by=by, at=at, site_id=site.pk, mode=site.mode, added=1)
    return site


@transaction.atomic
def change(site_id: int, place: Place, *, by: Viewer, at: datetime) -> Site | Refusal:
    """Change a site; promises already made keep the hours by which they were made."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_FOUND)
    site = Site.objects.select_for_update().filter(pk=site_id).first()
    if site is None:
        return Refusal(Reason.NOT_FOUND)
    if (refusal := judge(place, but=site_id)) is not None:
        return refusal
    wanted = {
        "name": place.name.strip(),
        "mode": place.mode,
        "zone": place.zone,
        "calendar_id": place.calendar_id,
        "is_active": place.is_active,
    }
    changed = [name for name, value in wanted.items() if getattr(site, name) != value]
    if changed:
        for name in changed:
            setattr(site, name, wanted[name])
        site.save(update_fields=changed)
        journal.write(Entry.SITE_CHANGED, by=by, at=at, site_id=site.pk, fields=",".join(changed))
    return site


def judge(place: Place, *, but: int | None = None) -> Refusal | None:
    """Why a site cannot be so; `but` is the site itself, whose own name is no clash."""
    name = place.name.strip()
    if not name:
        return Refusal(Reason.REQUIRED, "name")
    if len(name) > NAME_LENGTH:
        return Refusal(Reason.TOO_LONG, "name", (("most", str(NAME_LENGTH)),))
    if place.mode not in {mode.value for mode in Mode}:
        return Refusal(Reason.NOT_A_CHOICE, "mode")
    if place.zone not in available_timezones():
        return Refusal(Reason.NOT_A_ZONE, "zone")
    if place.calendar_id is not None and not Calendar.objects.filter(pk=place.calendar_id).exists():
        return Refusal(Reason.NOT_A_CHOICE, "calendar")
    if Site.objects.filter(name=name).exclude(pk=but or 0).exists():
        return Refusal(Reason.ALREADY_USED, "name")
    return None
