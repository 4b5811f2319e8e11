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


def sums(kind: str, amount: str, *, within: str = "false") -> str:
    several = {"Налог": "Налоги", "Скидка": "Скидки"}[kind]
    return (
        f"<{several}><{kind}><Наименование>НДС</Наименование><УчтеноВСумме>{within}</УчтеноВСумме>"
        f"<Сумма>{amount}</Сумма></{kind}></{several}>"
    )


CARRIAGE = (
    "<Товар><Ид>ORDER_DELIVERY</Ид><Наименование>Доставка</Наименование><ЦенаЗаЕдиницу>10,00</ЦенаЗаЕдиницу>"
    "<Количество>1</Количество><Сумма>10,00</Сумма></Товар>"
)


@pytest.mark.parametrize(
    ("total", "of_document", "of_first_line", "expected"),
    [
        ("126,00", sums("Налог", "21,00"), "", (12_600, 0)),
        ("95,00", sums("Скидка", "10,00"), "", (9_500, 0)),
        ("114,00", sums("Скидка", "10,00") + sums("Налог", "19,00"), "", (11_400, 0)),
        ("126,00", sums("Налог", "21,00") + CARRIAGE, "", (12_600, 1_000)),
        ("125,00", "", sums("Налог", "20,00"), (12_500, 0)),
        ("95,00", "", sums("Скидка", "10,00"), (9_500, 0)),
        ("125,00", sums("Налог", "20,00"), sums("Налог", "20,00"), (12_500, 0)),
        ("105,00", sums("Налог", "17,50", within="true"), sums("Налог", "16,67", within="true"), (10_500, 0)),
        ("105,00", "", sums("Скидка", "100,00"), (10_500, 0)),
        ("", sums("Налог", "21,00"), "", (12_600, 0)),
    ],
    ids=[
        *("tax of the order", "discount of the order", "both", "with carriage", "tax of a line", "discount of a line"),
        *("the order's is the line's", "in the sum", "said not to be in the sum, and is", "no sum"),
    ],
)
def test_taxes_and_discounts_that_the_goods_do_not_hold_make_the_orders_sum_what_is_to_be_paid(
    total: str, of_document: str, of_first_line: str, expected: tuple[int, int], tmp_path: Path
) -> None:
    text = document("123", "2026-02-13")
    goods, _, carriage = of_document.partition("<Товар>")
    if carriage:
        total = "136,00"
        text = text.replace("</Товары>", f"<Товар>{carriage}</Товары>", 1)
    text = text.replace("<Сумма>105,00</Сумма>", f"<Сумма>{total}</Сумма>{goods}", 1)
    text = text.replace("<Количество>1", f"{of_first_line}<Количество>1", 1)
    paid = "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Заказ оплачен</Наименование>"
    text = text.replace(
        "</Документ>", f"{paid}<Значение>true</Значение></ЗначениеРеквизита></ЗначенияРеквизитов></Документ>"
    )
    path = put(tmp_path, text)

    run = bring(path, options=OPTIONS)

    order = Order.objects.get()
    assert (order.items_minor, order.freight_minor) == expected
    assert not total or (order.paid_minor == sum(expected) and run.money["orders_differing"] == 0)
    assert OrderLine.objects.filter(order=order, position__gt=0).count() == 2
    assert bring(path, options=OPTIONS).counts["updated"] == {}


@pytest.mark.parametrize(("of", "field"), [("Документ", "Документ.Налоги"), ("Товар", "Товар.Налоги")])
def test_a_tax_that_is_no_number_is_a_row_to_mend(of: str, field: str, tmp_path: Path) -> None:
    text = document("123", "2026-02-13")
    place = "<Товары>" if of == "Документ" else "<Количество>1"
    path = put(tmp_path, text.replace(place, sums("Налог", "много") + place, 1))
    bring(path, options=OPTIONS)
    assert (field, "not_a_number") in list(BadRow.objects.values_list("field", "code"))
