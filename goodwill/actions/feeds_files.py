"""Files of feeds: what is written down of each, the copy kept in the house, and the imports begun of them in turn."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q

from goodwill.actions import imports, imports_plans, imports_runs
from goodwill.actions.feeds import options_of
from goodwill.adapters import folders
from goodwill.adapters.presets.looking import Given, files_of
from goodwill.domain.feeds import FileState, Kind, Known, Sighting
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.store.feeds import Feed, FeedFile
from goodwill.store.imports import Import, ImportFile

logger = logging.getLogger(__name__)
_UNTOUCHED = (FileState.GROWING.value, FileState.UNREADABLE.value)
"""States of a row that the next look writes over: nothing was done yet with the file."""
_GOING = ("ready", "running")


class Overtaken(Exception):
    """Another worker looks at this feed by now, or somebody changed, paused or removed it: write nothing more."""


@dataclass(frozen=True, slots=True)
class Held:
    """A feed in a worker's hands; `looks` is the number of this look."""

    id: int
    looks: int


def mine(held: Held) -> Feed:
    """The feed, locked until the transaction ends; raises Overtaken."""
    feed = Feed.objects.select_for_update().filter(pk=held.id, looks=held.looks).first()
    if feed is None:
        raise Overtaken
    return feed


def folder_of(feed_id: int) -> Path:
    """Where copies of a feed's files are kept; made where it is not there."""
    folder = Path(settings.MEDIA_ROOT) / "imports" / f"feed-{feed_id}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def arriving(held: Held) -> Path:
    """Where this look writes a file that arrives; what an interrupted look left there is cleared away."""
    folder = folder_of(held.id)
    for left in folder.glob("arriving-*"):
        if left.name != f"arriving-{held.looks}":
            left.unlink(missing_ok=True)
    return folder / f"arriving-{held.looks}"


def known_of(feed_id: int) -> dict[str, Known]:
    """What is written down of the files that lie there now, by name."""
    rows = FeedFile.objects.filter(feed_id=feed_id, is_current=True)
    columns = ("name", "size", "mtime_ns", "since", "state")
    return {
        name: Known(size, mtime, since, FileState(state))
        for name, size, mtime, since, state in rows.values_list(*columns)
    }


@transaction.atomic
def note(held: Held, seen: Sighting, state: FileState, *, at: datetime) -> None:
    """Write down a file that cannot be taken, or not yet."""
    _row(mine(held), seen, state, at=at)


@transaction.atomic
def note_gone(held: Held, lost: Sequence[str], others: Sequence[str], *, at: datetime) -> None:
    """Write down which names are there no more; `lost` are those whose content was never taken."""
    feed = mine(held)
    current = feed.files.filter(is_current=True)
    current.filter(name__in=lost).update(state=FileState.VANISHED.value, since=at, is_current=False)
    current.filter(name__in=others).update(is_current=False)


@transaction.atomic
def keep(held: Held, seen: Sighting, arrived: Path, sha256: str, *, at: datetime) -> bool:
    """Write down a content that arrived, whole, at `arrived`, and keep it; False where it was seen already."""
    feed = mine(held)
    before = feed.files.filter(sha256=sha256).first()
    if before is not None:
        arrived.unlink(missing_ok=True)
        # an address that answers with its present content once more is no news; a file under another name is
        if feed.kind == Kind.FOLDER.value or not before.is_current:
            row = _row(feed, seen, FileState.SEEN_ALREADY, at=at)
            row.same_as = before
            row.save(update_fields=["same_as"])
        return False
    row = _row(feed, seen, FileState.TAKEN, at=at)
    path = folder_of(feed.pk) / f"{sha256}{folders.ending(seen.name)}"
    arrived.replace(path)  # a worker that dies now leaves a file without a row, which the next look writes again
    row.sha256, row.path = sha256, path.relative_to(settings.MEDIA_ROOT).as_posix()
    row.save(update_fields=["sha256", "path"])
    return True


def _row(feed: Feed, seen: Sighting, state: FileState, *, at: datetime) -> FeedFile:
    """The present row of this name in this state: the old one where nothing was done with it yet, else a new one."""
    row = feed.files.filter(name=seen.name, is_current=True).first()
    looked = (seen.size, seen.mtime_ns, state.value)
    if row is not None and state is not FileState.TAKEN and (row.size, row.mtime_ns, row.state) == looked:
        return row
    if row is not None and row.state not in _UNTOUCHED:
        feed.files.filter(pk=row.pk).update(is_current=False)
        row = None
    row = row or FeedFile(feed=feed, name=seen.name)
    row.size, row.mtime_ns, row.state, row.since = seen.size, seen.mtime_ns, state.value, at
    row.save()
    return row


@transaction.atomic
def start_next(held: Held, *, by: Viewer, at: datetime) -> tuple[bool, int]:
    """Begin the import of the oldest content that waits, unless one of this feed is under way: a correction comes
    after what it corrects. A content of which no import can be made is written down as refused, and the next one is
    tried. Whether one was begun, and how many were refused."""
    feed = mine(held)
    _bury(feed, at=at)
    refused = 0
    if feed.files.filter(run__state__in=_GOING).exists():
        return False, 0
    for row in feed.files.filter(state=FileState.TAKEN.value).order_by("mtime_ns", "id"):
        run = _planned(feed, row, by=by, at=at)
        if isinstance(run, Refusal):
            row.state, row.detail = FileState.REFUSED.value, _told(run)
            row.save(update_fields=["state", "detail"])
            refused += 1
            continue
        imports.start(run.pk, by=by, at=at)  # one that runs already, because somebody began it by hand, goes on
        row.state, row.run = FileState.IMPORTED.value, run
        row.save(update_fields=["state", "run"])
        return True, refused
    return False, refused


def _planned(feed: Feed, row: FeedFile, *, by: Viewer, at: datetime) -> Import | Refusal:
    path = Path(settings.MEDIA_ROOT) / row.path
    try:
        with transaction.atomic():
            given = [Given(path, row.name) if one.path == path else one for one in files_of([path])]
            return imports_plans.plan(given, options_of(feed), by=by, at=at)
    except DatabaseError:
        raise
    except Exception as problem:  # noqa: BLE001  whatever a damaged file makes its reader raise: it must not come back
        logger.warning("File %s of feed %s cannot be read: %s", row.pk, feed.pk, type(problem).__name__)
        return Refusal(Reason.NOT_A_TABLE, "files", (("name", row.name), ("problem", "unreadable_file")))


def waits(feed_id: int) -> bool:
    """Whether a content was taken and its import has not begun."""
    return FeedFile.objects.filter(feed_id=feed_id, state=FileState.TAKEN.value).exists()


def to_move(feed_id: int) -> tuple[list[tuple[int, Sighting, str]], bool]:
    """Files that are over and done with, each with the subfolder it belongs into; and whether others will follow
    when their import ends."""
    over, others = [], False
    rows = FeedFile.objects.filter(feed_id=feed_id, is_current=True).select_related("run")
    for row in rows.order_by("id"):
        to = _place_of(row)
        if to:
            over.append((row.pk, Sighting(row.name, row.size, row.mtime_ns), to))
        others = others or row.state == FileState.TAKEN.value or (row.run is not None and row.run.state in _GOING)
    return over, others


@transaction.atomic
def note_moved(held: Held, file_id: int, to: str) -> None:
    """Write down that the original of a file lies in a subfolder now."""
    mine(held).files.filter(pk=file_id).update(moved_to=to, is_current=False)


def _place_of(row: FeedFile) -> str:
    if row.state == FileState.SEEN_ALREADY.value:
        return "done"
    if row.state in (FileState.REFUSED.value, FileState.EMPTY.value):
        return "failed"
    if row.state != FileState.IMPORTED.value:
        return ""
    if row.run is None or row.run.state == "taken_back":
        return "done"
    if row.run.state == "failed" or (row.run.state == "finished" and all_bad(row.run)):
        return "failed"
    return "done" if row.run.state == "finished" else ""


def all_bad(run: Import) -> bool:
    """Whether a finished import brought nothing in: every row was bad."""
    files = run.files.filter(~Q(role="ignored"))
    return files.filter(bad__gt=0).exists() and not files.filter(Q(good__gt=0) | Q(held__gt=0)).exists()


def forget_copies(before: datetime) -> int:
    """Remove the house's copies of what was imported before this moment, and of feeds that are gone; how many files.
    Nothing outside the house is touched."""
    over = FeedFile.objects.filter(run__finished_at__lt=before, run__state__in=["finished", "taken_back", "failed"])
    removed = 0
    for file_id, path in over.exclude(path="").values_list("pk", "path"):
        (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
        FeedFile.objects.filter(pk=file_id).update(path="")
        removed += 1
    for folder in (Path(settings.MEDIA_ROOT) / "imports").glob("feed-*"):
        number = folder.name.removeprefix("feed-")
        if not number.isdecimal() or Feed.objects.filter(pk=int(number)).exists():
            continue
        going = ImportFile.objects.filter(path__contains=f"/{folder.name}/", run__state__in=[*_GOING, "stopped"])
        if not going.exists():
            removed += sum(1 for _ in folder.iterdir())
            rmtree(folder, ignore_errors=True)
    return removed


def _bury(feed: Feed, *, at: datetime) -> None:
    """An import whose job was given up would hold the others up for ever."""
    for run_id in feed.files.filter(run__state__in=_GOING).values_list("run_id", flat=True):
        if run_id is not None and imports.is_dead(run_id):
            imports_runs.fail(run_id, "job_failed", by=OPERATOR, at=at)


def _told(refusal: Refusal) -> dict[str, object]:
    return {"reason": refusal.reason.value, "field": refusal.field, "values": dict(refusal.values)}
