"""Sight: the few rows of somebody who sees few.

A database that is asked for the first fifty rows in some order walks the whole order until it has found fifty that
may be seen. For whoever sees one row in a thousand that is a long walk, so the few are fetched first, by the indexes
of ownership, home and purchase, and only they are put in order.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Q

from goodwill.domain.roles import Scope
from goodwill.domain.viewers import Viewer
from goodwill.store.customers import Customer
from goodwill.store.orders import Order
from goodwill.store.units import Unit

FEW = 1000
_ORDERS_EACH = 3


def few_customers(viewer: Viewer) -> list[int] | None:
    """The ids of every customer this viewer sees where there are few; None where there are more than FEW."""
    if viewer.scope is Scope.ALL:
        return None
    found = customers(viewer, most=FEW + 1, enough=FEW)
    return None if len(found) > FEW else found


def few_orders(viewer: Viewer) -> list[int] | None:
    """The same of orders."""
    most = FEW
    if viewer.scope not in (Scope.OWN, Scope.UNIT):
        return None if viewer.scope is Scope.ALL else []
    owned = Customer.objects.filter(_mine(viewer)).order_by().values_list("pk", flat=True)
    ids = list(owned[: most + 1])
    found = set(Order.objects.filter(customer_id__in=ids).order_by().values_list("pk", flat=True)[: most + 1])
    if viewer.scope is Scope.UNIT:
        here = Order.objects.filter(site_id__in=viewer.site_ids).order_by()
        found |= set(here.values_list("pk", flat=True)[: most + 1])
    return None if len(ids) > most or len(found) > most else sorted(found)


def customers(viewer: Viewer, *, most: int, enough: int | None = None) -> list[int]:
    """Ids of customers this viewer sees, at most so many of each: owned, at home here, units, bought here. No more is
    asked once there are more than `enough`."""
    found: dict[int, None] = {}
    for ids in _kinds(viewer, most):
        found |= dict.fromkeys(ids)
        if enough is not None and len(found) > enough:
            break
    return list(found)


def _kinds(viewer: Viewer, most: int) -> Iterator[Iterable[int]]:
    if viewer.scope not in (Scope.OWN, Scope.UNIT):
        return
    yield Customer.objects.filter(_mine(viewer)).order_by().values_list("pk", flat=True)[:most]
    if viewer.scope is Scope.UNIT:
        here = Customer.objects.filter(site_id__in=viewer.site_ids)
        yield here.order_by().values_list("pk", flat=True)[:most]
        yield Unit.objects.order_by().values_list("customer_id", flat=True)[:most]
        yield _buyers(viewer, most=most)


def _buyers(viewer: Viewer, *, most: int) -> list[int]:
    """Customers who bought here, at most so many.

    Asked for so many different ones, PostgreSQL reads every order of the sites; so the first few orders are asked.
    """
    bought = Order.objects.filter(site_id__in=viewer.site_ids).order_by().values_list("customer_id", flat=True)
    some = list(bought[: _ORDERS_EACH * most])
    found = list(dict.fromkeys(some))
    if len(some) == _ORDERS_EACH * most and len(found) < most:
        return list(bought.distinct()[:most])
    return found[:most]


def _mine(viewer: Viewer) -> Q:
    return Q(owner_id=viewer.person_id) | Q(deputy_id=viewer.person_id)
