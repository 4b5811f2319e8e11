"""A watched folder survives half-written, repeated, renamed, vanishing, damaged and swapped files."""

import fcntl
import os
from pathlib import Path

import pytest
from django.conf import settings

from goodwill.actions import feeds_files, imports_undo
from goodwill.adapters import folders
from goodwill.adapters.folders import FileProblem
from goodwill.domain.feeds import AGAIN, Result, Sighting
from goodwill.domain.viewers import OPERATOR
from goodwill.store.feeds import FeedFile
from goodwill.store.imports import Import
from goodwill.store.jobs import Job
from goodwill.store.orders import Order
from tests.feeding import TEXT, Watched, root, run_jobs  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
CHANGED = TEXT.replace("Boots,1,119.90", "Boots,1,99.90")


@pytest.fixture
def watched(root: Path) -> Watched:  # noqa: F811
    """A feed on a folder, of the operator."""
    return Watched(root)


def test_a_finished_file_is_imported_once_from_a_copy_of_its_own(watched: Watched) -> None:
    original = watched.write_old()
    assert watched.look() is Result.IMPORTED
    original.write_text("swapped after it was taken")
    assert run_jobs() == 1
    run = Import.objects.get()
    assert (run.state, run.files.get().good, run.files.get().name) == ("finished", 6, "orders.csv")
    assert str(settings.MEDIA_ROOT) in run.files.get().path
    assert FeedFile.objects.get().run == run
    assert Order.objects.filter(number="A-1").exists()


def test_nothing_new_is_nothing_new_however_often_one_looks(watched: Watched) -> None:
    watched.write_old()
    watched.settle()
    for _ in range(3):
        assert watched.look(10) is Result.NOTHING_NEW
    assert Import.objects.count() == 1
    assert watched.states() == [("orders.csv", "imported")]
    assert watched.wait == 600


def test_a_half_written_file_is_left_until_it_stops_growing(watched: Watched) -> None:
    watched.write(text=TEXT[:200])
    assert watched.look() is Result.WAITING
    assert watched.wait == 30
    watched.at += AGAIN
    watched.write(text=TEXT[:300])
    assert watched.look() is Result.WAITING
    watched.at += AGAIN
    watched.write()
    assert watched.look() is Result.WAITING
    assert Import.objects.count() == 0
    watched.at += AGAIN
    assert watched.look() is Result.IMPORTED
    run_jobs()
    assert Import.objects.get().files.get().rows_done == 6
    assert watched.states() == [("orders.csv", "imported")]


def test_a_file_that_changes_while_it_is_copied_waits(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    path = watched.write_old()
    pour = folders._pour

    def grow(file: object, target: Path) -> str:
        with path.open("a") as more:
            more.write("A-9")
        return pour(file, target)  # type: ignore[arg-type]

    monkeypatch.setattr(folders, "_pour", grow)
    assert watched.look() is Result.WAITING
    assert not list(feeds_files.folder_of(watched.id).iterdir())
    assert watched.states() == [("orders.csv", "growing")]


def test_a_file_that_a_program_holds_locked_waits(watched: Watched) -> None:
    path = watched.write_old()
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert watched.look() is Result.WAITING
    assert watched.look(1) is Result.IMPORTED


@pytest.mark.parametrize("name", ["orders.csv.part", "orders.tmp", ".orders.csv", "~orders.csv"])
def test_an_unfinished_name_is_not_even_written_down(watched: Watched, name: str) -> None:
    path = watched.write_old(name)
    assert watched.look() is Result.NOTHING_NEW
    assert watched.states() == []
    path.rename(watched.folder / "orders.csv")
    assert watched.look(1) is Result.IMPORTED


def test_a_renamed_file_and_a_second_copy_are_seen_already(watched: Watched) -> None:
    path = watched.write_old()
    watched.settle()
    path.rename(watched.folder / "renamed.csv")
    watched.write_old("copy.csv", hours=3)
    assert watched.look(10) is Result.NOTHING_NEW
    assert watched.look(10) is Result.NOTHING_NEW
    assert watched.states() == [
        ("orders.csv", "imported"),
        ("copy.csv", "seen_already"),
        ("renamed.csv", "seen_already"),
    ]
    first = FeedFile.objects.earliest("pk")
    assert set(FeedFile.objects.exclude(pk=first.pk).values_list("same_as", flat=True)) == {first.pk}
    assert Import.objects.count() == 1


def test_a_file_that_is_only_touched_is_not_imported_again(watched: Watched) -> None:
    path = watched.write_old()
    watched.settle()
    os.utime(path, (watched.at.timestamp() - 600, watched.at.timestamp() - 600))
    assert watched.look(10) is Result.NOTHING_NEW
    assert Import.objects.count() == 1


def test_a_file_that_grows_again_after_it_was_taken_is_imported_again_as_a_correction(watched: Watched) -> None:
    watched.write_old(text=TEXT[: TEXT.index("A-3")])
    watched.settle()
    assert Order.objects.count() == 2
    watched.write(text=CHANGED)
    assert watched.look(1) is Result.WAITING
    watched.settle()
    assert Import.objects.count() == 2
    assert Order.objects.count() == 5
    assert Import.objects.first().counts["updated"]["order_line"] == 1  # type: ignore[union-attr]
    assert [state for _, state in watched.states()] == ["imported", "imported"]


def test_what_grows_before_its_import_began_is_imported_in_both_contents_in_order(watched: Watched) -> None:
    watched.write_old("a.csv", hours=9)
    watched.write_old("b.csv", CHANGED, hours=8)
    assert watched.look() is Result.IMPORTED
    assert [state for _, state in watched.states()] == ["imported", "taken"]
    assert watched.wait == 5
    watched.write("b.csv", TEXT.replace("Tent", "Big tent"))
    watched.look()
    watched.settle()
    names = [run.files.get().name for run in Import.objects.order_by("pk")]
    assert names == ["a.csv", "b.csv", "b.csv"]


def test_the_oldest_file_is_imported_first_whatever_its_name(watched: Watched) -> None:
    watched.write_old("a.csv", CHANGED, hours=1)
    watched.write_old("z.csv", TEXT, hours=5)
    watched.settle()
    assert [run.files.get().name for run in Import.objects.order_by("pk")] == ["z.csv", "a.csv"]
    line = Order.objects.get(number="A-1").lines.get(position=1)
    assert line.unit_price_micro == 99_900_000


def test_only_one_import_of_a_feed_is_under_way_at_a_time(watched: Watched) -> None:
    for hours in (5, 4, 3):
        watched.write_old(f"{hours}.csv", TEXT.replace("Tent", f"Tent {hours}"), hours=hours)
    watched.look()
    watched.look(1)
    watched.look(1)
    assert Import.objects.count() == 1
    watched.settle()
    assert Import.objects.count() == 3


def test_an_import_that_nobody_will_end_does_not_hold_the_others_up(watched: Watched) -> None:
    watched.write_old("a.csv", hours=5)
    watched.write_old("b.csv", CHANGED)
    watched.look()
    Job.objects.update(state="failed", finished_at=watched.at)
    assert watched.look(1) is Result.IMPORTED
    first, second = Import.objects.order_by("pk")
    assert (first.state, first.error, second.state) == ("failed", "job_failed", "running")


def test_a_file_that_vanishes_before_it_is_finished_is_shown(watched: Watched) -> None:
    path = watched.write()
    watched.look()
    path.unlink()
    assert watched.look(1) is Result.NOTHING_NEW
    assert watched.states() == [("orders.csv", "vanished")]
    watched.write_old()
    assert watched.look(1) is Result.IMPORTED


def test_a_file_that_vanishes_between_look_and_open_is_shown(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    path = watched.write_old()
    arriving = feeds_files.arriving

    def late(held: feeds_files.Held) -> Path:
        path.unlink()
        return arriving(held)

    monkeypatch.setattr(feeds_files, "arriving", late)
    assert watched.look() is Result.NOTHING_NEW
    assert watched.states() == [("orders.csv", "vanished")]


def test_an_empty_file_is_shown_once_and_imported_when_it_is_filled(watched: Watched) -> None:
    watched.write_old(text="")
    assert watched.look() is Result.FAILED_FILES
    assert watched.look(10) is Result.NOTHING_NEW
    watched.write_old()
    assert watched.look(10) is Result.IMPORTED
    assert [state for _, state in watched.states()] == ["empty", "imported"]


@pytest.mark.parametrize("damage", [b"\x00\x01\x02" * 400, b"%PDF-1.7 this is no table", b"\x1f\x8b\x08 cut short"])
def test_a_damaged_file_is_refused_with_the_reason(watched: Watched, damage: bytes) -> None:
    watched.write_old("damaged.csv", damage)
    assert watched.look() is Result.FAILED_FILES
    row = FeedFile.objects.get()
    assert (row.state, row.detail["reason"]) == ("refused", "not_a_table")
    assert watched.look(10) is Result.NOTHING_NEW
    assert Import.objects.count() == 0


def test_a_file_that_may_not_be_opened_is_shown_and_taken_when_it_may(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.write_old()

    def shut(seen: Sighting, path: Path, target: Path) -> str:
        raise FileProblem("unreadable")

    with monkeypatch.context() as patched:
        patched.setattr(folders, "copy", shut)
        assert watched.look() is Result.FAILED_FILES
        assert watched.look(10) is Result.FAILED_FILES
    assert watched.states() == [("orders.csv", "unreadable")]
    assert watched.look(10) is Result.IMPORTED
    assert watched.states() == [("orders.csv", "imported")]


def test_a_link_is_never_followed(watched: Watched, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(TEXT)
    (watched.folder / "orders.csv").symlink_to(outside)
    (watched.folder / "within.csv").symlink_to(watched.write_old("real.csv.part"))
    assert watched.look() is Result.FAILED_FILES
    assert sorted(watched.states()) == [("orders.csv", "a_link"), ("within.csv", "a_link")]
    assert Import.objects.count() == 0


def test_a_file_swapped_for_a_link_between_look_and_open_is_not_followed(watched: Watched, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(TEXT)
    path = watched.write_old()
    seen = next(one for one, _ in folders.sight(watched.folder))
    path.unlink()
    path.symlink_to(outside)
    with pytest.raises(FileProblem, match="a_link"):
        folders.copy(seen, path, tmp_path / "copy")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(FileProblem, match="growing"):
        folders.copy(seen, path, tmp_path / "copy")


def test_a_folder_that_comes_to_lead_elsewhere_is_not_looked_into(watched: Watched, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "orders.csv").write_text(TEXT)
    watched.folder.rmdir()
    watched.folder.symlink_to(outside)
    assert watched.look() is Result.FOLDER_NOT_ALLOWED
    assert watched.states() == []


def test_a_folder_that_is_away_is_tried_again_less_and_less_often_and_taken_up_again(watched: Watched) -> None:
    watched.folder.rmdir()
    waits = []
    for _ in range(4):
        assert watched.look(1) is Result.NO_FOLDER
        waits.append(watched.wait / 60)
    assert waits == [5, 10, 20, 40]
    watched.folder.mkdir()
    watched.write_old()
    assert watched.look(1) is Result.IMPORTED
    assert watched.feed.failures == 0


def test_other_files_and_subfolders_are_left_and_a_strange_name_is_no_obstacle(watched: Watched) -> None:
    watched.write_old("notes.pdf")
    (watched.folder / "sub").mkdir()
    (watched.folder / "sub" / "orders.csv").write_text(TEXT)
    strange = os.fsdecode(os.fsencode(watched.folder) + b"/\xe4nderung.csv")
    Path(strange).write_text(TEXT)
    os.utime(strange, (1, 1))
    assert watched.look() is Result.IMPORTED
    assert dict(watched.states()) == {"notes.pdf": "not_a_table", r"\xe4nderung.csv": "imported"}


def test_names_of_another_encoding_are_told_apart(watched: Watched) -> None:
    # "заказы.csv" and "оплаты.csv" as a server with windows-1251 names them
    for name, text in ((b"\xe7\xe0\xea\xe0\xe7\xfb.csv", TEXT), (b"\xee\xef\xeb\xe0\xf2\xfb.csv", CHANGED)):
        watched.write_old(os.fsdecode(name), text)
    watched.settle()
    assert watched.states() == [
        (r"\xe7\xe0\xea\xe0\xe7\xfb.csv", "imported"),
        (r"\xee\xef\xeb\xe0\xf2\xfb.csv", "imported"),
    ]


def test_a_file_taken_back_is_not_imported_again_by_itself(watched: Watched) -> None:
    watched.write_old()
    watched.settle()
    assert isinstance(imports_undo.take_back(Import.objects.get().pk, by=OPERATOR, at=watched.at), Import)
    assert watched.look(10) is Result.NOTHING_NEW
    assert Import.objects.count() == 1
