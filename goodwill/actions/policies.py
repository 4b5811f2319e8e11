"""Policies: the rules by which promises are judged, changed by a new version from a date on."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from goodwill.domain.entries import Entry
from goodwill.domain.money import MICRO
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.targets import Handover, LateRule, Priority, Reopen
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.firms import Firm
from goodwill.store.policies import PolicyVersion

MOST_FLOOR_HOURS = 240


@dataclass(frozen=True, slots=True)
class Rules:
    """What a policy says; `at_risk_share` is a fraction of the target, `at_risk_hours` the least time left."""

    late_rule: str = LateRule.END_OF_DAY.value
    at_risk_share: Decimal = Decimal("0.25")
    at_risk_hours: Decimal = Decimal(4)
    reopen: str = Reopen.RESUME.value
    priority: str = Priority.RETROACTIVE.value
    handover: str = Handover.PIECEWISE.value


@transaction.atomic
def change(rules: Rules, *, from_on: date, by: Viewer, at: datetime) -> PolicyVersion | Refusal | None:
    """The rules for promises made from a day on, today at the earliest; promises made before keep theirs.

    None, and nothing written down, where the rules of that day say the same already.
    """
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    if (refusal := _judge(rules)) is not None:
        return refusal
    firm = Firm.the()
    if from_on < at.astimezone(ZoneInfo(firm.zone if firm else "UTC")).date():
        return Refusal(Reason.IN_THE_PAST, "from_on")
    now = PolicyVersion.in_force(from_on)
    if now.pk is not None and all(getattr(now, column) == value for column, value in _columns(rules).items()):
        return None
    return write(rules, from_on=from_on, by=by, at=at)


def write(rules: Rules, *, from_on: date, by: Viewer, at: datetime) -> PolicyVersion:
    """The row of a version, unjudged: for deeds that have judged it, inside their transaction."""
    version, _ = PolicyVersion.objects.update_or_create(from_on=from_on, defaults=_columns(rules))
    journal.write(Entry.POLICY_CHANGED, by=by, at=at, policy_id=version.pk, from_on=from_on.isoformat())
    return version


def _columns(rules: Rules) -> dict[str, str | int]:
    return {
        "late_rule": rules.late_rule,
        "at_risk_share_micro": int(rules.at_risk_share * MICRO),
        "at_risk_floor_seconds": int(rules.at_risk_hours * 3600),
        "reopen": rules.reopen,
        "priority": rules.priority,
        "handover": rules.handover,
    }


def _judge(rules: Rules) -> Refusal | None:
    known = {"late_rule": LateRule, "reopen": Reopen, "priority": Priority, "handover": Handover}
    for name, choices in known.items():
        if getattr(rules, name) not in {choice.value for choice in choices}:
            return Refusal(Reason.NOT_A_CHOICE, name)
    if not 0 <= rules.at_risk_share <= 1:
        return Refusal(Reason.NOT_A_CHOICE, "at_risk_share")
    if not 0 <= rules.at_risk_hours <= MOST_FLOOR_HOURS:
        return Refusal(Reason.NOT_A_CHOICE, "at_risk_hours")
    return None
