"""Money: what orders say and what was paid for them, by currency, with the differences counted and not hidden."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Sum

from goodwill.domain.money import Money
from goodwill.domain.viewers import Viewer
from goodwill.store.orders import Order, Payment


@dataclass(frozen=True, slots=True)
class PaymentKind:
    """Payments of one kind: how many rows, and their sum."""

    kind: str
    n: int
    paid: Money


@dataclass(frozen=True, slots=True)
class CurrencySums:
    """The orders of one currency. `differing` are complete orders of which the payments do not come to items and
    freight; `incomplete` lack lines or payments, so that nothing can be compared."""

    orders: int
    items: Money
    freight: Money
    paid: Money
    differing: int
    incomplete: int
    kinds: tuple[PaymentKind, ...]


@dataclass(frozen=True, slots=True)
class MoneyReport:
    """Sums by currency; sums of different currencies are never added."""

    currencies: tuple[CurrencySums, ...]

    def as_json(self) -> dict[str, Any]:
        """The wire shape."""
        return {
            "currencies": [
                {
                    "orders": sums.orders,
                    "items": sums.items.as_json(),
                    "freight": sums.freight.as_json(),
                    "paid": sums.paid.as_json(),
                    "orders_differing": sums.differing,
                    "orders_incomplete": sums.incomplete,
                    "payments": [{"kind": k.kind, "n": k.n, "paid": k.paid.as_json()} for k in sums.kinds],
                }
                for sums in self.currencies
            ]
        }


def money(viewer: Viewer) -> MoneyReport:
    """Money of the orders the viewer may see."""
    seen = Order.objects.visible_to(viewer)
    kinds: dict[str, list[PaymentKind]] = {}
    paid = Payment.objects.filter(order__in=seen)
    by_kind = paid.order_by().values("order__currency", "kind").annotate(n=Count("pk"), paid=Sum("amount_minor"))
    for row in by_kind.order_by("order__currency", "kind"):
        currency = row["order__currency"]
        kinds.setdefault(currency, []).append(PaymentKind(row["kind"], row["n"], Money(row["paid"], currency)))
    complete = Q(line_count__gt=0, payment_count__gt=0)
    sums = (
        seen.order_by()
        .values("currency")
        .annotate(
            n=Count("pk"),
            items=Sum("items_minor"),
            freight=Sum("freight_minor"),
            paid=Sum("paid_minor"),
            differing=Count("pk", filter=complete & ~Q(paid_minor=F("items_minor") + F("freight_minor"))),
            incomplete=Count("pk", filter=~complete),
        )
        .order_by("currency")
    )
    return MoneyReport(
        tuple(
            CurrencySums(
                orders=row["n"],
                items=Money(row["items"], row["currency"]),
                freight=Money(row["freight"], row["currency"]),
                paid=Money(row["paid"], row["currency"]),
                differing=row["differing"],
                incomplete=row["incomplete"],
                kinds=tuple(kinds.get(row["currency"], ())),
            )
            for row in sums
        )
    )
