"""Addresses: added to a customer, corrected, removed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goodwill.actions import addresses
from goodwill.domain.customers import AddressKind
from goodwill.domain.roles import May
from goodwill.reads import addresses as read
from goodwill.web.answers import at_of, is_done, tell
from goodwill.web.customer_forms import AddressForm
from goodwill.web.gate import needs, viewer_of


@needs(May.RECORD)
def new(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One more way to reach a customer."""
    viewer = viewer_of(request)
    label = read.label_of_customer(viewer, customer_id)
    if label is None:
        raise Http404
    if request.method == "POST":
        form = AddressForm(request.POST)
        if form.is_valid():
            done = addresses.add(customer_id, form.facts(), by=viewer, at=at_of(request))
            if is_done(done):
                messages.success(request, _("The address was added."))
                return redirect("web:customer", customer_id)
            form.refuse(done)
    else:
        kind = request.GET.get("kind", "")
        form = AddressForm(initial={"kind": kind if kind in set(AddressKind) else AddressKind.EMAIL.value})
    return render(
        request, "customers/address.html", {"form": form, "label": label, "customer_id": customer_id, "address": None}
    )


@needs(May.RECORD)
def edit(request: HttpRequest, address_id: int) -> HttpResponse:
    """Correct an address."""
    viewer = viewer_of(request)
    found = read.one(viewer, address_id)
    if found is None:
        raise Http404
    address, label = found
    if request.method == "POST":
        form = AddressForm(request.POST)
        if form.is_valid():
            done = addresses.correct(address_id, form.facts(), by=viewer, at=at_of(request))
            if is_done(done):
                messages.success(request, _("The address was corrected."))
                return redirect("web:customer", address.customer_id)
            form.refuse(done)
    else:
        fields = ("kind", "value", "postcode", "city", "region", "country")
        form = AddressForm(initial={field: getattr(address, field) for field in fields})
    context = {"form": form, "label": label, "customer_id": address.customer_id, "address": address}
    return render(request, "customers/address.html", context)


@needs(May.RECORD)
@require_POST
def remove(request: HttpRequest, address_id: int) -> HttpResponse:
    """Take an address away."""
    viewer = viewer_of(request)
    found = read.one(viewer, address_id)
    if found is None:
        raise Http404
    tell(request, addresses.remove(address_id, by=viewer, at=at_of(request)), _("The address was removed."))
    return redirect("web:customer", found[0].customer_id)


urlpatterns = [
    path("customers/<int:customer_id>/addresses/new/", new, name="address_new"),
    path("addresses/<int:address_id>/edit/", edit, name="address_edit"),
    path("addresses/<int:address_id>/remove/", remove, name="address_remove"),
]
