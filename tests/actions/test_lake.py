"""The lake: brought up to date it equals one made anew; killed it is the one before; nobody is named in it."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from goodwill.actions import (
    erasures,
    imports_undo,
    lake,
    settling,
    sites,
)
from goodwill.adapters import lake as adapter
from goodwill.adapters import lake_writing
from goodwill.adapters.lake import LakeBusy, Snapshot
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import OPERATOR
from goodwill.store.customers import Customer
from goodwill.store.imports import Import, ImportChange
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order, OrderLine
from goodwill.store.products import Category, Product
from goodwill.store.sites import Site
from tests.actions.happenings import Deeds
from tests.actions.importing import HEADER, ROWS, bring, put
from tests.actions.ponds import contents, rows
from tests.cast import NOW, Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    """The cast, with rows that other connections see."""
    return make_cast()


@pytest.fixture
def pond(tmp_path: Path, settings: Any) -> Path:
    """An empty folder for the lake."""
    settings.LAKE = tmp_path / "lake"
    return tmp_path / "lake"


def append(at: datetime = NOW) -> Snapshot:
    done = lake.append(by=OPERATOR, at=at)
    assert isinstance(done, Snapshot)
    return done


def rebuild(at: datetime = NOW) -> Snapshot:
    done = lake.rebuild(by=OPERATOR, at=at)
    assert isinstance(done, Snapshot)
    return done


def made_anew(pond: Path, settings: Any) -> dict[str, list[dict[str, Any]]]:
    """What a rebuild elsewhere holds."""
    other = pond.parent / "other"
    settings.LAKE = other
    rebuild()
    settings.LAKE = pond
    return contents(other)


@pytest.mark.parametrize("seed", range(4))
def test_brought_up_to_date_the_lake_equals_one_made_anew(
    cast: Cast, pond: Path, tmp_path: Path, settings: Any, seed: int
) -> None:
    deeds = Deeds(cast, tmp_path, seed)
    cast.promise(order=cast.order())
    append()
    ways = set()
    for _ in range(8):
        for _ in range(deeds.chance.randint(0, 6)):
            deeds.one()
        ways.add(append(deeds.at).notes["made_by"])
        assert contents(pond) == made_anew(pond, settings)
    assert "append" in ways
    assert len(deeds.done) > 4, "most of what was tried happened"


def test_only_touched_months_are_written_again(cast: Cast, pond: Path) -> None:
    for month in (1, 2, 3):
        cast.order(placed_at=datetime(2026, month, 5, tzinfo=UTC))
    old = cast.promise(due_at=datetime(2026, 1, 9, tzinfo=UTC))
    cast.promise(due_at=datetime(2026, 2, 9, tzinfo=UTC))
    before = append()
    settling.keep(old.pk, by=OPERATOR, at=NOW)
    after = append()
    assert after.notes["made_by"] == "append"
    assert after.files["orders"] == before.files["orders"]
    changed = set(before.files["promises"]) ^ set(after.files["promises"])
    assert {one.month for one in changed} == {"2026-01"}
    assert len(changed) == 2


def test_an_order_that_moves_to_another_month_is_in_one_only(cast: Cast, pond: Path, tmp_path: Path) -> None:
    bring(put(tmp_path))
    append()
    bring(put(tmp_path, (HEADER + ROWS).replace("2026-02-20 10:00", "2025-07-20 10:00")))
    assert append().notes["made_by"] == "append"
    held = contents(pond)
    assert len(held["orders"]) == len({row["id"] for row in held["orders"]}) == 5
    assert date(2025, 7, 20) in {row["placed_on"] for row in held["orders"]}
    assert {row["placed_at"].month for row in held["order_lines"] if row["position"] == 2} == {7}


def test_an_import_taken_back_is_gone_from_the_lake(cast: Cast, pond: Path, tmp_path: Path) -> None:
    row = bring(put(tmp_path))
    assert append().rows("order_lines") == 6
    imports_undo.take_back(row.pk, by=OPERATOR, at=NOW)
    after = append()
    assert [after.rows(name) for name in ("orders", "order_lines", "payments", "promises", "ratings")] == [0] * 5


def test_what_an_import_altered_without_naming_the_order_is_written_again(
    cast: Cast, pond: Path, settings: Any
) -> None:
    category, product = Category.objects.create(name="Tents"), Product.objects.create(name="Tent")
    run = Import.objects.create(preset="olist", as_of=NOW, created_at=NOW)
    line = OrderLine.objects.create(order=cast.order(), position=1, product=product, unit_price_micro=1, total_minor=1)
    append()
    Product.objects.filter(pk=product.pk).update(category=category)
    ImportChange.objects.create(run=run, noun="product", row_id=product.pk, before={"category_id": None})
    assert append().notes["made_by"] == "append"
    assert contents(pond)["order_lines"][0]["category_id"] == category.pk
    OrderLine.objects.filter(pk=line.pk).update(total_minor=2)
    ImportChange.objects.create(run=run, noun="orderline", row_id=line.pk, before={"total_minor": 1})
    assert append().notes["made_by"] == "append"
    assert contents(pond) == made_anew(pond, settings)


def test_another_time_zone_of_a_site_tells_the_days_of_its_orders_anew(cast: Cast, pond: Path) -> None:
    cast.order(placed_at=datetime(2026, 3, 1, 16, 30, tzinfo=UTC))
    assert rows(pond, append(), "orders")[0]["placed_on"] == date(2026, 3, 1)
    place = sites.Place("Shop", "store", "Asia/Tokyo", cast.calendar.pk)
    assert isinstance(sites.change(cast.shop.pk, place, by=OPERATOR, at=NOW), Site)
    after = append()
    assert after.notes["made_by"] == "rebuild"
    assert rows(pond, after, "orders")[0]["placed_on"] == date(2026, 3, 2)


def test_rows_that_went_without_a_word_in_the_journal_are_noticed(cast: Cast, pond: Path) -> None:
    gone = cast.order()
    cast.order(placed_at=NOW - timedelta(days=90))
    append()
    Order.objects.filter(pk=gone.pk).delete()
    after = append()
    assert (after.rows("orders"), after.notes["made_by"]) == (1, "append")


def test_an_entry_that_became_visible_late_makes_the_lake_anew(cast: Cast, pond: Path) -> None:
    JournalEntry.objects.create(pk=10, kind="signed_in", at=NOW, recorded_at=NOW)
    append()
    JournalEntry.objects.create(pk=7, kind="signed_in", at=NOW, recorded_at=NOW)
    JournalEntry.objects.create(pk=11, kind="signed_in", at=NOW, recorded_at=NOW)
    after = append()
    assert (after.rows("journal"), after.notes["made_by"]) == (3, "rebuild")


def test_another_history_under_the_same_ids_makes_the_lake_anew(cast: Cast, pond: Path) -> None:
    settling.keep(cast.promise().pk, by=OPERATOR, at=NOW)
    done = append()
    path = pond / "snapshots" / f"{done.number}.json"
    said = json.loads(path.read_text())
    said["notes"]["stamp"] = "another"
    path.write_text(json.dumps(said))
    assert append().notes["made_by"] == "rebuild"


@pytest.mark.parametrize("harm", ["file", "current", "manifest", "format"])
def test_a_damaged_lake_is_made_anew(cast: Cast, pond: Path, settings: Any, harm: str) -> None:
    cast.order()
    done = append()
    manifest = pond / "snapshots" / f"{done.number}.json"
    match harm:
        case "file":
            (pond / done.files["orders"][0].path).unlink()
        case "current":
            (pond / "CURRENT").write_text("x")
        case "manifest":
            manifest.unlink()
        case _:
            manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 0'))
    after = append()
    assert after.notes["made_by"] == "rebuild"
    assert contents(pond) == made_anew(pond, settings)


def test_killed_at_any_write_the_lake_is_the_one_before(
    cast: Cast, pond: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.order()
    cast.promise()
    before = contents(pond, append())
    settling.keep(cast.promise().pk, by=OPERATOR, at=NOW)
    cast.order(placed_at=NOW - timedelta(days=70))
    real, calls = Path.replace, 0
    for stop_at in range(1, 40):
        calls = 0

        def replace(self: Path, target: Any, stop_at: int = stop_at) -> Path:
            nonlocal calls
            calls += 1
            if calls == stop_at:
                raise KeyboardInterrupt
            return real(self, target)

        monkeypatch.setattr(Path, "replace", replace)
        # nothing is tidied up by whoever is killed
        monkeypatch.setattr(lake_writing._Months, "drop", lambda self: None)
        try:
            lake.append(by=OPERATOR, at=NOW)
        except KeyboardInterrupt:
            assert contents(pond) == before
            continue
        break
    assert calls < stop_at, "the writes came to an end"
    monkeypatch.undo()
    assert stop_at > 4
    assert contents(pond) == made_anew(pond, settings)
    assert not list(pond.glob("*/*/*.draft")), "what was half-written is swept"


def files_of(pond: Path, number: int | None) -> list[adapter.File]:
    """The files of a snapshot (None: the present one)."""
    found = adapter.current(pond) if number is None else adapter.read(pond, number)
    return [one for files in found.files.values() for one in files] if found else []


def test_files_that_no_kept_snapshot_lists_are_swept(cast: Cast, pond: Path) -> None:
    for _ in range(4):
        cast.order()
        rebuild()
    kept = {one.path for number in (3, 4) for one in files_of(pond, number)}
    assert {p.relative_to(pond).as_posix() for p in pond.glob("*/*/*.parquet")} == kept
    assert sorted(p.stem for p in (pond / "snapshots").iterdir()) == ["3", "4"]


def test_two_do_not_write_at_once(cast: Cast, pond: Path) -> None:
    with lake_writing.held(pond), pytest.raises(LakeBusy):
        append()


def test_whoever_may_not_change_settings_makes_no_lake(cast: Cast, pond: Path) -> None:
    for who in (cast.viewer(cast.stranger), cast.viewer(cast.agent), cast.customer):
        for deed in (lake.append, lake.rebuild):
            done = deed(by=who, at=NOW)
            assert isinstance(done, Refusal)
            assert done.reason is Reason.NOT_ALLOWED
    assert not pond.exists()


def test_nobody_is_named_in_the_lake(cast: Cast, pond: Path, tmp_path: Path) -> None:
    bring(put(tmp_path))
    deeds = Deeds(cast, tmp_path, 1)
    deeds.note()
    erasures.erase(Customer.objects.get(name="Anna Kovács").pk, by=OPERATOR, at=NOW)
    append()
    said = repr(contents(pond))
    for word in ("Anna", "Kov", "Nagy", "example.com", "+3630", "Berta", "Otto", "call back", "K-7", "Agent"):
        assert word not in said, word
    for one in files_of(pond, None):
        raw = (pond / one.path).read_bytes() + pq.read_schema(pond / one.path).to_string().encode()
        assert b"Anna" not in raw


def test_money_is_whole_minor_units_with_the_currency_and_its_places(cast: Cast, pond: Path) -> None:
    cast.order(currency="JPY", items_minor=500)
    cast.order(currency="EUR", items_minor=12_345)
    held = rows(pond, append(), "orders")
    sums = [(row["items_minor"], row["currency"], row["exponent"]) for row in held]
    assert sums == [(500, "JPY", 0), (12_345, "EUR", 2)]


def test_the_day_of_an_order_is_told_where_it_was_placed(cast: Cast, pond: Path) -> None:
    Site.objects.filter(pk=cast.elsewhere.pk).update(zone="America/Sao_Paulo")
    late = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    cast.order(placed_at=late)
    cast.order(placed_at=late, site=cast.elsewhere)
    held = rows(pond, append(), "orders")
    assert [row["placed_on"] for row in held] == [date(2026, 3, 1), date(2026, 2, 28)]
    assert {one.month for one in files_of(pond, None) if one.path.startswith("orders/")} == {"2026-03"}


def test_many_nights_of_the_journal_become_one_file(cast: Cast, pond: Path) -> None:
    append()
    for _ in range(33):
        JournalEntry.objects.create(kind="signed_in", at=NOW, recorded_at=NOW)
        done = append()
    assert len(done.files["journal"]) < 5
    assert done.rows("journal") == 33


def test_a_large_table_is_read_in_parts(cast: Cast, pond: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for table in ("goodwill.store.extracts.AT_ONCE", "goodwill.adapters.lake_writing._GROUP"):
        monkeypatch.setattr(table, 7)
    monkeypatch.setattr("goodwill.adapters.lake_writing._HELD", 20)
    monkeypatch.setattr("goodwill.adapters.lake_writing._OPEN", 3)
    order = cast.order()
    for place in range(50):
        placed = NOW - timedelta(days=31 * (place % 8))
        OrderLine.objects.create(order=cast.order(placed_at=placed), position=1, unit_price_micro=1, total_minor=place)
    OrderLine.objects.create(order=order, position=1, unit_price_micro=1, total_minor=99)
    held = rows(pond, append(), "order_lines")
    assert [row["total_minor"] for row in held] == [*range(50), 99]
