"""Exports: every noun the viewer may see, readable by any program, with a dictionary."""

import csv
import json
import zipfile
from pathlib import Path

import pytest

from goodwill.adapters import open_formats
from goodwill.domain.viewers import NOBODY, OPERATOR, Viewer
from goodwill.reads import exports
from goodwill.store.people import Assignment
from tests.cast import NOW, Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    """The cast with an order and a promise on each side of the house."""
    made = make_cast()
    made.promise(order=made.order(own={"gift": "да"}))
    made.order(made.outsider, site=made.elsewhere)
    return made


def seen(viewer: Viewer) -> dict[str, list[list[object]]]:
    """All rows by noun."""
    return {noun.name: [list(row) for row in noun.rows] for noun in exports.everything(viewer)}


def test_the_operator_gets_everything_but_passwords(cast: Cast) -> None:
    nouns = {noun.name: (noun, list(noun.rows)) for noun in exports.everything(OPERATOR)}
    assert len(nouns["customers"][1]) == 5
    assert {"journal", "people", "promises", "order_lines", "customer_tags"} <= set(nouns)
    for noun, rows in nouns.values():
        names = [column.name for column in noun.columns]
        assert "password" not in names
        assert all(len(row) == len(names) for row in rows)
        assert noun.about


def test_a_manager_gets_the_own_customers_and_nothing_of_the_house(cast: Cast) -> None:
    found = seen(cast.viewer(cast.manager))
    assert [row[2] for row in found["customers"]] == ["Berta Buyer"]
    assert len(found["orders"]) == 1
    assert not {"people", "journal", "imports"} & set(found)


@pytest.mark.parametrize("who", ["agent", "stranger", "accountant", "administrator"])
def test_whoever_may_not_export_gets_nothing(cast: Cast, who: str) -> None:
    assert seen(cast.viewer(getattr(cast, who))) == {}


def test_a_stranger_who_may_export_does_not_get_others_customers(cast: Cast) -> None:
    Assignment.objects.create(person=cast.stranger, role="shop_manager", unit=cast.other_unit)
    found = seen(cast.viewer(cast.stranger))
    assert "Berta Buyer" not in str(found)
    assert [row[2] for row in found["customers"] if row[1] == "person"] == ["Otto Outside"]
    assert found["promises"] == []


def test_nobody_and_a_customer_get_nothing(cast: Cast) -> None:
    assert seen(NOBODY) == {}
    assert seen(cast.customer) == {}


def test_both_formats_say_the_same_and_the_dictionary_explains_them(cast: Cast, tmp_path: Path) -> None:
    counts = open_formats.write(tmp_path / "all", exports.everything(OPERATOR))
    folder = tmp_path / "all"
    dictionary = json.loads((folder / "dictionary.json").read_text())
    for name, count in counts.items():
        with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            table = list(csv.DictReader(file))
        lines = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]
        assert len(table) == len(lines) == count == dictionary[name]["rows"]
        assert all(list(row) == list(dictionary[name]["columns"]) for row in [*table, *lines])
    order = json.loads((folder / "orders.jsonl").read_text().splitlines()[0])
    assert order["own"] == {"gift": "да"}
    assert order["placed_at"].endswith("+00:00")
    assert dictionary["orders"]["columns"]["customer_id"] == {
        "kind": "id",
        "may_be_empty": False,
        "refers_to": "customers",
    }
    assert dictionary["firm"]["columns"]["is_demonstration"]["kind"] == "yes/no"


def test_a_zip_holds_the_same_and_nothing_is_written_over(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    counts = open_formats.write(file, exports.everything(OPERATOR))
    with zipfile.ZipFile(file) as archive:
        assert archive.read("customers.csv").decode().count("\r\n") == counts["customers"] + 1
        assert "README.txt" in archive.namelist()
    with pytest.raises(FileExistsError):
        open_formats.write(file, exports.everything(OPERATOR))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("x")
    with pytest.raises(FileExistsError, match="not empty"):
        open_formats.write(tmp_path / "full", exports.everything(OPERATOR))
    assert NOW.tzinfo
