"""`goodwill lake`, and the estimators' commands over it."""

import importlib.util
import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from goodwill.actions import findings as deeds
from goodwill.adapters import lake_writing
from goodwill.cli.lake import EXTRA
from goodwill.cli.main import goodwill
from goodwill.domain.refusals import Refusal
from goodwill.reads import findings
from goodwill.store.customers import Customer
from goodwill.store.findings import Finding
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order
from tests.cast import NOW, Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(tmp_path: Path, settings: Any) -> Cast:
    """The cast, with a year of orders, and an empty folder for the lake."""
    settings.LAKE = tmp_path / "lake"
    made, chance = make_cast(), random.Random(3)
    people = Customer.objects.bulk_create(
        [Customer(kind="person", name=f"Person {n}", created_at=NOW) for n in range(400)]
    )
    orders: list[Order] = []
    for person in people:
        at, rate = chance.uniform(0, 200), chance.gammavariate(0.6, 1 / 25)
        end, spend = min(at + chance.expovariate(1 / 150), 400), 3000 / chance.gammavariate(4, 1)
        while at <= end:
            orders.append(
                Order(
                    number=str(len(orders)),
                    customer=person,
                    site=made.shop,
                    placed_at=NOW - timedelta(days=400 - at),
                    status="delivered",
                    currency="EUR",
                    items_minor=int(chance.gammavariate(6, spend)) + 1,
                    line_count=person.pk % 2,
                )
            )
            at += max(chance.expovariate(rate), 0.02)
    Order.objects.bulk_create(orders)
    return made


def ask(*words: str) -> Result:
    return CliRunner().invoke(goodwill, list(words))


def told(*words: str) -> dict[str, Any]:
    result = ask(*words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_lake_is_made_brought_up_to_date_and_says_how_it_stands(cast: Cast) -> None:
    before = ask("lake", "status")
    assert (before.exit_code, "there is no lake" in before.output) == (1, True)
    made = told("lake", "rebuild")
    assert (made["made_by"], made["tables"]["orders"]) == ("rebuild", Order.objects.count())
    assert told("lake", "status")["current"] is True
    JournalEntry.objects.create(kind="signed_in", at=NOW, recorded_at=NOW)
    stale = ask("lake", "status", "--json")
    assert (stale.exit_code, json.loads(stale.stdout)["behind"]) == (1, 1)
    assert "gone on since: 1 entries" in ask("lake", "status").output
    assert told("lake", "append")["tables"]["journal"] == 1
    assert "up to date" in ask("lake", "status").output


def test_a_deleted_folder_is_made_again(cast: Cast, settings: Any) -> None:
    first = told("lake", "rebuild")
    for path in sorted(settings.LAKE.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert told("lake", "rebuild")["tables"] == first["tables"]


def test_files_that_are_gone_are_told_of(cast: Cast, settings: Any) -> None:
    told("lake", "rebuild")
    next(settings.LAKE.glob("orders/*/*.parquet")).unlink()
    result = ask("lake", "status")
    assert (result.exit_code, "1 files are missing" in result.output) == (1, True)
    (settings.LAKE / "CURRENT").write_text("77")
    assert "snapshot 77 is gone" in ask("lake", "status").output


def test_without_its_libraries_one_line_names_the_remedy(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "pyarrow" else real(name, *more)
    )
    for word in ("append", "rebuild"):
        result = ask("lake", word)
        assert (result.exit_code, result.stderr) == (1, f"Error: {EXTRA}\n")
    assert "make analytics" in EXTRA


def test_while_another_process_writes_it_says_so(cast: Cast, settings: Any) -> None:
    with lake_writing.held(settings.LAKE):
        result = ask("lake", "append")
    assert (result.exit_code, result.stderr) == (1, "Error: another process is writing the lake\n")


def test_lifetime_reads_the_lakes_delivered_orders(cast: Cast, tmp_path: Path) -> None:
    Order.objects.filter(pk__lte=Order.objects.order_by("pk")[20].pk).update(status="canceled")
    told("lake", "rebuild")
    out = tmp_path / "people.csv"
    answer = told("lifetime", "lake:", "--model", "mbgnbd", "--spend", "--out", str(out))
    buyers = Order.objects.filter(status="delivered").values("customer_id").distinct().count()
    assert answer["n"] == buyers == len(out.read_text().splitlines()) - 1
    source = answer["source"]
    assert (source["lake"], source["engine"], source["recipe"]) == (1, "duckdb", "sum_purchases")
    assert source["as_of"].startswith("20")
    lines = ask("lifetime", "lake:", "--model", "mbgnbd").output.splitlines()
    assert lines[0].startswith("read from the lake as of")
    named = told("lifetime", "lake:orders", "--model", "mbgnbd", "--columns", "customer=customer_id,date=placed_on")
    assert (named["source"]["table"], named["source"]["recipe"]) == ("orders", "")


def test_survival_follows_customers_until_they_fall_silent(cast: Cast) -> None:
    told("lake", "rebuild")
    answer = told("survival", "lake:", "--silence", "120", "--until", "2026-03-01")
    assert answer["n"] == 400
    assert {one["cohort"] for one in answer["cohorts"]} <= {"2025", "2026"}
    assert sum(one["departures"] for one in answer["cohorts"]) > 10
    assert answer["source"]["recipe"] == "follow_stays silence=120"
    assert answer["horizon"] == 303.0


def test_verdict_and_drivers_read_a_table_of_the_lake(cast: Cast) -> None:
    told("lake", "rebuild")
    answer = told("verdict", "lake:orders", "--arm", "line_count", "--control", "0", "--outcome", "items_minor",
                  "--unit", "id", "--grade", "before_after")  # fmt: skip
    assert answer["n"] == Order.objects.count()
    assert answer["as_of"] == answer["source"]["as_of"][:10]
    found = told("drivers", "lake:orders", "--outcome", "items_minor", "--drivers", "customer_id,line_count")
    assert (found["n"], found["source"]["table"]) == (Order.objects.count(), "orders")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("survival", "lake:"), "there is no lake yet"),
        (("verdict", "lake:", "--arm", "a", "--control", "b", "--outcome", "c"), "name a table of the lake"),
        (("lifetime", "nowhere.csv", "--model", "bgnbd"), "does not exist"),
    ],
)
def test_what_cannot_be_read_ends_in_one_line(cast: Cast, words: tuple[str, ...], said: str) -> None:
    result = ask(*words)
    assert result.exit_code == 2
    assert said in result.stderr.splitlines()[-1]


def test_findings_are_kept_once_for_a_snapshot_and_read_from_rows(cast: Cast, settings: Any) -> None:
    assert "nothing yet" in ask("findings").output
    assert "there is no lake yet" in ask("findings", "--compute").stderr
    told("lake", "rebuild")
    for _ in range(2):
        assert ask("findings", "--compute").exit_code == 0
    settings.LAKE = settings.LAKE / "gone"
    found = {one["name"]: one for one in json.loads(ask("findings", "--json").stdout)}
    assert set(found) == {"lifetime", "survival"}
    assert (found["survival"]["n"], found["survival"]["parameters"]["silence"]) == (400, 365)
    for one in found.values():
        assert one["recipe"].startswith("goodwill ") and one["engine"] == "duckdb" and one["refused"] is None
        assert one["result"]["n"] == one["n"]
    assert "survival, as of" in ask("findings").output
    assert findings_rows() == 2


def test_figures_that_an_estimator_refuses_are_kept_as_its_reason(cast: Cast) -> None:
    Order.objects.filter(pk__gt=Order.objects.order_by("pk")[10].pk).delete()
    told("lake", "rebuild")
    ask("findings", "--compute")
    found = {one["name"]: one for one in json.loads(ask("findings", "--json").stdout)}
    assert found["lifetime"]["refused"] == "too_few_repeats"
    assert "no figures: too_few_repeats" in ask("findings").output


def test_findings_are_shown_only_to_whoever_sees_the_whole_firm(cast: Cast) -> None:
    for who in (cast.stranger, cast.agent, cast.accountant, cast.administrator):
        with pytest.raises(PermissionError):
            findings.latest(cast.viewer(who))
        done = deeds.compute(by=cast.viewer(cast.agent), at=NOW)
        assert isinstance(done, Refusal)
    assert findings.latest(cast.viewer(cast.head)) == []


def findings_rows() -> int:
    """How many findings are kept."""
    return Finding.objects.count()


def test_an_unknown_table_is_named_with_those_there_are(cast: Cast) -> None:
    told("lake", "rebuild")
    result = ask("drivers", "lake:secrets", "--outcome", "a", "--drivers", "b")
    assert result.exit_code == 2
    assert "no table 'secrets'; it has: categories, customers" in result.stderr
