"""The promise report: how many promises were kept and broken, how silently, and what customers said of each."""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import QuerySet

from goodwill.domain.reports import BUCKETS, NONE, Figure, Grouping, Question, Rule, bucket_of
from goodwill.domain.shares import Share, share_of
from goodwill.domain.viewers import Viewer
from goodwill.reads import month_counts
from goodwill.reads.readings import asked
from goodwill.store import tallies
from goodwill.store.month_tallies import lead
from goodwill.store.products import Category, Seller
from goodwill.store.sites import Site

_NAMED = {Grouping.SITE: Site, Grouping.CATEGORY: Category, Grouping.SELLER: Seller}
_BROKEN = frozenset(Figure.BROKEN.outcomes)


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings of the orders behind some promises: how many rows, and their mean (None of none)."""

    n: int = 0
    mean: Decimal | None = None

    def as_json(self) -> dict[str, int | float | None]:
        """The wire shape; the mean to four decimal places."""
        return {"n": self.n, "mean": None if self.mean is None else float(self.mean)}


@dataclass(frozen=True, slots=True)
class Line:
    """One group of promises. `key` finds the group again ("-" for those without one); `label` is its name.

    `n` is kept and broken together: what is open or withdrawn has not been decided.
    """

    key: str
    label: str | None
    kept: int
    broken_warned: int
    broken_silent: int
    broken_unrecorded: int
    withdrawn: int
    open: int
    ratings_kept: Ratings
    ratings_broken: Ratings

    @property
    def broken(self) -> int:
        """Broken in any way."""
        return self.broken_warned + self.broken_silent + self.broken_unrecorded

    @property
    def n(self) -> int:
        """Kept or broken."""
        return self.kept + self.broken

    @property
    def share_broken(self) -> Share | None:
        """The share of n that was broken; None of nothing."""
        return share_of(self.broken, self.n)

    def as_json(self) -> dict[str, Any]:
        """The wire shape of decisions.md, without the key."""
        share = self.share_broken
        return {
            "n": self.n,
            "kept": self.kept,
            "broken": self.broken,
            "broken_warned": self.broken_warned,
            "broken_silent": self.broken_silent,
            "broken_unrecorded": self.broken_unrecorded,
            "withdrawn": self.withdrawn,
            "open": self.open,
            "share_broken": None if share is None else share.as_json(),
            "ratings": {"kept": self.ratings_kept.as_json(), "broken": self.ratings_broken.as_json()},
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The answer. `scale` is the scale on which most ratings were given (only those are counted); `warned_lead` the
    median time between the warning and the due moment of promises broken with a warning; `labels` names what the
    question is narrowed to."""

    question: Question
    total: Line
    lines: tuple[Line, ...]
    scale: int | None
    warned_lead: timedelta | None
    labels: dict[Grouping, str | None]

    def as_json(self) -> dict[str, Any]:
        """The wire shape of `report promises`."""
        asked_for = self.question
        filters: dict[str, str | None] = {grouping.value: label for grouping, label in self.labels.items()}
        if asked_for.from_on is not None:
            filters["from"] = asked_for.from_on.isoformat()
        if asked_for.to_on is not None:
            filters["to"] = asked_for.to_on.isoformat()
        return {
            "as_of": asked_for.moment.isoformat(),
            "rule": asked_for.rule.value,
            "filters": filters,
            **self.total.as_json(),
            "by": [{"key": line.label, **line.as_json()} for line in self.lines],
        }


@dataclass(slots=True)
class _Tally:
    """What is being counted of one group."""

    outcomes: Counter[str] = field(default_factory=Counter)
    scores: dict[tuple[bool, int], tuple[int, int]] = field(default_factory=dict)
    """How many ratings, and the sum of their scores, by broken or not and by scale."""

    def count(self, reading: str, scale: int, n: int, total: int) -> None:
        """So many promises read so (`scale` 0), or ratings of such with scores that add up to `total`."""
        if scale == 0:
            self.outcomes[reading] += n
        elif reading == "kept" or reading in _BROKEN:
            self._rate((reading in _BROKEN, scale), n, total)

    def add(self, other: "_Tally") -> None:
        """What another group holds."""
        self.outcomes.update(other.outcomes)
        for side, (n, total) in other.scores.items():
            self._rate(side, n, total)

    def _rate(self, side: tuple[bool, int], n: int, total: int) -> None:
        had, summed = self.scores.get(side, (0, 0))
        self.scores[side] = (had + n, summed + total)

    def line(self, key: str, label: str | None, scale: int | None) -> Line:
        return Line(
            key=key,
            label=label,
            kept=self.outcomes["kept"],
            broken_warned=self.outcomes["broken_warned"],
            broken_silent=self.outcomes["broken_silent"],
            broken_unrecorded=self.outcomes["broken_unrecorded"],
            withdrawn=self.outcomes["withdrawn"],
            open=self.outcomes["open"],
            ratings_kept=self._ratings(False, scale),
            ratings_broken=self._ratings(True, scale),
        )

    def _ratings(self, broken: bool, scale: int | None) -> Ratings:
        n, total = self.scores.get((broken, scale or 0), (0, 0))
        return Ratings(n, round(Decimal(total) / n, 4)) if n else Ratings()


def promises(viewer: Viewer, question: Question) -> Report:
    """The promise report for what this viewer may see. Raises ValueError for a group key that cannot exist."""
    about = asked(viewer, question)
    rows = about.values("id", "order_id", "promised_on", "site_id", "acted", "reading")
    told = wholly_told = month_counts.split(viewer, question, rows)
    groups: dict[str, _Tally] = {}
    whole = _Tally()
    if question.by in tallies.SEVERAL:
        undivided = replace(question, by=None)
        wholly_told = told.undivided if told else month_counts.split(viewer, undivided, rows)
        # where both leave the same rows to be counted, they are counted together
        is_together = bool(told) == bool(wholly_told)
        _count(groups, rows, told, question, whole if is_together else None)
        if wholly_told:
            _count({"": whole}, None if is_together else rows, wholly_told, undivided)
    else:
        _count(groups, rows, told, question)
        for group in groups.values():
            whole.add(group)
    scales: Counter[int] = Counter()
    for (_, on), (n, _) in whole.scores.items():
        scales[on] += n
    # of two scales on which equally many were given, the finer one: the answer must not hang on the rows' order
    scale = max(scales, key=lambda one: (scales[one], one), default=None)
    lines: tuple[Line, ...] = ()
    if question.by is not None:
        names = labels_of(question.by, groups)
        lines = tuple(sorted((t.line(k, names[k], scale) for k, t in groups.items()), key=_place(question.by)))
    return Report(
        question=question,
        total=whole.line("", None, scale),
        lines=lines,
        scale=scale,
        warned_lead=_warned_lead(rows, wholly_told) if whole.outcomes["broken_warned"] else None,
        labels=labels_of_question(question),
    )


def labels_of_question(question: Question) -> dict[Grouping, str | None]:
    """The names of what the question is narrowed to. Raises ValueError for a key that cannot exist."""
    return {grouping: labels_of(grouping, [key])[key] for grouping, key in question.within}


def labels_of(by: Grouping, keys: Iterable[str]) -> dict[str, str | None]:
    """The names of these keys of a grouping; None for those without one and for what has gone."""
    if by not in _NAMED:
        return {key: None if key == NONE else key for key in keys}
    ids = [int(key) for key in keys if key != NONE]
    found: dict[int, str] = dict(_NAMED[by]._default_manager.filter(pk__in=ids).values_list("pk", "name"))
    return {key: None if key == NONE else found.get(int(key)) for key in keys}


def _count(
    groups: dict[str, _Tally],
    rows: QuerySet[Any, Any] | None,
    told: month_counts.Split | None,
    question: Question,
    whole: _Tally | None = None,
) -> None:
    """Add what the months' tallies say, where they can, and beside it what only the rows can say; without `rows`, what
    the tallies say. Of the rows, `whole` gets what is in all groups together."""
    by = question.by
    if told is not None:
        for key, reading, scale, n, total in month_counts.told_of(told, by):
            name = "" if by is None else NONE if key is None else str(key)[:7] if by is Grouping.MONTH else str(key)
            groups.setdefault(name, _Tally()).count(reading, scale, n, total)
    stored = question.rule is Rule.OWN and question.as_of is None
    for rest in () if rows is None else (rows,) if told is None else told.rest:
        counted = tallies.counted(rest, by, question.as_of, stored=stored, whole=whole is not None)
        for is_whole, *keys, reading, scale, score, n in counted:
            if is_whole and whole is not None:
                whole.count(reading, scale, n, n * score)
            else:
                groups.setdefault(_key(by, keys, reading), _Tally()).count(reading, scale, n, n * score)


def _key(by: Grouping | None, keys: list[Any], reading: str) -> str:
    if by is None:
        return ""
    if by is Grouping.MONTH:
        return str(keys[0])[:7]
    if by is Grouping.DELAY_BUCKET:
        promised, acted = keys
        if acted is None or reading in ("open", "withdrawn"):
            return NONE
        return bucket_of((_day(acted) - _day(promised)).days)
    return NONE if keys[0] in (None, "") else str(keys[0])


def _day(value: date | str) -> date:
    # SQLite gives a day as it stores it, as text.
    return date.fromisoformat(value) if isinstance(value, str) else value


def _place(by: Grouping) -> Any:
    if by is Grouping.MONTH:
        return lambda line: line.key
    if by is Grouping.DELAY_BUCKET:
        order = [name for name, _, _ in BUCKETS] + [NONE]
        return lambda line: order.index(line.key)
    return lambda line: (line.key == NONE, -line.n, line.label or "", line.key)


def _warned_lead(rows: QuerySet[Any, Any], told: month_counts.Split | None) -> timedelta | None:
    leads = array("q")
    if told is not None:
        for some in month_counts.leads_of(told):
            leads.extend(some)
    for rest in (rows,) if told is None else told.rest:
        warned = rest.filter(reading="broken_warned", warned_at__isnull=False).order_by()
        pairs = warned.values_list("warned_at", "due_at").iterator(chunk_size=5_000)
        leads.extend(lead(warned_at, due_at) for warned_at, due_at in pairs)
    return timedelta(seconds=round(median(leads) / 1_000_000)) if leads else None
