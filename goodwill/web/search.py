"""Search: customers and orders by name, telephone, e-mail address or number, as it is typed."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from goodwill.domain.customers import CustomerKind
from goodwill.domain.roles import May
from goodwill.reads import search
from goodwill.web.gate import needs, viewer_of
from goodwill.web.wording import customer_kind

TYPED = 8
SHOWN = 50
LONGEST = 200


@needs(May.SEE_CUSTOMERS)
def find(request: HttpRequest) -> HttpResponse:
    """The page of a search, or for htmx and the type-ahead the options that open what was found."""
    words = request.GET.get("q", "")[:LONGEST]
    is_typed = bool(request.headers.get("HX-Request"))
    found = search.find(viewer_of(request), words, limit=TYPED if is_typed else SHOWN)
    if is_typed:
        options = [
            {
                "value": one.id,
                "text": one.label,
                "hint": one.hint or customer_kind(one.kind),
                "url": reverse("web:customer", args=[one.id]),
            }
            for one in found.customers
        ] + [
            {
                "value": order.id,
                "text": _("Order %(number)s") % {"number": order.number},
                "hint": order.customer,
                "url": reverse("web:order", args=[order.id]),
            }
            for order in found.orders[: max(2, TYPED - len(found.customers))]
        ]
        return render(request, "shell/options.html", {"options": options})
    context = {
        "found": found,
        "customers": [(one, customer_kind(one.kind)) for one in found.customers],
        "search_words": words,
        "may_add": viewer_of(request).may(May.RECORD),
    }
    return render(request, "search/found.html", context)


@needs(May.SEE_CUSTOMERS)
def customer_options(request: HttpRequest) -> HttpResponse:
    """The customers a field offers while a name is typed: `q`, and `kind` where only one kind fits. HTML, or JSON
    (`[{value, text, hint}]`) where that is asked for."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in set(CustomerKind) else ""
    found = search.find_customers(viewer_of(request), request.GET.get("q", "")[:LONGEST], limit=TYPED, kind=kind)
    options = [{"value": one.id, "text": one.label, "hint": one.hint or customer_kind(one.kind)} for one in found]
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse(options, safe=False)
    return render(request, "shell/options.html", {"options": options})


urlpatterns = [
    path("search/", find, name="search"),
    path("customers/options/", customer_options, name="customer_options"),
]
