"""Touchpoints: the inventory of places where customers meet the firm (S0.14)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from goodwill.domain.roles import May, Scope
from goodwill.domain.viewers import Viewer
from goodwill.store.interactions import Interaction
from goodwill.store.touchpoints import Touchpoint


@dataclass(frozen=True, slots=True)
class TouchpointRow:
    """A touchpoint and when it was last used; the moment is None, too, where the place is another unit's."""

    touchpoint: Touchpoint
    owner: str
    site: str
    last_at: datetime | None


def page(viewer: Viewer) -> tuple[TouchpointRow, ...]:
    """Every touchpoint: those in use first, and among them those that nobody owns first."""
    if not viewer.may(May.RECORD) and not viewer.may(May.CHANGE_SETTINGS):
        return ()
    latest = Interaction.objects.filter(touchpoint=OuterRef("pk")).order_by("-at").values("at")[:1]
    rows = Touchpoint.objects.select_related("owner", "site").annotate(last_at=Subquery(latest))
    found = [
        TouchpointRow(
            row,
            row.owner.name if row.owner else "",
            row.site.name if row.site else "",
            row.last_at if viewer.scope is Scope.ALL or row.site_id is None or row.site_id in viewer.site_ids else None,
        )
        for row in rows.order_by("name", "id")
    ]
    return tuple(sorted(found, key=lambda one: (not one.touchpoint.is_active, bool(one.owner))))


def one(viewer: Viewer, touchpoint_id: int) -> Touchpoint | None:
    """One of them, for whoever may change the inventory."""
    if not viewer.may(May.CHANGE_SETTINGS):
        return None
    return Touchpoint.objects.filter(pk=touchpoint_id).first()
