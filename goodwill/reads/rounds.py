"""Rounds: the deliveries that a driver, or the driver's unit or site, still owes, in the order of their due moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from goodwill.adapters import phones
from goodwill.domain.customers import AddressKind
from goodwill.domain.records import Side
from goodwill.domain.roles import May, Scope
from goodwill.domain.search_words import fold
from goodwill.domain.shipment_reports import CARRIED
from goodwill.domain.targets import LateRule, Standing
from goodwill.domain.viewers import Viewer
from goodwill.reads.labels import label
from goodwill.store.addresses import Address
from goodwill.store.people import Person
from goodwill.store.promises import Promise, PromiseQuerySet
from goodwill.store.shipment_reports import ShipmentPhoto, ShipmentReport
from goodwill.store.units import Unit

MOST = 200
"""Stops of one round; nobody drives more in a day."""
AHEAD = timedelta(days=3)
"""How far beyond today the round looks."""
DONE = 30


class Part(StrEnum):
    """The parts of a round: what is late, what is due today, what is due in the next days."""

    LATE = "late"
    TODAY = "today"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Stop:
    """One delivery of a round. By the day rule (`is_day`) `promised_on` is what was named, else `due_at`, in `zone`.

    `phone` is E.164 (or as written), `phone_shown` the same spaced; `lines` counts the order's lines (0: unknown);
    `expected_at` is what the driver's last slip said; `was_refused`: the customer would not take the goods.
    """

    promise_id: int
    customer: str
    street: str
    town: str
    phone: str
    phone_shown: str
    what: str
    kind: str
    order_number: str
    lines: int
    due_at: datetime
    promised_on: date
    is_day: bool
    zone: str
    standing: Standing
    is_warned: bool
    expected_at: datetime | None
    was_refused: bool
    part: Part


@dataclass(frozen=True, slots=True)
class Done:
    """A delivery that this person reported today and that is owed no longer."""

    promise_id: int
    customer: str
    order_number: str
    acted_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Round:
    """A driver's day; `cut` says that there is more than it shows."""

    stops: tuple[Stop, ...]
    done: tuple[Done, ...]
    cut: bool = False


def mine(viewer: Viewer, *, at: datetime, words: str = "") -> Round:
    """The viewer's round: deliveries owed by the person; by the person's units where no person is named; and, where
    nobody is named, those of the sites that the units serve. Narrowed by words of the customer, street or order.

    What an import brought as history is on nobody's round. Nothing for whoever may not settle promises.
    """
    if not viewer.may(May.SETTLE_PROMISES) or viewer.person_id is None:
        return Round((), ())
    zone = ZoneInfo(viewer.zone)
    tomorrow = datetime.combine(at.astimezone(zone).date() + timedelta(days=1), time.min, zone)
    owed = _carried(viewer).owed().filter(due_at__lt=tomorrow + AHEAD)
    rows = list(owed.select_related("customer", "order__address").order_by("due_at", "id")[: MOST + 1])
    stops = _stops(rows[:MOST], at=at, tomorrow=tomorrow)
    wanted = fold(words).split()
    if wanted:
        stops = [stop for stop in stops if _is_found(stop, wanted)]
    return Round(
        tuple(stops), _done(viewer, viewer.person_id, since=tomorrow - timedelta(days=1)), cut=len(rows) > MOST
    )


def _carried(viewer: Viewer) -> PromiseQuerySet:
    whose = (
        Q(person_id=viewer.person_id)
        | Q(person=None, unit_id__in=viewer.unit_ids)
        | Q(person=None, unit=None, site_id__in=viewer.site_ids)
    )
    ours = Promise.objects.visible_to(viewer).filter(kind__in=sorted(CARRIED), side=Side.OURS.value, is_history=False)
    return ours.filter(whose)


def _stops(rows: Sequence[Promise], *, at: datetime, tomorrow: datetime) -> list[Stop]:
    ids = [row.customer_id for row in rows]
    phone_of: dict[int, str] = {}
    home_of: dict[int, Address] = {}
    for address in Address.objects.filter(customer_id__in=ids).order_by("-id"):
        if address.kind == AddressKind.PHONE.value:
            phone_of[address.customer_id] = address.value
        elif address.kind == AddressKind.POSTAL.value:
            home_of[address.customer_id] = address
    last: dict[int, ShipmentReport] = {}
    for told in ShipmentReport.objects.filter(promise_id__in=[row.pk for row in rows]).order_by("said_at", "id"):
        last[told.promise_id] = told
    return [
        _stop(
            row,
            phone=phone_of.get(row.customer_id, ""),
            home=(row.order.address if row.order else None) or home_of.get(row.customer_id),
            told=last.get(row.pk),
            at=at,
            tomorrow=tomorrow,
        )
        for row in rows
    ]


def _stop(
    row: Promise, *, phone: str, home: Address | None, told: ShipmentReport | None, at: datetime, tomorrow: datetime
) -> Stop:
    late = row.due_at < at or row.standing == Standing.LATE
    standing = Standing.LATE if late else Standing(row.standing or Standing.ON_TIME)
    return Stop(
        promise_id=row.pk,
        customer=label(row.customer),
        street=home.value if home else "",
        town=" ".join(part for part in (home.postcode, home.city) if part) if home else "",
        phone=phone,
        phone_shown=phones.readable(phone),
        what=row.what,
        kind=row.kind,
        order_number=row.order.number if row.order else "",
        lines=row.order.line_count if row.order else 0,
        due_at=row.due_at,
        promised_on=row.promised_on,
        is_day=row.late_rule == LateRule.END_OF_DAY.value,
        zone=row.zone,
        standing=standing,
        is_warned=row.warned_at is not None,
        expected_at=told.expected_at if told else None,
        was_refused=told is not None and told.is_accepted is False,
        part=Part.LATE if late else Part.TODAY if _is_today(row, tomorrow) else Part.LATER,
    )


def _is_today(row: Promise, tomorrow: datetime) -> bool:
    # By the day rule the due moment is the midnight after the day, and where the site's clock is behind the driver's,
    # that is tomorrow already: the day counts as it was named.
    if row.late_rule == LateRule.END_OF_DAY.value:
        return row.promised_on < tomorrow.date()
    return row.due_at <= tomorrow


def _is_found(stop: Stop, wanted: Sequence[str]) -> bool:
    text = fold(" ".join((stop.customer, stop.street, stop.town, stop.order_number, stop.what)))
    return all(word in text for word in wanted)


def _done(viewer: Viewer, person_id: int, *, since: datetime) -> tuple[Done, ...]:
    reported = ShipmentReport.objects.filter(person_id=person_id, said_at__gte=since).values("promise_id")
    rows = (
        Promise.objects.visible_to(viewer)
        .filter(pk__in=reported, acted_at__isnull=False)
        .select_related("customer", "order")
        .order_by("-acted_at", "-id")[:DONE]
    )
    return tuple(
        Done(row.pk, label(row.customer), row.order.number if row.order else "", row.acted_at, row.outcome)
        for row in rows
        if row.acted_at is not None
    )


def carries(viewer: Viewer, promise_id: int) -> bool:
    """Whether this is a promise that the viewer sees and may settle."""
    return viewer.may(May.SETTLE_PROMISES) and Promise.objects.visible_to(viewer).filter(pk=promise_id).exists()


def carriers(viewer: Viewer, promise_id: int) -> list[tuple[str, str]]:
    """Who may carry a promise out, as `unit:ID` or `person:ID` and a name: the units of its site and of the viewer with
    the people in them, units first; everybody for whoever sees the whole firm."""
    row = Promise.objects.visible_to(viewer).filter(pk=promise_id).only("site_id").first()
    if row is None:
        return []
    units = Unit.objects.order_by("name", "id")
    people = Person.objects.active().order_by("name", "id")
    if viewer.scope is not Scope.ALL:
        here = Q(pk__in=viewer.unit_ids) | (Q(sites=row.site_id) if row.site_id else Q(pk__in=[]))
        ids = list(units.filter(here).order_by().values_list("pk", flat=True).distinct())
        units = units.filter(pk__in=ids)
        people = people.filter(Q(assignments__unit_id__in=ids) | Q(pk=viewer.person_id)).distinct()
    named = [(f"unit:{pk}", name) for pk, name in units.values_list("pk", "name")]
    return named + [(f"person:{pk}", name) for pk, name in people.values_list("pk", "name")]


def photo(viewer: Viewer, photo_id: int) -> Path | None:
    """The file of a photo; None where it is gone, or the report it belongs to is not the viewer's to see."""
    seen = ShipmentReport.objects.visible_to(viewer).values("pk")
    row = ShipmentPhoto.objects.filter(pk=photo_id, report_id__in=seen).first()
    path = Path(settings.MEDIA_ROOT) / "photos" / row.name if row else None
    return path if path is not None and path.is_file() else None


def photos_of(viewer: Viewer, report_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The photos of these reports, as far as the viewer may see them."""
    seen = ShipmentReport.objects.visible_to(viewer).filter(pk__in=report_ids).values("pk")
    found: dict[int, list[int]] = {}
    for report_id, photo_id in ShipmentPhoto.objects.filter(report_id__in=seen).values_list("report_id", "pk"):
        found.setdefault(report_id, []).append(photo_id)
    return {report_id: tuple(ids) for report_id, ids in found.items()}
