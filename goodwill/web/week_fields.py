"""Opening hours in forms: a line of text a day, and lists of days."""

from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from goodwill.domain import opening_hours
from goodwill.domain.opening_hours import DAYS, WEEKDAY_OFFICE, NotHours
from goodwill.domain.refusals import Reason, Refusal
from goodwill.web.dressed_forms import Dressed
from goodwill.web.wording import refused

DAY_NAMES = {
    "mon": pgettext_lazy("weekday", "Monday"),
    "tue": pgettext_lazy("weekday", "Tuesday"),
    "wed": pgettext_lazy("weekday", "Wednesday"),
    "thu": pgettext_lazy("weekday", "Thursday"),
    "fri": pgettext_lazy("weekday", "Friday"),
    "sat": pgettext_lazy("weekday", "Saturday"),
    "sun": pgettext_lazy("weekday", "Sunday"),
}


class WindowsField(forms.CharField):
    """The windows of one day: `9-13, 14-18`; blank is closed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "spellcheck": "false"})
        super().__init__(required=False, max_length=200, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """As a list of pairs."""
        return _read(opening_hours.read_windows, super().clean(value), Reason.NOT_HOURS)


class DaysField(forms.CharField):
    """Days, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
        super().__init__(required=False, max_length=20_000, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """As sorted ISO dates."""
        return _read(opening_hours.read_days, super().clean(value), Reason.NOT_A_DAY)


class SpecialField(forms.CharField):
    """Days with hours of their own, one a line: `2026-12-24: 9-12`."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
        super().__init__(required=False, max_length=20_000, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """As windows by ISO date."""
        return _read(opening_hours.read_special, super().clean(value), Reason.NOT_HOURS)


class Week(Dressed):
    """Seven lines of opening hours, drawn by `settings/week.html`."""

    mon = WindowsField(label=DAY_NAMES["mon"])
    tue = WindowsField(label=DAY_NAMES["tue"])
    wed = WindowsField(label=DAY_NAMES["wed"])
    thu = WindowsField(label=DAY_NAMES["thu"])
    fri = WindowsField(label=DAY_NAMES["fri"])
    sat = WindowsField(label=DAY_NAMES["sat"])
    sun = WindowsField(label=DAY_NAMES["sun"])

    def weekly(self) -> dict[str, list[list[str]]]:
        """The week as calendars keep it; closed days are left out."""
        return {day: self.cleaned_data[day] for day in DAYS if self.cleaned_data.get(day)}

    def days(self) -> list[forms.BoundField]:
        """The seven fields, Monday first."""
        return [self[day] for day in DAYS]

    def refuse(self, refusal: Refusal) -> None:
        """Hours that never open are said at Monday's line."""
        if refusal.field == "weekly":
            self.add_error("mon", refused(refusal))
        else:
            super().refuse(refusal)


def week_initial(weekly: dict[str, list[list[str]]] | None = None) -> dict[str, str]:
    """The seven lines of a week; Monday to Friday nine to five where none is given."""
    week = WEEKDAY_OFFICE if weekly is None else weekly
    return {day: opening_hours.write_windows(week.get(day, [])) for day in DAYS}


def _read(read: Any, text: str, reason: Reason) -> Any:
    try:
        return read(text)
    except NotHours as problem:
        raise forms.ValidationError(refused(Refusal(reason, "", (("text", problem.text),)))) from None
