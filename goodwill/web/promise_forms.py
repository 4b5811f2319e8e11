"""Forms of a promise's page: kept, warned, moved with consent, not needed, corrected."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goodwill.domain.interactions import Channel
from goodwill.domain.records import Cause, Correction, Withdrawal
from goodwill.web.dressed_forms import Dressed
from goodwill.web.typed_times import TypedTime
from goodwill.web.wording import CHANNELS
from goodwill.web.wording_promises import CAUSES, WITHDRAWALS

_SAID = (Channel.PHONE, Channel.IN_PERSON, Channel.EMAIL, Channel.CHAT, Channel.POST, Channel.OTHER)


class DeedForm(Dressed):
    """What every deed carries: the state of the promise that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def seen(self) -> int | None:
        """That state."""
        version: int | None = self.cleaned_data["version"]
        return version


class KeepForm(DeedForm):
    """Fulfilled, now or at an earlier moment."""

    acted_at = forms.DateTimeField(
        label=_("When it was done (empty: now)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def acted(self) -> datetime | None:
        """The moment of the act; None: now."""
        acted_at: datetime | None = self.cleaned_data["acted_at"]
        return acted_at


class TimedForm(DeedForm):
    """A deed that names a time in the reader's own words; `typed` is set by the page that read them."""

    when = forms.CharField(label=_("New time"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    channel = forms.ChoiceField(label=_("How"), choices=[(c.value, CHANNELS[c]) for c in _SAID], initial="phone")
    typed: TypedTime | None = None

    def read(self, typed: TypedTime) -> bool:
        """Take what the words were read as; False, with the error beside the field, where they could not be."""
        self.typed = typed
        if typed.error and "when" not in self.errors:
            self.add_error("when", typed.error)
        return not typed.error


class WarnForm(TimedForm):
    """The customer was told, by us: when to expect it now, and the true cause."""

    cause = forms.ChoiceField(label=_("True cause"), choices=[("", ""), *((c.value, CAUSES[c]) for c in Cause)])
    words = forms.CharField(label=_("What we told the customer"), max_length=4000)
    field_order = ("when", "cause", "words", "channel", "version")


class MoveForm(TimedForm):
    """The customer agreed to another time: in words, or in a contact that was written down."""

    words = forms.CharField(label=_("Their consent, in their words"), max_length=4000, required=False)
    contact = forms.ChoiceField(label=_("Or the contact in which they agreed"), required=False)
    field_order = ("when", "words", "channel", "contact", "version")

    def __init__(self, *args: Any, contacts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["contact"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [("", "–"), *contacts]
        if not contacts:
            field.widget = forms.HiddenInput()


class WithdrawForm(DeedForm):
    """Owed no longer, though nothing was done."""

    reason = forms.ChoiceField(
        label=_("Why"),
        widget=forms.RadioSelect,
        choices=[(r.value, WITHDRAWALS[r]) for r in (Withdrawal.CANCELLED, Withdrawal.NOT_NEEDED)],
    )


class CorrectForm(DeedForm):
    """An entry that was wrong."""

    how = forms.ChoiceField(choices=[(c.value, c.value) for c in Correction])
