"""Readings: which promises a question is about, and how each of them is read by the rule asked for."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    CharField,
    DurationField,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from goodwill.domain.records import Side
from goodwill.domain.reports import NONE, Figure, Grouping, Question, Rule, bounds_of, month_of
from goodwill.domain.viewers import Viewer
from goodwill.store.orders import OrderLine, Shipment
from goodwill.store.promises import Promise

_BROKEN = Q(outcome__in=Figure.BROKEN.outcomes)
_LINES = OrderLine.objects.filter(order_id=OuterRef("order_id"))
_THROUGH_ORDER = (Grouping.CATEGORY, Grouping.SELLER, Grouping.CARRIER, Grouping.REGION)


def asked(viewer: Viewer, question: Question) -> QuerySet[Any, Any]:
    """Our promises that the question is about and the viewer may see, with `reading` (an outcome) and `acted` (the
    day of the act, where it lies before the moment the question speaks of)."""
    # Said as "not theirs": told "is ours", SQLite takes the index by day for a shortcut where it is a detour.
    promises: QuerySet[Any, Any] = Promise.objects.visible_to(viewer).exclude(side=Side.THEIRS)
    if question.as_of is not None:
        promises = promises.filter(made_at__lte=question.as_of)
    if question.from_on is not None:
        promises = promises.filter(promised_on__gte=question.from_on)
    if question.to_on is not None:
        promises = promises.filter(promised_on__lte=question.to_on)
    for grouping, key in question.within:
        promises = _within(promises, grouping, key)
    if question.by in _THROUGH_ORDER:
        # True of all. `version` is in no index, so SQLite walks the rows themselves, which lie in the order of
        # their orders, and not the index by day, from which every order would be a jump elsewhere.
        promises = promises.filter(version__gte=0)
    read: QuerySet[Any, Any] = promises.annotate(reading=_reading(question, promises), acted=_acted(question))
    return read


def _within(promises: QuerySet[Any, Any], grouping: Grouping, key: str) -> QuerySet[Any, Any]:
    """Only those of one group; raises ValueError for a key that cannot be one."""
    absent = key == NONE
    number = 0 if absent or grouping not in (Grouping.SITE, Grouping.CATEGORY, Grouping.SELLER) else int(key)
    match grouping:
        case Grouping.MONTH:
            first, last = month_of(key)
            return promises.filter(promised_on__range=(first, last))
        case Grouping.SITE:
            return promises.filter(site__isnull=True) if absent else promises.filter(site_id=number)
        case Grouping.REGION:
            nowhere = Q(order__isnull=True) | Q(order__address__isnull=True) | Q(order__address__region="")
            return promises.filter(nowhere if absent else Q(order__address__region=key))
        case Grouping.CATEGORY:
            plain = _LINES.filter(product__category__isnull=True)
            if absent:
                return promises.filter(Exists(plain) | ~Exists(_LINES))
            return promises.filter(Exists(_LINES.filter(product__category_id=number)))
        case Grouping.SELLER:
            if absent:
                return promises.filter(Exists(_LINES.filter(seller__isnull=True)) | ~Exists(_LINES))
            return promises.filter(Exists(_LINES.filter(seller_id=number)))
        case Grouping.CARRIER:
            shipments = Shipment.objects.filter(order_id=OuterRef("order_id"))
            if absent:
                return promises.filter(Exists(shipments.filter(carrier="")) | ~Exists(shipments))
            return promises.filter(Exists(shipments.filter(carrier=key)))
        case Grouping.DELAY_BUCKET:
            if absent:
                return promises.filter(acted_on__isnull=True)
            fewest, most = bounds_of(key)
            after = ExpressionWrapper(F("acted_on") - F("promised_on"), DurationField())
            promises = promises.filter(acted_on__isnull=False).alias(after=after)
            if fewest is not None:
                promises = promises.filter(after__gte=timedelta(days=fewest))
            return promises if most is None else promises.filter(after__lte=timedelta(days=most))


def _acted(question: Question) -> Expression | F:
    if question.as_of is None:
        return F("acted_on")
    return Case(When(acted_at__lte=question.as_of, then=F("acted_on")))


def _reading(question: Question, promises: QuerySet[Any, Any]) -> Expression | F:
    """The outcome by the rule asked for, at the moment asked for."""
    if question.rule is Rule.OWN:
        return F("outcome") if question.as_of is None else _own_at(question.as_of)
    at = question.moment
    acted = Q(acted_at__lte=at) if question.as_of is not None else Q(acted_at__isnull=False)
    withdrawn = Q(outcome="withdrawn")
    if question.as_of is not None:
        withdrawn &= Q(settled_at__lte=at)
    # A promise nobody has fulfilled is broken once its time has passed, except where nobody watched it.
    watched = _BROKEN | Q(is_history=False)
    if question.rule is Rule.MOMENT:
        late = (acted & Q(acted_at__gt=F("promised_at"))) | (~acted & watched & Q(promised_at__lt=at))
    else:
        late = (acted & Q(acted_on__gt=F("promised_on"))) | (~acted & watched & _day_is_over(promises, at))
    warned = Q(warned_at__lt=F("promised_at")) | Q(outcome="broken_warned")
    return Case(
        When(withdrawn, then=Value("withdrawn")),
        When(late & warned, then=Value("broken_warned")),
        When(late & Q(is_history=True), then=Value("broken_unrecorded")),
        When(late, then=Value("broken_silent")),
        When(acted, then=Value("kept")),
        default=Value("open"),
        output_field=CharField(),
    )


def _own_at(as_of: datetime) -> Case:
    """The stored outcome as it stood at a moment: what came later had not happened yet."""
    since_broken = Q(broken_at__lte=as_of) | Q(broken_at__isnull=True, due_at__lte=as_of)
    return Case(
        When(outcome="kept", acted_at__lte=as_of, then=Value("kept")),
        When(outcome="withdrawn", settled_at__lte=as_of, then=Value("withdrawn")),
        When(_BROKEN & since_broken, then=F("outcome")),
        default=Value("open"),
        output_field=CharField(),
    )


def _day_is_over(promises: QuerySet[Any, Any], at: datetime) -> Q:
    """The promised day lies before the local day of the promise's own zone.

    The date differs by at most one day anywhere on earth, so only the zones of the days around are asked for.
    """
    today = at.date()
    over = Q(promised_on__lt=today - timedelta(days=1))
    near = promises.filter(promised_on__range=(today - timedelta(days=1), today + timedelta(days=1)), acted_at=None)
    for zone in near.order_by().values_list("zone", flat=True).distinct():
        over |= Q(zone=zone, promised_on__lt=local_day(at, zone))
    return over


def local_day(at: datetime, zone: str) -> date:
    """The date of a moment in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()
