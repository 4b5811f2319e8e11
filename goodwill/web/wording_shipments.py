"""Wording of rounds: causes, conditions, lengths of a slip, and what came of a report."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from goodwill.domain.shipment_reports import Condition, Effect, ReportOutcome, SlipCause

Words = Promise | str
_HOUR, _DAY = 60, 1440

OUTCOMES: dict[ReportOutcome, Words] = {
    ReportOutcome.DELIVERED: pgettext_lazy("report of a driver", "Delivered"),
    ReportOutcome.LATE: pgettext_lazy("report of a driver", "Late"),
    ReportOutcome.DAMAGED: pgettext_lazy("report of a driver", "Damaged"),
}
SLIP_CAUSES: dict[SlipCause, Words] = {
    SlipCause.TRAFFIC: pgettext_lazy("why a driver is late", "Traffic"),
    SlipCause.TRUCK: pgettext_lazy("why a driver is late", "Truck"),
    SlipCause.LOADING: pgettext_lazy("why a driver is late", "Loading"),
    SlipCause.CUSTOMER_ABSENT: pgettext_lazy("why a driver is late", "Customer absent"),
    SlipCause.OTHER: pgettext_lazy("why a driver is late", "Other"),
}
CONDITIONS: dict[Condition, Words] = {
    Condition.CRUSHED: pgettext_lazy("condition of goods", "Crushed"),
    Condition.WET: pgettext_lazy("condition of goods", "Wet"),
    Condition.MISSING_PARTS: pgettext_lazy("condition of goods", "Parts missing"),
    Condition.SPOILED: pgettext_lazy("condition of goods", "Cold or spoiled"),
    Condition.WRONG_GOODS: pgettext_lazy("condition of goods", "Wrong goods"),
    Condition.OTHER: pgettext_lazy("condition of goods", "Other damage"),
}


def late_by(minutes: int) -> str:
    """How late, on a button."""
    if minutes >= _DAY:
        return ngettext("%(n)d day", "%(n)d days", minutes // _DAY) % {"n": minutes // _DAY}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def detail(facts: Mapping[str, Any]) -> str:
    """What a report's entry names: the condition of the goods or the cause of the slip; "" for any other entry."""
    if "report_id" not in facts:
        return ""
    condition, cause = str(facts.get("condition", "")), str(facts.get("cause", ""))
    if condition in set(Condition):
        return str(CONDITIONS[Condition(condition)])
    return str(SLIP_CAUSES[SlipCause(cause)]) if cause in set(SlipCause) else ""


def told_by_driver(cause: SlipCause | None, minutes: int | None, until: time | None) -> str:
    """What the driver told the customer, as tapped: written down as the words of the warning."""
    why = str(SLIP_CAUSES[cause]) if cause else "–"
    if minutes is not None:
        return _("The driver told the customer: late by %(time)s. Cause: %(cause)s.") % {
            "time": late_by(minutes),
            "cause": why,
        }
    return _("The driver told the customer: by %(time)s. Cause: %(cause)s.") % {
        "time": f"{until:%H:%M}" if until else "–",
        "cause": why,
    }


def arrived(outcome: str, effect: str, *, is_told: bool) -> str:
    """What came of a report that was accepted, said to the driver."""
    if outcome == ReportOutcome.DELIVERED:
        return _("Delivered. Thank you.")
    if outcome == ReportOutcome.LATE:
        if is_told:
            return _("The warning was written down. The promise still stands.")
        return _("Written down. Whoever answers for the customer is asked to tell them.")
    if effect == Effect.ENDANGERS:
        return _("Damage written down. The delivery is still owed.")
    return _("Damage written down. The goods were accepted.")
