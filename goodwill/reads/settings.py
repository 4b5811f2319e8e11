"""What the settings show: the firm, its sites, its policies, its letters."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Min

from goodwill.domain.money import MICRO
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store.calendars import Calendar
from goodwill.store.deliveries import Delivery
from goodwill.store.firms import Firm
from goodwill.store.orders import Order
from goodwill.store.policies import PolicyVersion
from goodwill.store.sites import Site


@dataclass(frozen=True, slots=True)
class FirmSettings:
    """The firm as its form shows it."""

    name: str
    currency: str
    country: str
    zone: str
    language: str
    calendar_id: int | None
    currency_is_fixed: bool


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site in the list; no calendar is the firm's own."""

    id: int
    name: str
    mode: str
    zone: str
    calendar_id: int | None
    calendar_name: str
    is_active: bool
    unit_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A version of the promise policy; `is_first` reaches back to the beginning."""

    id: int
    from_on: date
    late_rule: str
    at_risk_share: Decimal
    at_risk_hours: Decimal
    reopen: str
    priority: str
    handover: str
    is_in_force: bool
    is_ahead: bool
    is_first: bool


@dataclass(frozen=True, slots=True)
class LetterCounts:
    """How letters fare; `oldest_waiting_at` is None when none waits."""

    waiting: int
    failed: int
    delivered: int
    oldest_waiting_at: datetime | None


def firm(viewer: Viewer) -> FirmSettings | None:
    """The firm; None for a viewer who changes no settings."""
    row = Firm.the() if viewer.may(May.CHANGE_SETTINGS) else None
    if row is None:
        return None
    return FirmSettings(
        row.name, row.currency, row.country, row.zone, row.language, row.calendar_id, Order.objects.exists()
    )


def sites(viewer: Viewer) -> list[SiteRow]:
    """Every site, active ones first, by name."""
    if not viewer.may(May.CHANGE_SETTINGS):
        return []
    rows = Site.objects.select_related("calendar").prefetch_related("units").order_by("-is_active", "name", "pk")
    return [
        SiteRow(
            id=site.pk,
            name=site.name,
            mode=site.mode,
            zone=site.zone,
            calendar_id=site.calendar_id,
            calendar_name=site.calendar.name if site.calendar else "",
            is_active=site.is_active,
            unit_names=tuple(sorted(unit.name for unit in site.units.all())),
        )
        for site in rows
    ]


def site(viewer: Viewer, site_id: int) -> SiteRow | None:
    """One site; None as if absent."""
    return next((row for row in sites(viewer) if row.id == site_id), None)


def site_choices(viewer: Viewer) -> list[tuple[int, str]]:
    """Sites by id and name, for fields."""
    return [(row.id, row.name) for row in sites(viewer)]


def calendar_choices(viewer: Viewer) -> list[tuple[int, str]]:
    """Calendars by id and name, for fields."""
    if not viewer.may(May.CHANGE_SETTINGS):
        return []
    return list(Calendar.objects.order_by("name", "pk").values_list("pk", "name"))


def policies(viewer: Viewer, *, at: datetime) -> list[PolicyRow]:
    """Every version of the promise policy, newest first."""
    row = Firm.the() if viewer.may(May.CHANGE_SETTINGS) else None
    if row is None:
        return []
    today = at.astimezone(ZoneInfo(row.zone)).date()
    versions = list(PolicyVersion.objects.order_by("-from_on"))
    in_force = next((version.pk for version in versions if version.from_on <= today), None)
    return [
        PolicyRow(
            id=version.pk,
            from_on=version.from_on,
            late_rule=version.late_rule,
            at_risk_share=Decimal(version.at_risk_share_micro) / MICRO,
            at_risk_hours=Decimal(version.at_risk_floor_seconds) / 3600,
            reopen=version.reopen,
            priority=version.priority,
            handover=version.handover,
            is_in_force=version.pk == in_force,
            is_ahead=version.from_on > today,
            is_first=version is versions[-1],
        )
        for version in versions
    ]


def letters(viewer: Viewer) -> LetterCounts | None:
    """How many letters wait, failed and left; None for a viewer who changes no settings."""
    if not viewer.may(May.CHANGE_SETTINGS):
        return None
    counts = dict(
        Delivery.objects.filter(kind="mail")
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"))
        .values_list("state", "n")
    )
    oldest = Delivery.objects.filter(kind="mail", state="waiting").aggregate(at=Min("created_at"))["at"]
    return LetterCounts(counts.get("waiting", 0), counts.get("failed", 0), counts.get("delivered", 0), oldest)
