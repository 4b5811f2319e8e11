"""Looks at feeds: a worker takes one whose time has come, sees what is new, and begins its import.

What is outside (a folder, an address) is read outside any transaction; each thing that is written down is one, and
asks first whether this look is still the feed's latest. A worker may be killed anywhere: the next look goes on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F

from goodwill.actions import feeds, feeds_files, imports
from goodwill.actions.feeds_files import Held, Overtaken
from goodwill.adapters import fetching, folders, outbound
from goodwill.adapters.fetching import NotFetched, Wanted
from goodwill.adapters.folders import FileProblem, FolderProblem
from goodwill.adapters.outbound import Unreachable
from goodwill.domain.feeds import (
    AGAIN,
    FAILED_STATES,
    SOON,
    WELL,
    Act,
    FileState,
    Kind,
    PauseReason,
    Result,
    Sighting,
    after_failure,
    gone,
    in_turn,
    judge,
    next_look,
)
from goodwill.domain.roles import May
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.store.feeds import AllowedHost, Feed
from goodwill.store.firms import Firm
from goodwill.store.people import Person

TAKEN_FOR = timedelta(minutes=30)
"""After so long a feed whose worker died is free again; fetching is given less."""
NOT_MOVED = "not_moved"
"""The detail of a look that could not move a file aside."""
MOST_FILES = 50
"""Files copied in one look, so that pausing a feed of ten thousand files does not have to wait for all of them."""


@dataclass(slots=True)
class _Seen:
    """What a look came to: how it ended, and the soonest reason to look again before the feed's own time."""

    result: Result
    detail: str = ""
    again: timedelta | None = None

    def hasten(self, wait: timedelta) -> None:
        self.again = wait if self.again is None else min(self.again, wait)


def take(*, at: datetime, feed_id: int | None = None) -> Held | None:
    """A feed to look at now, taken by this worker only; None where nothing is due (or that one is paused)."""
    due = Feed.objects.filter(wakes_at__lte=at) if feed_id is None else Feed.objects.filter(pk=feed_id)
    for row in due.filter(paused_reason="").order_by("wakes_at", "id")[:20]:
        free = Feed.objects.filter(pk=row.pk, looks=row.looks, wakes_at=row.wakes_at, paused_reason="")
        if free.update(looks=F("looks") + 1, wakes_at=at + TAKEN_FOR):
            return Held(row.pk, row.looks + 1)
    return None


def give_back(held: Held, *, at: datetime) -> bool:
    """Give a feed back whose look was not brought to its end, for a worker that stops: the next one looks again at
    once, and this look writes nothing any more. False where it was ended or overtaken meanwhile."""
    mine = Feed.objects.filter(pk=held.id, looks=held.looks, wakes_at__isnull=False, paused_reason="")
    return bool(mine.update(looks=F("looks") + 1, wakes_at=at))


def look(held: Held, *, at: datetime) -> Result | None:
    """Look at a feed that was taken, and begin the import of what is new, as the person who answers for it.

    Fails closed: where that person left or may import no more, the feed is paused. None where this look was
    overtaken or the feed paused.
    """
    try:
        feed = Feed.objects.filter(pk=held.id, looks=held.looks).first()
        if feed is None:
            raise Overtaken
        by = _answering(held, feed, at=at)
        if by is None:
            return None
        seen = _folder(feed, held, at=at) if feed.kind == Kind.FOLDER.value else _url(feed, held, at=at)
        has_begun, refused = feeds_files.start_next(held, by=by, at=at)
        if seen.result in WELL and (has_begun or refused):
            seen.result = Result.FAILED_FILES if refused else Result.IMPORTED
        return _end(held, seen, at=at)
    except Overtaken:
        return None


def _answering(held: Held, feed: Feed, *, at: datetime) -> Viewer | None:
    """As whom the import will run: the one who answers for the feed, with the rights held now."""
    by = imports.runs_as(feed.person_id)
    if by.may(May.IMPORT):
        return by
    is_here = Person.objects.get_queryset().active().filter(pk=feed.person_id or 0).exists()
    with transaction.atomic():
        feeds_files.mine(held)
        feeds.pause(
            feed.pk, by=OPERATOR, at=at, reason=PauseReason.MAKER_MAY_NOT if is_here else PauseReason.MAKER_LEFT
        )
    return None


def _folder(feed: Feed, held: Held, *, at: datetime) -> _Seen:
    try:
        folder = folders.inside(feed.place, settings.FEED_FOLDERS)
        listing = list(folders.sight(folder))
    except FolderProblem as problem:
        return _Seen(Result(problem.code))
    paths = {seen.name: path for seen, path in listing}
    moved, stuck = _move_aside(feed, held, paths) if feed.moves_files else (set(), False)
    listing = [(seen, path) for seen, path in listing if seen.name not in moved]
    known = feeds_files.known_of(feed.pk)
    lost, others = gone(known, [seen for seen, _ in listing])
    if lost or others:
        feeds_files.note_gone(held, lost, others, at=at)
    found = _Seen(Result.NOTHING_NEW, NOT_MOVED if stuck else "")
    taken = 0
    for seen in in_turn([seen for seen, _ in listing]):
        act, state = judge(seen, known.get(seen.name), at=at)
        if act is Act.TAKE:
            if taken >= MOST_FILES:
                found.hasten(SOON)
                break
            taken += 1
            state = _copy(held, seen, paths[seen.name], at=at)
            if state is None:
                return _Seen(Result.NO_ROOM)
        elif act is not Act.LEAVE and state is not None:
            feeds_files.note(held, seen, state, at=at)
        _weigh(found, state)
    if feed.moves_files and feeds_files.to_move(feed.pk)[1]:
        found.hasten(AGAIN)
    return found


def _weigh(found: _Seen, state: FileState | None) -> None:
    if state in FAILED_STATES:
        found.result = Result.FAILED_FILES
    elif state is FileState.GROWING:
        found.hasten(AGAIN)
        if found.result is Result.NOTHING_NEW:
            found.result = Result.WAITING


def _copy(held: Held, seen: Sighting, path: Path, *, at: datetime) -> FileState | None:
    """Copy a file into the house and write down what became of it; None where the house has no room."""
    arrived = feeds_files.arriving(held)
    try:
        digest = folders.copy(seen, path, arrived)
    except FileProblem as problem:
        if problem.code == "no_room":
            return None
        state = FileState(problem.code)
        feeds_files.note(held, seen, state, at=at)
        if state is FileState.VANISHED:
            feeds_files.note_gone(held, [], [seen.name], at=at)
        return state
    is_new = feeds_files.keep(held, seen, arrived, digest, at=at)
    return FileState.TAKEN if is_new else FileState.SEEN_ALREADY


def _move_aside(feed: Feed, held: Held, paths: dict[str, Path]) -> tuple[set[str], bool]:
    """Move what is over and done with into the subfolders: the names that are gone by that, and whether one could
    not be moved."""
    moved, stuck = set(), False
    for file_id, seen, to in feeds_files.to_move(feed.pk)[0]:
        path = paths.get(seen.name)
        if path is None:
            continue
        if folders.move_aside(seen, path, to):
            feeds_files.note_moved(held, file_id, to)
            moved.add(seen.name)
        else:
            stuck = stuck or folders.is_as_seen(seen, path)
    return moved, stuck


def _url(feed: Feed, held: Held, *, at: datetime) -> _Seen:
    if feeds_files.waits(feed.pk):
        return _Seen(Result.WAITING)  # what was fetched before comes first
    try:
        host = outbound.host_of(feed.place)
    except Unreachable as problem:
        return _Seen(Result(problem.code))
    if not AllowedHost.objects.filter(host=host).exists():
        return _Seen(Result.HOST_NOT_ALLOWED, host)
    arrived = feeds_files.arriving(held)
    url = f"{feed.place}?{feed.query}" if feed.query else feed.place
    wanted = Wanted(
        url, feed.access, feed.access_user, feed.secret, feed.etag, feed.last_modified
    )  # fmt: skip
    try:
        got = fetching.fetch(wanted, arrived, private_hosts=settings.PRIVATE_HOSTS)
    except NotFetched as problem:
        if problem.code == "unchanged":
            return _Seen(Result.NOTHING_NEW)
        return _Seen(Result(problem.code), problem.detail)
    with transaction.atomic():
        feeds_files.keep(held, Sighting(got.name, got.size, 0), arrived, got.sha256, at=at)
        Feed.objects.filter(pk=feed.pk, looks=held.looks).update(etag=got.etag, last_modified=got.last_modified)
    return _Seen(Result.NOTHING_NEW)


@transaction.atomic
def _end(held: Held, seen: _Seen, *, at: datetime) -> Result:
    """Write down how the look ended and when to look next."""
    feed = feeds_files.mine(held)
    firm = Firm.the()
    is_well = seen.result in WELL or seen.result is Result.FAILED_FILES
    feed.failures = 0 if is_well else feed.failures + 1
    zone = ZoneInfo(firm.zone if firm else "UTC")
    wakes_at = next_look(feeds.rhythm_of(feed), at=at, zone=zone)
    if not is_well:
        wakes_at = after_failure(feed.failures, at=at)
    if feeds_files.waits(feed.pk):
        seen.hasten(SOON)
    if seen.again is not None:
        wakes_at = min(wakes_at, at + seen.again)
    feed.wakes_at, feed.looked_at, feed.result, feed.detail = wakes_at, at, seen.result.value, seen.detail
    feed.save(update_fields=["failures", "wakes_at", "looked_at", "result", "detail"])
    return seen.result
