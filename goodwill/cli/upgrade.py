"""`goodwill upgrade`: after new code is installed, the database follows, with a backup and checks on both sides."""

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from goodwill import __version__
from goodwill.cli.opening import UPGRADING, open_house, state

if TYPE_CHECKING:
    from goodwill.actions.upgrades import Upgrade

_KEEP = 5
_LOOKED_AT_AFTER = ("database", "integrity", "journal")
"""What of the doctor's list the changes can have harmed; the worker is not there yet."""


class Finding(Protocol):
    """Something looked at, by the doctor or by the deed."""

    @property
    def name(self) -> str: ...
    @property
    def found(self) -> str: ...
    @property
    def how(self) -> str: ...
    def as_json(self) -> dict[str, str]: ...


@dataclass
class Report:
    """What was done so far, said as it happens or as one JSON object at the end."""

    as_json: bool
    state: str = "refused"
    checks: list[dict[str, str]] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    work: "Upgrade | None" = None
    go_back: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def say(self, words: str) -> None:
        """A line for people."""
        if not self.as_json:
            click.echo(words)

    def looked(self, when: str, findings: Iterable[Finding]) -> bool:
        """Note what was looked at; False where something must be mended first."""
        is_well = True
        for one in findings:
            facts = one.as_json()
            self.checks.append({"when": when, **facts})
            if facts["state"] == "mend":
                is_well = False
                self.say(f"MEND  {one.name}: {one.found}\n      {one.how}")
        return is_well

    def end(self, state: str) -> None:
        """Say the end and leave: 0 where the database is or could be brought up to date, else 2."""
        self.state = state
        if self.as_json:
            click.echo(json.dumps(self._facts(), ensure_ascii=False))
        sys.exit(2 if state in ("refused", "failed") else 0)

    def _facts(self) -> dict[str, Any]:
        work = self.work
        return {
            "state": self.state,
            "version": __version__,
            "changes": work.changes if work else [],
            "applied": self.applied,
            "backup": work.kept.as_json() if work and work.kept else None,
            "forgotten": work.forgotten if work else [],
            "rows": work.rows if work else {},
            "checks": self.checks,
            "go_back": self.go_back,
            "seconds": round(time.monotonic() - self.begun, 2),
        }


@click.command()
@click.option("--keep", type=click.IntRange(1, 1000), default=_KEEP, show_default=True, help="Backups to keep.")
@click.option("--dry-run", is_flag=True, help="Check and say what would be done; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def upgrade(keep: int, dry_run: bool, as_json: bool) -> None:
    """Bring the database up to date after new code was installed. Stop `goodwill serve` and `worker` first.

    Checks, makes a backup in the home's backups folder and reads it back, makes the changes, and checks again. Exit
    2 where a check failed: before the changes nothing was touched; after them it says how to go back.
    """
    open_house(migrate=False)
    from goodwill.actions import upgrades, upkeep

    report = Report(as_json)
    found = state()
    if found != "older" and not _left_unproved(found):
        _without_risk(report, found, dry_run)
    with upgrades.turn() as is_mine, upgrades.alone(only_look=dry_run) as others:
        if not is_mine:
            report.say(f"Error: {UPGRADING}")
            report.looked("before", [upgrades.Finding("turn", "taken", UPGRADING)])
            report.end("refused")
        found = state()  # another upgrade may have ended between our first look and our turn
        left = _left_unproved(found)
        if found != "older" and left is None:
            _without_risk(report, found, dry_run)
        if not _may_begin(report, others, left):
            report.say("Nothing was changed. Mend what is marked, then repeat.")
            report.end("refused")
        work = report.work
        assert work is not None  # noqa: S101  made by the checks
        if dry_run and left:
            report.say("The changes are made already; they would be checked.")
            report.end("dry_run")
        if dry_run:
            report.say(f"{len(work.changes)} changes would be made: {', '.join(work.changes)}")
            report.say(f"The backup would be {work.target}")
            report.end("dry_run")
        if left is None:
            _keep_copy(report, work)
        _change(report, work, keep)
        upkeep.close_journal()
    report.end("done")


def _left_unproved(found: str) -> "Upgrade | None":
    """What an earlier upgrade changed to the end and never checked."""
    from goodwill.actions import upgrades

    return upgrades.unproved() if found == "current" else None


def _without_risk(report: Report, found: str, dry_run: bool) -> None:
    """A database that is empty, or up to date already: twice in a row is harmless."""
    from goodwill.actions import upkeep
    from goodwill.cli.opening import bring_up_to_date

    if dry_run:
        report.say("There is no database yet." if found == "unmade" else "The database is up to date.")
        report.end("dry_run")
    if found == "unmade":
        bring_up_to_date()
        report.say("The database was made.")
        report.end("made")
    if upkeep.close_journal():
        report.say("The journal could be altered; it is closed again.")
    report.say("The database is up to date.")
    report.end("up_to_date")


def _may_begin(report: Report, others: Finding, left: "Upgrade | None") -> bool:
    from django.conf import settings
    from django.utils import timezone

    from goodwill.actions import upgrades
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import health

    at = timezone.now()
    is_well = report.looked("before", [others, *health.ground(OPERATOR)])
    if not report.looked("before", [upgrades.history(), upgrades.room(Path(settings.HOME))]):
        return False
    report.work = left or upgrades.plan(upgrades.folder() / f"before-{__version__}-{at:%Y%m%d-%H%M%S}.zip")
    return is_well


def _keep_copy(report: Report, work: "Upgrade") -> None:
    from django.conf import settings
    from django.utils import timezone

    from goodwill.actions import upgrades

    if not report.looked("before", [upgrades.keep_copy(work, Path(settings.MEDIA_ROOT), at=timezone.now())]):
        report.say("Nothing was changed.")
        report.end("refused")
    assert work.kept  # noqa: S101  just made
    report.say(f"Backup: {work.kept.rows} rows of {work.kept.tables} tables, read back, in {work.target}")
    upgrades.begin(work)


def _change(report: Report, work: "Upgrade", keep: int) -> None:
    from django.utils import timezone

    from goodwill.actions import upgrades
    from goodwill.reads import schema

    try:
        upgrades.migrate()
        report.applied = work.changes
        is_well = _prove(report, work)
        if is_well:
            upgrades.note(work, version=__version__, at=timezone.now())
            upgrades.settle()
    except Exception as problem:  # noqa: BLE001  whatever it is, the way back must be said
        lacking = set(schema.look().lacking) if schema.is_reachable() else set(work.changes)
        report.applied = [change for change in work.changes if change not in lacking]
        finding = upgrades.Finding("changes", upgrades.explain(problem), "Go back, and tell the makers of Goodwill.")
        is_well = report.looked("after", [finding])
    if not is_well:
        _say_the_way_back(report, work)
    work.forgotten = upgrades.forget_old(keep)
    for table, rows in work.rows.items():
        report.say(f"{table}: {rows['before']} rows became {rows['after']}")
    report.say(f"{len(work.changes)} changes were made: {', '.join(work.changes)}")
    report.say("Checked: rows, journal, database. Start `goodwill serve` and `goodwill worker` again.")


def _prove(report: Report, work: "Upgrade") -> bool:
    from django.utils import timezone

    from goodwill.actions import upgrades
    from goodwill.domain.viewers import OPERATOR
    from goodwill.reads import health

    doctor = [check for check in health.look(OPERATOR, timezone.now()) if check.name in _LOOKED_AT_AFTER]
    return report.looked("after", [*upgrades.proofs(work), *doctor])


def _say_the_way_back(report: Report, work: "Upgrade") -> None:
    report.go_back = [
        "Leave `goodwill serve` and `goodwill worker` stopped.",
        "Install the Goodwill that you had before.",
        f"goodwill restore {work.target} --replace",
    ]
    report.say(f"The upgrade failed after {len(report.applied)} of {len(work.changes)} changes. To go back:")
    for number, step in enumerate(report.go_back, 1):
        report.say(f"  {number}. {step}")
    report.end("failed")
