"""Olist: the Brazilian marketplace's public export, one file for each noun, recognised by its header."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from hashlib import blake2b
from zoneinfo import ZoneInfo

from goodwill.domain.imports import (
    AddressRecord,
    CategoryRecord,
    CustomerRecord,
    LineRecord,
    OrderRecord,
    Parcel,
    PaymentRecord,
    ProductRecord,
    PromiseRecord,
    RatingRecord,
    SellerRecord,
)
from goodwill.domain.labels import short_key
from goodwill.domain.rows import (
    BadValue,
    Fault,
    end_of_day,
    hex_key,
    iso_moment,
    minor,
    needed,
    plain_decimal,
    text,
    whole,
    words,
)

NAME = "olist"
CURRENCY = "BRL"
ZONE = ZoneInfo("America/Sao_Paulo")
SITE = "Olist"
MODE = "web_shop"

COLUMNS: dict[str, tuple[str, ...]] = {
    "categories": ("product_category_name", "product_category_name_english"),
    "customers": (
        "customer_id",
        "customer_unique_id",
        "customer_zip_code_prefix",
        "customer_city",
        "customer_state",
    ),
    "sellers": ("seller_id", "seller_zip_code_prefix", "seller_city", "seller_state"),
    "products": (
        "product_id",
        "product_category_name",
        "product_name_lenght",
        "product_description_lenght",
        "product_photos_qty",
        "product_weight_g",
        "product_length_cm",
        "product_height_cm",
        "product_width_cm",
    ),
    "orders": (
        "order_id",
        "customer_id",
        "order_status",
        "order_purchase_timestamp",
        "order_approved_at",
        "order_delivered_carrier_date",
        "order_delivered_customer_date",
        "order_estimated_delivery_date",
    ),
    "items": (
        "order_id",
        "order_item_id",
        "product_id",
        "seller_id",
        "shipping_limit_date",
        "price",
        "freight_value",
    ),
    "payments": ("order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value"),
    "reviews": (
        "review_id",
        "order_id",
        "review_score",
        "review_comment_title",
        "review_comment_message",
        "review_creation_date",
        "review_answer_timestamp",
    ),
    "geolocation": (
        "geolocation_zip_code_prefix",
        "geolocation_lat",
        "geolocation_lng",
        "geolocation_city",
        "geolocation_state",
    ),
}
"""The columns of each file. Roles stand in the order in which files are read: parents first."""
IGNORED = frozenset({"geolocation"})
"""Known, but of no use here."""
ROLES = tuple(role for role in COLUMNS if role not in IGNORED)
STATUSES = frozenset(
    {"created", "approved", "invoiced", "processing", "shipped", "delivered", "canceled", "unavailable"}
)


def role_of(header: Sequence[str]) -> str:
    """The role of a file with these columns (in any order), or ""."""
    names = frozenset(header)
    return next((role for role, columns in COLUMNS.items() if names == frozenset(columns)), "")


def parser(role: str, header: Sequence[str]) -> Callable[[Sequence[str]], Parcel]:
    """What turns the fields of a row of this file into a parcel; it raises BadValue."""
    meaning = _PARSERS[role]
    columns = COLUMNS[role]
    if tuple(header) == columns:
        return meaning
    places = [list(header).index(name) for name in columns]
    return lambda fields: meaning([fields[place] for place in places])


def probe(role: str, header: Sequence[str]) -> Callable[[list[str], bool], bool]:
    """Whether fields read as a row: a whole one is parsed, of a part the keys that stand first are looked at."""
    meaning = parser(role, header)
    keys = [name.endswith("_id") and name != "order_item_id" for name in header]

    def reads(fields: list[str], is_whole: bool) -> bool:
        if not is_whole:
            return len(fields) <= len(keys) and keys[0] and _keys_are_sound(fields, keys)
        try:
            meaning(fields)
        except BadValue:
            # a damaged row is still a row of its own where its keys say so
            return keys[0] and _keys_are_sound(fields, keys)
        return True

    return reads


def _keys_are_sound(fields: Sequence[str], keys: Sequence[bool]) -> bool:
    try:
        for value, is_key in zip(fields, keys, strict=False):
            if is_key:
                hex_key(value, "")
    except BadValue:
        return False
    return True


def _digest(fields: Sequence[str]) -> str:
    return blake2b("\x1f".join(fields).encode(), digest_size=16).hexdigest()


def _maybe(value: str, field: str) -> tuple[datetime, date] | tuple[None, None]:
    return iso_moment(value, field, ZONE) if value and not value.isspace() else (None, None)


def _category(fields: Sequence[str]) -> Parcel:
    key = needed(fields[0], "product_category_name", 120)
    return Parcel(categories=(CategoryRecord(key, needed(fields[1], "product_category_name_english", 120)),))


def _customer(fields: Sequence[str]) -> Parcel:
    address = hex_key(fields[0], "customer_id")
    person = hex_key(fields[1], "customer_unique_id")
    postcode = str(whole(fields[2], "customer_zip_code_prefix", 0, 99_999)).zfill(5)
    city = needed(fields[3], "customer_city", 120)
    region = needed(fields[4], "customer_state", 64)
    return Parcel(
        customers=(CustomerRecord(person, "person", "", "", (), (), "", ""),),
        addresses=(AddressRecord(address, person, city, region, postcode, _digest(fields)),),
    )


def _seller(fields: Sequence[str]) -> Parcel:
    key = hex_key(fields[0], "seller_id")
    whole(fields[1], "seller_zip_code_prefix", 0, 99_999)
    city = needed(fields[2], "seller_city", 120)
    region = needed(fields[3], "seller_state", 64)
    return Parcel(sellers=(SellerRecord(key, short_key(key), city, region, _digest(fields)),))


def _product(fields: Sequence[str]) -> Parcel:
    key = hex_key(fields[0], "product_id")
    category = text(fields[1], "product_category_name", 120)
    for name, value in zip(COLUMNS["products"][2:], fields[2:], strict=True):
        if value and not value.isspace():
            plain_decimal(value, name)
    return Parcel(products=(ProductRecord(key, "", category, _digest(fields[:2])),))


def _order(fields: Sequence[str]) -> Parcel:
    key = hex_key(fields[0], "order_id")
    address = hex_key(fields[1], "customer_id")
    status = needed(fields[2], "order_status", 20)
    if status not in STATUSES:
        raise BadValue("order_status", Fault.NOT_A_CHOICE, choices=", ".join(sorted(STATUSES)))
    placed_at, _ = iso_moment(fields[3], "order_purchase_timestamp", ZONE)
    approved_at, _ = _maybe(fields[4], "order_approved_at")
    handed_over_at, _ = _maybe(fields[5], "order_delivered_carrier_date")
    delivered_at, delivered_on = _maybe(fields[6], "order_delivered_customer_date")
    promised_at, promised_on = iso_moment(fields[7], "order_estimated_delivery_date", ZONE)
    promise = PromiseRecord(promised_at, promised_on, end_of_day(promised_on, ZONE), "end_of_day", "day")
    return Parcel(
        orders=(
            OrderRecord(
                key,
                key,
                "",
                "",
                address,
                "",
                placed_at,
                approved_at,
                status,
                CURRENCY,
                promise,
                handed_over_at,
                delivered_at,
                delivered_on,
                "",
                _digest(fields),
            ),
        )
    )


def _item(fields: Sequence[str]) -> Parcel:
    order = hex_key(fields[0], "order_id")
    position = whole(fields[1], "order_item_id", 1, 100_000)
    product = hex_key(fields[2], "product_id")
    seller = hex_key(fields[3], "seller_id")
    ship_by_at, _ = iso_moment(fields[4], "shipping_limit_date", ZONE)
    plain_decimal(fields[5], "price")
    plain_decimal(fields[6], "freight_value")
    price = minor(fields[5], "price", CURRENCY)
    freight = minor(fields[6], "freight_value", CURRENCY)
    return Parcel(
        lines=(
            LineRecord(
                order,
                position,
                product,
                seller,
                1_000_000,
                price * 10_000,
                price,
                freight,
                ship_by_at,
                _digest(fields),
            ),
        )
    )


def _payment(fields: Sequence[str]) -> Parcel:
    order = hex_key(fields[0], "order_id")
    position = whole(fields[1], "payment_sequential", 1, 100_000)
    kind = needed(fields[2], "payment_type", 32)
    instalments = whole(fields[3], "payment_installments", 0, 1_000)
    plain_decimal(fields[4], "payment_value")
    amount = minor(fields[4], "payment_value", CURRENCY)
    return Parcel(payments=(PaymentRecord(order, position, kind, instalments, amount, None, _digest(fields)),))


def _review(fields: Sequence[str]) -> Parcel:
    review = hex_key(fields[0], "review_id")
    order = hex_key(fields[1], "order_id")
    score = whole(fields[2], "review_score", 1, 5)
    title = text(fields[3], "review_comment_title", 200)
    said = words(fields[4], "review_comment_message", 20_000)
    asked_at, _ = iso_moment(fields[5], "review_creation_date", ZONE)
    answered_at, _ = iso_moment(fields[6], "review_answer_timestamp", ZONE)
    key = f"{review}|{order}"
    return Parcel(ratings=(RatingRecord(key, order, score, 5, title, said, asked_at, answered_at, _digest(fields)),))


_PARSERS: dict[str, Callable[[Sequence[str]], Parcel]] = {
    "categories": _category,
    "customers": _customer,
    "sellers": _seller,
    "products": _product,
    "orders": _order,
    "items": _item,
    "payments": _payment,
    "reviews": _review,
}
