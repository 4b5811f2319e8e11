"""Health: what of the installation is well, what must be mended, and how."""

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from goodwill.domain.roles import May
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.reads import feeds, schema
from goodwill.store.deliveries import Delivery
from goodwill.store.firms import Firm
from goodwill.store.jobs import Job
from goodwill.store.month_triggers import missing_watches
from goodwill.store.sites import Site
from goodwill.store.triggers import missing_triggers
from goodwill.store.webhooks import Webhook

WORKER_KEY = "goodwill:worker"
_QUIET = timedelta(minutes=2)
_LEAST_FREE_BYTES = 500 * 1024 * 1024
_LEAST_PYTHON = (3, 11)
_WANTED_PRAGMAS = {"journal_mode": "wal", "foreign_keys": "1"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `state` is ok, note (worth knowing) or mend; `how` is the remedy of what is not ok."""

    name: str
    state: str
    found: str
    how: str = ""

    def as_json(self) -> dict[str, str]:
        """The wire shape."""
        return asdict(self)


def missing_migrations() -> list[str]:
    """Names of the changes that the database still lacks; raises DatabaseError where it cannot be reached."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def ground(viewer: Viewer) -> list[Check]:
    """What can be looked at whatever the database's age; raises PermissionError for whoever may not."""
    if not viewer.may(May.CHANGE_SETTINGS):
        raise PermissionError("the installation is shown to administrators only")
    return [_python(), *_home(), _disk(), _secret_key(), *_assets(), _zones(), _pragmas()]


def look(viewer: Viewer, at: datetime) -> list[Check]:
    """Everything, in order; raises PermissionError for whoever may not change the settings."""
    if not viewer.may(May.CHANGE_SETTINGS):
        raise PermissionError("the installation is shown to administrators only")
    found = [_python(), *_home(), _disk(), _secret_key(), *_assets(), _zones()]
    reached = _database()
    found.append(reached)
    if reached.state == "ok":
        rows: tuple[Callable[[], Check], ...] = (
            _pragmas,
            _journal,
            _firm,
            lambda: _worker(at),
            _jobs,
            _letters,
            _webhooks,
            _feeds,
        )
        found += [check() for check in rows]
    return found


def _python() -> Check:
    version = sys.version.split()[0]
    if sys.version_info[:2] < _LEAST_PYTHON:
        return Check("python", "mend", version, "Install Python 3.11 or newer and make the environment again.")
    return Check("python", "ok", version)


def _home() -> Iterator[Check]:
    home = Path(settings.HOME)
    if not os.access(home, os.W_OK):
        yield Check("home", "mend", f"{home} cannot be written", f"Give this user the folder: chown -R $USER {home}")
        return
    yield Check("home", "ok", str(home))
    if os.name == "posix":
        mode = stat.S_IMODE(home.stat().st_mode)
        if mode & 0o077:
            yield Check("privacy", "mend", f"others may look into {home} ({mode:o})", f"chmod 700 {home}")
        else:
            yield Check("privacy", "ok", f"{mode:o}")


def _disk() -> Check:
    free = shutil.disk_usage(settings.HOME).free
    found = f"{free // 1024**2} MB free"
    if free < _LEAST_FREE_BYTES:
        return Check("disk", "mend", found, "Free some space: below 500 MB imports and backups may stop half-way.")
    return Check("disk", "ok", found)


def _secret_key() -> Check:
    file = Path(settings.HOME) / "secret.key"
    if not file.exists():
        return Check("secret key", "ok", "given by GOODWILL_SECRET_KEY")
    mode = stat.S_IMODE(file.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        return Check("secret key", "mend", f"others may read {file} ({mode:o})", f"chmod 600 {file}")
    return Check("secret key", "ok", str(file))


def _assets() -> Iterator[Check]:
    built = Path(settings.STATICFILES_DIRS[0]) / "dist"
    lacking = [name for name in ("goodwill.css", "goodwill.js", "tabler.css") if not (built / name).exists()]
    if lacking:
        how = "Install Goodwill again, or build them: npm ci && npm run build"
        yield Check("assets", "mend", f"missing: {', '.join(lacking)}", how)
    else:
        yield Check("assets", "ok", "built")
    catalogues = Path(settings.LOCALE_PATHS[0])
    languages = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    lacking = [code for code in languages if not (catalogues / code / "LC_MESSAGES" / "django.mo").exists()]
    if lacking:
        how = "Install Goodwill again, or compile them: django-admin compilemessages"
        yield Check("languages", "mend", f"missing: {', '.join(lacking)}", how)
    else:
        yield Check("languages", "ok", ", ".join(["en", *languages]))


def _zones() -> Check:
    try:
        ZoneInfo("Europe/Budapest")
    except ZoneInfoNotFoundError:
        return Check("time zones", "mend", "no time zone data", "Install them: pip install tzdata")
    return Check("time zones", "ok", "present")


def _database() -> Check:
    try:
        missing, unknown = missing_migrations(), schema.look().unknown
    except DatabaseError as problem:
        how = "Check DATABASE_URL, and that the server runs and lets this user in."
        if connection.vendor == "sqlite":
            how = "Give this user the file and its folder, free some space, and check DATABASE_URL if it is set."
        return Check("database", "mend", f"cannot be opened: {problem}".splitlines()[0], how)
    if unknown:
        how = "Install the newer Goodwill again, or put a backup back: goodwill restore FILE --replace"
        return Check("database", "mend", f"newer than this Goodwill, has {unknown[0]}", how)
    if missing:
        return Check("database", "mend", f"{len(missing)} changes behind", "Bring it up to date: goodwill upgrade")
    return Check("database", "ok", f"{connection.display_name}, up to date")


def _pragmas() -> Check:
    if connection.vendor != "sqlite":
        return Check("integrity", "ok", "kept by the server")
    with connection.cursor() as cursor:
        for name, wanted in _WANTED_PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}")
            said = str(cursor.fetchone()[0])
            if said != wanted:
                how = "Move the file to a local disk; network folders cannot hold it."
                return Check("integrity", "mend", f"{name} is {said}, not {wanted}", how)
        cursor.execute("PRAGMA foreign_key_check")
        if cursor.fetchone():
            how = "Put the last backup back: goodwill restore FILE --replace"
            return Check("integrity", "mend", "rows refer to rows that are gone", how)
        cursor.execute("PRAGMA quick_check(1)")
        said = str(cursor.fetchone()[0])
    if said != "ok":
        how = "Put the last backup back: goodwill restore FILE --replace"
        return Check("integrity", "mend", f"the file is damaged: {said}", how)
    return Check("integrity", "ok", "sound")


def _journal() -> Check:
    missing = missing_triggers(connection)
    if missing:
        how = "Close it again: goodwill migrate"
        return Check("journal", "mend", f"can be altered, lacks {', '.join(missing)}", how)
    unwatched = missing_watches(connection)
    if unwatched:
        how = "Watch them again: goodwill migrate"
        return Check("journal", "mend", f"reports may be stale, the database lacks {', '.join(unwatched)}", how)
    return Check("journal", "ok", "append-only")


def _firm() -> Check:
    firm = Firm.the()
    if firm is None:
        return Check("firm", "note", "not set up yet", f"Open {settings.URL} and set it up.")
    unknown = []
    for zone in {firm.zone, *Site.objects.values_list("zone", flat=True)}:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            unknown.append(zone)
    if unknown:
        return Check("firm", "mend", f"unknown time zones: {', '.join(unknown)}", "Choose known ones in the settings.")
    return Check("firm", "ok", "a demonstration" if firm.is_demonstration else "set up")


def _worker(at: datetime) -> Check:
    beat: dict[str, Any] | None = cache.get(WORKER_KEY)
    how = "Start it: goodwill serve (or goodwill worker). Without it no promise is watched and no letter leaves."
    if beat is None:
        return Check("worker", "mend", "was never seen today", how)
    quiet = at - datetime.fromisoformat(beat["at"])
    if quiet > _QUIET:
        return Check("worker", "mend", f"last seen {int(quiet.total_seconds())} s ago", how)
    return Check("worker", "ok", str(beat["name"]))


def _jobs() -> Check:
    failed = Job.objects.filter(state="failed").count()
    if failed:
        last = Job.objects.filter(state="failed").order_by("-finished_at").first()
        named = f"{last.task.rpartition('.')[2]} ({last.error.partition(chr(10))[0]})" if last else ""
        return Check("jobs", "note", f"{failed} failed, last {named}", "Start the work again from its page.")
    return Check("jobs", "ok", f"{Job.objects.filter(state__in=['ready', 'running']).count()} waiting or running")


def _letters() -> Check:
    waiting = Delivery.objects.filter(state="waiting", kind="mail")
    failed = Delivery.objects.filter(state="failed", kind="mail").count()
    if settings.MAIL_SERVER is None:
        how = "Set GOODWILL_MAIL_URL, for example smtp://user:password@mail.example:587"
        return Check("mail", "note", f"no mail server; {waiting.count()} letters wait", how)
    last = waiting.exclude(last_error="").order_by("-attempts").values_list("last_error", flat=True).first()
    if last:
        how = "Check GOODWILL_MAIL_URL and the mail server's log."
        return Check("mail", "mend", f"{waiting.count()} letters wait, last answer: {last}", how)
    if failed:
        return Check("mail", "note", f"{failed} letters could not be delivered", "Check the addresses.")
    return Check("mail", "ok", f"{waiting.count()} letters wait")


def _webhooks() -> Check:
    paused = list(Webhook.objects.filter(is_active=False).exclude(paused_why="by_hand").values_list("name", flat=True))
    if paused:
        how = "Look at them under Settings, Webhooks, then resume: goodwill webhook resume ID"
        return Check("webhooks", "mend", f"paused by themselves: {', '.join(paused)}", how)
    dead = Delivery.objects.filter(state="failed", kind="webhook").count()
    if dead:
        how = "Look why, then send them again: goodwill webhook resend ID --all"
        return Check("webhooks", "note", f"{dead} dead letters", how)
    return Check("webhooks", "ok", f"{Webhook.objects.filter(is_active=True).count()} active")


def _feeds() -> Check:
    kept = feeds.listed(OPERATOR)
    stuck = [line.name for line in kept if line.is_troubled]
    if stuck:
        how = "See what is wrong: goodwill feed list"
        return Check("daily files", "note", f"{len(stuck)} of {len(kept)} need a look: {', '.join(stuck)}", how)
    return Check("daily files", "ok", f"{len(kept)} looked after")
