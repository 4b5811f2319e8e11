"""Erasures: a person is asked to be forgotten; the page says what goes and what stays before it is done."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from goodwill.actions import erasures
from goodwill.domain.roles import May
from goodwill.reads import customers as read
from goodwill.web.answers import at_of, tell
from goodwill.web.gate import needs, viewer_of


@needs(May.ERASE)
def erase(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Ask, then erase."""
    viewer = viewer_of(request)
    shown = read.form(viewer, customer_id)
    if shown is None or shown.customer.kind != "person":
        raise Http404
    if request.method == "POST":
        if request.POST.get("sure") == "yes":
            done = erasures.erase(customer_id, by=viewer, at=at_of(request))
            tell(request, done, _("The person was erased."))
        else:
            messages.error(request, _("Nobody was erased. Tick the box to confirm, then press the button again."))
            return redirect("web:customer_erase", customer_id)
        return redirect("web:customer", customer_id)
    return render(request, "customers/erase.html", {"customer": shown.customer, "label": shown.label})


urlpatterns = [path("customers/<int:customer_id>/erase/", erase, name="customer_erase")]
