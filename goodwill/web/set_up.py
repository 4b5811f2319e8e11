"""The first-run set-up: language and country first, then one page; open only while there is no firm."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from goodwill.actions import firms as founding
from goodwill.adapters import places
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import NOBODY
from goodwill.reads import firms
from goodwill.web.dressed_forms import Dressed, ZoneField, language_choices
from goodwill.web.sign_in import enter_as
from goodwill.web.sign_in_forms import NewPassword
from goodwill.web.week_fields import Week, week_initial
from goodwill.web.wording import MODES

_USUAL_COUNTRY = {"en": "GB", "ru": "RU", "hu": "HU"}


def country_choices() -> list[tuple[str, str]]:
    """Countries in the reader's language."""
    return list(places.countries(_language()))


def currency_choices() -> list[tuple[str, str]]:
    """Currencies in the reader's language."""
    return list(places.currencies(_language()))


class Where(Dressed):
    """The first step: where the firm is."""

    country = forms.ChoiceField(label=_("Country"), choices=country_choices)


class Founding(NewPassword, Week):
    """The second step: everything else, with what is usual in the country already filled in."""

    firm_name = forms.CharField(label=_("Name of the firm"), max_length=founding.NAME_LENGTH)
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    zone = ZoneField(help_text=_("Type a part of its name, like Berlin."))
    with_holidays = forms.BooleanField(label=_("Closed on public holidays of the country"), required=False)
    site_name = forms.CharField(
        label=_("First place you serve from"),
        max_length=founding.NAME_LENGTH,
        help_text=_("A shop, a warehouse, a web shop. More can follow."),
    )
    site_mode = forms.ChoiceField(label=_("How it serves"), choices=lambda: [(m.value, n) for m, n in MODES.items()])
    unit_name = forms.CharField(
        label=_("First unit"),
        max_length=founding.NAME_LENGTH,
        help_text=_("The people who serve there: Sales, Customer care. More can follow."),
    )
    head_name = forms.CharField(
        label=_("Your name"), max_length=founding.NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    head_email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"invalid": _("This is not an e-mail address. Write it like name@firm.example.")},
    )

    field_order = ("firm_name", "country", "currency", "zone", "site_name", "site_mode", "unit_name")

    def likeness(self) -> Any:
        """The head, who does not exist yet."""
        said = self.cleaned_data
        return get_user_model()(email=said.get("head_email", ""), name=said.get("head_name", ""))

    def beginning(self) -> founding.Beginning:
        """What was said, as the deed takes it; only for a valid form."""
        said = self.cleaned_data
        return founding.Beginning(
            **{name: said[name] for name in ("firm_name", "currency", "country", "zone", "site_name", "site_mode")},
            **{name: said[name] for name in ("unit_name", "head_name", "head_email", "password", "with_holidays")},
            language=_language(),
            weekly=self.weekly(),
            calendar_name=gettext("Opening hours"),
        )


@login_not_required
@never_cache
def set_up(request: HttpRequest) -> HttpResponse:
    """Which language, which country."""
    if firms.is_set_up():
        return redirect("/")
    if request.GET:
        form = Where(request.GET)
        if form.is_valid():
            answer = redirect("web:set_up_firm")
            answer["Location"] += f"?country={form.cleaned_data['country']}"
            return answer
    else:
        guess = places.country_of(request.headers.get("Accept-Language", "")) or _USUAL_COUNTRY.get(_language(), "")
        form = Where(initial={"country": guess})
    return render(request, "set_up/where.html", {"form": form, "languages": language_choices()})


@login_not_required
@never_cache
@sensitive_post_parameters()
def set_up_firm(request: HttpRequest) -> HttpResponse:
    """The firm, its first place, its first people."""
    if firms.is_set_up():
        return redirect("/")
    if request.method != "POST":
        country = request.GET.get("country", "")
        if country not in dict(places.countries("en")):
            return redirect("web:set_up")
        return _page(request, Founding(initial=_usual(country)))
    form = Founding(request.POST)
    if not form.is_valid():
        return _page(request, form)
    at = request.at  # type: ignore[attr-defined]
    said = form.beginning()
    head = founding.set_up(said, by=NOBODY, at=at)
    if isinstance(head, Refusal):
        if head.reason is Reason.ALREADY_SET_UP:
            return redirect("/")
        for refusal in founding.judge(said, at=at):
            form.refuse(refusal)
        return _page(request, form)
    enter_as(request, head)
    return redirect("/")


def _page(request: HttpRequest, form: Founding) -> HttpResponse:
    context = {"form": form, "zones": places.zones()}
    return render(request, "set_up/firm.html", context, status=422 if form.errors else 200)


def _usual(country: str) -> dict[str, Any]:
    return {
        "country": country,
        "currency": places.usual_currency(country),
        "zone": places.usual_zone(country),
        "with_holidays": True,
        **week_initial(),
    }


def _language() -> str:
    return (get_language() or "en").split("-")[0]


urlpatterns = [
    path("set-up/", set_up, name="set_up"),
    path("set-up/firm/", set_up_firm, name="set_up_firm"),
]
