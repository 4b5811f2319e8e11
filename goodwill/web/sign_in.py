"""Signing in: by e-mail address and password, throttled; accounts are made by invitation only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView, PasswordResetView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goodwill.actions import sign_ins
from goodwill.domain.viewers import NOBODY
from goodwill.reads import firms

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves; a closed account looks like a wrong password; the journal hears of it all."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "This address and password do not belong together. Check both, or ask for a new one."
        ),
        "too_many_login_attempts": _("Too many tries. To protect the account, wait five minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are invited."""
        del request
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The person, unless the account is closed."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return user

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The account alone: by the host as well, whoever writes another port into it may guess five times more."""
        del request
        return str(credentials.get("email", "")).lower()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave a trace without the address that was typed."""
        sign_ins.refused_sign_in(str(credentials.get("email", "")), at=request.at)  # type: ignore[attr-defined]

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Leave a trace."""
        sign_ins.signed_in(user.pk, at=request.at)  # type: ignore[attr-defined]
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Leave a trace."""
        super().set_password(user, password)
        sign_ins.password_changed(user.pk, at=self.request.at)

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        """By letter, where letters leave; else the page says whom to ask."""
        sign_ins.reset_asked(email, at=self.request.at)
        if settings.MAIL_SERVER is not None:
            super().send_password_reset_mail(user, email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the person who will read it."""
        language = getattr(context.get("user"), "language", None) or translation.get_language()
        with translation.override(language):
            firm = firms.face(NOBODY)
            self.render_mail(template_prefix, email, {"firm_name": firm.name if firm else "", **context}).send()

    def format_email_subject(self, subject: str) -> str:
        """As it was written."""
        return subject

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *_: Any, **__: Any
    ) -> None:
        """Only what is worth a word: that one has just signed in or out is plain to see."""
        if message_template == "account/messages/password_changed.txt":
            messages.success(request, gettext("Your password was changed."))


class SignIn(LoginView):  # type: ignore[misc]
    """The sign-in page; before set-up there is nobody to sign in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """To the set-up, or on."""
        if not firms.is_set_up():
            return redirect("web:set_up")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class AskReset(PasswordResetView):  # type: ignore[misc]
    """Asking for a letter with a link; where no letters leave, the page says whom to ask."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With `can_mail`."""
        return {**super().get_context_data(**kwargs), "can_mail": settings.MAIL_SERVER is not None}


def enter_as(request: HttpRequest, person: Any) -> None:
    """Begin this person's session, and leave a trace."""
    login(request, person, backend=BACKEND)
    sign_ins.signed_in(person.pk, at=request.at)  # type: ignore[attr-defined]
