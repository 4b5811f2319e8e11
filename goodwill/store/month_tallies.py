"""Month tallies: our promises and their ratings already counted by month, so that a report need not count a million.

They are derived. Triggers (`month_triggers`) mark a month as stale in the transaction of whatever changes what is
counted of it; a stale month is counted from its rows until somebody counts it anew. So a report is exact at any time,
and quick once the worker has been by.
"""

from array import array
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from goodwill.domain.reports import BUCKETS, NONE, Grouping, Rule
from goodwill.store import bulk
from goodwill.store.promises import Promise
from goodwill.store.tallies import SEVERAL, THROUGH_ORDER

KEPT_BY = (Grouping.DELAY_BUCKET, *THROUGH_ORDER)
"""The groupings of the tallies, each apart. By days after the promised day every promise stands once."""


class StaleMonth(models.Model):
    """A month (its first day) whose tally does not hold. On PostgreSQL each transaction leaves a mark of its own
    (`xact`), so that counting a month anew never takes away the mark of one that has not ended yet."""

    month = models.DateField()
    xact = models.BigIntegerField(default=0)

    class Meta:
        """One mark of one transaction."""

        constraints = [models.UniqueConstraint(fields=["month", "xact"], name="stale_month_once")]


class MonthTally(models.Model):
    """So many promises due in a month are in this group of a grouping and read so by a rule (`scale` 0), or were rated
    on this scale (`scale` above), with so much in `total`.

    By the rules that are no promise's own, only what is settled is counted here: how the rest is read depends on the
    moment of asking. `leads` are how early each was warned of (`packed`), where it was.
    """

    month = models.DateField()
    rule = models.CharField(max_length=12)
    grouping = models.CharField(max_length=12)
    key = models.CharField(max_length=80)
    site_id = models.BigIntegerField(null=True)
    reading = models.CharField(max_length=20)
    scale = models.PositiveSmallIntegerField(default=0)
    n = models.PositiveIntegerField()
    total = models.BigIntegerField(default=0)
    leads = models.BinaryField(null=True)

    class Meta:
        """A rule's groupings, their months in order."""

        indexes = [models.Index(fields=["rule", "grouping", "month"], name="month_tally_by_rule")]


_ONE_MONTH = ("jit = off", "enable_hashjoin = off", "enable_mergejoin = off", "work_mem = '32MB'")
"""What a month's orders have is looked up through the indexes: PostgreSQL would read the lines of all months for it,
and compile the question for longer than it takes."""

_MINE = -1
"""No transaction has this number."""

_COLUMNS = ("month", "rule", "grouping", "key", "site_id", "reading", "scale", "n", "total", "leads")
_READINGS = ("kept", "broken_warned", "broken_silent", "broken_unrecorded", "withdrawn", "open")
_UNREAD = len(_READINGS)
"""Readings are counted by their place in this list, which databases compare quicker than words."""

_LATE = {Rule.END_OF_DAY: "p.acted_on > p.promised_on", Rule.MOMENT: "p.acted_at > p.promised_at"}
_OWN = "CASE p.outcome " + " ".join(f"WHEN '{reading}' THEN {n}" for n, reading in enumerate(_READINGS)) + " END"
_SETTLED = (
    f"CASE WHEN p.settled_at IS NULL THEN {_UNREAD} WHEN p.outcome = 'withdrawn' THEN {_READINGS.index('withdrawn')} "
    f"WHEN NOT ({{late}}) THEN {_READINGS.index('kept')} "
    f"WHEN p.outcome = 'broken_warned' OR p.warned_at < p.promised_at THEN {_READINGS.index('broken_warned')} "
    f"WHEN p.is_history THEN {_READINGS.index('broken_unrecorded')} ELSE {_READINGS.index('broken_silent')} END"
)
_READ = ", ".join(f"{_OWN if rule is Rule.OWN else _SETTLED.format(late=_LATE[rule])} AS {rule.value}" for rule in Rule)
_BY_RULE = ", ".join(f"p.{rule.value}" for rule in Rule)


def stale_months() -> dict[date, list[int]]:
    """The months whose tally does not hold, each with its marks."""
    found: dict[date, list[int]] = {}
    for pk, month in StaleMonth.objects.order_by("month").values_list("pk", "month"):
        found.setdefault(month, []).append(pk)
    return found


def last_day(month: date) -> date:
    """The last day of the month that begins here."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def count_anew(month: date, marks: Sequence[int]) -> bool:
    """Count a month and take these marks away; False where somebody else counts. Whatever happens meanwhile leaves
    another mark, if the marks were read before.

    On SQLite nobody has to wait for it: the rows are read without the writers' lock. One mark of our own stands for
    those given, and only if it still stands at the end nobody began later than we did and has written newer counts.
    """
    if connection.vendor == "sqlite":
        with transaction.atomic():
            StaleMonth.objects.filter(pk__in=list(marks)).delete()
            StaleMonth.objects.filter(month=month, xact=_MINE).delete()
            mine = StaleMonth.objects.create(month=month, xact=_MINE)
        counted = list(_counted(month))
        with transaction.atomic():
            if not StaleMonth.objects.filter(pk=mine.pk).exists():
                return False
            _replace(month, counted, [mine.pk])
        return True
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('goodwill.month_tallies'))")
            if not cursor.fetchone()[0]:
                return False
            for setting in _ONE_MONTH:
                cursor.execute(f"SET LOCAL {setting}")
        _replace(month, list(_counted(month)), marks)
    return True


def _replace(month: date, counted: Sequence[tuple[Any, ...]], marks: Sequence[int]) -> None:
    MonthTally.objects.filter(month=month).delete()
    bulk.insert(MonthTally, _COLUMNS, [(month, *row) for row in counted])
    StaleMonth.objects.filter(pk__in=list(marks)).delete()


def lead(warned_at: datetime, due_at: datetime) -> int:
    """How early a warning came, in microseconds; negative after the due moment."""
    return (due_at - warned_at) // timedelta(microseconds=1)


def packed(leads: Sequence[int]) -> bytes:
    """Leads as a column keeps them: eight bytes each."""
    return array("q", leads).tobytes()


def unpacked(leads: bytes) -> "array[int]":
    """The leads of a column."""
    found = array("q")
    found.frombytes(leads)
    return found


def _counted(month: date) -> Iterator[tuple[Any, ...]]:
    """The tallies of a month, without the month.

    Its promises are read once, for all rules and groupings: what several readings have in common is counted together
    and added up here. An order of several lines stands in a group once, hence the distinct ones.
    """
    days = [month, last_day(month)]
    counts: dict[tuple[Any, ...], list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(bucket=_bucket()), days)
        for grouping, key, site_id, *readings, scale, score, n in cursor.fetchall():
            for told in _told(grouping, key, site_id, readings):
                count = counts.setdefault((*told, scale), [0, 0])
                count[0] += n
                count[1] += n * score
    early: dict[tuple[Any, ...], list[int]] = {}
    if any(reading == "broken_warned" for *_, reading, _ in counts):
        warned = Promise.objects.filter(promised_on__range=days, warned_at__isnull=False).order_by()
        rows = warned.values_list("pk", "warned_at", "due_at")
        leads = {pk: lead(warned_at, due_at) for pk, warned_at, due_at in rows if warned_at is not None}
        with connection.cursor() as cursor:
            cursor.execute(_WARN.format(bucket=_bucket()), days)
            for grouping, key, site_id, *readings, promise_id in cursor.fetchall():
                for told in _told(grouping, key, site_id, readings):
                    if told[-1] == "broken_warned" and promise_id in leads:
                        early.setdefault((*told, 0), []).append(leads[promise_id])
    for told, (n, total) in counts.items():
        yield (*told, n, total, packed(early[told]) if told in early else None)


def _told(
    grouping: str, key: str | None, site_id: int | None, readings: Sequence[int]
) -> Iterator[tuple[str, str, str, int | None, str]]:
    """Rule, grouping, key, site and reading, by each rule that reads these promises now."""
    for rule, n in zip(Rule, readings, strict=True):
        if n != _UNREAD:
            reading = _READINGS[n]
            is_none = grouping == Grouping.DELAY_BUCKET and reading in ("open", "withdrawn")
            yield rule.value, grouping, NONE if is_none or not key else key, site_id, reading


def _with(what: str, condition: str = "") -> str:
    """A statement about the promises of a month, `mine`."""
    return (
        f"WITH mine AS MATERIALIZED (SELECT p.id, p.order_id, p.site_id, {{bucket}} AS bucket, {_READ} "  # noqa: S608  our own words
        f"FROM store_promise p WHERE p.promised_on BETWEEN %s AND %s AND p.side <> 'theirs'{condition}){what}"
    )


def _each(select: str) -> str:
    """The same for every grouping."""
    return " UNION ALL ".join(
        select.format(
            grouping=grouping.value,
            key=key,
            joins=joins,
            distinct="DISTINCT p.id" if grouping in SEVERAL else "p.id",
        )
        for grouping in KEPT_BY
        for key, joins in [THROUGH_ORDER.get(grouping, ("p.bucket", ""))]
    )


_GROUP = f"'{{grouping}}', CAST({{key}} AS text), p.site_id, {_BY_RULE}"
_RATED = (
    f"SELECT r.id, p.order_id, p.site_id, p.bucket, r.scale, r.overall, {_BY_RULE} "  # noqa: S608  our own words
    "FROM mine p JOIN store_rating r ON r.order_id = p.order_id WHERE r.overall IS NOT NULL"
)
_PROMISES = f"SELECT {_GROUP}, 0, 0, COUNT({{distinct}}) FROM mine p {{joins}} GROUP BY {{key}}, p.site_id, {_BY_RULE}"  # noqa: S608  our own words
_RATINGS = (
    f"SELECT {_GROUP}, p.scale, p.overall, COUNT({{distinct}}) FROM rated p {{joins}} "  # noqa: S608  our own words
    f"GROUP BY {{key}}, p.site_id, {_BY_RULE}, p.scale, p.overall"
)
_COUNT = _with(f", rated AS MATERIALIZED ({_RATED}) {_each(_PROMISES)} UNION ALL {_each(_RATINGS)}")
_WARN = _with(
    " " + _each(f"SELECT DISTINCT {_GROUP}, p.id FROM mine p {{joins}}"),  # noqa: S608  our own words
    condition=" AND p.warned_at IS NOT NULL",
)


def _bucket() -> str:
    days = "(p.acted_on - p.promised_on)"
    if connection.vendor == "sqlite":
        days = "CAST(julianday(p.acted_on) - julianday(p.promised_on) AS integer)"
    names = " ".join(
        f"ELSE '{name}'" if most is None else f"WHEN {days} <= {most} THEN '{name}'" for name, _, most in BUCKETS
    )
    return f"CASE WHEN p.acted_on IS NULL THEN '{NONE}' {names} END"
