"""Hosts from which daily files may be fetched: the list is kept by those who change the settings."""

from datetime import datetime

from django.db import transaction

from goodwill.adapters import outbound
from goodwill.adapters.outbound import Unreachable
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.feeds import AllowedHost

HOST_LENGTH = 253


@transaction.atomic
def allow(host: str, *, by: Viewer, at: datetime) -> AllowedHost | Refusal:
    """Allow files from this host, by its name or by an address there; once more changes nothing."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    said = host.strip()
    if not said:
        return Refusal(Reason.REQUIRED, "host")
    try:
        name = outbound.host_of(said if "://" in said else f"https://{said}/")
    except Unreachable:
        return Refusal(Reason.NOT_A_HOST, "host")
    if len(name) > HOST_LENGTH or any(sign in name for sign in "*/\\"):
        return Refusal(Reason.NOT_A_HOST, "host")
    row, is_new = AllowedHost.objects.get_or_create(
        host=name, defaults={"created_at": at, "person_id": by.person_id}
    )  # fmt: skip
    if is_new:
        journal.write(Entry.ALLOWED_HOST_CHANGED, by=by, at=at, act="added", host_id=row.pk)
    return row


@transaction.atomic
def forbid(host_id: int, *, by: Viewer, at: datetime) -> int | Refusal:
    """Take a host off the list: feeds that fetch from it fetch no more. Its number."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_FOUND)
    if not AllowedHost.objects.filter(pk=host_id).delete()[0]:
        return Refusal(Reason.NOT_FOUND)
    journal.write(Entry.ALLOWED_HOST_CHANGED, by=by, at=at, act="removed", host_id=host_id)
    return host_id
