"""`goodwill clock`: shapes in and out, languages, and bad input named in one line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from goodwill.cli.clock import clock

OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
CASE: dict[str, Any] = {
    "calendar": {
        "zone": "Europe/Berlin",
        "weekly": OFFICE,
        "holidays": ["2026-04-03"],
        "special": {"2026-12-24": [["09:00", "12:00"]]},
    },
    "target_seconds": 3600,
    "started_at": "2026-03-06T16:30:00+01:00",
    "pauses": [["2026-03-06T16:40:00+01:00", "2026-03-06T16:50:00+01:00"]],
    "stopped_at": None,
    "at": "2026-03-09T09:15:00+01:00",
}
ANSWER = {
    "due_at": "2026-03-09T09:40:00+01:00",
    "used_seconds": 2100,
    "left_seconds": 1500,
    "outcome": "open",
    "standing": "at_risk",
    "warned_lead_seconds": None,
    "misses": 0,
}


def ask(text: str, *options: str) -> Result:
    return CliRunner().invoke(clock, ["-", *options], input=text)


def without_words(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer.pop("explanation")
    return answer


@pytest.mark.parametrize("indent", [None, 2])
def test_an_object_gives_an_object(indent: int | None) -> None:
    result = ask(json.dumps(CASE, indent=indent), "--json")
    assert result.exit_code == 0
    assert without_words(json.loads(result.stdout)) == ANSWER


def test_a_list_gives_a_list() -> None:
    for number in (0, 1, 700):
        for indent in (None, 1):
            result = ask("\n " + json.dumps([CASE] * number, indent=indent) + "\n", "--json")
            assert result.exit_code == 0
            answers = json.loads(result.stdout)
            assert len(answers) == number
            assert all(without_words(answer) == ANSWER for answer in answers)


def test_lines_give_lines_and_blank_ones_are_skipped() -> None:
    result = ask(f"\ufeff{json.dumps(CASE)}\n\n{json.dumps(CASE)}\r\n", "--json")
    assert result.exit_code == 0
    assert [without_words(json.loads(line)) for line in result.stdout.splitlines()] == [ANSWER, ANSWER]


def test_a_file_is_read_as_standard_input_is(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CASE), encoding="utf-8")
    assert CliRunner().invoke(clock, [str(file), "--json"]).stdout == ask(json.dumps(CASE), "--json").stdout


def test_a_bad_case_among_others_gets_an_error_in_its_place_and_the_rest_go_on() -> None:
    bad = CASE | {"target_seconds": 0}
    for text in (json.dumps([CASE, bad, CASE]), "\n".join(map(json.dumps, (CASE, bad, CASE)))):
        result = ask(text, "--json")
        assert result.exit_code == 2
        out = json.loads(result.stdout) if text[0] == "[" else [json.loads(line) for line in result.stdout.splitlines()]
        assert [set(answer) == {"error"} for answer in out] == [False, True, False]
        assert out[1]["error"]["field"] == "target_seconds"
        assert out[1]["error"]["message"]
    result = ask("\n".join(map(json.dumps, (CASE, bad, CASE))))
    assert result.exit_code == 2
    assert "target_seconds: must be above zero" in result.stdout


def test_a_broken_line_is_an_error_in_its_place_wherever_it_stands() -> None:
    good = json.dumps(CASE)
    for place in range(3):
        lines = [good, good, good]
        lines[place] = '{"calendar": '
        result = ask("\n".join(lines), "--json")
        assert result.exit_code == 2
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        assert ["error" in answer for answer in answers] == [at == place for at in range(3)]


@pytest.mark.parametrize("text", ["[{} {}]", "[{}", "[{}]]", "[{},]", "[", "[x]", "[" * 100_000, "[{},\n{", "[{}] {}"])
def test_a_broken_list_is_still_answered_by_a_list(text: str) -> None:
    result = ask(text, "--json")
    assert result.exit_code == 2
    assert "error" in json.loads(result.stdout)[-1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"calendar": None}, "calendar"),
        ({"calendar": {"weekly": OFFICE}}, "calendar.zone"),
        ({"calendar": {"zone": "Mars/Phobos", "weekly": OFFICE}}, "calendar.zone"),
        ({"calendar": {"zone": "Europe/Berlin", "weekly": {}}}, "calendar"),
        ({"calendar": {"zone": "Europe/Berlin", "weekly": {"mon": [["9", "17:00"]]}}}, "calendar.weekly.mon[0][0]"),
        ({"target_seconds": True}, "target_seconds"),
        ({"target_seconds": -5}, "target_seconds"),
        ({"started_at": "2026-03-06T16:30:00"}, "started_at"),
        ({"started_at": None}, "started_at"),
        ({"pauses": [["2026-03-06T16:50:00Z", "2026-03-06T16:40:00Z"]]}, "pauses[0][1]"),
        ({"stopped_at": "2026-03-01T09:00:00Z"}, "stopped_at"),
        ({"events": [{"at": "2026-03-06T16:50:00Z", "kind": "dance"}]}, "events[0].kind"),
    ],
)
def test_a_single_bad_case_ends_with_one_line_that_names_the_field(change: dict[str, Any], field: str) -> None:
    for options in ([], ["--json"]):
        result = ask(json.dumps(CASE | change), *options)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.startswith(f"Error: {field}: ")
        assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("text", ["", " \n\n", "hello", "[]x", '{"a": \n 1', "\x00", "7", '{"a":' * 100_000])
def test_what_is_no_case_ends_with_2_and_no_traceback(text: str) -> None:
    result = ask(text)
    assert result.exit_code == 2
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_a_person_reads_the_arithmetic_in_the_calendars_zone() -> None:
    result = ask(json.dumps(CASE))
    assert result.exit_code == 0
    assert "Due Mon, 9 Mar 2026, 09:40." in result.stdout.splitlines()
    assert "Used 0:35:00, left 0:25:00 (hours, minutes, seconds)." in result.stdout.splitlines()


@pytest.mark.parametrize(("language", "day"), [("ru", "9 мар"), ("hu", "márc. 9.")])
def test_a_person_reads_it_in_their_language(language: str, day: str) -> None:
    result = ask(json.dumps(CASE), "--lang", language)
    assert result.exit_code == 0
    assert day in result.stdout


def test_a_promised_day_is_due_at_2400() -> None:
    promised = {"calendar": CASE["calendar"], "target": {"day": "2026-03-06"}, "at": "2026-03-05T12:00:00+01:00"}
    assert "Due Fri, 6 Mar 2026, 24:00." in ask(json.dumps(promised)).stdout
    assert json.loads(ask(json.dumps(promised), "--json").stdout)["due_at"] == "2026-03-07T00:00:00+01:00"


def test_a_running_pause_has_no_due_time_and_says_why() -> None:
    waiting = CASE | {"pauses": [["2026-03-06T16:40:00+01:00", None]]}
    answer = json.loads(ask(json.dumps(waiting), "--json").stdout)
    assert answer["due_at"] is None
    assert any("no due time yet" in sentence for sentence in answer["explanation"])


def test_a_case_without_its_own_moment_is_read_now() -> None:
    now = {key: value for key, value in CASE.items() if key != "at"}
    assert json.loads(ask(json.dumps(now), "--json").stdout)["outcome"] == "broken_silent"


def test_half_a_character_in_a_name_is_printed_as_a_question_mark() -> None:
    odd = json.dumps(CASE | {"calendar": CASE["calendar"] | {"name": "\ud800"}})
    assert "“?”" in ask(odd).stdout
    assert "“?”" in ask(odd, "--json").stdout
    wrong = json.dumps(CASE | {"calendar": CASE["calendar"] | {"special": {"\ud800": []}}})
    assert "calendar.special" in ask(wrong).stderr
