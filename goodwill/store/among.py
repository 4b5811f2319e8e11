"""Among: a long list as one value of a question, instead of as many."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL


def among(ids: Iterable[int]) -> RawSQL:
    """What `pk__in` may be given where there are thousands: binding each of them apart takes longer than the answer."""
    return RawSQL(*listed(ids, "bigint"))  # noqa: S611  our own words


def listed(values: Iterable[int] | Iterable[str], kind: str) -> tuple[str, list[Any]]:
    """The same as a statement and its one value, where a question is written by hand; `kind` is PostgreSQL's type."""
    all_of_them = list(values)
    if connection.vendor == "sqlite":
        return "SELECT value FROM json_each(%s)", [json.dumps(all_of_them)]
    return f"SELECT unnest(%s::{kind}[])", [all_of_them]
