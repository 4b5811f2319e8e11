"""Forms as our pages draw them: labelled, described, and saying a refusal beside the field it is about."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goodwill.adapters import places
from goodwill.domain.refusals import Reason, Refusal
from goodwill.web.wording import refused

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),  # and CheckboxSelectMultiple, which is one of them
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


class Dressed(forms.Form):
    """Fields wear the shell's classes, and wrong ones are marked; `settings/field.html` draws them.

    `several` names fields beyond the groups of ticks of which at least one choice is asked for.
    """

    several: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            wear = next(worn for kind, worn in _CLASSES if isinstance(field.widget, kind))
            field.widget.attrs["class"] = wear
            field.error_messages["required"] = self._missing(name)

    def add_error(self, field: str | None, error: Any) -> None:
        """Mark the field that is wrong, too."""
        super().add_error(field, error)
        names = [field] if field else [name for name in getattr(error, "error_dict", {}) if name in self.fields]
        for name in names:
            attrs = self.fields[name].widget.attrs
            attrs["class"] = f"{attrs.get('class', '').removesuffix(' is-invalid')} is-invalid".strip()
            if not any("autofocus" in other.widget.attrs for other in self.fields.values()):
                attrs["autofocus"] = True  # the page opens where there is something to mend

    def refuse(self, refusal: Refusal) -> None:
        """Say a deed's refusal beside the field it names, or above the form."""
        field = refusal.field if refusal.field in self.fields else None
        is_missing = refusal.reason is Reason.REQUIRED
        self.add_error(field, self._missing(field) if field and is_missing else refused(refusal))

    def _missing(self, name: str) -> str:
        """There is nothing to fill in where one ticks or picks."""
        if name in self.several or isinstance(self.fields[name], forms.MultipleChoiceField):
            return gettext("Choose at least one.")
        if isinstance(self.fields[name], forms.ChoiceField):
            return gettext("Choose one.")
        return refused(Refusal(Reason.REQUIRED))


class ZoneField(forms.CharField):
    """A time zone, found by typing a part of its name (the page carries the list once: `settings/zones.html`)."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "zones", "autocomplete": "off", "spellcheck": "false"}
        kwargs.setdefault("label", _("Time zone"))
        super().__init__(max_length=64, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        """Blanks for underscores are how people write it."""
        zone = super().clean(str(value or "").strip().replace(" ", "_"))
        if zone and zone not in places.zones():
            raise forms.ValidationError(refused(Refusal(Reason.NOT_A_ZONE)))
        return zone


def language_choices() -> list[tuple[str, str]]:
    """The languages of the house, each by its own name."""
    return [("en", "English"), ("ru", "Русский"), ("hu", "Magyar")]
