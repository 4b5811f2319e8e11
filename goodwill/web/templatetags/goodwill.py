"""Template tags: money, moments and numbers in the reader's language and zone."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, format_percent
from django import template
from django.forms import BoundField, Select
from django.utils import timezone, translation

from goodwill.domain.money import Money
from goodwill.web.written_days import near_day, short_day, short_moment, short_weekday

register = template.Library()


def _locale() -> str:
    return (translation.get_language() or "en").replace("-", "_")


@register.filter
def money(sum_: Money | None) -> str:
    """A sum with its currency, as the reader's language writes it."""
    if sum_ is None:
        return "–"
    return str(format_currency(sum_.amount, sum_.currency, locale=_locale()))


@register.filter
def moment(at: datetime | None, zone: str = "") -> str:
    """A moment in the reader's zone (or the zone given), to the minute."""
    if at is None:
        return "–"
    info = ZoneInfo(zone) if zone else timezone.get_current_timezone()
    return short_moment(at.astimezone(info))


@register.filter
def near(at: datetime | date | None, zone: str = "") -> str:
    """A moment (in the reader's zone or the zone given) or a day of these weeks, without its year."""
    if at is None:
        return "–"
    if not isinstance(at, datetime):
        return near_day(at)
    info = ZoneInfo(zone) if zone else timezone.get_current_timezone()
    return f"{near(at.astimezone(info).date())} {clock(at, zone)}"


@register.filter
def clock(at: datetime | None, zone: str = "") -> str:
    """The time of day of a moment in the reader's zone (or the zone given), to the minute."""
    if at is None:
        return "–"
    info = ZoneInfo(zone) if zone else timezone.get_current_timezone()
    return str(format_datetime(at.astimezone(info), "HH:mm", locale=_locale()))


@register.filter
def day(on: date | None) -> str:
    """A day, as the reader's language writes it."""
    return "–" if on is None else short_day(on)


@register.filter
def weekday(on: date) -> str:
    """A day with its weekday, where the reader's language puts it."""
    return short_weekday(on)


@register.filter
def number(value: Decimal | int | float | None, places: int | None = None) -> str:
    """A number with the language's separators, and so many decimal places."""
    if value is None:
        return "–"
    pattern = None if places is None else "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(value, format=pattern, locale=_locale()))


@register.filter
def share(value: Decimal | float | None, places: int = 1) -> str:
    """A fraction as a percentage with so many decimal places."""
    if value is None:
        return "–"
    whole = Locale.parse(_locale()).percent_formats[None].pattern  # some languages set the sign apart, some do not
    pattern = whole.replace("0", "0." + "0" * places, 1) if places else whole
    return str(format_percent(value, format=pattern, locale=_locale()))


@register.filter
def must_be_filled(field: BoundField) -> bool:
    """Whether a form's field is asked for and can be left empty: a list without an empty choice always has a value."""
    widget = field.field.widget
    is_list = isinstance(widget, Select) and not widget.allow_multiple_selected
    if is_list and all(str(value) for value, *_ in widget.choices):
        return False
    return bool(field.field.required)


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The page's query string with these changes; an empty value takes a key out."""
    asked = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            asked.pop(key, None)
        else:
            asked[key] = str(value)
    return "?" + asked.urlencode() if asked else "?"
