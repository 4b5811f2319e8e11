"""Log lines: a line tells what happened and where, and nothing of whom."""

import json
import logging
import sys
from typing import Any
from uuid import UUID

import pytest

from goodwill.config.log_lines import DiscreetFormatter, JsonFormatter, masked
from goodwill.web import request_ids

SHAPES = (DiscreetFormatter(), JsonFormatter())
SECRETS = ("Anna", "Kovács", "anna.kovacs", "vektor", "hunter2", "s3cr3t", "+36", "1234567", "gw_abc", "Fő utca", "q=")


def record(message: Any, *args: object, logger: str = "goodwill.test", **more: Any) -> logging.LogRecord:
    """A record as a logger makes it."""
    made = logging.LogRecord(logger, logging.ERROR, "file.py", 1, message, args, None)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def broken() -> logging.LogRecord:
    """A record of an exception, and of the one before it, that speak of a customer."""
    try:
        try:
            raise KeyError("Anna Kovács, anna.kovacs@vektor.example")
        except KeyError as first:
            raise ValueError("Key (name)=(Anna Kovács) already exists; hunter2") from first
    except ValueError:
        made = record("It broke for %s", "Anna Kovács")
        made.exc_info = sys.exc_info()
        return made


LEAKS = [
    record("Letter for anna.kovacs@vektor.example"),
    record("Letter for %s", "anna.kovacs@vektor.example"),
    record("Letter for %(who)s", {"who": "Anna Kovács"}),
    record("Not Found: %s", "/people/Anna-Kovacs", logger="django.request"),
    record("Not Found: /customers/?q=Anna", logger="django.request"),
    record("GET /join/1-s3cr3t-s3cr3t/ failed"),
    record("GET %s failed", "/enter/1-s3cr3t-s3cr3t/"),
    record("Authorization: Bearer s3cr3t.s3cr3t"),
    record("The token gw_abcdef_s3cr3t is spent"),
    record("smtp://goodwill:hunter2@mail.example is away"),
    record("Call +36 30 1234567"),
    record("Row %r", {"name": "Anna Kovács"}),
    record("Row %s", ["Anna Kovács"]),
    record("Invalid HTTP_HOST header: %r", "Anna", logger="django.security.DisallowedHost"),
    record("%s lives at %s", "Anna Kovács", "Fő utca 1"),
    record("It failed: %s", ValueError("Anna Kovács")),
    record(ValueError("Anna Kovács")),
    record({"name": "Anna Kovács"}),
    record("request", path="/people/Anna", body="hunter2", query="q=Anna", email="anna.kovacs@vektor.example"),
    broken(),
]


@pytest.mark.parametrize("shape", SHAPES, ids=["line", "json"])
@pytest.mark.parametrize("number", range(len(LEAKS)))
def test_nothing_personal_and_no_secret_is_written_down(shape: logging.Formatter, number: int) -> None:
    said = shape.format(LEAKS[number])
    assert [secret for secret in SECRETS if secret in said] == []


def test_numbers_codes_and_kinds_are_kept() -> None:
    job = UUID(int=7)
    told = record("Job %s (%s) failed at attempt %d: %s", job, "goodwill.actions.imports.run", 3, LookupError("x"))
    assert f"Job {job} (goodwill.actions.imports.run) failed at attempt 3: LookupError" in SHAPES[0].format(told)
    said = json.loads(SHAPES[1].format(told))
    assert said["message"] == "Job %s (%s) failed at attempt %d: %s"
    assert said["values"] == [str(job), "goodwill.actions.imports.run", 3, "LookupError"]
    assert (said["level"], said["logger"]) == ("ERROR", "goodwill.test")
    assert said["time"].endswith("+00:00")


def test_of_an_exception_the_kinds_and_the_places_are_told() -> None:
    lines = SHAPES[0].format(broken()).splitlines()
    assert [line for line in lines if not line.startswith(" ")][1:] == ["KeyError", "ValueError"]
    assert any("test_log_lines.py" in line for line in lines)
    said = json.loads(SHAPES[1].format(broken()))
    assert [one["kind"] for one in said["exception"]] == ["ValueError", "KeyError"]
    assert "test_log_lines.py" in said["exception"][0]["places"][0]


def test_developers_may_see_the_text_of_an_exception() -> None:
    assert "already exists" in DiscreetFormatter(shows_all=True).format(broken())


def test_a_message_that_does_not_fit_its_values_is_written_as_it_stands() -> None:
    assert SHAPES[0].format(record("100 % of %d", "Anna")).endswith("100 % of %d")


def test_the_fields_of_a_request_stand_in_both_shapes() -> None:
    facts: dict[str, Any] = {"method": "GET", "route": "web:today", "status": 200, "duration_ms": 1.5, "person": 7}
    bound = request_ids.current.set("f" * 15 + "1")
    try:
        line, said = (shape.format(record("request", **facts)) for shape in SHAPES)
    finally:
        request_ids.current.reset(bound)
    assert line.endswith(f"method=GET route=web:today status=200 duration_ms=1.5 person=7 request_id={'f' * 15}1")
    assert facts.items() <= json.loads(said).items()
    assert json.loads(said)["request_id"] == "f" * 15 + "1"


def test_a_question_mark_at_the_end_of_a_sentence_stays() -> None:
    assert masked("Is it so? Yes.") == "Is it so? Yes."
