"""Forms of a round: what a driver taps at a stop, and to whom a delivery is given."""

import hashlib
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from goodwill.actions.shipment_reports import Said
from goodwill.adapters.photos import LARGEST_BYTES
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.shipment_reports import DAYS_LATE, MINUTES_LATE, PHOTOS, Condition, ReportOutcome, SlipCause
from goodwill.web.promise_forms import DeedForm
from goodwill.web.wording import refused
from goodwill.web.wording_shipments import told_by_driver

_LATE_BY = tuple((str(minutes), str(minutes)) for minutes in (*MINUTES_LATE, *DAYS_LATE))


class ReportForm(forms.Form):
    """One report, tapped now or kept on the device since. `said_at` is an ISO moment with its offset; empty: now."""

    key = forms.CharField(max_length=100, strip=True)
    outcome = forms.ChoiceField(choices=[(outcome.value, outcome.value) for outcome in ReportOutcome])
    said_at = forms.CharField(max_length=40, required=False)
    cause = forms.ChoiceField(choices=[("", ""), *((c.value, c.value) for c in SlipCause)], required=False)
    late_by = forms.ChoiceField(choices=[("", ""), *_LATE_BY], required=False)
    until = forms.TimeField(required=False, input_formats=["%H:%M", "%H:%M:%S"])
    is_told = forms.BooleanField(required=False)
    condition = forms.ChoiceField(choices=[("", ""), *((c.value, c.value) for c in Condition)], required=False)
    accepted = forms.ChoiceField(choices=[("", ""), ("yes", "yes"), ("no", "no")], required=False)
    words = forms.CharField(max_length=4000, required=False)

    def clean_said_at(self) -> datetime | None:
        """A moment says its offset: a device may be anywhere."""
        text: str = self.cleaned_data["said_at"]
        if not text:
            return None
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None or moment.utcoffset() is None:
            raise forms.ValidationError(refused(Refusal(Reason.NOT_A_MOMENT)))
        return moment

    def said(self, photos: list[bytes]) -> Said:
        """What was tapped, for the deed."""
        tapped: dict[str, Any] = self.cleaned_data
        cause = SlipCause(tapped["cause"]) if tapped["cause"] else None
        minutes = int(tapped["late_by"]) if tapped["late_by"] else None
        told = told_by_driver(cause, minutes, tapped["until"]) if tapped["is_told"] else ""
        return Said(
            key=tapped["key"],
            outcome=ReportOutcome(tapped["outcome"]),
            said_at=tapped["said_at"],
            cause=cause,
            minutes=minutes,
            until=tapped["until"],
            told=told,
            condition=Condition(tapped["condition"]) if tapped["condition"] else None,
            is_accepted={"yes": True, "no": False}.get(tapped["accepted"]),
            words=tapped["words"],
            photos=photos,
        )


def photos_of(request: HttpRequest) -> list[bytes]:
    """The files sent along, of which no more is read than is needed to refuse what is too many or too large."""
    sent = [file for file in request.FILES.getlist("photos") if file.size]
    return [file.read(LARGEST_BYTES + 1) for file in sent[: PHOTOS + 1]]


def fingerprint(request: HttpRequest, photos: list[bytes]) -> str:
    """A digest of what is asked, whatever token proves that the form is ours."""
    fields = sorted((name, value) for name, values in request.POST.lists() for value in values)
    asked = repr([pair for pair in fields if pair[0] != "csrfmiddlewaretoken"])
    digests = [hashlib.sha256(photo).hexdigest() for photo in photos]
    return hashlib.sha256(f"{request.path}\n{asked}\n{digests}".encode()).hexdigest()


class GiveForm(DeedForm):
    """Who carries it out: a person or a unit; nobody by name is the logistics of the site."""

    owes = forms.ChoiceField(label=_("Who carries it out"), required=False)

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owes"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [("", _("nobody by name")), *owners]

    def person_id(self) -> int | None:
        """The person, if it is one."""
        return self._id_of("person")

    def unit_id(self) -> int | None:
        """The unit, if it is one."""
        return self._id_of("unit")

    def _id_of(self, noun: str) -> int | None:
        kind, _colon, number = str(self.cleaned_data["owes"]).partition(":")
        return int(number) if kind == noun and number.isdecimal() else None
