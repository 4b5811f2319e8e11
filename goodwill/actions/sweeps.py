"""Sweeps: promises whose time has come are looked at; each is broken once, however many workers look."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F

from goodwill.adapters import schedules
from goodwill.domain.entries import Entry
from goodwill.domain.promises import read_clock
from goodwill.domain.records import broken_as, lead_seconds, next_look
from goodwill.domain.targets import Outcome, Standing
from goodwill.domain.versions import HoursVersion
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.store import journal
from goodwill.store.calendars import CalendarVersion
from goodwill.store.journal import JournalEntry
from goodwill.store.policies import PolicyVersion
from goodwill.store.promises import Promise
from goodwill.store.shipment_reports import ShipmentReport

BATCH = 1000
"""Rows of one transaction."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: promises looked at, broken, and newly at risk."""

    seen: int = 0
    broken: int = 0
    at_risk: int = 0


def check(ids: Sequence[int], *, at: datetime, by: Viewer = OPERATOR) -> Swept:
    """Look at these promises at a moment, in transactions of at most a thousand rows.

    One whose due moment has passed is broken, once; one that runs out of time, or depends on one that will be late,
    is at risk; every other gets the moment of its next look. A promise that another worker holds, or that has been
    looked at meanwhile, is left to that worker.
    """
    seen = broken = at_risk = 0
    for begin in range(0, len(ids), BATCH):
        part = _check_batch(ids[begin : begin + BATCH], at=at, by=by)
        seen, broken, at_risk = seen + part.seen, broken + part.broken, at_risk + part.at_risk
    return Swept(seen, broken, at_risk)


@transaction.atomic
def _check_batch(ids: Sequence[int], *, at: datetime, by: Viewer) -> Swept:
    waking = Promise.objects.filter(pk__in=ids, settled_at__isnull=True, wakes_at__lte=at).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        waking = waking.select_for_update(skip_locked=True)
    overdue = [Overdue(*row) for row in waking.filter(due_at__lt=at).values_list(*Overdue._fields)]
    broken = [row for row in overdue if row.outcome == Outcome.OPEN]
    _break(broken, at=at, by=by)
    if len(broken) < len(overdue):
        # A broken promise sleeps until somebody fulfils it; this one was woken by what it depends on.
        Promise.objects.filter(pk__in=[row.pk for row in overdue], wakes_at__lte=at).update(wakes_at=None)
    rows = list(waking.filter(due_at__gte=at))
    at_risk = _reread(rows, at=at, by=by) + warn_dependants([row.pk for row in broken], at=at, by=by)
    return Swept(len(overdue) + len(rows), len(broken), at_risk)


class Overdue(NamedTuple):
    """What is needed of a promise to break it: fetched by the thousand, so no more than this."""

    pk: int
    customer_id: int
    order_id: int | None
    policy_id: int | None
    due_at: datetime
    warned_at: datetime | None
    is_history: bool
    outcome: str


def _break(rows: Sequence[Overdue], *, at: datetime, by: Viewer) -> None:
    """Break promises whose due moment has passed: one UPDATE for each outcome, and all entries at one stroke."""
    by_outcome: dict[Outcome, list[Overdue]] = defaultdict(list)
    for row in rows:
        by_outcome[broken_as(row.due_at, row.warned_at, is_history=row.is_history)].append(row)
    for outcome, those in by_outcome.items():
        Promise.objects.filter(pk__in=[row.pk for row in those], outcome=Outcome.OPEN.value).update(
            outcome=outcome.value,
            standing=Standing.LATE.value,
            broken_at=F("due_at"),
            wakes_at=None,
            version=F("version") + 1,
        )
        journal.write_many(broken_entry(row, outcome, at=at, by=by) for row in those)


def broken_entry(
    row: Overdue | Promise, outcome: Outcome, *, at: datetime, by: Viewer
) -> tuple[journal.Plain, dict[str, Any]]:
    """The entry of a break: it happened when the promise came due, whenever it was noticed."""
    kind = Entry.PROMISE_BROKEN.value
    return (
        (kind, row.due_at, at, by.person_id, row.customer_id, row.order_id, row.pk, row.policy_id),
        {"outcome": outcome.value, "lead_seconds": lead_seconds(row.due_at, row.warned_at)},
    )


def _reread(rows: Sequence[Promise], *, at: datetime, by: Viewer) -> int:
    """Read the clocks of promises not yet due; how many are newly at risk."""
    if not rows:
        return 0
    threatened = _threatened(rows) | ShipmentReport.objects.slipping(row.pk for row in rows)
    policies = PolicyVersion.objects.in_bulk({row.policy_id for row in rows if row.policy_id})
    hours = _hours({row.calendar_id for row in rows if row.calendar_id})
    entries: list[JournalEntry] = []
    for row in rows:
        policy = policies.get(row.policy_id or 0) or PolicyVersion(from_on=row.promised_on)
        schedule = schedules.of(hours.get(row.calendar_id or 0, ()), zone=row.zone, at=at)
        record = row.record()
        terms = record.terms(schedule, policy.facts(), depends_late=row.pk in threatened)
        read = read_clock(terms, record.events(), at=at)
        standing = read.standing or Standing.ON_TIME
        if standing is Standing.AT_RISK and row.standing != Standing.AT_RISK:
            entries.append(at_risk_entry(row, at=at, by=by, because="depends" if row.pk in threatened else "time"))
        row.standing = standing.value
        row.wakes_at = next_look(at, read.wakes_at, row.due_at)
    Promise.objects.bulk_update(rows, ["standing", "wakes_at"], batch_size=200)
    JournalEntry.objects.bulk_create(entries)
    return len(entries)


def at_risk_entry(row: Promise, *, at: datetime, by: Viewer, because: str) -> JournalEntry:
    """The entry of a promise that came at risk, `because` its time runs out or because of one it depends on."""
    return journal.entry(
        Entry.PROMISE_AT_RISK,
        by=by,
        at=at,
        customer_id=row.customer_id,
        order_id=row.order_id,
        promise_id=row.pk,
        policy_id=row.policy_id,
        because=because,
        left_seconds=int((row.due_at - at).total_seconds()),
    )


def warn_dependants(ids: Iterable[int], *, at: datetime, by: Viewer) -> int:
    """Everything that depends on these, however far down, is at risk; how many newly are.

    What another worker holds at this moment is woken once that worker is done: waiting for it here could end in two
    workers waiting for each other.
    """
    found, held = 0, set[int]()
    known = set(ids)
    level = set(known)
    while level:
        below = Promise.objects.filter(depends_on_id__in=level, settled_at__isnull=True, is_history=False)
        level = set(below.values_list("pk", flat=True)) - known
        known |= level
        those = Promise.objects.filter(
            pk__in=level, outcome=Outcome.OPEN.value, standing=Standing.ON_TIME.value
        ).order_by("pk")
        expected = set(those.values_list("pk", flat=True))
        if connection.features.has_select_for_update_skip_locked:
            those = those.select_for_update(skip_locked=True)
        rows = list(those)
        held |= expected - {row.pk for row in rows}
        Promise.objects.filter(pk__in=[row.pk for row in rows]).update(standing=Standing.AT_RISK.value)
        JournalEntry.objects.bulk_create([at_risk_entry(row, at=at, by=by, because="depends") for row in rows])
        found += len(rows)
    if held:
        woken = Promise.objects.filter(pk__in=held, outcome=Outcome.OPEN.value)
        transaction.on_commit(lambda: woken.update(wakes_at=at) and None)
    return found


def wake_dependants(promise_id: int, *, at: datetime) -> None:
    """What depends on this is looked at again soon: its danger may be over."""
    known, level = {promise_id}, {promise_id}
    while level:
        below = Promise.objects.filter(depends_on_id__in=level, settled_at__isnull=True, is_history=False)
        level = set(below.values_list("pk", flat=True)) - known
        known |= level
    Promise.objects.filter(pk__in=known - {promise_id}, outcome=Outcome.OPEN.value).update(wakes_at=at)


def _threatened(rows: Sequence[Promise]) -> set[int]:
    """Of these, the ones that depend, however far up, on a promise that is late, that the customer was warned of, or
    that a driver said will slip."""
    above = {row.pk: row.depends_on_id for row in rows if row.depends_on_id is not None}
    parents: dict[int, int | None] = {}
    slipping: set[int] = set()
    asked: set[int] = set()
    level: set[int] = set(above.values())
    while level := level - asked:
        asked |= level
        owed = Promise.objects.filter(pk__in=level, settled_at__isnull=True)
        for row_id, parent, late in owed.values_list("pk", "depends_on_id", "standing"):
            parents[row_id] = parent
            if late == Standing.LATE:
                slipping.add(row_id)
        slipping |= set(owed.filter(warned_at__isnull=False).values_list("pk", flat=True))
        slipping |= ShipmentReport.objects.slipping(owed.values_list("pk", flat=True))
        level = {parent for parent in parents.values() if parent is not None}
    return {row_id for row_id, parent in above.items() if _leads_to(parent, parents, slipping)}


def _leads_to(row_id: int | None, parents: dict[int, int | None], slipping: set[int]) -> bool:
    walked: set[int] = set()
    while row_id is not None and row_id not in walked:
        if row_id in slipping:
            return True
        walked.add(row_id)
        row_id = parents.get(row_id)
    return False


def _hours(calendar_ids: set[int]) -> dict[int, tuple[HoursVersion, ...]]:
    found: dict[int, list[HoursVersion]] = defaultdict(list)
    for version in CalendarVersion.objects.filter(calendar_id__in=calendar_ids).order_by("calendar_id", "from_on"):
        found[version.calendar_id].append(version.facts())
    return {calendar_id: tuple(those) for calendar_id, those in found.items()}
