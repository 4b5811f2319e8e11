"""Orders: the list, and the page of each."""

from collections.abc import Iterator
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodwill.actions import orders, own_fields
from goodwill.domain.own_fields import FieldNoun
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.reads import choices, search
from goodwill.reads import orders as read
from goodwill.web.answers import at_of, is_done, whole
from goodwill.web.customer_forms import OwnForm, own_initial, own_typed
from goodwill.web.gate import needs, viewer_of
from goodwill.web.sheets import sheet
from goodwill.web.wording import refused
from goodwill.web.wording_customers import payment, status
from goodwill.web.wording_entries import sentence


@needs(May.SEE_CUSTOMERS)
def listing(request: HttpRequest) -> HttpResponse:
    """The orders this viewer sees, newest first."""
    viewer, filters = viewer_of(request), _filters(request)
    shown = read.page(viewer, filters, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "list": shown,
        "rows": [(row, status(row.status)) for row in shown.rows],
        "filters": filters,
        "sites": choices.sites(viewer),
        "tags": choices.tags(viewer),
        "statuses": [(code, status(code)) for code in read.statuses(viewer)],
        "is_narrowed": filters != read.Filters(),
        "may_export": viewer.may(May.EXPORT),
        "shown": ngettext("%(n)d order shown", "%(n)d orders shown", len(shown.rows)) % {"n": len(shown.rows)},
    }
    return render(request, "orders/list.html", context)


@needs(May.EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """The list as a CSV file, whole and streamed."""
    viewer, filters = viewer_of(request), _filters(request)
    header = ["id", "number", "customer_id", "customer", "site", "status", "placed_at", "total", "paid", "currency"]

    def rows() -> Iterator[list[object]]:
        for row in read.export(viewer, filters):
            yield [
                row.id,
                row.number,
                row.customer_id,
                row.customer,
                row.site,
                row.status,
                row.placed_at,
                row.total.amount,
                row.paid.amount,
                row.total.currency,
            ]

    return sheet(request, "orders", header, rows())


@needs(May.SEE_CUSTOMERS)
def one(request: HttpRequest, order_id: int) -> HttpResponse:
    """Everything about one order."""
    viewer = viewer_of(request)
    page = read.one(viewer, order_id)
    if page is None:
        raise Http404
    context = {
        "page": page,
        "order": page.order,
        "status": status(page.order.status),
        "payments": [(row, payment(row.kind), amount) for row, amount in page.payments],
        "moments": [(moment, sentence(moment.entry)) for moment in page.moments],
        "tag_names": choices.tags(viewer),
        "may_change": viewer.may(May.RECORD),
    }
    return render(request, "orders/one.html", context)


@needs(May.RECORD)
def user(request: HttpRequest, order_id: int) -> HttpResponse:
    """Say who uses what was bought."""
    viewer = viewer_of(request)
    page = read.one(viewer, order_id)
    if page is None:
        raise Http404
    typed, error = request.POST.get("user_text", page.user.label if page.user else ""), ""
    user_id = whole(request.POST.get("user")) if request.method == "POST" else (page.user.id if page.user else None)
    if request.method == "POST":
        if user_id is None and typed.strip():
            named = search.find_customers(viewer, typed, limit=2)
            user_id = named[0].id if len(named) == 1 else None
        if user_id is None and typed.strip():
            error = refused(Refusal(Reason.NOT_FOUND))
        else:
            done = orders.name_user(order_id, user_id, by=viewer, at=at_of(request))
            if is_done(done):
                messages.success(request, _("The user of this purchase was written down."))
                return redirect("web:order", order_id)
            error = refused(done)
    context = {"page": page, "order": page.order, "typed": typed, "user_id": user_id or "", "error": error}
    return render(request, "orders/user.html", context)


@needs(May.RECORD)
def own(request: HttpRequest, order_id: int) -> HttpResponse:
    """The firm's own fields of an order."""
    viewer = viewer_of(request)
    page = read.one(viewer, order_id)
    fields = choices.own_fields(viewer, FieldNoun.ORDER)
    if page is None or not fields:
        raise Http404
    if request.method == "POST":
        form = OwnForm(request.POST, own=fields)
        if form.is_valid():
            done = own_fields.fill_order(order_id, own_typed(form), by=viewer, at=at_of(request))
            if is_done(done):
                messages.success(request, _("The changes were saved."))
                return redirect("web:order", order_id)
            form.refuse(done)
    else:
        form = OwnForm(initial=own_initial(page.order.own), own=fields)
    return render(request, "orders/own.html", {"page": page, "order": page.order, "form": form})


def _filters(request: HttpRequest) -> read.Filters:
    asked = request.GET
    return read.Filters(
        site_id=whole(asked.get("site")),
        status=asked.get("status", "")[:20],
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
        tag_id=whole(asked.get("tag")),
        customer_id=whole(asked.get("customer")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


urlpatterns = [
    path("orders/", listing, name="orders"),
    path("orders/export.csv", export, name="orders_export"),
    path("orders/<int:order_id>/", one, name="order"),
    path("orders/<int:order_id>/user/", user, name="order_user"),
    path("orders/<int:order_id>/own/", own, name="order_own"),
]
