"""Notices: the journal is followed, and whoever something concerns is told of it once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Q

from goodwill.actions.firm_days import working_days
from goodwill.domain import notices
from goodwill.domain.entries import Entry
from goodwill.domain.notices import Around, Happened, Kind, Pile, Telling, Way
from goodwill.domain.quiet_hours import awake, next_digest
from goodwill.domain.records import Side
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store.customers import Customer
from goodwill.store.firms import Firm
from goodwill.store.imports import Import
from goodwill.store.journal import JournalEntry
from goodwill.store.notices import Notice, NoticeBookmark, NoticePlan
from goodwill.store.people import Person
from goodwill.store.promises import Promise

BATCH = 1_000
"""Entries of one transaction."""
APART = timedelta(minutes=15)
"""Letters "at once" to one person are at least so far apart: what comes between goes into the next one."""
_COLUMNS = ("pk", "kind", "at", "recorded_at", "actor_id", "customer_id", "promise_id", "import_id", "facts")
_ENDED = (
    Entry.PROMISE_KEPT.value,
    Entry.PROMISE_FULFILLED_LATE.value,
    Entry.PROMISE_WITHDRAWN.value,
)
_Key = tuple[int, str, datetime]
"""Person, kind and hour: what is gathered together."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How many entries were read, and how many things people were told of."""

    entries: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class _Case:
    """An entry with whom it is told to, and the ids it is about."""

    happened: Happened
    telling: Telling
    order_id: int | None


def follow(*, at: datetime) -> Followed:
    """Read the next thousand entries of the journal, and tell whoever they concern; nothing where there are none.

    Notices and the place reached are one transaction, so that a worker killed at any moment tells nothing twice and
    leaves nothing out; of two workers, one reads on. The first call of all only notes where the journal ends: what
    happened before is nobody's news.
    """
    mark = NoticeBookmark.objects.filter(pk=1).first()
    if mark is None:
        _begin(at)
        return Followed()
    if not JournalEntry.objects.filter(pk__gt=mark.last_id).exists():
        return Followed()
    return _read_on(mark.last_id, at=at)


def _begin(at: datetime) -> None:
    newest = JournalEntry.objects.settled_after(0).order_by("-pk").values_list("pk", flat=True).first()
    try:
        with transaction.atomic():
            NoticeBookmark.objects.create(pk=1, last_id=newest or 0, moved_at=at)
    except IntegrityError:
        return  # another worker was here first


@transaction.atomic
def _read_on(last_id: int, *, at: datetime) -> Followed:
    rows = list(JournalEntry.objects.settled_after(last_id).values_list(*_COLUMNS, "order_id")[:BATCH])
    if not rows:
        return Followed()
    # The compare-and-set comes before everything: whoever loses it has read the same entries and tells nobody.
    if not NoticeBookmark.objects.filter(pk=1, last_id=last_id).update(last_id=rows[-1][0], moved_at=at):
        return Followed()
    entries = [Happened(*row[:-1]) for row in rows]
    _settle(entries, at=at)
    orders = {row[0]: row[-1] for row in rows}
    return Followed(len(rows), _tell(_cases(entries, orders, at=at), at=at))


def _settle(entries: Sequence[Happened], *, at: datetime) -> None:
    """What nobody has read yet and is over meanwhile, is done: a promise that was kept is at risk no longer."""
    ended = _some(entry.promise_id for entry in entries if entry.kind in _ENDED)
    broken = _some(entry.promise_id for entry in entries if entry.kind == Entry.PROMISE_BROKEN)
    over = Q(promise_id__in=ended, kind__in=[Kind.PROMISE_AT_RISK.value, Kind.PROMISE_BROKEN.value])
    over |= Q(promise_id__in=broken, kind=Kind.PROMISE_AT_RISK.value)
    if ended or broken:
        Notice.objects.unread().filter(over).update(done_at=at)


def _cases(entries: Sequence[Happened], orders: dict[int, int | None], *, at: datetime) -> list[_Case]:
    """Everyone whom these entries would be told to, were they here and could they see it."""
    worth = [entry for entry in entries if notices.is_worth_telling(entry, at=at)]
    around = _Surroundings(worth)
    told_by_moves = notices.spoken_in_moves(entries)
    over = {entry.promise_id for entry in entries if entry.kind in (*_ENDED, Entry.PROMISE_BROKEN)}
    return [
        _Case(entry, telling, orders[entry.entry_id])
        for entry in worth
        if entry.fact("interaction_id") not in told_by_moves or entry.kind != Entry.INTERACTION_RECORDED
        if entry.kind != Entry.PROMISE_AT_RISK or entry.promise_id not in over
        for telling in notices.tell(entry, around.of(entry))
    ]


class _Surroundings:
    """Who stands around the entries of a batch: three questions to the database, however many entries."""

    def __init__(self, entries: Sequence[Happened]) -> None:
        promise_ids = _some(entry.promise_id for entry in entries)
        promises = Promise.objects.filter(pk__in=promise_ids)
        self.promises = {
            row[0]: row[1:] for row in promises.values_list("pk", "person_id", "unit__chief_id", "is_history", "side")
        }
        customers = Customer.objects.filter(pk__in=_some(entry.customer_id for entry in entries))
        self.customers = {row[0]: row[1:] for row in customers.values_list("pk", "owner_id", "deputy_id", "erased_at")}
        imports = Import.objects.filter(pk__in=_some(entry.import_id for entry in entries))
        self.imports = dict(imports.values_list("pk", "person_id"))

    def of(self, entry: Happened) -> Around:
        """The people around one entry; nobody around rows that are gone."""
        owner_id, deputy_id, erased_at = self.customers.get(entry.customer_id or 0, (None, None, None))
        gone = (None, None, True, Side.OURS.value)
        owes_id, chief_id, is_history, side = self.promises.get(entry.promise_id or 0, gone)
        return Around(
            owner_id=owner_id,
            deputy_id=deputy_id,
            owes_id=owes_id,
            chief_id=chief_id if owes_id is None else None,
            began_id=self.imports.get(entry.import_id or 0),
            is_history=is_history,
            is_ours=side == Side.OURS.value,
            is_erased=erased_at is not None,
        )


def _tell(cases: Sequence[_Case], *, at: datetime) -> int:
    """Write the notices of those who are here, want to hear of it and may see it; how many things they were told."""
    by_person: dict[int, list[_Case]] = defaultdict(list)
    for case in cases:
        by_person[case.telling.person_id].append(case)
    firm = Firm.the()
    plans = {plan.person_id: plan for plan in NoticePlan.objects.select_for_update().filter(person_id__in=by_person)}
    told = 0
    for person in Person.objects.active().filter(pk__in=by_person).order_by("pk"):
        plan = plans.get(person.pk) or NoticePlan(person=person)
        wanted = [
            case
            for case in by_person[person.pk]
            if plan.way(case.telling.kind) is not Way.NOTHING
            and notices.is_news(case.happened, person.joined_at, at=at)
        ]
        viewer = person.viewer(zone=firm.zone if firm else "UTC")
        seen = _visible(wanted, viewer)
        if seen:
            told += _write(seen, at=at)
            _wake(plan, {case.telling.kind for case in seen}, viewer, at=at)
    return told


def _visible(cases: Sequence[_Case], viewer: Viewer) -> list[_Case]:
    promises = set(
        Promise.objects.visible_to(viewer)
        .filter(pk__in=_some(case.happened.promise_id for case in cases))
        .values_list("pk", flat=True)
    )
    customers: set[int] = set()
    if viewer.may(May.SEE_CUSTOMERS):
        ids = _some(case.happened.customer_id for case in cases if case.happened.promise_id is None)
        customers = set(Customer.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))

    def is_seen(case: _Case) -> bool:
        if case.telling.kind is Kind.IMPORT_ENDED:
            return viewer.may(May.IMPORT)
        if case.happened.promise_id is not None:
            return case.happened.promise_id in promises
        return case.happened.customer_id in customers

    return [case for case in cases if is_seen(case)]


def _write(cases: Sequence[_Case], *, at: datetime) -> int:
    """One person's new notices, each pile of an hour gathered anew; how many things were added."""
    groups: dict[_Key, list[_Case]] = defaultdict(list)
    for case in cases:
        groups[(case.telling.person_id, case.telling.kind.value, notices.hour_of(case.happened.recorded_at))].append(
            case
        )
    added = 0
    for key, those in groups.items():
        there = list(Notice.objects.filter(person_id=key[0], kind=key[1], hour_at=key[2]).order_by("entry_id"))
        before = _pile(there)
        after = notices.add(before, [case.happened.entry_id for case in those])
        added += after.count - before.count
        new = [case for case in those if case.happened.entry_id > before.last_entry_id]
        if after.gathered and new:
            _gather(key, there, new, after, at=at)
        elif new:
            Notice.objects.bulk_create(_alone(key, case, at=at) for case in new)
    return added


def _pile(there: Sequence[Notice]) -> Pile:
    gathered = sum(row.count for row in there if row.count > 1)
    alone = tuple(row.entry_id for row in there if row.count == 1)
    return Pile(alone, gathered, max((row.last_entry_id for row in there), default=0))


def _alone(key: _Key, case: _Case, *, at: datetime) -> Notice:
    happened, telling = case.happened, case.telling
    return Notice(
        person_id=key[0],
        kind=key[1],
        hour_at=key[2],
        why=telling.why.value,
        code=telling.code,
        entry_id=happened.entry_id,
        last_entry_id=happened.entry_id,
        customer_id=happened.customer_id,
        order_id=case.order_id,
        promise_id=happened.promise_id,
        import_id=happened.import_id if telling.kind is Kind.IMPORT_ENDED else None,
        made_at=at,
    )


def _gather(key: _Key, there: Sequence[Notice], new: Sequence[_Case], pile: Pile, *, at: datetime) -> None:
    """Put a pile into one unread notice that names no subject, in place of those it gathers."""
    first = there[0] if there else None
    Notice.objects.filter(pk__in=[row.pk for row in there]).delete()
    Notice.objects.create(
        person_id=key[0],
        kind=key[1],
        hour_at=key[2],
        why=_same([row.why for row in there] + [case.telling.why.value for case in new]),
        code=_same([row.code for row in there] + [case.telling.code for case in new]),
        entry_id=first.entry_id if first else new[0].happened.entry_id,
        last_entry_id=pile.last_entry_id,
        count=pile.count,
        made_at=at,
    )


def _some(ids: Iterable[int | None]) -> set[int]:
    return {one for one in ids if one is not None}


def _same(words: Iterable[str]) -> str:
    """The word that all share, or none."""
    found = set(words)
    return found.pop() if len(found) == 1 else ""


def _wake(plan: NoticePlan, kinds: set[Kind], viewer: Viewer, *, at: datetime) -> None:
    """Note when the letters of new notices are due, unless one is due already."""
    ways = {plan.way(kind) for kind in kinds}
    is_working = working_days(at)
    changed = []
    if Way.AT_ONCE in ways and plan.letter_wakes_at is None:
        earliest = at if plan.lettered_at is None else max(at, plan.lettered_at + APART)
        plan.letter_wakes_at = awake(earliest, plan.rest(viewer.zone), is_working)
        changed.append("letter_wakes_at")
    if Way.DIGEST in ways and plan.digest_wakes_at is None:
        plan.digest_wakes_at = next_digest(at, plan.digest_at, ZoneInfo(viewer.zone), is_working)
        changed.append("digest_wakes_at")
    if plan._state.adding:
        plan.save(force_insert=True)
    elif changed:
        plan.save(update_fields=changed)


def forget(before: datetime) -> int:
    """Remove notices that were read, or settled unread, before this moment; returns how many."""
    return Notice.objects.filter(Q(seen_at__lt=before) | Q(seen_at__isnull=True, done_at__lt=before)).delete()[0]
