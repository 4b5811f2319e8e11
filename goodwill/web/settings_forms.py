"""Forms of the settings: firm, sites, units, policy."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from goodwill.actions import firms, policies, sites, units
from goodwill.adapters import places
from goodwill.web.dressed_forms import Dressed, ZoneField, language_choices
from goodwill.web.wording import MODES
from goodwill.web.wording_people import HANDOVERS, LATE_RULES, PRIORITIES, REOPENS

Choices = Sequence[tuple[int, str]]


def country_choices() -> list[tuple[str, str]]:
    """Countries in the reader's language."""
    return list(places.countries(language()))


def currency_choices() -> list[tuple[str, str]]:
    """Currencies in the reader's language."""
    return list(places.currencies(language()))


def language() -> str:
    """The reader's language by its two letters."""
    return (get_language() or "en").split("-")[0]


class FirmForm(Dressed):
    """The firm."""

    name = forms.CharField(label=_("Name of the firm"), max_length=firms.NAME_LENGTH)
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    zone = ZoneField(help_text=_("Type a part of its name, like Berlin."))
    language = forms.ChoiceField(
        label=_("Language"), choices=language_choices, help_text=_("For those who have not chosen their own.")
    )
    calendar = forms.TypedChoiceField(label=_("Calendar"), coerce=int, help_text=_("For sites without their own."))

    def __init__(self, *args: Any, calendars: Choices, currency_is_fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self.fields["calendar"], calendars)
        if currency_is_fixed:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = _("Fixed, because there are orders in it.")


class SiteForm(Dressed):
    """A site."""

    name = forms.CharField(label=_("Name"), max_length=sites.NAME_LENGTH)
    mode = forms.ChoiceField(label=_("How it serves"), choices=lambda: [(m.value, n) for m, n in MODES.items()])
    zone = ZoneField(help_text=_("Type a part of its name, like Berlin."))
    calendar = forms.TypedChoiceField(label=_("Calendar"), coerce=int, required=False, empty_value=None)
    is_active = forms.BooleanField(
        label=_("Active"), required=False, help_text=_("An inactive site stays in reports and is offered nowhere else.")
    )

    def __init__(self, *args: Any, calendars: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self.fields["calendar"], calendars, nothing=_("The firm's own"))

    def place(self) -> sites.Place:
        """What was said; only for a valid form."""
        said = self.cleaned_data
        return sites.Place(said["name"], said["mode"], said["zone"], said["calendar"], said["is_active"])


class UnitForm(Dressed):
    """A unit."""

    name = forms.CharField(label=_("Name"), max_length=units.NAME_LENGTH)
    chief = forms.TypedChoiceField(label=_("Chief"), coerce=int, required=False, empty_value=None)
    sites = forms.TypedMultipleChoiceField(
        label=_("Sites it serves"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Its people see the customers of these sites."),
    )

    def __init__(self, *args: Any, people: Choices, sites: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self.fields["chief"], people, nothing=_("Nobody"))
        _choose(self.fields["sites"], sites)


class PolicyForm(Dressed):
    """A version of the promise policy."""

    from_on = forms.DateField(
        label=_("In force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Today at the earliest: promises made before keep the rules they were made under."),
    )
    late_rule = forms.ChoiceField(label=_("A delivery is late"), choices=lambda: list(LATE_RULES.items()))
    at_risk_percent = forms.DecimalField(
        label=_("At risk when so many percent of the time are left"), min_value=0, max_value=100, decimal_places=2
    )
    at_risk_hours = forms.DecimalField(
        label=_("… or so many hours, whichever is more"),
        min_value=0,
        max_value=policies.MOST_FLOOR_HOURS,
        decimal_places=2,
    )
    reopen = forms.ChoiceField(label=_("A reopened clock"), choices=lambda: list(REOPENS.items()))
    priority = forms.ChoiceField(label=_("A changed target"), choices=lambda: list(PRIORITIES.items()))
    handover = forms.ChoiceField(label=_("After a hand-over between units"), choices=lambda: list(HANDOVERS.items()))

    def rules(self) -> policies.Rules:
        """What was said; only for a valid form."""
        said = self.cleaned_data
        return policies.Rules(
            late_rule=said["late_rule"],
            at_risk_share=said["at_risk_percent"] / Decimal(100),
            at_risk_hours=said["at_risk_hours"],
            reopen=said["reopen"],
            priority=said["priority"],
            handover=said["handover"],
        )


def _choose(field: forms.Field, choices: Choices, *, nothing: Any = None) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101
    listed: list[Any] = [(pk, name) for pk, name in choices]
    field.choices = listed if nothing is None else [("", nothing), *listed]
