"""`goodwill upgrade`: a backup that is proved, checks on both sides, and a way back that works."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goodwill.adapters.archives import ArchiveReader
from tests.cli.commands import COMMAND, ROOT, environment, run, start, until
from tests.cli.future import BREAKS, DIES, FORGETS, LATER, LOSES, UNCOUNTS, later, package
from tests.cluster import cluster, free_port, programs


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a firm in it; copy it, do not use it."""
    folder = tmp_path_factory.mktemp("lived-in")
    assert run("demo", "--home", str(folder), "--no-serve", home=folder).returncode == 0
    (folder / "files").mkdir(mode=0o700, exist_ok=True)
    (folder / "files" / "paper.txt").write_text("kept")
    return folder


@pytest.fixture
def home(lived_in: Path, tmp_path: Path) -> Path:
    """A firm's home of the test's own."""
    return Path(shutil.copytree(lived_in, tmp_path / "home"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A throw-away PostgreSQL."""
    if programs() is None:
        pytest.skip("PostgreSQL's programs are not on this machine (Debian package: postgresql)")
    with cluster() as url:
        yield url


def facts(said: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The JSON of a command."""
    found = json.loads(said.stdout)
    assert isinstance(found, dict)
    return found


def count(home: Path, table: str, **more: str) -> int:
    """How many rows a table has, as a backup of this code writes them down."""
    file = home / "count.zip"
    assert run("backup", str(file), home=home, **more).returncode == 0
    with ArchiveReader(file) as archive:
        return int(archive.tables[table]["rows"])


def backups(home: Path) -> list[Path]:
    """What upgrades have kept."""
    return sorted((home / "backups").glob("before-*.zip"))


def test_an_upgrade_keeps_a_proved_copy_and_twice_is_harmless(home: Path, tmp_path: Path) -> None:
    future = package(tmp_path / "f")
    said = facts(later(future, "upgrade", "--json", home=home))
    assert (said["state"], said["applied"]) == ("done", [f"store.{LATER}"])
    assert said["rows"] == {}
    assert all(check["state"] != "mend" for check in said["checks"])
    assert {check["name"] for check in said["checks"] if check["when"] == "after"} >= {"rows", "journal", "database"}
    (file,) = backups(home)
    assert said["backup"]["file"] == str(file)
    assert file.stat().st_mode & 0o077 == 0
    with ArchiveReader(file) as archive:
        archive.verify()
        assert archive.tables["store_promise"]["rows"] > 500
        assert "paper.txt" in archive.files
        assert "motto" not in archive.tables["store_firm"]["columns"]
        assert f"store.{LATER}" not in archive.manifest["migrations"]
    again = facts(later(future, "upgrade", "--json", home=home))
    assert (again["state"], again["backup"], backups(home)) == ("up_to_date", None, [file])
    assert later(future, "doctor", "--json", home=home).stdout.count('"ok"') > 8


def test_a_dry_run_changes_nothing(home: Path, tmp_path: Path) -> None:
    said = facts(later(package(tmp_path / "f"), "upgrade", "--dry-run", "--json", home=home))
    assert (said["state"], said["changes"], said["applied"]) == ("dry_run", [f"store.{LATER}"], [])
    assert not backups(home)
    assert run("today", home=home).returncode == 0


@pytest.mark.parametrize("command", ["serve", "worker", "today", "report", "backup", "import", "token", "demo"])
def test_a_database_of_a_newer_goodwill_is_refused_by_every_command(home: Path, tmp_path: Path, command: str) -> None:
    assert later(package(tmp_path / "f"), "migrate", home=home).returncode == 0
    more = {
        "demo": f"--home {home} --no-serve",
        "serve": f"--port {free_port()}",
        "report": "promises",
        "import": ".",
        "token": "list a@b.example",
    }
    said = run(command, *more.get(command, "").split(), home=home)
    assert said.returncode == 2
    assert len(said.stderr.strip().splitlines()) == 1
    assert f"newer Goodwill: it has store.{LATER}" in said.stderr
    assert ("another folder with --home" if command == "demo" else "goodwill restore FILE") in said.stderr


def test_an_older_database_is_neither_served_nor_worked_on_before_the_upgrade(home: Path, tmp_path: Path) -> None:
    future = package(tmp_path / "f")
    for words in (["serve", "--port", str(free_port())], ["worker", "--once"], ["today"]):
        said = later(future, *words, home=home)
        assert said.returncode == 2
        assert said.stderr.strip().endswith("run `goodwill upgrade`, which makes a backup first")
        assert len(said.stderr.strip().splitlines()) == 1
    assert later(future, "doctor", home=home).stdout.count("goodwill upgrade") == 1


def test_a_demonstration_follows_by_itself(home: Path, tmp_path: Path) -> None:
    said = later(package(tmp_path / "f"), "demo", "--home", str(home), "--no-serve", home=home)
    assert said.returncode == 0, said.stderr
    assert not backups(home)


def test_nothing_is_changed_while_somebody_is_at_work(home: Path, tmp_path: Path) -> None:
    future = package(tmp_path / "f")
    at_work = start("worker", home=home)
    try:
        until(lambda: later(future, "upgrade", "--dry-run", home=home).returncode == 2)
        said = later(future, "upgrade", home=home)
        assert said.returncode == 2
        assert "MEND  alone" in said.stdout
        assert "systemctl stop" in said.stdout
    finally:
        at_work.terminate()
        at_work.communicate(timeout=60)
    assert not backups(home)
    assert later(future, "upgrade", home=home).returncode == 0


def test_of_two_upgrades_at_once_one_does_it_and_no_change_is_made_twice(home: Path, tmp_path: Path) -> None:
    future = package(tmp_path / "f")
    words = ["-m", "tests.cli.future", str(future), "upgrade", "--json"]
    both = [
        subprocess.Popen([COMMAND[0], *words], env=environment(home), cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ends = [json.loads(one.communicate(timeout=120)[0])["state"] for one in both]
    assert ends.count("done") == 1
    assert set(ends) <= {"done", "refused", "up_to_date"}
    assert len(backups(home)) == 1


def test_a_house_that_others_may_enter_is_mended_first(home: Path, tmp_path: Path) -> None:
    home.chmod(0o755)
    said = later(package(tmp_path / "f"), "upgrade", home=home)
    assert said.returncode == 2
    assert f"chmod 700 {home}" in said.stdout
    assert "Nothing was changed" in said.stdout
    assert run("today", home=home).returncode == 0


@pytest.mark.parametrize("harm", [LOSES, FORGETS, BREAKS], ids=["loses rows", "shortens the journal", "breaks"])
def test_after_a_failed_upgrade_the_way_back_is_said_and_works(home: Path, tmp_path: Path, harm: str) -> None:
    promises = count(home, "store_promise")
    said = later(package(tmp_path / "f", harm), "upgrade", home=home)
    assert said.returncode == 2
    (file,) = backups(home)
    assert f"goodwill restore {file} --replace" in said.stdout
    # the version of before, on whatever the later one left behind
    back = run("restore", str(file), "--replace", "--yes", home=home)
    assert back.returncode == 0, back.stderr
    assert count(home, "store_promise") == promises
    assert facts(run("upgrade", "--json", home=home))["state"] == "up_to_date"


def test_an_upgrade_that_was_killed_is_checked_by_the_next(home: Path, tmp_path: Path) -> None:
    future = package(tmp_path / "f")
    assert later(future, "upgrade", home=home, **{DIES: "1"}).returncode == -signal.SIGKILL
    for words in (["serve", "--port", str(free_port())], ["worker", "--once"], ["today"]):
        refused = later(future, *words, home=home)
        assert (refused.returncode, refused.stderr.count("goodwill upgrade")) == (2, 1)
    dry = later(future, "upgrade", "--dry-run", home=home)
    assert (dry.returncode, "would be checked" in dry.stdout) == (0, True)
    said = facts(later(future, "upgrade", "--json", home=home))
    assert (said["state"], said["changes"]) == ("done", [f"store.{LATER}"])
    assert {check["name"] for check in said["checks"] if check["when"] == "after"} >= {"rows", "journal", "database"}
    assert len(backups(home)) == 1
    assert facts(later(future, "upgrade", "--json", home=home))["state"] == "up_to_date"
    assert later(future, "today", home=home).returncode == 0


def test_what_a_killed_upgrade_lost_is_found_by_the_next_as_often_as_it_is_asked(home: Path, tmp_path: Path) -> None:
    future, promises = package(tmp_path / "f", LOSES), count(home, "store_promise")
    assert later(future, "upgrade", home=home, **{DIES: "1"}).returncode == -signal.SIGKILL
    (file,) = backups(home)
    for _ in range(2):
        said = facts(later(future, "upgrade", "--json", home=home))
        assert (said["state"], said["go_back"][-1]) == ("failed", f"goodwill restore {file} --replace")
    assert run("restore", str(file), "--replace", "--yes", home=home).returncode == 0
    assert count(home, "store_promise") == promises
    assert facts(run("upgrade", "--json", home=home))["state"] == "up_to_date"


def test_a_change_may_say_why_rows_go(home: Path, tmp_path: Path) -> None:
    why = "explains = {'store_rating': 'double answers are merged'}"
    said = facts(later(package(tmp_path / "f", LOSES, why), "upgrade", "--json", home=home))
    assert said["state"] == "done", said
    assert said["rows"]["store_rating"]["before"] == said["rows"]["store_rating"]["after"] + 1
    rows = next(check for check in said["checks"] if check["name"] == "rows")
    assert (rows["state"], rows["found"]) == ("ok", "store_rating: double answers are merged")


def test_what_is_counted_from_other_rows_may_go(home: Path, tmp_path: Path) -> None:
    said = facts(later(package(tmp_path / "f", UNCOUNTS), "upgrade", "--json", home=home))
    assert (said["state"], said["rows"]) == ("done", {})
    (file,) = backups(home)
    with ArchiveReader(file) as archive:
        assert not {"store_monthtally", "store_stalemonth"} & set(archive.tables)


def test_so_many_backups_are_kept_as_was_asked(home: Path, tmp_path: Path) -> None:
    folder = home / "backups"
    folder.mkdir(mode=0o700)
    for number in range(3):
        (folder / f"before-0.0.{number}-20250101-000000.zip").write_bytes(b"")
    (folder / "goodwill-20250101.zip").write_bytes(b"one of the nightly ones")
    (folder / "before-0.0.9-20250101-000000.zip.part").write_bytes(b"what a killed upgrade left")
    said = facts(later(package(tmp_path / "f"), "upgrade", "--keep", "2", "--json", home=home))
    assert len(backups(home)) == 2
    assert len(said["forgotten"]) == 2
    assert (folder / "goodwill-20250101.zip").exists()
    assert not list(folder.glob("*.part"))


def test_on_postgresql_an_upgrade_is_kept_apart_and_taken_back_too(lived_in: Path, server: str, tmp_path: Path) -> None:
    home, future = tmp_path / "home", package(tmp_path / "f")
    assert run("backup", str(tmp_path / "b.zip"), home=lived_in).returncode == 0
    assert run("restore", str(tmp_path / "b.zip"), home=home, DATABASE_URL=server).returncode == 0
    promises = count(home, "store_promise", DATABASE_URL=server)
    at_work = start("worker", home=home, DATABASE_URL=server)
    try:
        until(lambda: later(future, "upgrade", "--dry-run", home=home, DATABASE_URL=server).returncode == 2)
        said = later(future, "upgrade", home=home, DATABASE_URL=server)
        assert "at work: goodwill worker" in said.stdout
    finally:
        at_work.terminate()
        at_work.communicate(timeout=60)
    done = facts(later(future, "upgrade", "--json", home=home, DATABASE_URL=server))
    assert done["state"] == "done", done
    refused = run("worker", "--once", home=home, DATABASE_URL=server)
    assert (refused.returncode, "newer Goodwill" in refused.stderr) == (2, True)
    file = done["backup"]["file"]
    back = run("restore", file, "--replace", "--yes", home=home, DATABASE_URL=server)
    assert back.returncode == 0, back.stderr
    assert count(home, "store_promise", DATABASE_URL=server) == promises
