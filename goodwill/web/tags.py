"""Tags: the list with its counts, and putting them on and taking them off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from goodwill.actions import tags
from goodwill.domain.roles import May
from goodwill.reads import tags as read
from goodwill.web.answers import at_of, is_done, whole
from goodwill.web.gate import needs, viewer_of
from goodwill.web.wording import refused


@needs(May.SEE_CUSTOMERS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every tag with the customers and orders that carry it."""
    return render(request, "customers/tags.html", {"rows": read.page(viewer_of(request))})


@needs(May.RECORD)
@require_POST
def of_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Put a tag on a customer (`tag`), or take one off (`take`)."""
    viewer, at, off = viewer_of(request), at_of(request), whole(request.POST.get("take"))
    if off is not None:
        is_done(tags.take_off_customer(customer_id, off, by=viewer, at=at))
    else:
        done = tags.put_on_customer(customer_id, request.POST.get("tag", ""), by=viewer, at=at)
        if not is_done(done):
            messages.error(request, refused(done))
    return redirect("web:customer", customer_id)


@needs(May.RECORD)
@require_POST
def of_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """The same for an order."""
    viewer, at, off = viewer_of(request), at_of(request), whole(request.POST.get("take"))
    if off is not None:
        is_done(tags.take_off_order(order_id, off, by=viewer, at=at))
    else:
        done = tags.put_on_order(order_id, request.POST.get("tag", ""), by=viewer, at=at)
        if not is_done(done):
            messages.error(request, refused(done))
    return redirect("web:order", order_id)


urlpatterns = [
    path("tags/", listing, name="tags"),
    path("customers/<int:customer_id>/tags/", of_customer, name="customer_tags"),
    path("orders/<int:order_id>/tags/", of_order, name="order_tags"),
]
