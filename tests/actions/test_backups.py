"""Backups: everything of one instant, proved before it is put back, into either database."""

import hashlib
import json
import os
import stat
import threading
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction

from goodwill.actions import backups, customers, erasures
from goodwill.actions.backups import Kept, Restored
from goodwill.adapters.archives import ArchiveProblem, ArchiveReader
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import OPERATOR
from goodwill.store.customers import Customer, SearchWord
from goodwill.store.firms import Firm
from goodwill.store.jobs import Job
from goodwill.store.journal import JournalEntry
from goodwill.store.snapshots import kept_models, snapshot
from tests.cast import NOW, Cast, make_cast
from tests.cli.commands import run
from tests.cluster import cluster, programs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    """The cast with an order, a promise and a job."""
    made = make_cast()
    made.promise(order=made.order(own={"gift": "да"}))
    Job.objects.create(task="none", args=[1], enqueued_at=NOW)
    return made


def everything() -> dict[str, list[Any]]:
    """Every row of every kept table, the journal apart."""
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values())
        for model in kept_models()
        if model is not JournalEntry
    }


def back_up(folder: Path, **more: Any) -> Path:
    """A backup of the house as it stands."""
    kept = backups.back_up(folder / "b.zip", folder / "files", by=OPERATOR, at=NOW, **more)
    assert isinstance(kept, Kept)
    return kept.path


def restore(file: Path, files: Path, **more: Any) -> Restored:
    """Put it back; it must succeed."""
    done = backups.restore(file, files, by=OPERATOR, at=NOW + timedelta(days=1), **more)
    assert isinstance(done, Restored)
    return done


def test_what_was_backed_up_comes_back_row_by_row(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "files" / "imports").mkdir(parents=True)
    (tmp_path / "files" / "imports" / "őszi.csv").write_bytes(b"a;b\n")
    before, told = everything(), list(JournalEntry.objects.order_by("pk").values())
    file = back_up(tmp_path)
    Customer.objects.filter(pk=cast.buyer.pk).update(name="Changed since")
    cast.promise()
    done = restore(file, tmp_path / "elsewhere", replace=True)
    assert everything() == before
    entries = list(JournalEntry.objects.order_by("pk").values())
    assert entries[: len(told)] == told
    assert [entry["kind"] for entry in entries[len(told) :]] == [Entry.BACKED_UP.value, Entry.RESTORED.value]
    assert done.files == 1
    assert (tmp_path / "elsewhere" / "imports" / "őszi.csv").read_bytes() == b"a;b\n"
    # new rows get new numbers
    assert cast.promise().pk > max(row["id"] for row in before["store_promise"])


def test_the_journal_is_closed_again_after_a_restore(cast: Cast, tmp_path: Path) -> None:
    restore(back_up(tmp_path), tmp_path / "files", replace=True)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE store_journalentry SET kind = 'forged'")


def test_nobody_stays_signed_in_over_a_restore(cast: Cast, tmp_path: Path) -> None:
    Session.objects.create(session_key="s", session_data="", expire_date=NOW)
    restore(back_up(tmp_path), tmp_path / "files", replace=True)
    assert not Session.objects.exists()


def test_a_house_that_holds_anything_is_not_overwritten_by_accident(cast: Cast, tmp_path: Path) -> None:
    file = back_up(tmp_path)
    refused = backups.restore(file, tmp_path / "files", by=OPERATOR, at=NOW)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.ALREADY_SET_UP
    assert not JournalEntry.objects.filter(kind=Entry.RESTORED.value).exists()


def test_only_the_operator_backs_up_and_restores(cast: Cast, tmp_path: Path) -> None:
    head = cast.viewer(cast.head)
    assert not backups.back_up(tmp_path / "b.zip", tmp_path, by=head, at=NOW)
    assert not (tmp_path / "b.zip").exists()
    assert not backups.restore(back_up(tmp_path), tmp_path, replace=True, by=head, at=NOW)


def test_whoever_was_erased_since_the_backup_stays_erased(cast: Cast, tmp_path: Path) -> None:
    file = back_up(tmp_path)
    erasures.erase(cast.buyer.pk, by=cast.viewer(cast.head), at=NOW)
    done = restore(file, tmp_path / "files", replace=True)
    assert done.erased_again == 1
    assert Customer.objects.get(pk=cast.buyer.pk).name == ""
    assert Customer.objects.get(pk=cast.outsider.pk).name == "Otto Outside"


def test_a_backup_sees_one_instant_and_stops_nobody_from_writing(cast: Cast) -> None:
    with snapshot() as alias:
        assert Customer.objects.using(alias).filter(name="Late Comer").count() == 0

        def write() -> None:
            Customer.objects.create(kind="person", name="Late Comer", created_at=NOW)
            connection.close()

        writer = threading.Thread(target=write)
        writer.start()
        writer.join(10)
        assert not writer.is_alive()
        assert Customer.objects.using(alias).filter(name="Late Comer").count() == 0
    assert Customer.objects.filter(name="Late Comer").count() == 1


def test_a_backup_is_for_its_owner_only_and_holds_the_key_only_where_asked(cast: Cast, tmp_path: Path) -> None:
    file = back_up(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert restore(file, tmp_path / "files", replace=True).secret_key == ""
    assert restore(back_up(tmp_path, secret_key="k" * 40), tmp_path / "f", replace=True).secret_key == "k" * 40


@pytest.mark.parametrize("harm", ["cut", "altered", "not_a_zip", "a_row_less"])
def test_a_damaged_backup_changes_nothing(cast: Cast, tmp_path: Path, harm: str) -> None:
    file = back_up(tmp_path)
    before = everything()
    content = file.read_bytes()
    if harm == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif harm == "altered":
        _rewrite(file, "tables/store_customer.jsonl", lambda text: text.replace(b"Berta", b"Berty"))
    elif harm == "a_row_less":
        _rewrite(file, "tables/store_customer.jsonl", lambda text: text[text.index(b"\n") + 1 :])
    else:
        file.write_bytes(b"hello")
    with pytest.raises(ArchiveProblem):
        backups.restore(file, tmp_path / "files", replace=True, by=OPERATOR, at=NOW)
    assert everything() == before


def test_a_backup_of_a_newer_goodwill_is_refused_with_its_version(cast: Cast, tmp_path: Path) -> None:
    file = back_up(tmp_path)

    def newer(text: bytes) -> bytes:
        manifest = json.loads(text)
        return json.dumps({**manifest, "goodwill": "99.1", "migrations": ["store.9999_later"]}).encode()

    _rewrite(file, "manifest.json", newer)
    with pytest.raises(ArchiveProblem, match=r"newer Goodwill \(99\.1\)"):
        backups.restore(file, tmp_path / "files", replace=True, by=OPERATOR, at=NOW)


def test_a_file_that_points_outside_of_its_folder_is_refused(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "inside.txt").write_text("x")
    file = back_up(tmp_path)
    with zipfile.ZipFile(file) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content["files/../../outside.txt"] = content.pop("files/inside.txt")
    content["manifest.json"] = content["manifest.json"].replace(b'"inside.txt"', b'"../../outside.txt"')
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    with ArchiveReader(file) as reader, pytest.raises(ArchiveProblem, match="outside"):
        reader.extract_files(tmp_path / "a" / "b")
    assert not (tmp_path / "outside.txt").exists()


def test_a_column_that_is_younger_than_the_backup_gets_its_default(cast: Cast, tmp_path: Path) -> None:
    file = back_up(tmp_path)
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        rows = [json.loads(line) for line in archive.read("tables/store_person.jsonl").splitlines()]
    place = manifest["tables"]["store_person"]["columns"].index("theme")
    older = b"".join(json.dumps(row[:place] + row[place + 1 :]).encode() + b"\n" for row in rows)
    del manifest["tables"]["store_person"]["columns"][place]
    manifest["tables"]["store_person"]["sha256"] = hashlib.sha256(older).hexdigest()
    del manifest["tables"]["store_job"]
    _rewrite(file, "tables/store_person.jsonl", lambda _: older)
    _rewrite(file, "manifest.json", lambda _: json.dumps(manifest).encode())
    restore(file, tmp_path / "files", replace=True)
    assert set(type(cast.head).objects.values_list("theme", flat=True)) == {"auto"}
    assert not Job.objects.exists()


def test_a_column_that_no_row_has_any_more_is_left_in_the_backup(cast: Cast, tmp_path: Path) -> None:
    customers.index_words([cast.buyer.pk, cast.outsider.pk])
    file = back_up(tmp_path)
    before = sorted(SearchWord.objects.values_list("word", "customer_id"))
    assert before
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        rows = [json.loads(line) for line in archive.read("tables/store_searchword.jsonl").splitlines()]
    manifest["tables"]["store_searchword"]["columns"].insert(0, "id")
    older = b"".join(json.dumps([number, *row]).encode() + b"\n" for number, row in enumerate(rows, start=1))
    manifest["tables"]["store_searchword"]["sha256"] = hashlib.sha256(older).hexdigest()
    _rewrite(file, "tables/store_searchword.jsonl", lambda _: older)
    _rewrite(file, "manifest.json", lambda _: json.dumps(manifest).encode())
    restore(file, tmp_path / "files", replace=True)
    assert sorted(SearchWord.objects.values_list("word", "customer_id")) == before


def test_an_empty_house_is_empty(tmp_path: Path) -> None:
    assert backups.is_empty()
    make_cast()
    assert not backups.is_empty()
    assert Firm.the() is not None


@pytest.mark.postgres
def test_a_backup_goes_from_sqlite_to_postgresql_and_back(tmp_path: Path) -> None:
    if programs() is None:
        pytest.skip("PostgreSQL's programs are not on this machine (Debian package: postgresql)")
    first, there, back = (tmp_path / name for name in ("first", "there", "back"))
    assert run("demo", "--home", str(first), "--no-serve", home=first).returncode == 0
    assert run("backup", str(tmp_path / "1.zip"), home=first).returncode == 0
    with cluster() as url:
        said = run("restore", str(tmp_path / "1.zip"), "--json", home=there, DATABASE_URL=url)
        assert said.returncode == 0, said.stderr
        assert json.loads(said.stdout)["rows"] > 20_000
        assert run("backup", str(tmp_path / "2.zip"), home=there, DATABASE_URL=url).returncode == 0
    assert run("restore", str(tmp_path / "2.zip"), home=back).returncode == 0
    assert run("backup", str(tmp_path / "3.zip"), home=back).returncode == 0
    manifests = [ArchiveReader(tmp_path / f"{n}.zip").manifest for n in (1, 2, 3)]
    assert [manifest["engine"] for manifest in manifests] == ["sqlite", "postgresql", "sqlite"]
    tables = [
        {name: facts["sha256"] for name, facts in manifest["tables"].items() if name != "store_journalentry"}
        for manifest in manifests
    ]
    assert tables[0] == tables[1] == tables[2]
    # each way round the journal gains "restored" and "backed up", and loses nothing
    entries = [manifest["tables"]["store_journalentry"]["rows"] for manifest in manifests]
    assert [entry - entries[0] for entry in entries] == [0, 2, 4]
    assert not os.environ.get("GOODWILL_MAIL_URL")


def _rewrite(file: Path, name: str, change: Any) -> None:
    with zipfile.ZipFile(file) as archive:
        content = {each: archive.read(each) for each in archive.namelist()}
    content[name] = change(content[name])
    with zipfile.ZipFile(file, "w") as archive:
        for each, text in content.items():
            archive.writestr(each, text)
