"""Own fields: which the firm keeps on customers and orders besides ours."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from goodwill.actions import own_fields
from goodwill.domain.own_fields import FieldKind, FieldNoun
from goodwill.domain.roles import May
from goodwill.reads import choices
from goodwill.web.answers import at_of, is_done, tell
from goodwill.web.dressed_forms import Dressed
from goodwill.web.gate import needs, viewer_of
from goodwill.web.wording_customers import FIELD_KINDS, FIELD_NOUNS, field_kind, field_noun


class FieldForm(Dressed):
    """A definition; noun and kind stay what they were made."""

    label = forms.CharField(label=gettext_lazy("Name of the field"), max_length=80)
    noun = forms.ChoiceField(
        label=gettext_lazy("Belongs to"), choices=[(noun.value, name) for noun, name in FIELD_NOUNS.items()]
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Holds"), choices=[(kind.value, name) for kind, name in FIELD_KINDS.items()]
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        help_text=gettext_lazy("For a choice from a list: one in each line."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["noun"], self.fields["kind"]

    def offered(self) -> list[str]:
        """The choices, line by line."""
        return str(self.cleaned_data["choices"]).splitlines()


@needs(May.CHANGE_SETTINGS)
def listing(request: HttpRequest) -> HttpResponse:
    """The firm's own fields."""
    rows = [(field, field_noun(field.noun), field_kind(field.kind)) for field in choices.own_fields(viewer_of(request))]
    return render(request, "own_fields/list.html", {"rows": rows})


@needs(May.CHANGE_SETTINGS)
def new(request: HttpRequest) -> HttpResponse:
    """Define a field."""
    if request.method == "POST":
        form = FieldForm(request.POST, is_new=True)
        if form.is_valid():
            said = form.cleaned_data
            done = own_fields.define(
                FieldNoun(said["noun"]),
                said["label"],
                FieldKind(said["kind"]),
                form.offered(),
                by=viewer_of(request),
                at=at_of(request),
            )
            if is_done(done):
                messages.success(request, _("The field was defined."))
                return redirect("web:own_fields")
            form.refuse(done)
    else:
        form = FieldForm(is_new=True)
    return render(request, "own_fields/form.html", {"form": form, "field": None})


@needs(May.CHANGE_SETTINGS)
def edit(request: HttpRequest, field_id: int) -> HttpResponse:
    """Give a field another name or other choices."""
    field = choices.own_field(viewer_of(request), field_id)
    if field is None:
        raise Http404
    if request.method == "POST":
        form = FieldForm(request.POST, is_new=False)
        if form.is_valid():
            done = own_fields.redefine(
                field_id, form.cleaned_data["label"], form.offered(), by=viewer_of(request), at=at_of(request)
            )
            if is_done(done):
                messages.success(request, _("The changes were saved."))
                return redirect("web:own_fields")
            form.refuse(done)
    else:
        form = FieldForm(initial={"label": field.label, "choices": "\n".join(field.choices)}, is_new=False)
    if field.kind != FieldKind.CHOICE.value:
        form.fields["choices"].widget = forms.HiddenInput()
    context = {"form": form, "field": field, "noun": field_noun(field.noun), "kind": field_kind(field.kind)}
    return render(request, "own_fields/form.html", context)


@needs(May.CHANGE_SETTINGS)
@require_POST
def remove(request: HttpRequest, field_id: int) -> HttpResponse:
    """Take a field off every form and page."""
    done = own_fields.withdraw(field_id, by=viewer_of(request), at=at_of(request))
    tell(request, done, _("The field was taken off every form and page."))
    return redirect("web:own_fields")


urlpatterns = [
    path("settings/own-fields/", listing, name="own_fields"),
    path("settings/own-fields/new/", new, name="own_field_new"),
    path("settings/own-fields/<int:field_id>/", edit, name="own_field_edit"),
    path("settings/own-fields/<int:field_id>/remove/", remove, name="own_field_remove"),
]
