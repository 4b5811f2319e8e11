"""Orders of 1C as its newer exchanges write them: with what was shipped inside, and numbers that begin anew."""

from datetime import date
from pathlib import Path

import pytest

from goodwill.adapters.presets.looking import Options
from goodwill.domain.viewers import OPERATOR
from goodwill.store.imports import BadRow, Import
from goodwill.store.orders import Order, OrderLine
from goodwill.web.imports_files import bad_rows
from tests.actions.importing import bring

pytestmark = pytest.mark.django_db
OPTIONS = Options(site="Shop", zone="Europe/Moscow", currency="RUB")
SHIPPED = """
<ПодчиненныеДокументы><ПодчиненныйДокумент>
 <Ид>s-1</Ид><Номер>0000-000055</Номер><Дата>2026-02-16</Дата><ХозОперация>Отпуск товара</ХозОперация>
 <Контрагенты><Контрагент><Наименование>Склад</Наименование><Роль>Покупатель</Роль></Контрагент></Контрагенты>
 <Товары><Товар><Ид>g-1</Ид><Наименование>Сапоги</Наименование><ЦенаЗаЕдиницу>100,00</ЦенаЗаЕдиницу>
  <Количество>1</Количество><Сумма>100,00</Сумма></Товар></Товары>
 <ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Отменен</Наименование><Значение>true</Значение>
 </ЗначениеРеквизита></ЗначенияРеквизитов>
</ПодчиненныйДокумент></ПодчиненныеДокументы>"""


def document(number: str, day: str, *, price: str = "100,00", inside: str = "") -> str:
    lines = "".join(
        f"<Товар><Ид>{item}</Ид><Наименование>{item}</Наименование><ЦенаЗаЕдиницу>{each}</ЦенаЗаЕдиницу>"
        f"<Количество>1</Количество><Сумма>{each}</Сумма></Товар>"
        for item, each in (("Сапоги", price), ("Шнурки", "5,00"))
    )
    return (
        f"<Документ><Ид>{number}-{day}</Ид><Номер>{number}</Номер><Дата>{day}</Дата><Время>10:15:00</Время>"
        "<ХозОперация>Заказ товара</ХозОперация><Валюта>RUB</Валюта><Сумма>105,00</Сумма>"
        "<Контрагенты><Контрагент><Наименование>Анна Королёва</Наименование></Контрагент></Контрагенты>"
        f"<Товары>{lines}</Товары>{inside}</Документ>"
    )


def put(folder: Path, *documents: str, name: str = "orders.xml") -> Path:
    path = folder / name
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.10" '
        f'xmlns="urn:1C.ru:commerceml_2"><Контейнер>{"".join(documents)}</Контейнер></КоммерческаяИнформация>',
        encoding="utf-8",
    )
    return path


def test_what_was_shipped_of_an_order_is_neither_ordered_once_more_nor_the_orders_own_state(tmp_path: Path) -> None:
    bring(put(tmp_path, document("123", "2026-02-13", inside=SHIPPED)), options=OPTIONS)
    order = Order.objects.get()
    assert (order.customer.name, order.status, order.line_count, order.items_minor) == (
        *("Анна Королёва", "placed", 2, 10_500),
    )


def test_numbers_begin_anew_each_year_and_name_another_order_then(tmp_path: Path) -> None:
    bring(put(tmp_path, document("0000-000123", "2025-02-13")), options=OPTIONS)
    both = put(tmp_path, document("0000-000123", "2026-02-13"), document("0000-000123", "2025-02-13"), name="both.xml")
    run = bring(both, options=OPTIONS)
    assert (run.counts["created"]["order"], run.counts["unchanged"]["order"]) == (1, 1)
    assert not BadRow.objects.exists()
    orders = Order.objects.order_by("placed_at")
    assert [(one.number, one.placed_at.date(), one.line_count) for one in orders] == [
        ("0000-000123", date(2025, 2, 13), 2),
        ("0000-000123", date(2026, 2, 13), 2),
    ]


def test_a_mended_line_joins_the_order_of_its_year(tmp_path: Path) -> None:
    bring(put(tmp_path, document("123", "2025-02-13")), options=OPTIONS)
    damaged = document("123", "2026-02-13").replace(">5,00<", ">five<")
    bring(put(tmp_path, damaged, name="new.xml"), options=OPTIONS)
    run = Import.objects.latest("pk")
    mended = tmp_path / "mended.csv"
    mended.write_text("".join(bad_rows(OPERATOR, run.pk)).replace("five", "5"), encoding="utf-8")
    bring(mended, options=OPTIONS)
    lines = OrderLine.objects.filter(order__placed_at__year=2026).values_list("product__name", "total_minor")
    assert sorted(lines) == [("Сапоги", 10_000), ("Шнурки", 500)]
    assert OrderLine.objects.filter(order__placed_at__year=2025).count() == 2
