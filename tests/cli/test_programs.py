"""The commands around the house: what they print, and how they end."""

import csv
import json
import os
import shutil
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import run, start, until
from tests.cluster import free_port


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demonstration in it."""
    folder = tmp_path_factory.mktemp("demonstration")
    said = run("demo", "--home", str(folder), "--no-serve", "--json", home=folder)
    assert said.returncode == 0, said.stderr
    facts = json.loads(said.stdout)
    assert facts["loaded"]
    assert facts["link"] is None
    return folder


def test_the_truth_lies_beside_the_demonstration(home: Path) -> None:
    told = json.loads((home / "truth" / "truth.json").read_text())
    assert (told["seed"], told["finished"]) == (7, True)
    assert 0 < told["share_broken"]["Web shop"]["Parcel Swift"] < 1
    for name, table in told["tables"].items():
        with (home / "truth" / table["file"]).open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        assert head == list(table["columns"]), name
        assert len(rows) == table["rows"] > 0, name
    with sqlite3.connect(home / "goodwill.sqlite3") as books:
        numbers = {number for (number,) in books.execute("SELECT number FROM store_customer WHERE kind <> 'unit'")}
    with (home / "truth" / "customers.csv").open(encoding="utf-8", newline="") as file:
        assert {row["customer"] for row in csv.DictReader(file)} <= numbers


def test_a_size_is_a_name_or_a_number_of_orders(tmp_path: Path) -> None:
    for words in (["--size", "huge"], ["--size", "99"], ["--size", "-5"]):
        said = run("demo", "--home", str(tmp_path), "--no-serve", *words, home=tmp_path)
        assert said.returncode == 2
        assert "small, medium, large" in said.stderr
    assert not (tmp_path / "goodwill.sqlite3").exists()


def test_a_killed_load_goes_on_and_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    words = ["--size", "6_000", "--at", "2026-03-04T09:30", "--no-serve", "--json"]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert run("demo", "--home", str(whole), *words, home=whole).returncode == 0
    _kill_half_way(killed, *words)
    # without a moment: it goes on with that of the first time
    again = run("demo", "--home", str(killed), "--size", "6000", "--no-serve", "--json", home=killed)
    assert again.returncode == 0, again.stderr
    assert _orders(killed) == _orders(whole) == json.loads(again.stdout)["orders"]
    for table in _truth(whole)["tables"].values():
        assert (killed / "truth" / table["file"]).read_bytes() == (whole / "truth" / table["file"]).read_bytes()
    # another firm begins anew
    _kill_half_way(killed, "--fresh", *words)
    other = run("demo", "--home", str(killed), "--size", "200", "--seed", "8", "--no-serve", "--json", home=killed)
    assert other.returncode == 0, other.stderr
    assert _orders(killed) == json.loads(other.stdout)["orders"] < 400
    assert _truth(killed)["seed"] == 8


def _kill_half_way(home: Path, *words: str) -> None:
    """Start loading, and kill it once it has begun to write the truth."""
    for old in (home / "truth").glob("*"):
        old.unlink()
    process = start("demo", "--home", str(home), *words, home=home)
    until(lambda: (home / "truth" / "customers.csv").exists(), 90)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=60)
    assert process.stdout
    process.stdout.close()
    assert _truth(home)["finished"] is False


def _truth(home: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((home / "truth" / "truth.json").read_text())
    return told


def _orders(home: Path) -> int:
    try:
        with sqlite3.connect(f"file:{home / 'goodwill.sqlite3'}?mode=ro", uri=True) as books:
            return int(books.execute("SELECT count(*) FROM store_order").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_an_existing_demonstration_is_opened_again_and_renewed_where_asked(home: Path, tmp_path: Path) -> None:
    again = json.loads(run("demo", "--home", str(home), "--no-serve", "--json", home=home).stdout)
    assert not again["loaded"]
    copy = Path(shutil.copytree(home, tmp_path / "copy"))
    fresh = json.loads(run("demo", "--home", str(copy), "--no-serve", "--fresh", "--json", home=copy).stdout)
    assert fresh["loaded"]


def test_the_demonstration_never_touches_real_data(empty_home: Path, tmp_path: Path) -> None:
    own = empty_home
    with sqlite3.connect(own / "goodwill.sqlite3") as rows:
        rows.execute(
            "INSERT INTO store_firm (id, name, currency, zone, country, language, is_demonstration, created_at)"
            " VALUES (1, 'Real', 'EUR', 'UTC', '', 'en', 0, '2026-01-01 00:00:00')"
        )
    for words in ([], ["--fresh"]):
        said = run("demo", "--home", str(own), "--no-serve", *words, home=own)
        assert said.returncode == 1
        assert "holds a firm of your own" in said.stderr
    # the environment's database is not the demonstration's
    elsewhere = tmp_path / "elsewhere"
    said = run(
        "demo", "--home", str(elsewhere), "--no-serve", home=own, DATABASE_URL="postgresql://nobody@127.0.0.1:9/x"
    )
    assert said.returncode == 0, said.stderr
    assert (elsewhere / "goodwill.sqlite3").exists()


def test_the_doctor_ends_with_one_where_something_must_be_mended(home: Path) -> None:
    said = run("doctor", "--json", home=home)
    facts = json.loads(said.stdout)
    assert said.returncode == (0 if facts["well"] else 1)
    worker = next(check for check in facts["checks"] if check["name"] == "worker")
    assert worker["state"] == "mend"
    plain = run("doctor", home=home)
    assert plain.returncode == 1
    assert "MEND  worker" in plain.stdout


def test_the_doctor_speaks_also_where_the_database_is_away(tmp_path: Path) -> None:
    said = run("doctor", home=tmp_path, DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/x")
    assert said.returncode == 1
    assert "MEND  database: cannot be opened" in said.stdout
    assert "Traceback" not in said.stderr


def test_migrate_says_what_it_did(tmp_path: Path) -> None:
    first = json.loads(run("migrate", "--json", home=tmp_path).stdout)
    assert "store.0001_rows" in first["applied"]
    assert not first["journal_was_open"]
    assert run("migrate", home=tmp_path).stdout.strip() == "The database was up to date already."
    with sqlite3.connect(tmp_path / "goodwill.sqlite3") as rows:
        rows.execute("DROP TRIGGER journal_no_update")
    assert "closed again" in run("migrate", home=tmp_path).stdout


def test_a_backup_and_a_restore_on_the_command_line(home: Path, tmp_path: Path) -> None:
    kept = json.loads(run("backup", "--json", "--with-secret-key", home=home).stdout)
    assert Path(kept["file"]).parent == home / "backups"
    other = tmp_path / "other"
    done = run("restore", kept["file"], home=other)
    assert f"{kept['rows']} rows" in done.stdout, done.stderr
    assert (other / "secret.key").read_text() == (home / "secret.key").read_text()
    assert os.stat(other / "secret.key").st_mode & 0o077 == 0  # noqa: PTH116
    refused = run("restore", kept["file"], home=other)
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    assert run("restore", kept["file"], "--replace", "--yes", home=other).returncode == 0
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(Path(kept["file"]).read_bytes()[:5_000])
    said = run("restore", str(damaged), "--replace", "--yes", home=other)
    assert said.returncode == 2
    assert "not a backup" in said.stderr


def test_an_export_on_the_command_line(home: Path, tmp_path: Path) -> None:
    said = json.loads(run("export", str(tmp_path / "all"), "--json", home=home).stdout)
    assert said["rows"]["orders"] > 1_500
    again = run("export", str(tmp_path / "all"), home=home)
    assert again.returncode == 1
    assert "not empty" in again.stderr


def test_the_worker_does_what_is_due_and_ends(home: Path) -> None:
    assert run("worker", "--once", home=home).returncode == 0
