"""Every published figure of the Olist sample comes out of a report."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from goodwill.cli.main import goodwill

pytestmark = [pytest.mark.real]


def said(*words: str) -> dict[str, Any]:
    """What a command prints as JSON."""
    done = CliRunner().invoke(goodwill, [*words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def share_of(scores: dict[str, Any], *which: str) -> float:
    """The percentage of some scores."""
    return float(round(100 * sum(scores["shares"][score] for score in which), 3))


@pytest.mark.django_db(transaction=True)
def test_every_published_figure_comes_out_of_a_report(shared_data: Path) -> None:
    said("import", str(shared_data / "olist_sample15k"), "--as", "olist")

    by_day = said("report", "promises", "--rule", "end_of_day")
    assert (by_day["n"], by_day["broken"], by_day["share_broken"]["value"]) == (14_552, 957, 0.065764)
    assert by_day["ratings"] == {"kept": {"n": 13_582, "mean": 4.2825}, "broken": {"n": 936, "mean": 2.2714}}
    assert (by_day["withdrawn"], by_day["open"]) == (202, 246)
    by_moment = said("report", "promises", "--rule", "moment")
    assert (by_moment["broken"], by_moment["share_broken"]["value"]) == (1_156, 0.079439)
    own = said("report", "promises")
    assert {**own, "rule": "", "as_of": ""} == {**by_day, "rule": "", "as_of": ""}

    buckets = said("report", "promises", "--rule", "end_of_day", "--by", "delay_bucket")["by"]
    found = [(line["key"], line["ratings"][side]) for line in buckets for side in ("kept", "broken")]
    assert [(key, rating["n"], rating["mean"]) for key, rating in found if rating["n"]] == [
        ("15+ days early", 5304, 4.3111),
        ("1-14 early", 8079, 4.2667),
        ("on the day", 199, 4.1608),
        ("1-3 late", 281, 3.2171),
        ("4-7 late", 259, 2.0888),
        ("8+ late", 396, 1.7197),
    ]

    states = said("report", "promises", "--rule", "end_of_day", "--by", "region")["by"][:5]
    assert [(line["key"], line["n"], round(100 * line["share_broken"]["value"], 3)) for line in states] == [
        ("SP", 6186, 4.235),
        ("RJ", 1835, 11.444),
        ("MG", 1711, 4.5),
        ("RS", 788, 6.98),
        ("PR", 718, 5.014),
    ]

    assert said("report", "orders")["statuses"] == [
        {"status": status, "n": n}
        for status, n in (
            ("delivered", 14_552),
            ("shipped", 159),
            ("canceled", 113),
            ("unavailable", 89),
            ("invoiced", 49),
            ("processing", 37),
            ("approved", 1),
        )
    ]
    assert said("report", "lead-times")["median_days"] == {
        "purchase_to_delivered": 10.127,
        "purchase_to_promised": 23.2194,
        "delivered_before_promised": 12.0,
    }
    (money,) = said("report", "money")["currencies"]
    assert [money[name]["amount"] for name in ("items", "freight", "paid")] == ["2030270.94", "340292.67", "2397904.56"]
    assert [kind["n"] for kind in money["payments"] if kind["kind"] == "voucher"] == [945]
    assert (money["orders_differing"], money["orders_incomplete"]) == (88, 116)

    ratings = said("report", "ratings", "--rule", "end_of_day")
    assert (ratings["n"], ratings["source_keys"]) == (14_944, 14_924)
    assert (ratings["orders_with_several"], ratings["orders_without"]) == (71, 128)
    assert round(100 * ratings["share_with_words"], 3) == 41.314
    assert ratings["median_hours_to_answer"] == 39.993
    (kept,), (broken,) = ratings["kept"], ratings["broken"]
    assert (share_of(kept, "1", "2"), share_of(kept, "5")) == (9.336, 61.92)
    assert (share_of(broken, "1", "2"), share_of(broken, "5")) == (61.966, 16.239)
