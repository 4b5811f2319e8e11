"""`goodwill import` and `goodwill import-undo` on the command line."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goodwill.cli.main import goodwill
from goodwill.store.firms import Firm
from goodwill.store.imports import Import
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order
from tests.actions.importing import HEADER, ROWS, put

pytestmark = pytest.mark.django_db(transaction=True)
MAP = "columns:\n  order: Beleg\n  customer: Wer\n  placed: Wann\ncurrency: EUR\nsite: Shop\nzone: Europe/Berlin\n"


def run(*words: str) -> Result:
    return CliRunner().invoke(goodwill, list(words), catch_exceptions=False)


@pytest.fixture
def how(tmp_path: Path) -> str:
    path = tmp_path / "how.yml"
    path.write_text("currency: EUR\nsite: Shop\nzone: Europe/Berlin\n")
    return str(path)


def test_it_prints_the_agreed_shape_and_makes_no_firm(tmp_path: Path, how: str) -> None:
    done = run("import", str(put(tmp_path)), "--map", how, "--json")
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert set(answer) == {
        "import_id",
        "preset",
        "as_of",
        "files",
        "created",
        "updated",
        "unchanged",
        "bad_rows_file",
        "money",
        "seconds",
        "finished",
    }
    assert set(answer["files"][0]) >= {
        "path",
        "sha256",
        "encoding",
        "delimiter",
        "decimal",
        "rows",
        "good",
        "bad",
        "held",
    }
    assert (answer["preset"], answer["finished"], answer["bad_rows_file"]) == ("orders", True, None)
    assert answer["created"]["order"] == 5
    assert not Firm.objects.exists()


def test_a_trial_says_what_would_happen_and_keeps_nothing(tmp_path: Path, how: str) -> None:
    done = run("import", str(put(tmp_path)), "--map", how, "--dry-run", "--json")
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["import_id"], answer["created"]["order"]) == (0, None, 5)
    assert not Order.objects.exists()
    assert not Import.objects.exists()
    assert not JournalEntry.objects.exists()


def test_bad_rows_go_to_a_file_in_their_own_columns_and_the_exit_says_so(tmp_path: Path, how: str) -> None:
    path = put(tmp_path, HEADER + ROWS.replace("2026-02-21 11:00", "the other day"))
    where = tmp_path / "mend.csv"
    done = run("import", str(path), "--map", how, "--bad-rows", str(where), "--json")
    assert (done.exit_code, json.loads(done.stdout)["bad_rows_file"]) == (1, str(where))
    with where.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["order"], row["placed"]) == ("A-2", "the other day")
    assert (row["problem_line"], row["problem_field"], row["problem_code"]) == ("4", "placed", "not_a_date")
    assert row["problem_remedy"] == "Write it like 2026-03-06 16:30:00."

    where.write_text(
        where.read_text(encoding="utf-8").replace(",the other day,", ",2026-02-21 11:00,"), encoding="utf-8"
    )
    mended = run("import", str(where), "--map", how, "--json")
    assert mended.exit_code == 0, mended.output
    assert json.loads(mended.stdout)["created"]["order"] == 1


def test_a_map_names_the_columns_of_any_file(tmp_path: Path) -> None:
    path = put(tmp_path, "Beleg;Wer;Wann\nX-1;Anna;3.2.2026\n")
    how = tmp_path / "map.yml"
    how.write_text(MAP)
    done = run("import", str(path), "--map", str(how))
    assert done.exit_code == 0
    assert "1 rows, 1 good" in done.output
    assert Order.objects.get().number == "X-1"
    bare = tmp_path / "bare.yml"
    bare.write_text("order: Beleg\ncustomer: Wer\nplaced: Wann\n")
    assert run("import", str(path), "--map", str(bare)).exit_code == 2, "no currency known"


@pytest.mark.parametrize("text", ["colour: red", "[1, 2]", "a: [", "columns: {colour: Farbe}"])
def test_a_map_that_cannot_be_meant_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    how = tmp_path / "map.yml"
    how.write_text(text)
    done = run("import", str(put(tmp_path)), "--map", str(how))
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")


def test_nothing_usable_ends_with_two(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("only words\n")
    done = run("import", str(tmp_path), "--json")
    assert (done.exit_code, json.loads(done.stdout)["refused"]) == (2, "not_a_table")
    assert run("import", str(tmp_path)).exit_code == 2
    assert run("import").exit_code == 2


def test_the_template_is_a_file_that_can_be_imported(tmp_path: Path, how: str) -> None:
    path = put(tmp_path, run("import", "--template").stdout)
    done = run("import", str(path), "--map", how, "--differences")
    assert done.exit_code == 0, done.output
    order = Order.objects.get()
    assert (order.items_minor + order.freight_minor, order.paid_minor) == (12_840, 12_840)


def test_money_that_differs_is_listed_when_asked_for(tmp_path: Path, how: str) -> None:
    path = put(tmp_path, HEADER + ROWS.replace(",200,0,200,", ",200,0,190,"))
    asked = run("import", str(path), "--map", how, "--differences", "--json")
    rows = {one["order"]: one for one in json.loads(asked.stdout)["money"]["differences"]}
    assert rows["A-2"]["difference"] == {"amount": "-10.00", "currency": "EUR"}
    assert rows["A-3"]["incomplete"] is True
    assert (
        "A-2: lines 200.00, paid 190.00, difference -10.00"
        in run("import", str(path), "--map", how, "--differences").output
    )


def test_an_import_is_undone_once(tmp_path: Path, how: str) -> None:
    made = json.loads(run("import", str(put(tmp_path)), "--map", how, "--json").stdout)["import_id"]
    assert json.loads(run("import-undo", str(made), "--json").stdout) == {"import_id": made, "taken_back": True}
    assert not Order.objects.exists()
    assert run("import-undo", str(made)).exit_code == 2
