"""Upgrades: a database that is older than the code is proved, copied, changed, and proved again."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.utils import DatabaseError

from goodwill.actions import backups, upkeep
from goodwill.actions.backups import Kept
from goodwill.adapters.archives import ArchiveProblem
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Refusal
from goodwill.domain.viewers import OPERATOR
from goodwill.store import journal, schema, turns
from goodwill.store.snapshots import kept_models
from goodwill.store.triggers import missing_triggers

JOURNAL = "store_journalentry"
_SPARE_BYTES = 100 * 1024**2
_UNPROVED = "unproved.json"
"""Beside the backups while there are changes that nobody has proved yet: whoever is killed leaves it to the next."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something looked at: what was found, and the remedy where it is not well ("" where it is)."""

    name: str
    found: str
    how: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing must be mended."""
        return not self.how

    def as_json(self) -> dict[str, str]:
        """The wire shape, as the doctor's."""
        return {"name": self.name, "state": "ok" if self.is_well else "mend", "found": self.found, "how": self.how}


@dataclass(slots=True)
class Upgrade:
    """One upgrade as far as it got. `counts` are the rows of each table before the changes."""

    target: Path
    changes: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    kept: Kept | None = None
    forgotten: list[str] = field(default_factory=list)
    rows: dict[str, dict[str, int]] = field(default_factory=dict)


def folder() -> Path:
    """Where the backups of a home lie."""
    return Path(settings.HOME) / "backups"


@contextmanager
def turn(*, patience: float = 0.0) -> Iterator[bool]:
    """Yield True to the one who may change the schema now."""
    with turns.turn(patience=patience) as is_mine:
        yield is_mine


@contextmanager
def alone(*, only_look: bool = False) -> Iterator[Finding]:
    """Say who is at work already, and keep others out where that can be done, unless it only looks."""
    with turns.alone(only_look=only_look) as others:
        how = "Stop them, then repeat: systemctl stop 'goodwill-*', or Ctrl-C where `goodwill serve` was started."
        yield Finding("alone", f"at work: {', '.join(others)}", how) if others else Finding("alone", "nobody at work")


def come_to_work() -> bool:
    """Be seen at work until this process ends; False where an upgrade has the database to itself."""
    return turns.come_to_work()


def is_running() -> bool:
    """Whether somebody changes the schema now."""
    with turns.turn() as is_mine:
        return not is_mine


def migrate() -> None:
    """Make all changes to come and let the database look at its rows anew, without backup or proof."""
    schema.migrate()
    upkeep.watch_months()
    upkeep.count_rows_anew()


def history() -> Finding:
    """Whether the changes this database has had follow each other as the code has them."""
    try:
        schema.plan()
    except InconsistentMigrationHistory as problem:
        return Finding("history", str(problem), "Put the last backup back: goodwill restore FILE --replace")
    return Finding("history", "consistent")


def room(home: Path) -> Finding:
    """Whether the home has room for a backup and for the changes themselves."""
    database, free = schema.size(), shutil.disk_usage(home).free
    files = Path(settings.MEDIA_ROOT)
    held = sum(path.stat().st_size for path in files.rglob("*") if path.is_file()) if files.is_dir() else 0
    # SQLite writes a changed table anew beside the old one, in the same place.
    need = database + held + (database if connection.vendor == "sqlite" else 0) + _SPARE_BYTES
    said = f"{free // 1024**2} MB free, {need // 1024**2} MB wanted for a backup and the changes"
    return Finding("room", said, "" if free >= need else f"Free some space in {home}, then repeat.")


def plan(target: Path) -> Upgrade:
    """What is to come, and how many rows each table has now."""
    tables = [model._meta.db_table for model in schema.former_models()]
    return Upgrade(target, schema.plan(), schema.counts(tables))


def keep_copy(work: Upgrade, files: Path, *, at: datetime) -> Finding:
    """Write the backup and read it back; an archive that cannot be proved is taken away again."""
    how = "Mend that, then repeat; nothing was changed."
    work.target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        kept = backups.back_up(work.target, files, as_it_is=True, by=OPERATOR, at=at)
        assert not isinstance(kept, Refusal)  # noqa: S101  the operator may
        backups.prove(work.target, work.counts)
    except (OSError, ArchiveProblem) as problem:
        work.target.unlink(missing_ok=True)
        return Finding("backup", str(problem), how)
    work.kept = kept
    return Finding("backup", f"{kept.rows} rows of {kept.tables} tables and {kept.files} files, read back and counted")


def begin(work: Upgrade) -> None:
    """Write down what the changes are to be held against. Where an earlier upgrade made some of them and never came to
    its proofs, what it wrote down stays: it saw the database before all changes, and the way back leads there."""
    earlier = unproved()
    if earlier is not None and not set(earlier.changes) <= set(work.changes):
        work.target, work.counts = earlier.target, earlier.counts
        return
    said = {"backup": work.target.name, "changes": work.changes, "counts": work.counts}
    part = folder() / f"{_UNPROVED}.part"
    part.write_text(json.dumps(said), encoding="utf-8")
    part.replace(folder() / _UNPROVED)


def unproved() -> Upgrade | None:
    """What an upgrade of this home began that was killed, or failed, before its changes were proved."""
    file = folder() / _UNPROVED
    if not file.is_file():
        return None
    said = json.loads(file.read_text(encoding="utf-8"))
    return Upgrade(folder() / said["backup"], said["changes"], said["counts"])


def settle() -> None:
    """The changes were proved, or taken back."""
    (folder() / _UNPROVED).unlink(missing_ok=True)


def proofs(work: Upgrade) -> list[Finding]:
    """What must hold after the changes: no table lost rows unless a change says why, the journal is closed."""
    after = schema.counts([*work.counts, *(model._meta.db_table for model in kept_models())])
    reasons = schema.explained(work.changes)
    work.rows = _differences(work.counts, after)
    lost = [table for table in work.rows if after.get(table, 0) < work.counts.get(table, 0)]
    unexplained = [table for table in lost if table not in reasons and table != JOURNAL]
    how = "Go back, and tell the makers of Goodwill."
    if unexplained:
        said = ", ".join(f"{table} {work.counts[table]} → {after.get(table, 0)}" for table in unexplained)
        found = [Finding("rows", f"rows were lost: {said}", how)]
    else:
        found = [Finding("rows", "; ".join(f"{table}: {reasons[table]}" for table in lost) or "none was lost")]
    before, now = work.counts.get(JOURNAL, 0), after.get(JOURNAL, 0)
    found.append(
        Finding("journal", f"{before} entries became {now}", how)
        if now < before
        else Finding("journal", f"{now} entries, none was lost")
    )
    open_now = missing_triggers(connection)
    closed = Finding("journal's lock", "append-only")
    found.append(Finding("journal's lock", f"lacks {', '.join(open_now)}", how) if open_now else closed)
    return found


def note(work: Upgrade, *, version: str, at: datetime) -> None:
    """Write the upgrade into the journal."""
    journal.write(Entry.UPGRADED, by=OPERATOR, at=at, version=version, changes=len(work.changes))


def forget_old(keep: int) -> list[str]:
    """Remove the oldest backups that upgrades made, all but so many, and what an upgrade that was killed left of one;
    returns the names of the backups."""
    for left in folder().glob("before-*.zip.part"):
        left.unlink(missing_ok=True)
    made = sorted(folder().glob("before-*.zip"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    old = made[: max(0, len(made) - keep)]
    for path in old:
        path.unlink()
    return [path.name for path in old]


def explain(problem: Exception) -> str:
    """One line of what went wrong: the kind, and for the database its first line without the row it speaks of."""
    first = str(problem).partition("\n")[0]
    return f"{type(problem).__name__}: {first}" if isinstance(problem, DatabaseError) else f"{type(problem).__name__}"


def _differences(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, dict[str, int]]:
    return {
        table: {"before": before.get(table, 0), "after": after.get(table, 0)}
        for table in sorted({*before, *after})
        if before.get(table, 0) != after.get(table, 0)
    }
