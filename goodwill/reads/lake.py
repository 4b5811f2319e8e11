"""The lake's state: which snapshot stands, and how far the journal has gone on since."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from goodwill.adapters import lake
from goodwill.adapters.lake import LakeProblem, Snapshot
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store.journal import JournalEntry


@dataclass(frozen=True, slots=True)
class LakeState:
    """What stands in `folder` (None: nothing that can be read, and `problem` says why where that is known), settled
    entries since (`behind`), and files that are gone."""

    folder: Path
    snapshot: Snapshot | None
    behind: int
    missing: tuple[str, ...]
    problem: str = ""

    @property
    def is_current(self) -> bool:
        """Whether the lake says all that the journal does."""
        return self.snapshot is not None and not self.behind and not self.missing

    def as_json(self) -> dict[str, Any]:
        """The wire shape."""
        found = self.snapshot
        return {
            "folder": str(self.folder),
            "lake": found and found.number,
            "as_of": found and found.made_at.isoformat(),
            "made_by": found and found.notes["made_by"],
            "seconds": found and found.notes["seconds"],
            "behind": self.behind,
            "missing": list(self.missing),
            "problem": self.problem,
            "current": self.is_current,
            "tables": {} if found is None else {
                name: {"rows": found.rows(name), "files": len(files), "bytes": sum(one.bytes for one in files)}
                for name, files in sorted(found.files.items())
            },
        }  # fmt: skip


def status(viewer: Viewer) -> LakeState:
    """How the lake stands; raises PermissionError for whoever may not change the settings."""
    if not viewer.may(May.CHANGE_SETTINGS):
        raise PermissionError("the installation is shown to administrators only")
    folder = Path(settings.LAKE)
    try:
        found = lake.current(folder)
    except LakeProblem as problem:
        return LakeState(folder, None, 0, (), str(problem))
    if found is None:
        return LakeState(folder, None, 0, ())
    behind = JournalEntry.objects.settled_after(found.notes["cursor"]).count()
    return LakeState(folder, found, behind, tuple(lake.missing_files(folder, found)))
