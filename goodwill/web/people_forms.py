"""Forms of people: who holds which role where, invitations, hand-over."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodwill.domain.roles import Role
from goodwill.web.dressed_forms import Dressed, language_choices
from goodwill.web.wording import ROLES

Held = tuple[Role, int | None]
SPARE = 2
"""Empty lines for further roles."""


class HeldRoles(Dressed):
    """Lines of a role and where it is held; a line without a role is left out. Drawn by `people/held.html`."""

    several = frozenset({"roles"})
    roles = forms.CharField(required=False, widget=forms.HiddenInput)
    """Carries no value: refusals of the lines as a whole are said here."""

    def __init__(self, *args: Any, units: Sequence[tuple[int, str]], held: Sequence[Held] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = [name for name in self.data if name.startswith("role_") and name[5:].isdigit()] if self.is_bound else []
        self.lines = min(len(typed), 100) if typed else len(held) + SPARE
        where = [("", _("The firm as a whole")), *((str(pk), name) for pk, name in units)]
        for line in range(self.lines):
            role, unit_id = held[line] if line < len(held) else ("", None)
            self.fields[f"role_{line}"] = forms.ChoiceField(
                label=_("Role"),
                choices=[("", "–"), *((r.value, name) for r, name in ROLES.items())],
                required=False,
                initial=role,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self.fields[f"unit_{line}"] = forms.ChoiceField(
                label=_("Unit"),
                choices=where,
                required=False,
                initial="" if unit_id is None else str(unit_id),
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The lines."""
        return [(self[f"role_{line}"], self[f"unit_{line}"]) for line in range(self.lines)]

    def held(self) -> set[Held]:
        """What was chosen; only for a valid form."""
        chosen = set()
        for line in range(self.lines):
            if role := self.cleaned_data[f"role_{line}"]:
                unit = self.cleaned_data[f"unit_{line}"]
                chosen.add((Role(role), int(unit) if unit else None))
        return chosen


class Inviting(HeldRoles):
    """Somebody new."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("They sign in with it."),
        error_messages={"invalid": _("This is not an e-mail address. Write it like name@firm.example.")},
    )
    language = forms.ChoiceField(label=_("Language of the letter"), choices=language_choices)


class Renaming(Dressed):
    """Another spelling."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120)


class HandingOver(Dressed):
    """To whom the customers go."""

    to = forms.ChoiceField(label=_("Give their customers to"))

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [("", _("Choose a person")), *((str(pk), name) for pk, name in people)]
