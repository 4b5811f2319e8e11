"""Month counts: what the months' tallies say of a question, and what is left to be counted from the rows."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from goodwill.domain.reports import NONE, Grouping, Question, Rule, month_of
from goodwill.domain.roles import Scope
from goodwill.domain.viewers import Viewer
from goodwill.store.among import among
from goodwill.store.customers import Customer
from goodwill.store.month_tallies import MonthTally, last_day, stale_months, unpacked
from goodwill.store.promises import Promise
from goodwill.store.tallies import SEVERAL

_EVERYWHERE = frozenset({Grouping.MONTH, Grouping.SITE})
"""Every tally knows these."""
_COLUMN = {Grouping.MONTH: "month", Grouping.SITE: "site_id"}
_NUMBERED = frozenset({Grouping.CATEGORY, Grouping.SELLER})


@dataclass(frozen=True, slots=True)
class Split:
    """`told` are tallies that hold, of sites that the viewer sees whole; `rest` are the promises they leave out. `once`
    are tallies of the same promises in which each stands once."""

    told: QuerySet[MonthTally, MonthTally]
    once: QuerySet[MonthTally, MonthTally]
    rest: tuple[QuerySet[Any, Any], ...]

    @property
    def undivided(self) -> "Split":
        """The same without the grouping."""
        return Split(self.once, self.once, self.rest)


def split(viewer: Viewer, question: Question, about: QuerySet[Any, Any]) -> Split | None:
    """How to answer a question about these promises (all that it is about) with tallies; None where they cannot.

    They know months and sites and one more grouping at a time, as things stand now; and they know nothing of
    customers, so that they serve viewers who see whole sites.
    """
    kept_by = _kept_by(question)
    if question.as_of is not None or kept_by is None or viewer.scope not in (Scope.ALL, Scope.UNIT):
        return None
    live = _live_months(question)
    told = MonthTally.objects.filter(rule=question.rule.value).exclude(month__in=live)
    for grouping, key in question.within:
        told = _within(told, grouping, key)
    if question.from_on is not None:
        told = told.filter(month__gte=question.from_on)
    if question.to_on is not None:
        told = told.filter(month__lte=question.to_on)
    in_live = Q(pk__in=[])
    for month in live:
        in_live |= Q(promised_on__range=(month, last_day(month)))
    rest = [about.filter(in_live)] if live else []
    others = about.exclude(in_live) if live else about
    if question.rule is not Rule.OWN:
        # how these are read depends on the moment of asking
        rest.append(others.filter(settled_at__isnull=True))
        others = others.filter(settled_at__isnull=False)
    if viewer.scope is Scope.UNIT:
        told = told.filter(site_id__in=viewer.site_ids)
        elsewhere = set(_answered_for_elsewhere(viewer))  # asked once, however often the rest is
        rest += [others.filter(pk__in=among(elsewhere))] if elsewhere else []
    by = told.filter(grouping=kept_by.value)
    once = told.filter(grouping=Grouping.DELAY_BUCKET.value) if question.by in SEVERAL else by
    return Split(by, once, tuple(rest))


def told_of(split: Split, by: Grouping | None) -> list[tuple[Any, str, int, int, int]]:
    """Key of the grouping (None for none), reading, scale (0: promises, not ratings), number, sum of the scores."""
    keys = [_COLUMN.get(by, "key")] if by else []
    rows = split.told.order_by().values_list(*keys, "reading", "scale")
    return [(row[0] if by else None, *row[-4:]) for row in rows.annotate(number=Sum("n"), sum=Sum("total"))]


def leads_of(split: Split) -> "Iterator[array[int]]":
    """How early, in microseconds, the promises that the tallies call broken with a warning were warned of."""
    for leads in split.told.exclude(leads=None).order_by().values_list("leads", flat=True):
        yield unpacked(bytes(leads or b""))


def _kept_by(question: Question) -> Grouping | None:
    """The grouping whose tallies say it; None where no one grouping does.

    An order of several lines stands in several groups: asked for those of one group, the others are none of them.
    """
    asked = [grouping for grouping, _ in question.within] + ([question.by] if question.by else [])
    apart = [grouping for grouping in asked if grouping not in _EVERYWHERE]
    if not apart:
        return Grouping.DELAY_BUCKET
    return apart[0] if len(apart) == 1 or (set(apart) == {apart[0]} and apart[0] not in SEVERAL) else None


def _live_months(question: Question) -> list[date]:
    """Months to be counted from the rows: stale ones, and those of which the question wants a part."""
    live = set(stale_months())
    first, last = question.from_on, question.to_on
    if first is not None and first.day != 1:
        live.add(first.replace(day=1))
    if last is not None and last != last_day(last.replace(day=1)):
        live.add(last.replace(day=1))
    return sorted(live)


def _within(told: QuerySet[MonthTally, MonthTally], grouping: Grouping, key: str) -> QuerySet[MonthTally, MonthTally]:
    """Tallies of one group; the promises' own look-up has refused keys that cannot exist."""
    match grouping:
        case Grouping.MONTH:
            return told.filter(month=month_of(key)[0])
        case Grouping.SITE:
            return told.filter(site_id=int(key)) if key != NONE else told.filter(site_id__isnull=True)
        case _:
            return told.filter(key=str(int(key)) if grouping in _NUMBERED and key != NONE else key)


def _answered_for_elsewhere(viewer: Viewer) -> QuerySet[Any, int]:
    """Promises outside the viewer's sites that a viewer of whole sites sees for another reason, each reason by its
    own index."""
    person_id = viewer.person_id or 0
    mine = Customer.objects.filter(owner_id=person_id).values("pk")
    deputy = Customer.objects.filter(deputy_id=person_id).values("pk")
    elsewhere = Q(site_id__isnull=True) | ~Q(site_id__in=viewer.site_ids)
    rows = Promise.objects.filter(elsewhere).order_by().values_list("pk", flat=True)
    return rows.filter(person_id=person_id).union(
        rows.filter(unit_id__in=viewer.unit_ids),
        rows.filter(customer_id__in=mine),
        rows.filter(customer_id__in=deputy),
        all=True,
    )
