"""After the import: files moved aside, tried again when they are read otherwise, and copies cleared away."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from goodwill.actions import feeds, feeds_files, feeds_looks
from goodwill.adapters import folders
from goodwill.adapters.folders import FileProblem
from goodwill.domain.feeds import Result, Sighting
from goodwill.domain.viewers import OPERATOR
from goodwill.store.feeds import FeedFile
from goodwill.store.imports import Import
from goodwill.store.orders import Order
from tests.feeding import TEXT, Watched, root, run_jobs  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
CHANGED = TEXT.replace("Boots,1,119.90", "Boots,1,99.90")


@pytest.fixture
def watched(root: Path) -> Watched:  # noqa: F811
    """A feed on a folder, of the operator."""
    return Watched(root)


def test_finished_files_are_moved_aside_and_none_is_overwritten(root: Path) -> None:  # noqa: F811
    watched = Watched(root, moves_files=True)
    (watched.folder / "done").mkdir()
    (watched.folder / "done" / "orders.csv").write_text("yesterday's")
    watched.write_old()
    watched.write_old("damaged.csv", b"\x00" * 500)
    watched.write_old("bad.csv", TEXT.partition("\n")[0] + "\n" + "B-1,1,,,,,yesterday,,,,,,,,,\n", hours=1)
    watched.settle()
    watched.settle()
    assert sorted(path.name for path in watched.folder.iterdir()) == ["done", "failed"]
    assert (watched.folder / "done" / "orders.csv").read_text() == "yesterday's"
    assert (watched.folder / "done" / "orders-2.csv").read_text() == TEXT
    assert sorted(path.name for path in (watched.folder / "failed").iterdir()) == ["bad.csv", "damaged.csv"]
    assert watched.look(10) is Result.NOTHING_NEW


def test_a_file_that_changed_since_is_not_moved_aside(root: Path) -> None:  # noqa: F811
    watched = Watched(root, moves_files=True)
    watched.write_old()
    watched.look()
    run_jobs()
    watched.write(text=CHANGED)
    watched.look(1)
    assert (watched.folder / "orders.csv").exists()
    watched.settle()
    watched.settle()
    assert (watched.folder / "done" / "orders.csv").read_text() == CHANGED


def test_a_file_that_cannot_be_moved_is_said(root: Path) -> None:  # noqa: F811
    watched = Watched(root, moves_files=True)
    watched.write_old()
    watched.look()
    run_jobs()
    (watched.folder / "done").symlink_to(root)
    watched.look(1)
    assert watched.feed.detail == "not_moved"
    assert (watched.folder / "orders.csv").exists()


def test_a_refused_file_is_tried_again_when_it_is_read_otherwise(root: Path) -> None:  # noqa: F811
    watched = Watched(root)
    watched.write_old(text=TEXT.replace("order,line", "vorgang,line", 1))
    assert watched.look() is Result.FAILED_FILES
    assert FeedFile.objects.get().detail["field"] == "columns"
    options = replace(watched.facts.options, columns={"order": "vorgang"})
    feeds.change(watched.id, replace(watched.facts, options=options), by=OPERATOR, at=watched.at)
    assert watched.look(1) is Result.IMPORTED
    run_jobs()
    assert Order.objects.count() == 5


def test_a_house_without_room_says_so_and_goes_on_later(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.write_old()

    def full(seen: Sighting, path: Path, target: Path) -> str:
        raise FileProblem("no_room")

    with monkeypatch.context() as patched:
        patched.setattr(folders, "copy", full)
        assert watched.look() is Result.NO_ROOM
    assert watched.look(5) is Result.IMPORTED


def test_a_look_takes_so_many_files_and_comes_back_at_once_for_the_rest(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds_looks, "MOST_FILES", 2)
    for hours in (5, 4, 3):
        watched.write_old(f"{hours}.csv", TEXT.replace("Tent", f"Tent {hours}"), hours=hours)
    watched.look()
    assert len(watched.states()) == 2
    assert watched.wait == 5
    watched.settle()
    assert len(watched.states()) == 3


def test_copies_of_long_ago_are_cleared_away_and_the_originals_stay(watched: Watched) -> None:
    original = watched.write_old()
    watched.settle()
    Import.objects.update(finished_at=watched.at)
    assert feeds_files.forget_copies(watched.at - feeds_looks.TAKEN_FOR) == 0
    assert feeds_files.forget_copies(watched.at + feeds_looks.TAKEN_FOR) == 1
    assert original.exists()
    assert FeedFile.objects.get().path == ""
    watched.write_old("later.csv", CHANGED)
    watched.settle()
    feeds.remove(watched.id, by=OPERATOR, at=watched.at)
    assert feeds_files.forget_copies(watched.at) == 1
    assert not (Path(settings.MEDIA_ROOT) / "imports" / f"feed-{watched.id}").exists()
