"""People: who works in these books, with which roles, and how they come in and leave."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from goodwill.actions import invitations, sign_ins
from goodwill.actions import people as deeds
from goodwill.actions.invitations import Invitation
from goodwill.domain.refusals import Refusal
from goodwill.domain.roles import May, Role
from goodwill.reads import people as reads
from goodwill.reads.people import PersonPage
from goodwill.web.firm import firm_of
from goodwill.web.gate import needs, viewer_of
from goodwill.web.people_forms import HandingOver, HeldRoles, Inviting, Renaming
from goodwill.web.wording import refused
from goodwill.web.wording_people import held as held_in_words


@needs(May.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """Everyone with an account."""
    rows = [{"row": row, "held": [held_in_words(one) for one in row.held]} for row in reads.listed(viewer_of(request))]
    return render(request, "people/list.html", {"rows": rows})


@needs(May.MANAGE_PEOPLE)
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Somebody new; the link is shown once."""
    viewer = viewer_of(request)
    form = Inviting(request.POST or None, units=reads.unit_choices(viewer), initial={"language": viewer.language})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with transaction.atomic():
            done = invitations.invite(
                said["email"],
                said["name"],
                form.held(),
                language=said["language"],
                by=viewer,
                at=request.at,  # type: ignore[attr-defined]
            )
            if not isinstance(done, Refusal):
                _send(request, done)
        if not isinstance(done, Refusal):
            return _invited(request, done)
        form.refuse(done)
    return render(request, "people/invite.html", {"form": form}, status=422 if form.errors else 200)


@needs(May.MANAGE_PEOPLE)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person, and everything that may be done about them."""
    page = _page(request, pk)
    return render(request, "people/person.html", _context(request, page))


@needs(May.MANAGE_PEOPLE)
@require_POST
def person_roles(request: HttpRequest, pk: int) -> HttpResponse:
    """Exactly these roles in these units."""
    page = _page(request, pk)
    form = HeldRoles(request.POST, units=reads.unit_choices(viewer_of(request)))
    if form.is_valid():
        done = deeds.assign(pk, form.held(), by=viewer_of(request), at=request.at)  # type: ignore[attr-defined]
        if not isinstance(done, Refusal):
            messages.success(request, gettext("The roles are changed."))
            return redirect("web:person", pk)
        form.refuse(done)
    return render(request, "people/person.html", _context(request, page, roles=form), status=422)


@needs(May.MANAGE_PEOPLE)
@require_POST
def person_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Another spelling of the name."""
    page = _page(request, pk)
    form = Renaming(request.POST)
    if form.is_valid():
        said = form.cleaned_data["name"]
        done = deeds.rename(pk, said, by=viewer_of(request), at=request.at)  # type: ignore[attr-defined]
        if not isinstance(done, Refusal):
            messages.success(request, gettext("The name is changed."))
            return redirect("web:person", pk)
        form.refuse(done)
    return render(request, "people/person.html", _context(request, page, renaming=form), status=422)


@needs(May.MANAGE_PEOPLE)
def person_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then close the account."""
    page = _page(request, pk)
    if request.method != "POST":
        return render(request, "people/close.html", {"page": page})
    done = deeds.close(pk, by=viewer_of(request), at=request.at)  # type: ignore[attr-defined]
    _say(request, done, gettext("The account is closed. What they did stays."))
    return redirect("web:person", pk)


@needs(May.MANAGE_PEOPLE)
@require_POST
def person_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Let them in again."""
    _page(request, pk)
    done = deeds.reopen(pk, by=viewer_of(request), at=request.at)  # type: ignore[attr-defined]
    _say(request, done, gettext("The account is open again."))
    return redirect("web:person", pk)


@needs(May.MANAGE_PEOPLE)
@require_POST
def person_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the customers to somebody else."""
    page = _page(request, pk)
    form = HandingOver(request.POST, people=_others(request, pk))
    if form.is_valid():
        to = int(form.cleaned_data["to"])
        done = deeds.hand_over(pk, to, by=viewer_of(request), at=request.at)  # type: ignore[attr-defined]
        if not isinstance(done, Refusal):
            said = ngettext("%(n)d customer was handed over.", "%(n)d customers were handed over.", done)
            messages.success(request, said % {"n": done})
            return redirect("web:person", pk)
        form.refuse(done)
    return render(request, "people/person.html", _context(request, page, handing_over=form), status=422)


@needs(May.MANAGE_PEOPLE)
@require_POST
@never_cache
def person_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A fresh invitation for who has not joined, a link for a new password for who has; shown once."""
    page = _page(request, pk)
    at = request.at  # type: ignore[attr-defined]
    if not page.row.has_joined:
        with transaction.atomic():
            invitation = invitations.invite_again(pk, by=viewer_of(request), at=at)
            if not isinstance(invitation, Refusal):
                _send(request, invitation)
        if not isinstance(invitation, Refusal):
            return _invited(request, invitation)
        messages.error(request, refused(invitation))
        return redirect("web:person", pk)
    token = sign_ins.new_password_link(pk, by=viewer_of(request), at=at)
    if isinstance(token, Refusal):
        messages.error(request, refused(token))
        return redirect("web:person", pk)
    url = request.build_absolute_uri(reverse("web:new_password", args=[token]))
    return render(request, "people/link.html", {"page": page, "url": url})


def _page(request: HttpRequest, pk: int) -> PersonPage:
    page = reads.shown(viewer_of(request), pk)
    if page is None:
        raise Http404
    return page


def _context(request: HttpRequest, page: PersonPage, **forms: Any) -> dict[str, Any]:
    held = [(Role(one.role), one.unit_id) for one in page.row.held]
    usual: dict[str, Any] = {
        "roles": HeldRoles(units=reads.unit_choices(viewer_of(request)), held=held),
        "renaming": Renaming(initial={"name": page.row.name}),
        "handing_over": HandingOver(people=_others(request, page.row.id)),
    }
    return {"page": page, "held": [held_in_words(one) for one in page.row.held], **usual, **forms}


def _others(request: HttpRequest, pk: int) -> list[tuple[int, str]]:
    return [choice for choice in reads.choices(viewer_of(request)) if choice[0] != pk]


def _say(request: HttpRequest, done: object, words: str) -> None:
    if isinstance(done, Refusal):
        messages.error(request, refused(done))
    else:
        messages.success(request, words)


def _send(request: HttpRequest, invitation: Invitation) -> None:
    """The letter, in the language of whoever will read it; where no letters leave, the link is handed over by hand."""
    if settings.MAIL_SERVER is None:
        return
    viewer = viewer_of(request)
    firm = firm_of(request)
    with translation.override(invitation.language):
        context = {
            "url": request.build_absolute_uri(invitation.path),
            "firm_name": firm.name if firm else "",
            "inviter": viewer.name,
        }
        subject = render_to_string("account/email/invitation_subject.txt", context)
        body = render_to_string("account/email/invitation_message.txt", context)
    EmailMessage(" ".join(subject.split()), body.strip(), to=[invitation.email]).send()


def _invited(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    context = {
        "invitation": invitation,
        "url": request.build_absolute_uri(invitation.path),
        "was_sent": settings.MAIL_SERVER is not None,
    }
    return render(request, "people/invited.html", context)


urlpatterns = [
    path("people/", people, name="people"),
    path("people/invite/", invite, name="people_invite"),
    path("people/<int:pk>/", person, name="person"),
    path("people/<int:pk>/roles/", person_roles, name="person_roles"),
    path("people/<int:pk>/name/", person_name, name="person_name"),
    path("people/<int:pk>/close/", person_close, name="person_close"),
    path("people/<int:pk>/reopen/", person_reopen, name="person_reopen"),
    path("people/<int:pk>/hand-over/", person_hand_over, name="person_hand_over"),
    path("people/<int:pk>/link/", person_link, name="person_link"),
]
