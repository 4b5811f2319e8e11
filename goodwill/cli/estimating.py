"""What the commands with estimators share: the extra they need, where figures go, and how a refusal reads."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from goodwill.analytics.results import Refused

EXTRA = "the estimators are not installed; add them with: pip install 'goodwill[analytics]'"
FILE = click.Path(dir_okay=False, path_type=Path)


class Refusal(click.ClickException):
    """One clear line, and exit code 2."""

    exit_code = 2


def ending(*endings: str) -> Callable[[click.Context, click.Parameter, Path | None], Path | None]:
    """A check that a path to write ends in one of these and lies in a folder that exists."""

    def check(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
        if value is not None and value.suffix.lower() not in endings:
            raise click.BadParameter(f"{value.name} must end in {' or '.join(endings)}")
        if value is not None and not value.parent.is_dir():
            raise click.BadParameter(f"there is no folder {value.parent}")
        return value

    return check


def describe(refused: "Refused", words: Mapping[str, str]) -> str:
    """Column, row and value where they are known, then what is wrong."""
    places = [f"column {refused.column}"] if refused.column else []
    places += [f"row {refused.row}"] if refused.row is not None else []
    where = ", ".join(places) + ": " if places else ""
    return where + (f"{refused.value}: " if refused.value else "") + words[refused.reason]


def show(answer: Mapping[str, Any], text: str, *, as_json: bool, out: Path | None) -> None:
    """Print the JSON or the text, and write the JSON where it was asked for."""
    written = json.dumps(answer, ensure_ascii=False, allow_nan=False)
    click.echo(written if as_json else text)
    if out is not None:
        out.write_text(written + "\n", encoding="utf-8")
