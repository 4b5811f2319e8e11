"""Forms of customers: who they are, how they are reached, who answers for them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodwill.actions import addresses
from goodwill.actions.addresses import AddressFacts
from goodwill.actions.customers import CustomerFacts
from goodwill.domain import own_fields
from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.own_fields import LONGEST, FieldKind
from goodwill.domain.refusals import Reason, Refusal
from goodwill.reads.choices import Choice
from goodwill.web.dressed_forms import Dressed
from goodwill.web.wording import ADDRESS_KINDS, CUSTOMER_KINDS
from goodwill.web.wording_customers import LANGUAGES

NONE = ("", pgettext_lazy("choice of a list", "none"))
_KINDS = (CustomerKind.PERSON, CustomerKind.ORGANISATION)


def listed(choices: Sequence[Choice]) -> list[tuple[str, Any]]:
    """A list's entries for a select, with "none" first."""
    return [NONE, *((str(choice.id), choice.name) for choice in choices)]


class CustomerForm(Dressed):
    """What is said of a customer; own fields are added by `with_own`."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, CUSTOMER_KINDS[kind]) for kind in _KINDS])
    name = forms.CharField(label=pgettext_lazy("customer", "Name"), max_length=200)
    number = forms.CharField(label=_("Customer number"), max_length=64, required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", pgettext_lazy("language", "not known")), *LANGUAGES.items()]
    )
    site = forms.ChoiceField(label=_("Home site"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sites: Sequence[Choice], own: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.defined = own
        for field in own:
            self.fields[f"own_{field.key}"] = own_input(field)
        chooser = self.fields["site"]
        assert isinstance(chooser, forms.ChoiceField)  # noqa: S101
        chooser.choices = listed(sites)

    def clean(self) -> dict[str, Any]:
        """Every own field that cannot be kept is named at once: the deed stops at the first."""
        said = super().clean() or self.cleaned_data
        for field in self.defined:
            value = own_fields.read(FieldKind(field.kind), said.get(f"own_{field.key}") or "", field.choices)
            # Whether a choice that is no longer offered may stay, only the deed knows.
            if isinstance(value, Reason) and value is not Reason.NOT_A_CHOICE:
                self.refuse(Refusal(value, f"own_{field.key}"))
        return said

    def facts(self) -> CustomerFacts:
        """What was typed, for the deed."""
        said = self.cleaned_data
        return CustomerFacts(
            kind=CustomerKind(said["kind"]),
            name=said["name"],
            number=said["number"],
            language=said["language"],
            site_id=int(said["site"]) if said["site"] else None,
        )

    def own(self) -> dict[str, str]:
        """The own fields as typed, by key."""
        return own_typed(self)


class NewCustomerForm(CustomerForm):
    """The same for somebody new: with the first addresses, and who will answer for them."""

    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    deputy = forms.ChoiceField(label=_("Deputy"), required=False)
    anyway = forms.BooleanField(label=_("This is somebody else: add them all the same"), required=False)

    def __init__(self, *args: Any, people: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "deputy"):
            chooser = self.fields[name]
            assert isinstance(chooser, forms.ChoiceField)  # noqa: S101
            chooser.choices = listed(people)

    def clean(self) -> dict[str, Any]:
        """A wrong e-mail address and a wrong telephone are named together, beside what else is wrong."""
        said = super().clean()
        for field, kind in (("email", AddressKind.EMAIL), ("phone", AddressKind.PHONE)):
            typed = said.get(field, "").strip()
            if typed and isinstance(wrong := addresses.read(AddressFacts(kind, typed)), Refusal):
                self.refuse(Refusal(wrong.reason, field, wrong.values))
        return said

    def reached(self) -> list[AddressFacts]:
        """The addresses that were typed."""
        said = self.cleaned_data
        typed = ((AddressKind.EMAIL, said["email"]), (AddressKind.PHONE, said["phone"]))
        return [AddressFacts(kind, value) for kind, value in typed if value.strip()]


class AddressForm(Dressed):
    """One address; city, region, postcode and country belong to the postal kind."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, ADDRESS_KINDS[kind]) for kind in AddressKind])
    value = forms.CharField(
        label=_("Address"),
        max_length=254,
        required=False,
        help_text=_("The e-mail address, the telephone number, or street and house."),
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    region = forms.CharField(label=_("Region"), max_length=64, required=False)
    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Two letters, like DE, HU or RU.")
    )

    def facts(self) -> AddressFacts:
        """What was typed, for the deed."""
        said = self.cleaned_data
        return AddressFacts(
            AddressKind(said["kind"]), said["value"], said["city"], said["region"], said["postcode"], said["country"]
        )


class HandOverForm(Dressed):
    """Who answers for a customer, and who does while the owner is away."""

    owner = forms.ChoiceField(label=_("Owner"), required=False)
    deputy = forms.ChoiceField(label=_("Deputy"), required=False)

    def __init__(self, *args: Any, people: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "deputy"):
            chooser = self.fields[name]
            assert isinstance(chooser, forms.ChoiceField)  # noqa: S101
            chooser.choices = listed(people)


def own_input(field: Any) -> forms.Field:
    """The input of an own field by its kind; the deed judges what was typed."""
    kind = FieldKind(field.kind)
    if kind is FieldKind.YES_NO:
        answers = [("", "–"), ("yes", pgettext_lazy("answer", "yes")), ("no", pgettext_lazy("answer", "no"))]
        chosen = forms.Select(attrs={"class": "form-select"})
        return forms.ChoiceField(label=field.label, required=False, choices=answers, widget=chosen)
    if kind is FieldKind.CHOICE:
        return forms.CharField(
            label=field.label,
            required=False,
            widget=forms.Select(
                choices=[("", "–"), *((choice, choice) for choice in field.choices)], attrs={"class": "form-select"}
            ),
        )
    attrs = {FieldKind.NUMBER: {"inputmode": "decimal"}, FieldKind.DATE: {"type": "date"}}.get(kind, {})
    typed = forms.TextInput(attrs={"class": "form-control", **attrs})
    return forms.CharField(label=field.label, required=False, max_length=LONGEST, widget=typed)


def own_initial(own: dict[str, Any]) -> dict[str, str]:
    """Values of own fields as their inputs show them."""
    return {
        f"own_{key}": ("yes" if value else "no") if isinstance(value, bool) else str(value)
        for key, value in own.items()
    }


def own_typed(form: forms.Form) -> dict[str, str]:
    """What was typed into the own fields of a form, by key."""
    return {
        name.removeprefix("own_"): value or "" for name, value in form.cleaned_data.items() if name.startswith("own_")
    }


class OwnForm(Dressed):
    """Only the own fields: of an order."""

    def __init__(self, *args: Any, own: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in own:
            self.fields[f"own_{field.key}"] = own_input(field)
