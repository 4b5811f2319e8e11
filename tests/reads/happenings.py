"""Anything that can happen to promises and to the orders they are about."""

import random
from datetime import timedelta

from goodwill.store.addresses import Address
from goodwill.store.orders import Order, OrderLine, Shipment
from goodwill.store.products import Category, Product, Seller
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from tests.cast import NOW, Cast

OUTCOMES = ("kept", "broken_warned", "broken_silent", "broken_unrecorded", "withdrawn", "open", "broken_silent_owed")


def promise(cast: Cast, dice: random.Random) -> Promise:
    """A promise of any outcome, due about now."""
    due = NOW + timedelta(days=dice.randint(-70, 20), hours=dice.randint(-12, 12))
    outcome = dice.choice(OUTCOMES)
    is_owed = outcome in ("open", "broken_silent_owed")
    outcome = outcome.removesuffix("_owed")
    acted = (
        None if is_owed or outcome == "withdrawn" else due + timedelta(hours=dice.choice((-400, -30, -1, 1, 30, 300)))
    )
    site = dice.choice((cast.shop, cast.elsewhere, None))
    customer = dice.choice((cast.buyer, cast.outsider))
    return cast.promise(
        customer,
        person=dice.choice((cast.agent, cast.mate, None)),
        site=site,
        side=dice.choice(("ours", "ours", "ours", "theirs")),
        order=cast.order(customer, site=site or cast.shop),
        made_at=due - timedelta(days=20),
        promised_at=due - timedelta(hours=dice.choice((0, 5))),
        promised_on=(due - timedelta(hours=5)).date(),
        due_at=due,
        acted_at=acted,
        acted_on=acted.date() if acted else None,
        warned_at=due - timedelta(hours=30) if outcome == "broken_warned" else None,
        settled_at=None if is_owed else (acted or due),
        outcome=outcome,
        is_history=dice.random() < 0.3,
        wakes_at=None,
    )


def trade(cast: Cast, dice: random.Random) -> None:
    """Something about an order that changes in which groups its promises stand, or that must not."""
    order = Order.objects.order_by("?").first()
    if order is None:
        return
    categories = [*Category.objects.order_by("pk"), None]
    products = [*Product.objects.order_by("pk"), None]
    sellers = [*Seller.objects.order_by("pk"), None]
    line, shipment = order.lines.order_by("?").first(), order.shipments.first()
    address = Address.objects.order_by("?").first()
    choice = dice.randrange(10)
    if choice <= 3 or line is None:
        OrderLine.objects.create(
            order=order,
            position=order.lines.count() + 1,
            product=dice.choice(products),
            seller=dice.choice(sellers),
            unit_price_micro=1,
            total_minor=1,
        )
    elif choice == 4:
        order.lines.order_by("-position")[0].delete()
    elif choice == 5:
        OrderLine.objects.filter(pk=line.pk).update(seller=dice.choice(sellers), product=dice.choice(products))
    elif choice == 6:
        of_wood = Product.objects.filter(name__startswith=dice.choice(("Lamps", "Chairs")))
        of_wood.update(category=dice.choice(categories))
    elif choice == 7:
        carrier = dice.choice(("", "Blitz", "Post"))
        Shipment.objects.update_or_create(order=order, position=dice.choice((1, 2)), defaults={"carrier": carrier})
        if shipment is not None and dice.random() < 0.3:
            shipment.delete()
    elif choice == 8:
        Order.objects.filter(pk=order.pk).update(address=address if dice.random() < 0.8 else None)
    elif address is not None:
        Address.objects.filter(pk=address.pk).update(region=dice.choice(("", "North", "South")))


def wares(cast: Cast) -> None:
    """What is sold, who makes it, and where it goes."""
    for name in ("Lamps", "Chairs"):
        category = Category.objects.create(name=name)
        Product.objects.create(name=f"{name} of wood", category=category)
        Seller.objects.create(name=f"Maker of {name}")
    for region in ("North", "South"):
        Address.objects.create(customer=cast.buyer, kind="postal", region=region)


def happens(cast: Cast, dice: random.Random) -> None:
    """Something that changes what a report says, or that must not."""
    there = list(Promise.objects.order_by("pk"))
    one = dice.choice(there) if there else None
    choice = dice.randrange(13)
    if one is None or choice <= 2:
        promise(cast, dice)
    elif choice == 3:
        one.delete()
    elif choice == 4:
        Promise.objects.filter(pk=one.pk).update(
            promised_on=one.promised_on + timedelta(days=dice.choice((-31, -1, 1, 40))), standing="late"
        )
    elif choice == 5:
        Promise.objects.filter(pk=one.pk).update(
            outcome="kept", acted_at=one.due_at, acted_on=one.due_at.date(), settled_at=one.due_at
        )
    elif choice >= 9:
        trade(cast, dice)
    elif choice == 8:
        Promise.objects.filter(pk=one.pk).update(due_at=one.due_at + timedelta(minutes=7))
    elif choice == 6 and one.order is not None:
        scale = dice.choice((5, 5, 10))
        Rating.objects.create(order=one.order, customer=one.customer, overall=dice.randint(1, scale), scale=scale)
    else:
        rating = Rating.objects.order_by("?").first()
        if rating is not None:
            if dice.random() < 0.5:
                rating.delete()
            else:
                rating.overall = dice.randint(1, rating.scale)
                rating.save()
