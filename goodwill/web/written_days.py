"""Days and moments as a reader's language writes them: English with the day before the month, a clock of 24 hours."""

from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from django.utils import translation

_ENGLISH = {
    "MMMd": "d MMM",
    "yMMMd": "d MMM y",
    "yMMMEd": "EEE, d MMM y",
    "full": "EEEE, d MMMM y",
}
"""What each form is in English. Bare "en" is American to CLDR ("Nov 14"), and British shortens September to "Sept",
while the dates that Django writes beside these (`formats/en`) have neither."""


def near_day(on: date) -> str:
    """A day of these weeks, without its year: 14 Nov."""
    return _written(on, "MMMd", _language())


def short_day(on: date) -> str:
    """A day: 14 Nov 2026."""
    return _written(on, "yMMMd", _language())


def short_weekday(on: date) -> str:
    """A day with its weekday: Sat, 14 Nov 2026."""
    return _written(on, "yMMMEd", _language())


def whole_day(on: date) -> str:
    """A day with its weekday, nothing shortened: Saturday, 14 November 2026."""
    return _written(on, "full", _language())


def short_moment(local: datetime) -> str:
    """A moment on its own clock, to the minute: 14 Nov 2026, 16:30."""
    joined = Locale.parse(_language()).datetime_formats["medium"]
    return str(joined).replace("{1}", short_day(local.date())).replace("{0}", f"{local:%H:%M}")


def _language() -> str:
    return (translation.get_language() or "en").replace("-", "_")


@lru_cache(maxsize=4096)
def _written(on: date, form: str, language: str) -> str:
    if language.split("_")[0] == "en":
        return str(format_date(on, _ENGLISH[form], locale=language))
    return str(format_date(on, form, locale=language) if form == "full" else format_skeleton(form, on, locale=language))
