"""Feeds: the deeds behind the daily files: add one, change it, pause it, let it go on, look now, remove it."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from goodwill.adapters import fetching, folders, outbound
from goodwill.adapters.folders import FolderProblem
from goodwill.adapters.outbound import Unreachable
from goodwill.adapters.presets.looking import PRESETS, Options
from goodwill.domain import columns
from goodwill.domain.entries import Entry
from goodwill.domain.feeds import LEAST_MINUTES, MOST_MINUTES, FileState, Kind, PauseReason, Rhythm
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.feeds import AllowedHost, Feed

NAME_LENGTH = 120
PLACE_LENGTH = 2_000
SECRET_LENGTH = 2_000
HIDDEN = "…"
"""Stands for the part of an address after its question mark, which may hold a key and is not shown."""
ACCESSES = ("basic", "bearer")
_FOLDER_REASONS = {"no_folder": Reason.NO_SUCH_FOLDER, "folder_not_allowed": Reason.FOLDER_NOT_ALLOWED}


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """What is said of a feed. `secret` None keeps what is there, for the same machine only; an address that ends in
    `?…` keeps what follows its question mark, for the same address only."""

    name: str
    kind: Kind
    place: str
    rhythm: Rhythm
    options: Options = field(default_factory=Options)
    moves_files: bool = False
    access: str = ""
    access_user: str = field(default="", repr=False)
    secret: str | None = field(default=None, repr=False)


@transaction.atomic
def add(facts: FeedFacts, *, by: Viewer, at: datetime) -> Feed | Refusal:
    """A new feed, looked at as soon as a worker comes by. Whoever adds it answers for what it brings in."""
    wrong = _wrong(facts, None, by)
    if wrong is not None:
        return wrong
    feed = Feed.objects.create(created_at=at, person_id=by.person_id, wakes_at=at, **_said(facts, None))
    journal.write(Entry.FEED_CHANGED, by=by, at=at, act="added", feed_id=feed.pk, feed_kind=feed.kind)
    return feed


@transaction.atomic
def change(feed_id: int, facts: FeedFacts, *, by: Viewer, at: datetime) -> Feed | Refusal:
    """Say anew where the files come from and how they are read; whoever does so answers for them from now on.

    Files that could not be used as they were read before are tried again.
    """
    feed = Feed.objects.select_for_update().filter(pk=feed_id).first()
    if not by.may(May.IMPORT) or feed is None:
        return Refusal(Reason.NOT_FOUND)
    wrong = _wrong(facts, feed, by)
    if wrong is not None:
        return wrong
    said = _said(facts, feed)
    changed = sorted(name for name, value in said.items() if getattr(feed, name) != value)
    if not changed:
        return feed
    for name in changed:
        setattr(feed, name, said[name])
    feed.person_id, feed.etag, feed.last_modified, feed.failures = by.person_id, "", "", 0
    # an unfinished look read the row as it was: it writes nothing any more
    feed.looks += 1
    if not feed.paused_reason:
        feed.wakes_at = at
    feed.save()
    _try_again(feed)
    journal.write(Entry.FEED_CHANGED, by=by, at=at, act="changed", feed_id=feed.pk, fields=changed)
    return feed


@transaction.atomic
def pause(feed_id: int, *, by: Viewer, at: datetime, reason: PauseReason = PauseReason.BY_HAND) -> Feed | Refusal:
    """Look no more until it is resumed; what is being imported goes on to its end."""
    feed = Feed.objects.select_for_update().filter(pk=feed_id).first()
    if not by.may(May.IMPORT) or feed is None:
        return Refusal(Reason.NOT_FOUND)
    if feed.paused_reason:
        return feed
    feed.paused_reason, feed.wakes_at, feed.looks = reason.value, None, feed.looks + 1
    feed.save(update_fields=["paused_reason", "wakes_at", "looks"])
    journal.write(Entry.FEED_CHANGED, by=by, at=at, act="paused", feed_id=feed.pk, reason=reason.value)
    return feed


@transaction.atomic
def resume(feed_id: int, *, by: Viewer, at: datetime) -> Feed | Refusal:
    """Look again, at once; whoever resumes it answers for what it brings in. Files whose import failed are tried
    again."""
    feed = Feed.objects.select_for_update().filter(pk=feed_id).first()
    if not by.may(May.IMPORT) or feed is None:
        return Refusal(Reason.NOT_FOUND)
    if not feed.paused_reason:
        return feed
    feed.paused_reason, feed.wakes_at, feed.failures, feed.person_id = "", at, 0, by.person_id
    # what is to be tried again has to be asked for anew: "unchanged" would bring nothing
    feed.etag, feed.last_modified = "", ""
    feed.save(update_fields=["paused_reason", "wakes_at", "failures", "person_id", "etag", "last_modified"])
    _try_again(feed)
    journal.write(Entry.FEED_CHANGED, by=by, at=at, act="resumed", feed_id=feed.pk)
    return feed


@transaction.atomic
def ask_look(feed_id: int, *, by: Viewer, at: datetime) -> Feed | Refusal:
    """Let the worker look now instead of at its time."""
    feed = Feed.objects.select_for_update().filter(pk=feed_id).first()
    if not by.may(May.IMPORT) or feed is None:
        return Refusal(Reason.NOT_FOUND)
    if feed.paused_reason:
        return Refusal(Reason.NOT_RUNNING)
    feed.wakes_at = at
    feed.save(update_fields=["wakes_at"])
    return feed


@transaction.atomic
def remove(feed_id: int, *, by: Viewer, at: datetime) -> int | Refusal:
    """Forget a feed and which files it saw; what was imported stays, and no file is touched. Its number."""
    feed = Feed.objects.select_for_update().filter(pk=feed_id).first()
    if not by.may(May.IMPORT) or feed is None:
        return Refusal(Reason.NOT_FOUND)
    feed.delete()
    journal.write(Entry.FEED_CHANGED, by=by, at=at, act="removed", feed_id=feed_id)
    return feed_id


def rhythm_of(feed: Feed) -> Rhythm:
    """The rhythm that is written down."""
    return Rhythm(feed.every_minutes, time.fromisoformat(feed.daily_at) if feed.daily_at else None)


def options_of(feed: Feed) -> Options:
    """How the files of a feed are read."""
    known = set(Options.__dataclass_fields__) - {"as_of"}
    return Options(**{name: value for name, value in feed.options.items() if name in known})


def _said(facts: FeedFacts, before: Feed | None) -> dict[str, object]:
    place, query = _parted(facts)
    options = {name: value for name, value in asdict(facts.options).items() if name != "as_of"}
    said: dict[str, object] = {
        "name": " ".join(facts.name.split()),
        "kind": facts.kind.value,
        "place": place,
        "query": before.query if before is not None and query == HIDDEN else query,
        "options": options | {"columns": dict(facts.options.columns)},
        "every_minutes": facts.rhythm.every_minutes,
        "daily_at": facts.rhythm.daily_at.strftime("%H:%M") if facts.rhythm.daily_at else "",
        "moves_files": facts.moves_files and facts.kind is Kind.FOLDER,
        "access": facts.access if facts.kind is Kind.URL else "",
    }
    if not said["access"]:
        return said | {"access_user": "", "secret": ""}
    user = facts.access_user.strip() if facts.access == "basic" else ""
    kept = before.secret if before is not None else ""
    return said | {"access_user": user, "secret": kept if facts.secret is None else facts.secret}


def _try_again(feed: Feed) -> None:
    """Let go of what could not be imported, so that the same content counts as new once more."""
    for stuck in (feed.files.filter(state=FileState.REFUSED.value), feed.files.filter(run__state="failed")):
        stuck.update(sha256="", is_current=False)


def _wrong(facts: FeedFacts, before: Feed | None, by: Viewer) -> Refusal | None:
    if not by.may(May.IMPORT):
        return Refusal(Reason.NOT_ALLOWED)
    name = " ".join(facts.name.split())
    if not name:
        return Refusal(Reason.REQUIRED, "name")
    if len(name) > NAME_LENGTH:
        return Refusal(Reason.TOO_LONG, "name", (("most", str(NAME_LENGTH)),))
    others = Feed.objects.exclude(pk=before.pk) if before else Feed.objects.all()
    if others.filter(name__iexact=name).exists():
        return Refusal(Reason.ALREADY_USED, "name")
    place = facts.place.strip()
    if not place:
        return Refusal(Reason.REQUIRED, "place")
    if len(place) > PLACE_LENGTH:
        return Refusal(Reason.TOO_LONG, "place", (("most", str(PLACE_LENGTH)),))
    base, query = _parted(facts)
    if query == HIDDEN:
        if before is None or before.place != base:
            return Refusal(Reason.REQUIRED, "place")
        place = base
    found = (
        _no_folder(place) if facts.kind is Kind.FOLDER else _no_url(place),
        _no_rhythm(facts),
        _no_options(facts.options),
        _no_secret(facts, before),
    )
    return next((refusal for refusal in found if refusal is not None), None)


def _no_folder(place: str) -> Refusal | None:
    try:
        folders.inside(place, settings.FEED_FOLDERS)
    except FolderProblem as problem:
        return Refusal(_FOLDER_REASONS[problem.code], "place")
    return None


def _no_url(place: str) -> Refusal | None:
    try:
        host = outbound.host_of(place)
    except Unreachable:
        return Refusal(Reason.NOT_A_LINK, "place")
    # in the own network, which whoever holds the machine vouches for, plain http will do
    if not fetching.is_secure(place) and host not in settings.PRIVATE_HOSTS:
        return Refusal(Reason.NOT_A_LINK, "place")
    if not AllowedHost.objects.filter(host=host).exists():
        return Refusal(Reason.HOST_NOT_ALLOWED, "place", (("host", host),))
    return None


def _no_rhythm(facts: FeedFacts) -> Refusal | None:
    minutes, daily = facts.rhythm.every_minutes, facts.rhythm.daily_at
    if (minutes is None) == (daily is None):
        return Refusal(Reason.REQUIRED, "every")
    if minutes is not None and not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        return Refusal(Reason.NOT_A_CHOICE, "every")
    return None


def _no_options(options: Options) -> Refusal | None:
    if options.preset not in ("", *PRESETS):
        return Refusal(Reason.NOT_A_CHOICE, "preset")
    if set(options.columns) - set(columns.NAMES):
        return Refusal(Reason.NOT_A_CHOICE, "columns")
    if options.zone:
        try:
            ZoneInfo(options.zone)
        except (KeyError, ValueError, OSError):
            return Refusal(Reason.NOT_A_ZONE, "zone")
    return None


def _no_secret(facts: FeedFacts, before: Feed | None) -> Refusal | None:
    if not facts.access or facts.kind is not Kind.URL:
        return None
    if facts.access not in ACCESSES:
        return Refusal(Reason.NOT_A_CHOICE, "access")
    if facts.access == "basic" and (not facts.access_user.strip() or ":" in facts.access_user):
        return Refusal(Reason.REQUIRED, "access_user")
    if facts.secret is None:
        # a secret given for one machine is never told to another
        kept = before is not None and before.access == facts.access and _machine(before.place)
        return None if kept and kept == _machine(facts.place.strip()) else Refusal(Reason.REQUIRED, "secret")
    if not facts.secret or not facts.secret.isprintable() or len(facts.secret) > SECRET_LENGTH:
        return Refusal(Reason.REQUIRED, "secret")
    if facts.access == "bearer" and not facts.secret.isascii():
        return Refusal(Reason.NOT_A_CHOICE, "secret")
    return None


def _parted(facts: FeedFacts) -> tuple[str, str]:
    """An address before and after its question mark, without what a browser keeps to itself."""
    place = facts.place.strip()
    if facts.kind is Kind.FOLDER:
        return place, ""
    base, _, query = place.partition("#")[0].partition("?")
    return base, query


def _machine(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()
