"""Forms of sign-in and of choosing a password."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from goodwill.web.dressed_forms import Dressed


class SignInForm(Dressed, LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], _("E-mail address"))
        _plain(self.fields["password"], _("Password"))


class AskResetForm(Dressed, ResetPasswordForm):  # type: ignore[misc]
    """The address to which a letter goes, if it is one of ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["email"], _("E-mail address"))


class ResetForm(Dressed, ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password1"], _("New password"))
        self.fields["password1"].help_text = PASSWORD_HELP
        _plain(self.fields["password2"], _("New password again"))


PASSWORD_HELP = _("At least ten characters; four words you can remember are better than eight signs you cannot.")


class NewPassword(Dressed):
    """A password of one's own choice, twice; judged for length, commonness and likeness to the person's own data."""

    password = forms.CharField(
        label=_("Password"),
        help_text=PASSWORD_HELP,
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-no-draft": ""}),
    )
    password_again = forms.CharField(
        label=_("Password again"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-no-draft": ""}),
    )

    def __init__(self, *args: Any, person: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def likeness(self) -> Any:
        """Whose `email` and `name` the password must not resemble."""
        return self.person

    def clean(self) -> dict[str, Any]:
        """Both alike, and good enough."""
        cleaned = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", _("The two passwords differ. Type the same one twice."))
        if password:
            try:
                password_validation.validate_password(password, self.likeness())
            except ValidationError as problem:
                self.add_error("password", problem)
        return cleaned


def _plain(field: forms.Field, label: Any) -> None:
    field.label, field.help_text = label, ""
    field.widget.attrs.pop("placeholder", None)
