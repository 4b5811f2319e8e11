"""`goodwill import` and `goodwill import-undo`."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import yaml

from goodwill.cli.opening import open_house
from goodwill.domain.refusals import Refusal
from goodwill.domain.viewers import OPERATOR

PRESETS = ["olist", "orders", "woocommerce", "shopify", "commerceml"]
_UNITS = ("calendar", "working")
_SETTINGS = ("site", "zone", "currency", "encoding", "delimiter", "decimal", "sheet")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--as",
    "preset",
    type=click.Choice(PRESETS),
    help="What the files are; else recognised.",
)
@click.option("--map", "map_file", type=click.File("r", encoding="utf-8"), help="YAML: which column is which field.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and keep nothing of it.")
@click.option("--site", default="", help="The site of orders that name none.")
@click.option("--sheet", default="", help="The sheet of a workbook; else the first with orders.")
@click.option("--promise-days", type=click.IntRange(1, 365), help="Delivery was promised within so many days.")
@click.option("--working-days", is_flag=True, help="Count these days as working days of the site's calendar.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Judge as of this moment, UTC.")
@click.option("--bad-rows", type=click.Path(dir_okay=False, path_type=Path), help="Where to write rows to mend.")
@click.option("--differences", is_flag=True, help="List the orders whose money differs, too.")
@click.option("--template", is_flag=True, help="Print a file to begin with and do nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def import_(
    paths: tuple[Path, ...],
    preset: str | None,
    map_file: Any,
    dry_run: bool,
    site: str,
    sheet: str,
    promise_days: int | None,
    working_days: bool,
    as_of: datetime | None,
    bad_rows: Path | None,
    differences: bool,
    template: bool,
    as_json: bool,
) -> None:
    """Bring in files of orders, or folders of them (csv, xlsx, parquet, jsonl, CommerceML xml; csv.gz, zip).

    Ends with 0, with 1 where rows could not enter, with 2 where nothing could be used. Run it again after an
    interruption: it goes on where it was.
    """
    if template:
        from goodwill.adapters.presets.orders import TEMPLATE

        click.echo(TEMPLATE, nl=False)
        return
    if not paths:
        raise click.UsageError("name a file or a folder")
    said = read_map(map_file)
    open_house()
    from goodwill.actions import imports as deeds
    from goodwill.adapters.presets.looking import Options, files_of
    from goodwill.reads import imports

    settled = {name: value for name, value in (("site", site), ("sheet", sheet)) if value}
    options = replace(
        Options(preset=preset or "", **understood(said, promise_days, working_days) | settled),
        as_of=as_of.replace(tzinfo=UTC) if as_of else None,
    )
    with deeds.kept_only_if(not dry_run):
        row = deeds.bring_in(files_of(paths), options, by=OPERATOR, at=datetime.now(UTC))
        if isinstance(row, Refusal):
            _refuse(row, as_json)
        else:
            result = imports.result(OPERATOR, row.pk) or {}
            problems = sum(file["bad"] for file in result["files"])
            if problems:
                where = bad_rows or _own_place(row.pk, dry_run)
                result["bad_rows_file"] = str(_write_bad_rows(row.pk, where))
            if differences:
                result["money"]["differences"] = _differences(row.pk)
            if dry_run:
                result |= {"import_id": None, "dry_run": True}
    _say(result, as_json)
    usable = any(file["good"] for file in result["files"])
    waiting = sum(file["held"] for file in result["files"])
    sys.exit(2 if not usable else 1 if problems or waiting else 0)


@click.command()
@click.argument("import_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def import_undo(import_id: int, as_json: bool) -> None:
    """Take a whole import back: what it made goes, what it altered says again what it said."""
    open_house()
    from goodwill.actions import imports_undo

    row = imports_undo.take_back(import_id, by=OPERATOR, at=datetime.now(UTC))
    if isinstance(row, Refusal):
        _refuse(row, as_json)
        return
    answer = {"import_id": row.pk, "taken_back": True}
    click.echo(json.dumps(answer) if as_json else f"Import {row.pk} was taken back.")


def understood(said: dict[str, Any], promise_days: int | None, working_days: bool) -> dict[str, Any]:
    """What a map says of how files are read, as the options of an import by their names; what was said beside the
    map goes before."""
    texts = {name: str(said[name]) for name in _SETTINGS if name in said}
    return texts | {
        "columns": said.get("columns", {}),
        "promise_days": promise_days or said.get("promise_days", 0),
        "promise_unit": "working" if working_days else said.get("promise_unit", "calendar"),
        "date_order": said.get("dates", ""),
        "rating_scale": said.get("rating_scale", 5),
    }


def read_map(file: Any) -> dict[str, Any]:
    """What a map in YAML says; says what is wrong with it where something is."""
    if file is None:
        return {}
    try:
        said = yaml.safe_load(file)
    except yaml.YAMLError as problem:
        raise click.ClickException(f"the map is not YAML: {problem}") from None
    if not isinstance(said, dict):
        raise click.ClickException("the map is not a list of fields and columns")
    known = {"columns", "dates", "rating_scale", "promise_days", "promise_unit", *_SETTINGS}
    if "columns" not in said and not known & said.keys():
        said = {"columns": said}
    unknown = said.keys() - known
    if unknown:
        raise click.ClickException(f"the map does not know {', '.join(sorted(map(str, unknown)))}")
    days = said.get("promise_days", 0)
    if not isinstance(days, int) or not 0 <= days <= 365:
        raise click.ClickException("promise_days is a whole number of days up to 365")
    if said.get("promise_unit", "calendar") not in _UNITS:
        raise click.ClickException(f"promise_unit is one of {', '.join(_UNITS)}")
    from goodwill.domain.columns import NAMES

    strange = set(said.get("columns", {})) - set(NAMES)
    if strange:
        raise click.ClickException(f"no such field: {', '.join(sorted(strange))}; there are {', '.join(NAMES)}")
    return said


def _own_place(import_id: int, dry_run: bool) -> Path:
    from goodwill.actions.imports import folder_of

    return Path("bad-rows.csv").resolve() if dry_run else folder_of(import_id) / "bad-rows.csv"


def _write_bad_rows(import_id: int, path: Path) -> Path:
    from goodwill.web.imports_files import bad_rows

    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(bad_rows(OPERATOR, import_id))
    return path


def _differences(import_id: int) -> list[dict[str, Any]]:
    from goodwill.reads import imports

    return [
        {
            "order": one.number,
            "lines": one.lines.as_json(),
            "paid": one.paid.as_json(),
            "difference": one.difference.as_json(),
            "incomplete": one.is_incomplete,
        }
        for one in imports.differences(OPERATOR, import_id, limit=None)
    ]


def _refuse(refusal: Refusal, as_json: bool) -> None:
    from goodwill.web.wording_imports import refused_plan

    values = dict(refusal.values)
    if as_json:
        click.echo(json.dumps({"refused": refusal.reason.value, "field": refusal.field, **values}))
    else:
        about = "; ".join(f"{name}: {value}" for name, value in values.items())
        click.echo(" ".join(part for part in (f"{refusal.field}:", refused_plan(refusal), about) if part), err=True)
    sys.exit(2)


def _say(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, indent=2))
        return
    for file in result["files"]:
        shape = f"{file['encoding']}, delimiter {file['delimiter']!r}, decimal {file['decimal']!r}"
        if file["kind"] not in ("csv", ""):
            shape = ", ".join(part for part in (file["kind"], file["sheet"]) if part)
        counts = f"{file['rows']} rows, {file['good']} good, {file['bad']} bad, {file['held']} waiting"
        name = "/".join(part for part in (Path(file["path"]).name, file["member"]) if part)
        click.echo(f"{name}: {file['role']} ({shape}): {counts}")
    for name in ("created", "updated", "unchanged"):
        nouns = ", ".join(f"{count} {noun}" for noun, count in result[name].items()) or "nothing"
        click.echo(f"{name}: {nouns}")
    money = result["money"]
    click.echo(f"money: {money['orders_differing']} orders differ, {money['orders_incomplete']} are incomplete")
    for one in money.get("differences", []):
        lines, paid, difference = (one[name]["amount"] for name in ("lines", "paid", "difference"))
        click.echo(f"  {one['order']}: lines {lines}, paid {paid}, difference {difference}")
    if result["bad_rows_file"]:
        click.echo(f"rows to mend: {result['bad_rows_file']}")
    if result.get("dry_run"):
        click.echo("nothing was kept: this was a trial")
