"""Reconciliations: imported orders whose lines and payments do not say the same."""

from django.db.models import F, Q, QuerySet

from goodwill.store.orders import Order


def differing(source: str) -> QuerySet[Order]:
    """Orders with lines and payments, where items plus freight is not what was paid."""
    both = Order.objects.filter(source=source, line_count__gt=0, payment_count__gt=0)
    return both.exclude(paid_minor=F("items_minor") + F("freight_minor"))


def incomplete(source: str) -> QuerySet[Order]:
    """Orders without lines, or without payments where the source has payments at all."""
    of_source = Order.objects.filter(source=source)
    if of_source.filter(payment_count__gt=0).exists():
        return of_source.filter(Q(line_count=0) | Q(payment_count=0))
    return of_source.filter(line_count=0)
