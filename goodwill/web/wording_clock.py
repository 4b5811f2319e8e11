"""A clock's reasons as sentences in the reader's language: one whole sentence a reason, never put together from pieces.

Every code that `domain/explanations.py` gives has its sentence here; the tests run through all of them.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from goodwill.domain.targets import Reason, Value
from goodwill.web.written_days import short_day, short_weekday

Shown = Mapping[str, str | int]


def explain(reasons: Iterable[Reason], *, zone: ZoneInfo | None = None) -> list[str]:
    """The sentences of an explanation in the active language; moments in `zone`, else in the calendar's own."""
    return [word(reason, zone=zone) for reason in reasons]


def word(reason: Reason, *, zone: ZoneInfo | None = None) -> str:
    """The sentence of one reason. Raises KeyError for a code that has none."""
    code, values = reason
    if code == "policy_version" and (since := _as_day(values["version"])):
        return gettext("Judged by the version of the policy in force since %(day)s.") % {"day": short_day(since)}
    if code in _COUNTED:
        return _COUNTED[code](cast(int, values[_COUNT[code]])) % _shown(values, zone)
    return _SENTENCES[code]() % _shown(values, zone)


def duration(seconds: float) -> str:
    """Hours, minutes and seconds as 1:05:00; parts of a second only where there are any."""
    whole = int(seconds)
    text = f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    parts = round((seconds - whole) * 1_000_000)
    return f"{text}.{parts:06d}".rstrip("0") if parts else text


def moment(at: datetime) -> str:
    """A moment on its own clock, with its weekday; seconds only where there are any."""
    clock = f"{at:%H:%M:%S}" if at.second or at.microsecond else f"{at:%H:%M}"
    if at.microsecond:
        clock = f"{clock}.{at.microsecond:06d}".rstrip("0")
    return f"{short_weekday(at.date())}, {clock}"


def _as_day(version: Value) -> date | None:
    """A house names the versions of its policy by the day from which they hold; a file may name them as it likes."""
    try:
        return date.fromisoformat(str(version))
    except ValueError:
        return None


def _shown(values: Mapping[str, Value], zone: ZoneInfo | None) -> Shown:
    shown: dict[str, str | int] = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            shown[name] = moment(value if zone is None else value.astimezone(zone))
        elif isinstance(value, date):
            shown[name] = short_weekday(value)
        elif name in ("seconds", "used", "left", "over"):
            shown[name] = duration(cast(float, value))
        else:
            shown[name] = cast("str | int", value)
    return shown


# Each is a function because the language is that of the moment of asking, and because the collector of messages
# reads the literal out of the call.
_SENTENCES: dict[str, Callable[[], str]] = {
    "not_begun": lambda: gettext("The clock has not started yet."),
    "started": lambda: gettext("Started %(at)s."),
    "target_seconds": lambda: gettext("Promised within %(seconds)s of working time (hours, minutes, seconds)."),
    "target_moment": lambda: gettext("Promised by %(at)s, whatever the calendar says."),
    "target_day": lambda: gettext("Promised for %(day)s, until the day ends."),
    "calendar": lambda: gettext("Hours are counted in the time zone %(zone)s."),
    "calendar_named": lambda: gettext("Hours are counted by the calendar “%(name)s” in the time zone %(zone)s."),
    "calendar_since": lambda: gettext(
        "Hours are counted by the version of the calendar in force since %(day)s, in the time zone %(zone)s."
    ),
    "policy_version": lambda: gettext("Judged by version %(version)s of the policy."),
    "reopened_restart": lambda: gettext("Reopened %(at)s: the clock began anew."),
    "reopened_total": lambda: gettext("Reopened %(at)s: the clock counts as if it had never stopped."),
    "handed_over_piecewise": lambda: gettext("Handed over %(at)s: from then on the hours of %(zone)s count."),
    "handed_over_first": lambda: gettext("Handed over %(at)s to %(zone)s: the first calendar counts throughout."),
    "handed_over_last": lambda: gettext("Handed over %(at)s: the hours of %(zone)s count throughout."),
    "target_changed": lambda: gettext("The target changed %(at)s."),
    "target_changed_from_due": lambda: gettext("The target changed %(at)s; until then it was due %(due)s."),
    "new_target_seconds": lambda: gettext("The new target is %(seconds)s of working time."),
    "new_target_moment": lambda: gettext("The new target is %(at)s."),
    "new_target_day": lambda: gettext("The new target is %(day)s, until the day ends."),
    "counts_from_change": lambda: gettext("The new target counts from %(at)s."),
    "paused": lambda: gettext("Paused from %(begin)s to %(end)s: %(seconds)s of working time not counted."),
    "paused_by": lambda: gettext(
        "Paused from %(begin)s to %(end)s, waiting for %(by)s: %(seconds)s of working time not counted."
    ),
    "stopped_between": lambda: gettext(
        "Stopped from %(begin)s until reopened %(end)s: %(seconds)s of working time not counted."
    ),
    "unheeded_internal_note": lambda: gettext("The internal note of %(at)s is no answer."),
    "unheeded_auto_reply": lambda: gettext("The automatic reply of %(at)s is no answer."),
    "unheeded_out_of_office": lambda: gettext("The out-of-office notice of %(at)s is no answer."),
    "unheeded_bot": lambda: gettext("The bot's message of %(at)s is no answer."),
    "unheeded_reply": lambda: gettext("The reply of %(at)s does not fulfil this promise."),
    "still_paused": lambda: gettext("Paused since %(since)s, so there is no due time yet."),
    "still_paused_by": lambda: gettext("Paused since %(since)s, waiting for %(by)s, so there is no due time yet."),
    "due": lambda: gettext("Due %(at)s."),
    "due_end_of_day": lambda: gettext("Due %(day)s, 24:00."),
    "used_and_left": lambda: gettext("Used %(used)s, left %(left)s (hours, minutes, seconds)."),
    "used_and_over": lambda: gettext("Used %(used)s, which is %(over)s too much (hours, minutes, seconds)."),
    "warned": lambda: gettext("The customer was told %(at)s, not ahead of the due time."),
    "warned_ahead": lambda: gettext("The customer was told %(at)s, %(seconds)s ahead of the due time."),
    "answered_at": lambda: gettext("Done %(at)s."),
    "withdrawn_at": lambda: gettext("Withdrawn %(at)s."),
    "outcome_open": lambda: gettext("Open as of %(at)s."),
    "outcome_kept": lambda: gettext("The promise was kept."),
    "outcome_broken_warned": lambda: gettext("The promise was broken, and the customer had been warned."),
    "outcome_broken_silent": lambda: gettext("The promise was broken without a warning."),
    "outcome_broken_unrecorded": lambda: gettext("The promise was broken; whether anyone warned is not on record."),
    "outcome_withdrawn": lambda: gettext("The promise was withdrawn."),
}

_COUNT = {
    "target_business_days": "days",
    "new_target_business_days": "days",
    "counted": "windows",
    "earlier_waits_kept": "count",
    "earlier_waits_missed": "count",
}
"""The value that decides the plural form."""

_COUNTED: dict[str, Callable[[int], str]] = {
    "target_business_days": lambda n: ngettext(
        "Promised within %(days)s working day.", "Promised within %(days)s working days.", n
    ),
    "new_target_business_days": lambda n: ngettext(
        "The new target is %(days)s working day.", "The new target is %(days)s working days.", n
    ),
    "counted": lambda n: ngettext(
        "Counted from %(begin)s to %(end)s: %(seconds)s in %(windows)s opening window.",
        "Counted from %(begin)s to %(end)s: %(seconds)s in %(windows)s opening windows.",
        n,
    ),
    "earlier_waits_kept": lambda n: ngettext(
        "%(count)s earlier wait was answered in time.", "%(count)s earlier waits were answered in time.", n
    ),
    "earlier_waits_missed": lambda n: ngettext(
        "%(count)s earlier wait was missed.", "%(count)s earlier waits were missed.", n
    ),
}

CODES = frozenset(_SENTENCES) | frozenset(_COUNTED)
"""Every code that has a sentence."""
