"""The orders report of WooCommerce's Analytics, in the shop's language: a plain table, without lines."""

from pathlib import Path

import pytest

from goodwill.store.imports import BadRow
from goodwill.store.orders import Order
from tests.actions.importing import bring

pytestmark = pytest.mark.django_db
HEADERS = {
    "en": "Date,Order #,Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution",
    "de": "Datum,Bestellung #,Status,Kunde,Kundentyp,Produkt(e),Verkaufte Artikel,Gutschein(e),Nettoumsatz,Zuordnung",
    "ru": "Дата,Заказ №,Статус,Клиент,Тип клиента,Товар(ы),Продано,Купон(ы),Чистая выручка,Источник",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=list(HEADERS))
@pytest.mark.parametrize("said", ["completed", "Completed", "Выполнен"])
def test_what_the_shop_completed_is_on_its_way_in_each_language(header: str, said: str, tmp_path: Path) -> None:
    rows = f"2026-02-20 10:00:00,1001,{said},Anna Kovács,new,1× Boots,1,,119.9,Direct\n"
    path = tmp_path / "orders.csv"
    path.write_text(f"{header}\n{rows}", encoding="utf-8")
    bring(path)
    assert not BadRow.objects.exists()
    assert list(Order.objects.values_list("number", "customer__name", "status")) == [("1001", "Anna Kovács", "shipped")]


def test_in_any_other_table_completed_is_delivered(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Date,Order #,Status,Customer,Customer type\n2026-02-20,1,completed,Anna,new\n", encoding="utf-8")
    bring(path)
    assert Order.objects.get().status == "delivered"
