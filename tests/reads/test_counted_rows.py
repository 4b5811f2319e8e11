"""The database counts promises and ratings as somebody would who looks at each."""

import random
from collections import Counter, defaultdict

import pytest

from goodwill.domain.reports import NONE, Grouping, Question, Rule
from goodwill.reads import month_counts, reports
from goodwill.reads.readings import asked
from goodwill.store.promises import Promise
from tests.cast import NOW, Cast
from tests.reads.happenings import happens, wares


def _keys(promise: Promise, by: Grouping | None) -> set[str]:
    """The groups in which a promise stands, looked up one by one."""
    order = promise.order
    assert order is not None
    match by:
        case Grouping.CATEGORY:
            found = [line.product and line.product.category_id for line in order.lines.all()]
        case Grouping.SELLER:
            found = [line.seller_id for line in order.lines.all()]
        case Grouping.CARRIER:
            found = [shipment.carrier for shipment in order.shipments.all()]  # type: ignore[misc]
        case Grouping.REGION:
            found = [order.address and order.address.region]  # type: ignore[list-item]
        case Grouping.SITE:
            found = [promise.site_id]
        case _:
            return {promise.promised_on.isoformat()[:7] if by else ""}
    return {str(key or NONE) for key in found} or {NONE}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_promises_and_ratings_counted_at_once_are_those_counted_one_by_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(month_counts, "split", lambda *_: None)
    dice = random.Random(seed)
    wares(cast)
    for _ in range(60):
        happens(cast, dice)
    for question in (Question(at=NOW, rule=rule, by=by) for rule in Rule for by in (None, *Grouping)):
        if question.by is Grouping.DELAY_BUCKET:
            continue
        outcomes: dict[str, Counter[str]] = defaultdict(Counter)
        scores: dict[str, list[tuple[int, int]]] = defaultdict(list)
        whole: list[tuple[int, int]] = []
        readings = dict(asked(cast.operator, question).values_list("pk", "reading"))
        for promise in Promise.objects.filter(pk__in=readings):
            assert promise.order is not None
            rated = [(rating.scale, rating.overall or 0) for rating in promise.order.ratings.all()]
            is_decided = readings[promise.pk] not in ("open", "withdrawn")
            whole += rated if is_decided else []
            for key in _keys(promise, question.by):
                outcomes[key][readings[promise.pk]] += 1
                scores[key] += rated if is_decided else []
        report = reports.promises(cast.operator, question)
        assert (report.total.n + report.total.open + report.total.withdrawn) == len(readings)
        assert report.total.ratings_kept.n + report.total.ratings_broken.n == sum(
            scale == report.scale for scale, _ in whole
        )
        for line in report.lines if question.by else (report.total,):
            told = {reading: getattr(line, reading) for reading in outcomes[line.key]}
            assert told == outcomes[line.key], (question, line)
            of_scale = [score for scale, score in scores[line.key] if scale == report.scale]
            sides = [side for side in (line.ratings_kept, line.ratings_broken) if side.mean is not None]
            assert sum(side.n for side in sides) == len(of_scale)
            assert float(sum(side.n * (side.mean or 0) for side in sides)) == pytest.approx(sum(of_scale), abs=0.01)
        assert {line.key for line in report.lines} == (set(outcomes) if question.by else set())
