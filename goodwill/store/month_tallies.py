"""Month tallies: our promises and their ratings already counted by month, so that a report need not count a million.

They are derived. Triggers (`month_triggers`) mark a month as stale in the transaction of whatever changes what is
counted of it; a stale month is counted from its rows until somebody counts it anew. So a report is exact at any time,
and quick once the worker has been by.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import connection, models

from goodwill.domain.reports import BUCKETS, NONE, Rule


class StaleMonth(models.Model):
    """A month (its first day) whose tally does not hold. On PostgreSQL each transaction leaves a mark of its own
    (`xact`), so that counting a month anew never takes away the mark of one that has not ended yet."""

    month = models.DateField()
    xact = models.BigIntegerField(default=0)

    class Meta:
        """One mark of one transaction."""

        constraints = [models.UniqueConstraint(fields=["month", "xact"], name="stale_month_once")]


class MonthTally(models.Model):
    """So many promises due in a month are read so by a rule (`scale` 0), or were given this score (`scale` above).

    By the rules that are no promise's own, only what is settled is counted here: how the rest is read depends on the
    moment of asking.
    """

    month = models.DateField()
    rule = models.CharField(max_length=12)
    site_id = models.BigIntegerField(null=True)
    bucket = models.CharField(max_length=16)
    reading = models.CharField(max_length=20)
    scale = models.PositiveSmallIntegerField(default=0)
    score = models.PositiveSmallIntegerField(default=0)
    n = models.PositiveIntegerField()

    class Meta:
        """A rule's months in their order."""

        indexes = [models.Index(fields=["rule", "month"], name="month_tally_by_rule")]


_LATE = {
    Rule.OWN: "p.outcome",
    Rule.END_OF_DAY: "p.acted_on > p.promised_on",
    Rule.MOMENT: "p.acted_at > p.promised_at",
}
_SETTLED = (
    "CASE WHEN p.outcome = 'withdrawn' THEN 'withdrawn' WHEN NOT ({late}) THEN 'kept' "
    "WHEN p.outcome = 'broken_warned' OR p.warned_at < p.promised_at THEN 'broken_warned' "
    "WHEN p.is_history THEN 'broken_unrecorded' ELSE 'broken_silent' END"
)


def stale_months() -> dict[date, list[int]]:
    """The months whose tally does not hold, each with its marks."""
    found: dict[date, list[int]] = {}
    for pk, month in StaleMonth.objects.order_by("month").values_list("pk", "month"):
        found.setdefault(month, []).append(pk)
    return found


def last_day(month: date) -> date:
    """The last day of the month that begins here."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def count_anew(month: date, marks: Sequence[int]) -> None:
    """Count a month and take these marks away. Call it in a transaction of its own, the marks read before it began:
    whatever happens meanwhile leaves another mark."""
    MonthTally.objects.filter(month=month).delete()
    with connection.cursor() as cursor:
        for rule in Rule:
            for statement in _statements(rule):
                cursor.execute(statement, [month, rule.value, month, last_day(month)])
    StaleMonth.objects.filter(pk__in=list(marks)).delete()


def one_at_a_time() -> bool:
    """Whether nobody else counts now, until the transaction ends. SQLite's writers queue up anyway."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('goodwill.month_tallies'))")
        return bool(cursor.fetchone()[0])


def _statements(rule: Rule) -> tuple[str, str]:
    reading = _LATE[rule] if rule is Rule.OWN else _SETTLED.format(late=_LATE[rule])
    settled = "" if rule is Rule.OWN else "AND p.settled_at IS NOT NULL "
    of = f"FROM store_promise p {{join}}WHERE p.promised_on BETWEEN %s AND %s AND p.side <> 'theirs' {settled}{{more}}"
    what = f"SELECT %s, %s, p.site_id, {_bucket(reading)}, {reading}"
    into = "INSERT INTO store_monthtally (month, rule, site_id, bucket, reading, scale, score, n) "
    counted = f"{into}{what}, 0, 0, COUNT(*) {of.format(join='', more='')}GROUP BY 3, 4, 5"
    rated = (
        f"{into}{what}, r.scale, r.overall, COUNT(*) "
        + of.format(join="JOIN store_rating r ON r.order_id = p.order_id ", more="AND r.overall IS NOT NULL ")
        + "GROUP BY 3, 4, 5, 6, 7"
    )
    if connection.vendor != "sqlite":
        # PostgreSQL wants to know what the first two parameters are
        counted, rated = (s.replace("SELECT %s, %s,", "SELECT %s::date, %s::text,", 1) for s in (counted, rated))
    return counted, rated


def _bucket(reading: str) -> str:
    days = "(p.acted_on - p.promised_on)"
    if connection.vendor == "sqlite":
        days = "CAST(julianday(p.acted_on) - julianday(p.promised_on) AS integer)"
    names = " ".join(
        f"ELSE '{name}'" if most is None else f"WHEN {days} <= {most} THEN '{name}'" for name, _, most in BUCKETS
    )
    return f"CASE WHEN p.acted_on IS NULL OR ({reading}) IN ('open', 'withdrawn') THEN '{NONE}' {names} END"
