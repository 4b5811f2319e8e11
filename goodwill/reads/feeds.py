"""Feeds, as their pages and commands show them: never with a secret."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Q, Sum

from goodwill.domain.feeds import FAILED_STATES, WELL, FileState, Kind, Result
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store.feeds import AllowedHost, Feed, FeedFile
from goodwill.store.imports import Import, ImportFile
from goodwill.store.sites import Site

PAGE = 50


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed. `result` is "" before the first look; `troubled_files` counts those that somebody should look after as
    they lie there now; `last_import_id` and `last_state` are of the latest import ("bad": nothing of it came in)."""

    id: int
    name: str
    kind: Kind
    place: str
    options: dict[str, Any]
    every_minutes: int | None
    daily_at: str
    moves_files: bool
    person_id: int | None
    person: str
    paused_reason: str
    wakes_at: datetime | None
    looked_at: datetime | None
    result: str
    detail: str
    failures: int
    access: str
    access_user: str
    troubled_files: int
    waiting_files: int
    last_import_id: int | None
    last_state: str

    @property
    def is_troubled(self) -> bool:
        """Whether somebody should look after it."""
        is_stopped = bool(self.paused_reason) and self.paused_reason != "by_hand"
        is_failing = bool(self.result) and Result(self.result) not in WELL
        return is_stopped or is_failing or bool(self.troubled_files) or self.last_state in ("failed", "bad")


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that was seen at a feed. `run_state` and the counts are of its import; `same_as` names the file of the
    same content that was seen before; `detail` is the refusal {"reason", "field", "values"} of a refused one."""

    id: int
    name: str
    size: int
    written_at: datetime | None
    since: datetime
    state: FileState
    detail: dict[str, Any]
    sha256: str
    same_as: str
    import_id: int | None
    run_state: str
    good: int
    bad: int
    held: int
    moved_to: str


@dataclass(frozen=True, slots=True)
class HostLine:
    """A host from which files may be fetched; `feeds` names those that do."""

    id: int
    host: str
    person: str
    created_at: datetime
    feeds: tuple[str, ...]


def listed(viewer: Viewer) -> list[FeedLine]:
    """Every feed by name, for those who may import."""
    if not viewer.may(May.IMPORT):
        return []
    failed = [state.value for state in FAILED_STATES]
    rows = list(
        Feed.objects.select_related("person")
        .annotate(
            troubled=Count("files", filter=Q(files__is_current=True, files__state__in=failed)),
            waiting=Count("files", filter=Q(files__state=FileState.TAKEN.value)),
        )
        .order_by("name", "pk")
    )
    last = _last_imports([row.pk for row in rows])
    return [
        FeedLine(
            id=row.pk,
            name=row.name,
            kind=Kind(row.kind),
            place=f"{row.place}?…" if row.query else row.place,
            options=row.options,
            every_minutes=row.every_minutes,
            daily_at=row.daily_at,
            moves_files=row.moves_files,
            person_id=row.person_id,
            person=row.person.name if row.person else "",
            paused_reason=row.paused_reason,
            wakes_at=row.wakes_at,
            looked_at=row.looked_at,
            result=row.result,
            detail=row.detail,
            failures=row.failures,
            access=row.access,
            access_user=row.access_user,
            troubled_files=row.troubled,
            waiting_files=row.waiting,
            last_import_id=last.get(row.pk, (None, ""))[0],
            last_state=last.get(row.pk, (None, ""))[1],
        )
        for row in rows
    ]


def one(viewer: Viewer, feed_id: int) -> FeedLine | None:
    """One feed; None as if absent."""
    return next((line for line in listed(viewer) if line.id == feed_id), None)


def troubled(viewer: Viewer) -> list[FeedLine]:
    """The feeds that somebody should look after."""
    return [line for line in listed(viewer) if line.is_troubled]


def files(viewer: Viewer, feed_id: int, *, before: int | None = None, limit: int = PAGE) -> list[FileLine]:
    """Files seen at a feed, latest first; those with a smaller id than `before`."""
    if not viewer.may(May.IMPORT):
        return []
    rows = FeedFile.objects.filter(feed_id=feed_id).select_related("run", "same_as").order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[:limit])
    counts = _counts({row.run_id for row in found if row.run_id})
    return [_line(row, counts) for row in found]


def troubled_files(viewer: Viewer, feed_id: int, *, limit: int = PAGE) -> list[FileLine]:
    """Files that lie at a feed now and that somebody should look after, latest first."""
    if not viewer.may(May.IMPORT):
        return []
    failed = [state.value for state in FAILED_STATES]
    rows = FeedFile.objects.filter(feed_id=feed_id, is_current=True, state__in=failed)
    return [_line(row, {}) for row in rows.select_related("run", "same_as").order_by("-pk")[:limit]]


def of_imports(viewer: Viewer, import_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """By import that a feed brought in: the feed's number and name."""
    if not viewer.may(May.IMPORT):
        return {}
    rows = FeedFile.objects.filter(run_id__in=list(import_ids)).values_list("run_id", "feed_id", "feed__name")
    return {run_id: (feed_id, name) for run_id, feed_id, name in rows if run_id is not None}


def hosts(viewer: Viewer) -> list[HostLine]:
    """Hosts from which files may be fetched, by name: for those who keep the list, and those who may use it."""
    if not (viewer.may(May.CHANGE_SETTINGS) or viewer.may(May.IMPORT)):
        return []
    using: dict[str, list[str]] = {}
    for line in listed(viewer):
        if line.kind is Kind.URL:
            using.setdefault(_host(line.place), []).append(line.name)
    return [
        HostLine(
            row.pk, row.host, row.person.name if row.person else "", row.created_at, tuple(using.get(row.host, ()))
        )
        for row in AllowedHost.objects.select_related("person").order_by("host")
    ]


def roots(viewer: Viewer) -> list[Path]:
    """Folders below which a feed may watch, as whoever holds the machine named them."""
    return list(settings.FEED_FOLDERS) if viewer.may(May.IMPORT) else []


@dataclass(frozen=True, slots=True)
class Reading:
    """How an earlier import read its files, to be taken over by a feed."""

    import_id: int
    created_at: datetime
    file_name: str
    options: dict[str, Any]


def readings(viewer: Viewer, *, limit: int = 20) -> list[Reading]:
    """How the latest imports read their files, newest first, each way of reading once."""
    if not viewer.may(May.IMPORT):
        return []
    found: dict[str, Reading] = {}
    rows = Import.objects.exclude(state="draft").exclude(preset="").prefetch_related("files").order_by("-pk")
    for row in rows[: limit * 3]:
        options = _options_of(row)
        named = next((file.name for file in row.files.all() if file.role != "ignored"), "")
        found.setdefault(json.dumps(options, sort_keys=True), Reading(row.pk, row.created_at, named, options))
    return list(found.values())[:limit]


def _options_of(row: Import) -> dict[str, Any]:
    mapping: dict[str, Any] = row.mapping
    options: dict[str, Any] = {"preset": row.preset, "site": mapping.get("site", "")}
    if "columns" in mapping:  # of the plain orders; the other preset knows its columns by itself
        options |= {name: mapping.get(name) for name in ("zone", "currency", "rating_scale")}
        options |= {"columns": mapping["columns"][0], "date_order": mapping["date_order"][0]}
        options |= {name: mapping[name] for name in ("promise_days", "promise_unit", "sheet") if name in mapping}
    return options


def site_names(viewer: Viewer) -> list[str]:
    """Names of the sites at which orders may have been placed, for those who may import."""
    if not viewer.may(May.IMPORT):
        return []
    return list(Site.objects.filter(is_active=True).order_by("name").values_list("name", flat=True))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _last_imports(feed_ids: list[int]) -> dict[int, tuple[int, str]]:
    rows = FeedFile.objects.filter(feed_id__in=feed_ids, run__isnull=False).order_by("feed_id", "-run_id")
    latest: dict[int, tuple[int, str]] = {}
    for feed_id, run_id, state in rows.values_list("feed_id", "run_id", "run__state"):
        latest.setdefault(feed_id, (run_id or 0, state or ""))
    counts = _counts({run_id for run_id, _ in latest.values()})
    return {
        feed_id: (run_id, "bad" if state == "finished" and _is_bad(counts.get(run_id)) else state)
        for feed_id, (run_id, state) in latest.items()
    }


def _is_bad(counts: tuple[int, int, int] | None) -> bool:
    return counts is not None and counts[1] > 0 and not counts[0] and not counts[2]


def _counts(run_ids: set[int]) -> dict[int, tuple[int, int, int]]:
    rows = ImportFile.objects.filter(run_id__in=run_ids).order_by().values("run_id")
    summed = rows.annotate(good_=Sum("good"), bad_=Sum("bad"), held_=Sum("held"))
    return {row["run_id"]: (row["good_"], row["bad_"], row["held_"]) for row in summed}


def _line(row: FeedFile, counts: dict[int, tuple[int, int, int]]) -> FileLine:
    good, bad, held = counts.get(row.run_id or 0, (0, 0, 0))
    run_state = row.run.state if row.run else ""
    return FileLine(
        id=row.pk,
        name=row.name,
        size=row.size,
        written_at=datetime.fromtimestamp(row.mtime_ns / 1_000_000_000, UTC) if row.mtime_ns else None,
        since=row.since,
        state=FileState(row.state),
        detail=row.detail,
        sha256=row.sha256,
        same_as=row.same_as.name if row.same_as else "",
        import_id=row.run_id,
        run_state="bad" if run_state == "finished" and _is_bad((good, bad, held)) else run_state,
        good=good,
        bad=bad,
        held=held,
        moved_to=row.moved_to,
    )
