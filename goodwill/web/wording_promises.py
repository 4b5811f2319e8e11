"""Wording of promises: what a typed time was understood as, causes, reasons, corrections, and lead times."""

from collections.abc import Callable
from datetime import datetime

from babel.dates import format_time
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from goodwill.domain.due_words import examples
from goodwill.domain.records import Cause, Correction, Withdrawal
from goodwill.domain.targets import BusinessDays, Day, Moment, Seconds, Target
from goodwill.web.templatetags.goodwill import number
from goodwill.web.written_days import whole_day

Words = Promise | str

CAUSES: dict[Cause, Words] = {
    Cause.CARRIER: pgettext_lazy("cause of a slip", "Carrier or vehicle"),
    Cause.SUPPLIER: pgettext_lazy("cause of a slip", "Supplier is late"),
    Cause.STOCK: pgettext_lazy("cause of a slip", "Not in stock"),
    Cause.STAFF: pgettext_lazy("cause of a slip", "Too few people"),
    Cause.EQUIPMENT: pgettext_lazy("cause of a slip", "Equipment or system failed"),
    Cause.WEATHER: pgettext_lazy("cause of a slip", "Weather or road"),
    Cause.OUR_MISTAKE: pgettext_lazy("cause of a slip", "Our mistake"),
    Cause.CUSTOMER: pgettext_lazy("cause of a slip", "Waiting for the customer"),
    Cause.NOT_KNOWN_YET: pgettext_lazy("cause of a slip", "Not known yet"),
}

WITHDRAWALS: dict[Withdrawal, Words] = {
    Withdrawal.CHANGED_BY_AGREEMENT: pgettext_lazy("why withdrawn", "Moved with the customer's consent"),
    Withdrawal.CANCELLED: pgettext_lazy("why withdrawn", "The customer cancelled"),
    Withdrawal.NOT_NEEDED: pgettext_lazy("why withdrawn", "The customer does not need it any more"),
    Withdrawal.MISTAKEN: pgettext_lazy("why withdrawn", "Written down by mistake"),
}

STATES: dict[str, Words] = {
    "owed": pgettext_lazy("promises in a list", "Owed now"),
    "all": pgettext_lazy("promises in a list", "All"),
    "open": pgettext_lazy("promises in a list", "Open"),
    "kept": pgettext_lazy("promises in a list", "Kept"),
    "broken": pgettext_lazy("promises in a list", "Broken"),
    "broken_warned": pgettext_lazy("promises in a list", "Broken, warned"),
    "broken_silent": pgettext_lazy("promises in a list", "Broken in silence"),
    "broken_unrecorded": pgettext_lazy("promises in a list", "Broken, warning not recorded"),
    "withdrawn": pgettext_lazy("promises in a list", "Withdrawn"),
}

STANDINGS: dict[str, Words] = {
    "on_time": pgettext_lazy("standing", "on time"),
    "at_risk": pgettext_lazy("standing", "at risk"),
    "late": pgettext_lazy("standing", "late"),
}

_TAKEN_BACK: dict[Correction, Callable[[], str]] = {
    Correction.MISTAKEN: lambda: _("The promise was struck out as a mistake."),
    Correction.NOT_SETTLED: lambda: _("The entry was corrected: the promise is owed again."),
    Correction.NOT_WARNED: lambda: _("The entry was corrected: the customer was not warned."),
}

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


_IMPORTED: dict[str, Words] = {
    "unavailable": pgettext_lazy("why withdrawn", "The goods were not to be had"),
    "refunded": pgettext_lazy("why withdrawn", "The money was given back"),
    "failed": pgettext_lazy("why withdrawn", "The order was not paid"),
}


def withdrawn_because(code: str) -> str:
    """Why a promise was withdrawn; imports bring words of their own."""
    if code in _IMPORTED:
        return str(_IMPORTED[code])
    return str(WITHDRAWALS[Withdrawal(code)]) if code in set(Withdrawal) else code.replace("_", " ")


def taken_back(how: Correction) -> str:
    """What a correction did."""
    return _TAKEN_BACK[how]()


def _locale() -> str:
    return (translation.get_language() or "en").replace("-", "_")


def whole_moment(at: datetime) -> str:
    """A moment in the reader's zone, with its weekday."""
    local = at.astimezone(timezone.get_current_timezone())
    clock = str(format_time(local.timetz(), "short", locale=_locale(), tzinfo=local.tzinfo))
    return pgettext("a day and a time", "%(day)s, %(time)s") % {"day": whole_day(local.date()), "time": clock}


def understood(target: Target, due_at: datetime) -> str:
    """What a typed time was read as, before it is saved."""
    match target:
        case Moment():
            return _("By %(moment)s") % {"moment": whole_moment(due_at)}
        case Day(on):
            return _("By the end of %(day)s") % {"day": whole_day(on)}
        case BusinessDays(days):
            return ngettext(
                "%(n)d business day: by %(moment)s", "%(n)d business days: by %(moment)s", days
            ) % {"n": days, "moment": whole_moment(due_at)}  # fmt: skip
        case Seconds(seconds):
            hours = seconds / _HOUR
            return ngettext(
                "%(n)s working hour: by %(moment)s", "%(n)s working hours: by %(moment)s", int(hours) or 1
            ) % {"n": number(_tenths(hours)), "moment": whole_moment(due_at)}  # fmt: skip


def not_understood() -> str:
    """That a typed time could not be read, and how to write one."""
    shown = ", ".join(examples(translation.get_language() or "en"))
    return _("This could not be read as a time. Write it like: %(examples)s.") % {"examples": shown}


def passed() -> str:
    """That a typed time has passed or can never come."""
    return _("This time has passed, or the calendar never reaches it. Choose a later one.")


def lead(seconds: int) -> str:
    """How long before the due moment the customer was warned, or how long after it."""
    if seconds < 0:
        return _("%(time)s after it was due") % {"time": stretch(-seconds)}
    return _("%(time)s before it was due") % {"time": stretch(seconds)}


def stretch(seconds: int) -> str:
    """A stretch of wall-clock time: minutes, hours to a tenth, days to a tenth."""
    if seconds < _HOUR:
        minutes = max(seconds // _MINUTE, 1)
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if seconds < 3 * _DAY:
        n = _tenths(seconds / _HOUR)
        return ngettext("%(n)s hour", "%(n)s hours", int(n) or 1) % {"n": number(n)}
    n = _tenths(seconds / _DAY)
    return ngettext("%(n)s day", "%(n)s days", int(n)) % {"n": number(n)}


def _tenths(value: float) -> float:
    return round(value, 1)
