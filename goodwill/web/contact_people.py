"""Contact people: who speaks for an organisation."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goodwill.actions import contact_people
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.reads import customers as read
from goodwill.reads import search
from goodwill.web.answers import at_of, is_done, tell, whole
from goodwill.web.gate import needs, viewer_of
from goodwill.web.wording import refused


@needs(May.RECORD)
def new(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Join a person with an organisation; from a person's page the other way round."""
    viewer = viewer_of(request)
    shown = read.form(viewer, customer_id)
    if shown is None or shown.customer.kind == "unit" or shown.customer.erased_at is not None:
        raise Http404
    is_person = shown.customer.kind == "person"
    wanted = "organisation" if is_person else "person"
    typed, position = request.POST.get("other_text", ""), request.POST.get("position", "")
    other_id, error, wrong_position = whole(request.POST.get("other")), "", ""
    if request.method == "POST":
        if other_id is None and typed.strip():
            # Without JavaScript the name alone is posted: it is enough where it names one customer.
            named = search.find_customers(viewer, typed, limit=2, kind=wanted)
            other_id = named[0].id if len(named) == 1 else None
        if other_id is None:
            error = refused(Refusal(Reason.NOT_FOUND if typed.strip() else Reason.REQUIRED))
        else:
            pair = (other_id, customer_id) if is_person else (customer_id, other_id)
            done = contact_people.join(*pair, position, by=viewer, at=at_of(request))
            if not isinstance(done, Refusal):
                messages.success(request, _("The contact person was added."))
                return redirect("web:customer", customer_id)
            if done.field == "position":
                wrong_position = refused(done)
            elif is_person and done.field in ("", "organisation"):
                error = refused(Refusal(Reason.NOT_FOUND if not done.field else done.reason))
            elif done.field == "person":
                error = refused(done)
            else:
                is_done(done)
                error = refused(done)
    context = {
        "customer": shown.customer,
        "label": shown.label,
        "is_person": is_person,
        "wanted": wanted,
        "typed": typed,
        "other_id": other_id or "",
        "position": position,
        "error": error,
        "wrong_position": wrong_position,
    }
    return render(request, "customers/contact_person.html", context)


@needs(May.RECORD)
@require_POST
def remove(request: HttpRequest, customer_id: int, person_id: int) -> HttpResponse:
    """The person no longer speaks for the organisation."""
    done = contact_people.part(customer_id, person_id, by=viewer_of(request), at=at_of(request))
    tell(request, done, _("The contact person no longer speaks for this organisation."))
    back = whole(request.POST.get("back"))
    return redirect("web:customer", back if back in (customer_id, person_id) else customer_id)


urlpatterns = [
    path("customers/<int:customer_id>/contact-people/new/", new, name="contact_person_new"),
    path("customers/<int:customer_id>/contact-people/<int:person_id>/remove/", remove, name="contact_person_remove"),
]
