"""A draft agreement on the raw Olist files: the published totals, month by month, and to the cent."""

import csv
import json
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from goodwill.cli.main import goodwill

pytestmark = [pytest.mark.real]
DRAFT = """
clauses:
  - id: delivery
    side: ours
    measure: delivery_on_time
    rule: {rule}
    zone: America/Sao_Paulo
    target: {{share: 0.95, per: month, month_of: due}}
    credit: {{of: freight, rate: 0.1, when: {when}, round: per_order_half_up}}
"""
CENT = Decimal("0.01")
NAMES = "promised=order_estimated_delivery_date,delivered=order_delivered_customer_date,customer=customer_id"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def orders(shared_data: Path) -> list[dict[str, str]]:
    """The orders as they stand in the file, with the freight of their items."""
    freight: dict[str, Decimal] = Counter()  # type: ignore[assignment]
    for item in rows_of(shared_data / "olist_sample15k" / "olist_order_items_dataset.csv"):
        freight[item["order_id"]] += Decimal(item["freight_value"])
    found = rows_of(shared_data / "olist_sample15k" / "olist_orders_dataset.csv")
    return [{**order, "freight": str(freight[order["order_id"]])} for order in found]


def tried(folder: Path, orders: list[dict[str, str]], rule: str, when: str = "each_miss") -> dict[str, Any]:
    draft, file = folder / "draft.yml", folder / "orders.csv"
    draft.write_text(DRAFT.format(rule=rule, when=when), encoding="utf-8")
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(orders[0]))
        writer.writeheader()
        writer.writerows(orders)
    asked = ["backtest", str(draft), str(file), "--columns", NAMES, "--currency", "BRL", "--json"]
    done = CliRunner().invoke(goodwill, asked, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_every_month_agrees_with_a_count_of_the_raw_rows_and_all_with_the_published_total(
    tmp_path: Path, orders: list[dict[str, str]]
) -> None:
    answer = tried(tmp_path, orders, "end_of_day")
    assert (answer["n"], answer["missed"], answer["attainment"]) == (14_552, 957, 0.934236)
    n: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    bill = Decimal(0)
    for order in orders:
        promised, delivered = order["order_estimated_delivery_date"], order["order_delivered_customer_date"]
        if delivered:
            n[promised[:7]] += 1
            if delivered[:10] > promised[:10]:
                missed[promised[:7]] += 1
                bill += (Decimal(order["freight"]) / 10).quantize(CENT, ROUND_HALF_UP)
    assert answer["months"] == [
        {"month": month, "n": n[month], "missed": missed[month], "attainment": round(1 - missed[month] / n[month], 6)}
        for month in sorted(n)
    ]
    assert answer["credits"] == {"amount": str(bill), "currency": "BRL"} == {"amount": "2375.91", "currency": "BRL"}
    assert answer["left_out"] == 15_000 - 14_552


def test_the_strict_reading_gives_the_published_strict_total(tmp_path: Path, orders: list[dict[str, str]]) -> None:
    answer = tried(tmp_path, orders, "moment")
    assert (answer["n"], answer["missed"], round(1 - answer["attainment"], 6)) == (14_552, 1_156, 0.079439)


def test_a_month_below_target_is_billed_on_all_its_orders(tmp_path: Path, orders: list[dict[str, str]]) -> None:
    answer = tried(tmp_path, orders, "end_of_day", "month_below_target")
    short = {month["month"] for month in answer["months"] if month["n"] - month["missed"] < 0.95 * month["n"]}
    bill = sum(
        (Decimal(order["freight"]) / 10).quantize(CENT, ROUND_HALF_UP)
        for order in orders
        if order["order_delivered_customer_date"] and order["order_estimated_delivery_date"][:7] in short
    )
    assert answer["credits"]["amount"] == str(bill)
