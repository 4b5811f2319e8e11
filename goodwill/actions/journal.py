"""Journal: entries for what doors learn without changing a row (sign-ins, exports)."""

from datetime import datetime

from goodwill.domain.entries import Entry
from goodwill.domain.viewers import Viewer
from goodwill.store import journal


def note(kind: Entry, *, by: Viewer, at: datetime, **facts: str | int) -> None:
    """Write one entry that stands for itself."""
    journal.write(kind, by=by, at=at, **facts)
