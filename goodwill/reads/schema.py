"""Schema: whether the database fits this code."""

from dataclasses import dataclass

from django.db.utils import DatabaseError

from goodwill.store import schema


@dataclass(frozen=True, slots=True)
class Schema:
    """What the database lacks, what it has and this code does not know, and whether it was ever made."""

    lacking: tuple[str, ...]
    unknown: tuple[str, ...]
    was_made: bool

    @property
    def state(self) -> str:
        """`current`, `unmade`, `older` or `newer`; newer wins, because nothing may be done to such a database."""
        if self.unknown:
            return "newer"
        if not self.was_made:
            return "unmade"
        return "older" if self.lacking else "current"


def look() -> Schema:
    """The database beside this code; raises DatabaseError where it cannot be reached. Reads one small table."""
    applied = schema.had()
    return Schema(tuple(schema.lacking(applied)), tuple(schema.unknown(applied)), bool(applied))


def is_reachable() -> bool:
    """Whether the database answers."""
    try:
        schema.had()
    except DatabaseError:
        return False
    return True
