"""A draft agreement as plain data (parsed YAML or JSON) into clauses, or an error that names the field.

A clause promises a share of acts in time for each month; it may cost the one who owes it a credit. What was promised
is read from the history, unless the clause sets a new term of its own with `due`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from goodwill.domain.clock_cases import read_calendar
from goodwill.domain.fields import as_choice, as_list, as_mapping, as_number, as_text, as_zone, needed
from goodwill.domain.hours import Calendar, HoursError
from goodwill.domain.targets import BusinessDays, LateRule, Seconds

_CLAUSE = ("id", "side", "measure", "rule", "zone", "target", "credit", "due", "calendar")


class Side(StrEnum):
    """Who owes it: the firm, or the customer."""

    OURS = "ours"
    THEIRS = "theirs"


class Per(StrEnum):
    """Over what a share is taken."""

    MONTH = "month"


class MonthOf(StrEnum):
    """Which moment says what month an act belongs to."""

    DUE = "due"


class When(StrEnum):
    """When a credit falls due: on each missed order, or on every order of a month whose share is below the target."""

    EACH_MISS = "each_miss"
    MONTH_BELOW_TARGET = "month_below_target"


class Rounding(StrEnum):
    """How a credit becomes whole minor units."""

    PER_ORDER_HALF_UP = "per_order_half_up"


@dataclass(frozen=True)
class Credit:
    """A share `rate` of the amount in the column `of`, such as freight, of each order it falls on."""

    of: str
    rate: Decimal
    when: When


@dataclass(frozen=True)
class Term:
    """A proposed term: working time or business days of a calendar since the moment in the column `since`."""

    since: str
    target: Seconds | BusinessDays
    calendar: Calendar


@dataclass(frozen=True)
class Clause:
    """What is promised: `share` of acts in time, each month of the due moment in `zone`; `term` None keeps the
    promises as they were made."""

    id: str
    side: Side
    measure: str
    rule: LateRule
    zone: ZoneInfo
    share: Decimal
    credit: Credit | None = None
    term: Term | None = None


def read_draft(draft: object) -> tuple[Clause, ...]:
    """The clauses of a draft, in its order; fields beside `clauses` are left alone.

    Raises HoursError, whose `field` is a path such as `clauses[0].credit.rate`; also for a field of a clause that is
    not known, since an agreement read without it would be another agreement, and for an id given twice.
    """
    clauses = as_list(needed(as_mapping(draft, "draft"), "clauses", ""), "clauses")
    if not clauses:
        raise HoursError("clauses", "holds no clause")
    read = tuple(_clause(clause, f"clauses[{place}]") for place, clause in enumerate(clauses))
    ids = [clause.id for clause in read]
    for place, own in enumerate(ids):
        if own in ids[:place]:
            raise HoursError(f"clauses[{place}].id", f"is there twice: {own}")
    return read


def _clause(data: object, name: str) -> Clause:
    fields = _known(data, name, _CLAUSE)
    zone = as_zone(needed(fields, "zone", name), f"{name}.zone")
    target = _known(needed(fields, "target", name), f"{name}.target", ("share", "per", "month_of"))
    as_choice(Per, target.get("per"), Per.MONTH, f"{name}.target.per")
    as_choice(MonthOf, target.get("month_of"), MonthOf.DUE, f"{name}.target.month_of")
    return Clause(
        id=_named(fields, "id", name),
        side=as_choice(Side, needed(fields, "side", name), None, f"{name}.side"),
        measure=_named(fields, "measure", name),
        rule=as_choice(LateRule, needed(fields, "rule", name), None, f"{name}.rule"),
        zone=zone,
        share=_share(needed(target, "share", f"{name}.target"), f"{name}.target.share"),
        credit=None if fields.get("credit") is None else _credit(fields["credit"], f"{name}.credit"),
        term=_term(fields, name),
    )


def _credit(data: object, name: str) -> Credit:
    fields = _known(data, name, ("of", "rate", "when", "round"))
    as_choice(Rounding, fields.get("round"), Rounding.PER_ORDER_HALF_UP, f"{name}.round")
    return Credit(
        of=_named(fields, "of", name),
        rate=_share(needed(fields, "rate", name), f"{name}.rate"),
        when=as_choice(When, needed(fields, "when", name), None, f"{name}.when"),
    )


def _term(clause: Mapping[str, object], name: str) -> Term | None:
    if clause.get("due") is None:
        if clause.get("calendar") is not None:
            raise HoursError(f"{name}.calendar", "is for a clause with a term of its own in 'due'")
        return None
    fields = _known(clause["due"], f"{name}.due", ("from", "seconds", "business_days"))
    given = [kind for kind in ("seconds", "business_days") if fields.get(kind) is not None]
    if len(given) != 1:
        raise HoursError(f"{name}.due", "needs either seconds or business_days")
    amount = as_number(fields[given[0]], f"{name}.due.{given[0]}")
    if amount <= 0:
        raise HoursError(f"{name}.due.{given[0]}", "must be above zero")
    if given[0] == "business_days" and amount != int(amount):
        raise HoursError(f"{name}.due.business_days", "is not a whole number")
    since = _named(fields, "from", f"{name}.due")
    try:
        calendar = read_calendar(needed(clause, "calendar", ""))
    except HoursError as error:
        raise HoursError(f"{name}.{error.field}", error.message) from None
    return Term(
        since=since,
        target=Seconds(amount) if given[0] == "seconds" else BusinessDays(int(amount)),
        calendar=calendar,
    )


def _known(data: object, name: str, known: tuple[str, ...]) -> Mapping[str, object]:
    fields = as_mapping(data, name)
    for field in fields:
        if field not in known:
            raise HoursError(f"{name}.{field}", "is not a field; there are " + ", ".join(known))
    return fields


def _named(fields: Mapping[str, object], field: str, name: str) -> str:
    text = as_text(needed(fields, field, name), f"{name}.{field}").strip()
    if not text:
        raise HoursError(f"{name}.{field}", "is empty")
    return text


def _share(value: object, name: str) -> Decimal:
    """A share above 0 up to 1, to the digits it was written with."""
    number = Decimal(str(as_number(value, name)))
    if not 0 < number <= 1:
        raise HoursError(name, "is a share above 0, up to 1")
    return number
