"""Promises: which wake, which are shown in a list, and everything about one."""

from datetime import datetime

from django.db.models import Q

from goodwill.store.promises import Promise

Place = tuple[datetime, int]
"""Where a row stands in a list by due (or waking) moment: the moment and the id."""


def waking(at: datetime, *, after: Place | None = None, most: int) -> list[Place]:
    """The next promises to look at by `at`, in the order of their moments; asked by the worker, for everyone."""
    rows = Promise.objects.waking(at).filter(settled_at__isnull=True)
    if after is not None:
        rows = rows.filter(Q(wakes_at__gt=after[0]) | Q(wakes_at=after[0], id__gt=after[1]))
    return [(wakes, row_id) for wakes, row_id in rows.values_list("wakes_at", "id")[:most] if wakes is not None]
