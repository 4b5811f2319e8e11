"""`goodwill clock`: promise clocks computed from a file, without a database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from itertools import chain
from typing import Any, TextIO

import click

from goodwill.cli.opening import open_house
from goodwill.domain.clock_cases import read_case
from goodwill.domain.hours import HoursError
from goodwill.domain.promises import read_clock

_CHUNK = 1 << 16
_BLANK = " \t\r\n\ufeff"


@dataclass(frozen=True)
class Broken:
    """Text that is no JSON, in the place of a case."""

    message: str


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON: an object, a list or lines, as they came in.")
@click.option("--lang", type=click.Choice(["en", "ru", "hu"]), default="en", help="Language of the explanation.")
def clock(file: TextIO, as_json: bool, lang: str) -> None:
    """Compute promise clocks from FILE (or - for standard input).

    FILE holds one case as a JSON object, a list of cases, or one case a line. A bad case among several gets an error
    in its place, the rest go on, and the command ends with 2.
    """
    from django.utils import translation

    open_house(migrate=False)
    at = datetime.now(UTC)
    shape, cases = _cases(file)
    bad = 0
    with translation.override(lang):
        if shape == "list" and as_json:
            click.echo("[", nl=False)
        for place, case in enumerate(cases):
            answer = _answer(case, at)
            error = answer.get("error")
            bad += error is not None
            if error is not None and shape == "object":
                raise _Bad(_printable(f"{error['field']}: {error['message']}"))
            if as_json:
                click.echo({"object": "", "lines": "", "list": ",\n" if place else "\n"}[shape], nl=False)
                click.echo(_printable(json.dumps(answer, ensure_ascii=False)), nl=shape != "list")
            else:
                click.echo("\n" if place else "", nl=False)
                words = f"{error['field']}: {error['message']}" if error else "\n".join(answer["explanation"])
                click.echo(_printable(words))
        if shape == "list" and as_json:
            click.echo("\n]")
    if bad:
        raise click.exceptions.Exit(2)


def _printable(text: str) -> str:
    """The text without half characters, which JSON can hold and no terminal can print."""
    return text.encode("utf-8", "replace").decode("utf-8")


class _Bad(click.ClickException):
    """One clear line, and exit code 2."""

    exit_code = 2


def _answer(case: object, at: datetime) -> dict[str, Any]:
    from goodwill.web.wording_clock import explain

    try:
        if isinstance(case, Broken):
            raise HoursError("case", case.message)
        asked = read_case(case, at=at)
        reading = read_clock(asked.terms, asked.events, at=asked.at)
    except HoursError as error:
        return {"error": {"field": error.field, "message": error.message}}
    return {
        "due_at": None if reading.due_at is None else reading.due_at.isoformat(),
        "used_seconds": reading.used_seconds,
        "left_seconds": reading.left_seconds,
        "outcome": reading.outcome,
        "standing": reading.standing,
        "warned_lead_seconds": reading.warned_lead_seconds,
        "misses": reading.misses,
        "explanation": explain(reading.explanation),
    }


def _cases(file: TextIO) -> tuple[str, Iterator[object]]:
    """The file's shape and its cases, read as they are needed.

    An object may be spread over many lines; lines hold one case each. The first two lines that are not blank decide.
    """
    head = file.read(_CHUNK).lstrip(_BLANK)
    while not head and (chunk := file.read(_CHUNK)):
        head = chunk.lstrip(_BLANK)
    if head.startswith("["):
        return "list", _listed(file, head[1:])
    head += file.readline()
    lines = (line for line in chain(StringIO(head), file) if line.strip(_BLANK))
    first = next(lines, None)
    if first is None:
        raise _Bad("case: the file is empty")
    second = next(lines, None)
    if second is None:
        return "object", iter([_parsed(first)])
    if not isinstance(_parsed(first), Broken) or isinstance(_parsed(second), dict):
        return "lines", (_parsed(line) for line in chain([first, second], lines))
    return "object", iter([_parsed("".join(chain([first, second], lines)))])


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        return Broken(f"is not JSON ({error})")
    except RecursionError:
        return Broken("is nested too deeply")


def _listed(file: TextIO, text: str) -> Iterator[object]:
    """The items of a JSON list whose bracket is read, one at a time.

    After broken text the next item cannot be told, so the rest is given up with an error in its place.
    """
    decoder = json.JSONDecoder()
    is_first, needs_item = True, True
    while True:
        text = text.lstrip(_BLANK)
        if not text:
            if not (text := file.read(_CHUNK)):
                yield Broken("is not JSON (the list does not end)")
                return
        elif text[0] == "]" and (is_first or not needs_item):
            if text[1:].strip(_BLANK) or file.read(_CHUNK).strip(_BLANK):
                yield Broken("is not JSON (something follows the list)")
            return
        elif not needs_item:
            if text[0] != ",":
                yield Broken("is not JSON (a comma is missing between two cases)")
                return
            text, needs_item = text[1:], True
        else:
            try:
                item, end = decoder.raw_decode(text)
            except RecursionError:
                yield Broken("is nested too deeply")
                return
            except json.JSONDecodeError as error:
                # broken for good, or only cut off by the chunk's end
                chunk = "" if error.pos < len(text) - _CHUNK else file.read(_CHUNK)
                if not chunk:
                    yield Broken(f"is not JSON ({error})")
                    return
                text += chunk
                continue
            text, is_first, needs_item = text[end:], False, False
            yield item
