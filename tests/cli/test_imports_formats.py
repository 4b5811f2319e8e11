"""Workbooks, packages and exports of shops on the command line; killed in the middle, they go on where they were."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from goodwill.store.imports import Import
from goodwill.store.promises import Promise
from tests import exporters
from tests.cli.test_imports import run

pytestmark = pytest.mark.django_db(transaction=True)
LOCALE = exporters.LOCALES["hu"]


@pytest.fixture
def how(tmp_path: Path) -> str:
    path = tmp_path / "how.yml"
    path.write_text("currency: HUF\nsite: Shop\nzone: Europe/Budapest\n")
    return str(path)


def test_an_export_is_recognised_or_named_and_its_kind_is_told(tmp_path: Path, how: str) -> None:
    path = tmp_path / "orders.xml"
    path.write_bytes(exporters.commerceml(LOCALE))
    done = run("import", str(path), "--map", how, "--json")
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["preset"]) == (0, "commerceml")
    assert (answer["files"][0]["kind"], answer["files"][0]["rows"]) == ("commerceml", 7)

    wrong = run("import", str(path), "--map", how, "--as", "shopify", "--json")
    assert wrong.exit_code == 2
    assert json.loads(wrong.stdout)["refused"] == "required"


def test_days_promised_may_be_said_in_the_command_or_in_the_map(tmp_path: Path, how: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(exporters.original(exporters.shopify(LOCALE)))
    run("import", str(path), "--map", how, "--promise-days", "4", "--working-days")
    assert Promise.objects.count() == 4
    assert Import.objects.get().mapping["promise_unit"] == "working"

    said = tmp_path / "said.yml"
    said.write_text("currency: HUF\nsite: Shop\nzone: Europe/Budapest\npromise_days: 9\npromise_unit: calendar\n")
    done = run("import", str(path), "--map", str(said), "--json")
    assert json.loads(done.stdout)["updated"]["promise"] == 2, "the two of which the file names no date"
    said.write_text("promise_days: many\n")
    assert "promise_days" in run("import", str(path), "--map", str(said)).output
    said.write_text("promise_unit: moons\n")
    assert "promise_unit" in run("import", str(path), "--map", str(said)).output


def test_a_sheet_is_named_and_what_cannot_be_read_is_said_in_a_sentence(tmp_path: Path, how: str) -> None:
    book = openpyxl.Workbook()
    book.active.append(["nothing", "here"])
    sheet = book.create_sheet("March")
    sheet.append(["order", "customer", "placed"])
    sheet.append(["A-1", "Anna", "2026-03-02"])
    book.save(tmp_path / "book.xlsx")
    done = run("import", str(tmp_path / "book.xlsx"), "--map", how, "--sheet", "March")
    assert done.exit_code == 0
    assert "book.xlsx: orders (xlsx, March): 1 rows, 1 good" in done.output
    done = run("import", str(tmp_path / "book.xlsx"), "--map", how, "--sheet", "April")
    assert "The workbook has no sheet of this name." in done.output
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as package:
        package.writestr("photo.png", b"")
    done = run("import", str(tmp_path / "photos.zip"))
    assert done.exit_code == 2
    assert "There is no table in this ZIP file." in done.output


def _write(folder: Path, orders: int) -> None:
    """A third of the orders in each kind of file, all in one package."""
    header = ["order", "customer", "placed", "promised", "delivered", "item", "unit_price", "currency", "site"]
    rows = [
        [f"S-{n}", f"Anna {n % 500}", "2026-01-05", "2026-01-09", "2026-01-08", "Boots", f"{n}.10", "EUR", "Shop"]
        for n in range(orders)
    ]
    third = orders // 3
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    for row in [header, *rows[:third]]:
        sheet.append(row)
    book.save(folder / "a.xlsx")
    with (folder / "b.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows[third : 2 * third])
    arrow = pytest.importorskip("pyarrow")
    columns = dict(zip(header, zip(*rows[2 * third :], strict=True), strict=True))
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table(columns), folder / "c.parquet", row_group_size=700)
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as package:
        for name in ("a.xlsx", "b.jsonl", "c.parquet"):
            package.write(folder / name, name)
            (folder / name).unlink()


def test_killed_and_called_again_it_leaves_the_same_rows_of_every_kind(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    _write(files, 6_000)
    left = []
    for name, seconds in (("whole", (0,)), ("killed", (2.5, 3.5, 0))):
        environment = os.environ | {"GOODWILL_HOME": str(tmp_path / name)}
        environment.pop("DATABASE_URL", None)
        for moment in seconds:
            words = [sys.executable, "-m", "tests.killed", str(files), str(moment)]
            done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert sum(file["good"] for file in json.loads(done.stdout)["files"]) == 6_000
        said = subprocess.run(words[:3], env=environment, capture_output=True, text=True, check=True)
        left.append(said.stdout)
    assert left[0] == left[1]
