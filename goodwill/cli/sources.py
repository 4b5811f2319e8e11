"""Where the estimators' commands read: a file, a table of the lake (`lake:orders`), or the lake's recipe (`lake:`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from goodwill.cli.estimating import EXTRA, Refusal
from goodwill.cli.opening import open_house

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from goodwill.adapters.lake import Snapshot

LAKE = "lake:"


@dataclass(frozen=True, slots=True)
class LakeName:
    """What was asked of the lake: a table's name, or "" for the command's recipe."""

    table: str


class _Source(click.ParamType["Path | LakeName"]):
    name = "file or lake:table"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | LakeName:
        """The path of a file that exists, or the name after `lake:`."""
        if isinstance(value, str) and value.startswith(LAKE):
            return LakeName(value[len(LAKE) :])
        found: Path = click.Path(exists=True, dir_okay=False, path_type=Path).convert(value, param, ctx)
        return found


SOURCE = _Source()
Recipe = Callable[[Any, date], Any]
"""Makes what the command reads of the lake's orders, as of a day."""


@dataclass(frozen=True, slots=True)
class Given:
    """What to read, and for the lake what its JSON states of it: snapshot, as of, engine, table or recipe."""

    rows: "Path | ir.Table"
    facts: dict[str, Any]
    as_of: datetime | None = None

    @property
    def day(self) -> date | None:
        """The lake's day; None for a file."""
        return self.as_of.date() if self.as_of else None

    @property
    def recipe(self) -> str:
        """The recipe that made the rows of the lake; "" where there was none."""
        return str(self.facts["source"]["recipe"]) if self.facts else ""

    @property
    def is_elsewhere(self) -> bool:
        """Whether the rows are with an engine outside this process."""
        return bool(self.facts) and self.facts["source"]["engine"] != "duckdb"

    def lines(self) -> list[str]:
        """What a person is told of it; nothing for a file."""
        if not self.facts:
            return []
        said = self.facts["source"]
        return [
            f"read from the lake as of {said['as_of']} ({said['recipe'] or said['table']}, by {said['engine']})",
            "",
        ]


def given(source: Path | LakeName, recipe: Recipe | None = None, *, named: str = "") -> Given:
    """Open what the command was given, until it ends. `recipe`, called `named`, is what `lake:` alone means.

    Ends in one line where there is no lake, no such table, or no recipe for this command.
    """
    if isinstance(source, Path):
        return Given(source, {})
    if not source.table and recipe is None:
        raise Refusal("name a table of the lake, such as lake:orders")
    open_house(migrate=False)
    from django.conf import settings

    from goodwill.adapters import engines, lake

    try:
        snapshot = lake.current(settings.LAKE)
        if snapshot is None:
            raise Refusal("there is no lake yet; make it with: goodwill lake rebuild")
        engine = click.get_current_context().with_resource(engines.opened(settings.ENGINE, settings.LAKE, snapshot))
        rows = engine.table(source.table or "orders")
    except ImportError:
        raise Refusal(EXTRA) from None
    except lake.LakeProblem as problem:
        raise Refusal(str(problem)) from None
    if recipe is not None and not source.table:
        rows = recipe(rows, snapshot.made_at.date())
    return Given(rows, {"source": _facts(snapshot, engine.name, source.table, named)}, snapshot.made_at)


def _facts(snapshot: "Snapshot", engine: str, table: str, named: str) -> dict[str, Any]:
    return {
        "lake": snapshot.number,
        "as_of": snapshot.made_at.isoformat(),
        "engine": engine,
        "table": table or "orders",
        "recipe": "" if table else named,
    }
