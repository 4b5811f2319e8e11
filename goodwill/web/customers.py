"""Customers: the list, the page of each, and the forms to add and correct them."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from goodwill.actions import cards, customers
from goodwill.domain.own_fields import FieldNoun
from goodwill.domain.roles import May, Scope
from goodwill.domain.viewers import Viewer
from goodwill.reads import choices, customer_pages, timelines
from goodwill.reads import customers as read
from goodwill.web.answers import at_of, is_done, whole
from goodwill.web.customer_forms import CustomerForm, HandOverForm, NewCustomerForm, own_initial
from goodwill.web.gate import needs, viewer_of
from goodwill.web.sheets import sheet
from goodwill.web.wording import CUSTOMER_KINDS, customer_kind
from goodwill.web.wording_customers import LANGUAGES, duplicate, rated
from goodwill.web.wording_entries import sentence

_SORTS = {
    "name": gettext_lazy("by name"),
    "heard": gettext_lazy("latest heard first"),
    "quiet": gettext_lazy("longest unheard first"),
    "new": gettext_lazy("latest added first"),
}


@needs(May.SEE_CUSTOMERS)
def listing(request: HttpRequest) -> HttpResponse:
    """The customers this viewer sees."""
    viewer, filters = viewer_of(request), _filters(request)
    shown = read.page(viewer, filters, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    people = choices.people(viewer)
    context = {
        "list": shown,
        "filters": filters,
        "rows": [(row, customer_kind(row.kind)) for row in shown.rows],
        "kinds": [(kind.value, name) for kind, name in CUSTOMER_KINDS.items()],
        "sites": choices.sites(viewer),
        "people": people,
        "tags": choices.tags(viewer),
        "sorts": list(_SORTS.items()),
        "is_narrowed": filters != read.Filters(sort=filters.sort),
        "may_export": viewer.may(May.EXPORT),
        "may_add": viewer.may(May.RECORD),
        "shown": ngettext("%(n)d customer shown", "%(n)d customers shown", len(shown.rows)) % {"n": len(shown.rows)},
    }
    return render(request, "customers/list.html", context)


@needs(May.EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """The list as a CSV file, whole and streamed."""
    viewer, filters = viewer_of(request), _filters(request)
    own = choices.own_fields(viewer, FieldNoun.CUSTOMER)
    header = ["id", "kind", "name", "number", "language", "emails", "telephones", "addresses", "site", "owner"]
    header += ["tags", "last_heard_at", "created_at", "erased_at", *(field.label for field in own)]

    def rows() -> Iterator[list[object]]:
        for line in read.export(viewer, filters):
            row = line.customer
            yield [
                row.pk,
                row.kind,
                line.label,
                row.number,
                row.language,
                "; ".join(line.emails),
                "; ".join(line.phones),
                "; ".join(line.places),
                row.site.name if row.site else "",
                row.owner.name if row.owner else "",
                "; ".join(line.tags),
                row.last_heard_at,
                row.created_at,
                row.erased_at,
                *(line.own.get(field.key) for field in own),
            ]

    return sheet(request, "customers", header, rows())


@needs(May.SEE_CUSTOMERS)
def one(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Everything about one customer."""
    viewer = viewer_of(request)
    page = customer_pages.page(viewer, customer_id)
    after, before = request.GET.get("older", ""), request.GET.get("newer", "")
    timeline = timelines.of_customer(viewer, customer_id, after=after, before=before)
    if page is None or timeline is None:
        raise Http404
    context = {
        "page": page,
        "customer": page.customer,
        "kind": customer_kind(page.customer.kind),
        "timeline": timeline,
        "moments": [(moment, sentence(moment.entry)) for moment in timeline.moments],
        "is_turned": bool(after or before),
        "satisfaction": [(one, rated(one.part)) for one in page.satisfaction],
        "ends": [(outcome, n) for outcome, n in page.ends if n],
        "tag_names": choices.tags(viewer),
        "may_change": viewer.may(May.RECORD) and page.customer.erased_at is None,
        "may_erase": viewer.may(May.ERASE) and page.customer.kind == "person" and page.customer.erased_at is None,
        "language": str(LANGUAGES.get(page.customer.language, page.customer.language)),
    }
    return render(request, "customers/one.html", context)


@needs(May.SEE_CUSTOMERS)
def promises(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Every promise to one customer, latest first."""
    outcome = request.GET.get("outcome", "")
    cursors = {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}
    page = customer_pages.promises(viewer_of(request), customer_id, outcome=outcome, **cursors)
    if page is None:
        raise Http404
    outcomes = ["open", "kept", "broken_warned", "broken_silent", "broken_unrecorded", "withdrawn"]
    context = {"page": page, "customer": page.customer, "outcome": outcome, "outcomes": outcomes}
    return render(request, "customers/promises.html", context)


@needs(May.RECORD)
def new(request: HttpRequest) -> HttpResponse:
    """Add a customer; whoever may be there already is shown first."""
    viewer = viewer_of(request)
    own = choices.own_fields(viewer, FieldNoun.CUSTOMER)
    sites = choices.sites(viewer)
    kept: dict[str, Any] = {"sites": sites, "people": choices.people(viewer), "own": own}
    known: list[read.Duplicate] = []
    if request.method == "POST":
        form = NewCustomerForm(request.POST, **kept)
        if form.is_valid():
            said = form.cleaned_data
            known = read.duplicates(
                viewer,
                name=said["name"],
                number=said["number"],
                emails=tuple(filter(None, [said["email"].strip()])),
                telephones=tuple(filter(None, [said["phone"].strip()])),
            )
            if not known or said["anyway"]:
                done = cards.write(
                    form.facts(),
                    form.reached(),
                    form.own(),
                    owner_id=whole(said["owner"]),
                    deputy_id=whole(said["deputy"]),
                    by=viewer,
                    at=at_of(request),
                )
                if is_done(done):
                    messages.success(request, _("The customer was added."))
                    return redirect("web:customer", done.pk)
                form.refuse(done)
    else:
        site = sites[0].id if len(sites) == 1 or (viewer.scope is Scope.UNIT and sites) else ""
        form = NewCustomerForm(
            initial={"name": request.GET.get("name", ""), "site": site, "owner": viewer.person_id}, **kept
        )
    context = {"form": form, "known": [(one, duplicate(one.by)) for one in known], "own": own}
    return render(request, "customers/new.html", context)


@needs(May.RECORD)
def edit(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Correct what is written about a customer."""
    viewer = viewer_of(request)
    shown = read.form(viewer, customer_id)
    if shown is None or shown.customer.kind == "unit":
        raise Http404
    customer = shown.customer
    own = choices.own_fields(viewer, FieldNoun.CUSTOMER)
    kept: dict[str, Any] = {"sites": choices.sites(viewer, always=customer.site_id), "own": own}
    if request.method == "POST":
        form = CustomerForm(request.POST, **kept)
        if form.is_valid():
            seen = form.cleaned_data["seen"]
            done = cards.rewrite(customer_id, form.facts(), form.own(), seen=seen, by=viewer, at=at_of(request))
            if is_done(done):
                messages.success(request, _("The changes were saved."))
                return redirect("web:customer", customer_id)
            form.refuse(done)
    else:
        initial: dict[str, Any] = {"kind": customer.kind, "name": customer.name, "number": customer.number}
        initial |= {"language": customer.language, "site": customer.site_id or "", "seen": shown.seen}
        form = CustomerForm(initial=initial | own_initial(customer.own), **kept)
    return render(request, "customers/edit.html", {"form": form, "customer": customer, "label": shown.label})


@needs(May.RECORD)
def hand_over(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Give a customer to another owner or deputy."""
    viewer = viewer_of(request)
    shown = read.form(viewer, customer_id)
    if shown is None:
        raise Http404
    customer = shown.customer
    people = choices.people(viewer, always=(customer.owner_id, customer.deputy_id))
    if request.method == "POST":
        form = HandOverForm(request.POST, people=people)
        if form.is_valid():
            owner_id, deputy_id = whole(form.cleaned_data["owner"]), whole(form.cleaned_data["deputy"])
            done = customers.hand_over(
                customer_id, owner_id=owner_id, deputy_id=deputy_id, by=viewer, at=at_of(request)
            )
            if is_done(done):
                messages.success(request, _("Owner and deputy were changed."))
                return _back_to(viewer, customer_id)
            form.refuse(done)
    else:
        form = HandOverForm(
            initial={"owner": customer.owner_id or "", "deputy": customer.deputy_id or ""}, people=people
        )
    context = {"form": form, "customer": customer, "label": shown.label}
    return render(request, "customers/hand_over.html", context)


def _back_to(viewer: Viewer, customer_id: int) -> HttpResponse:
    """The customer's page, or the list for whoever has just given the customer out of sight."""
    if read.form(viewer, customer_id) is None:
        return redirect("web:customers")
    return redirect("web:customer", customer_id)


def _filters(request: HttpRequest) -> read.Filters:
    asked = request.GET
    sort = asked.get("sort", "name")
    return read.Filters(
        text=asked.get("q", "")[:200],
        kind=asked.get("kind", ""),
        site_id=whole(asked.get("site")),
        owner=asked.get("owner", ""),
        tag_id=whole(asked.get("tag")),
        sort=sort if sort in _SORTS else "name",
    )


urlpatterns = [
    path("customers/", listing, name="customers"),
    path("customers/export.csv", export, name="customers_export"),
    path("customers/new/", new, name="customer_new"),
    path("customers/<int:customer_id>/", one, name="customer"),
    path("customers/<int:customer_id>/promises/", promises, name="customer_promises"),
    path("customers/<int:customer_id>/edit/", edit, name="customer_edit"),
    path("customers/<int:customer_id>/hand-over/", hand_over, name="customer_hand_over"),
]
