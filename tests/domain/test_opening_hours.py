"""Opening hours as people write them."""

from datetime import date

import pytest

from goodwill.domain import opening_hours
from goodwill.domain.opening_hours import NotHours


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("9-17", [["09:00", "17:00"]]),
        ("14:30–18, 9.15 - 13", [["09:15", "13:00"], ["14:30", "18:00"]]),
        ("0-24", [["00:00", "24:00"]]),
        ("22-2", [["22:00", "02:00"]]),
        ("9—12; 13-17;", [["09:00", "12:00"], ["13:00", "17:00"]]),
        ("", []),
        (" – ", []),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, windows: list[list[str]]) -> None:
    assert opening_hours.read_windows(text) == windows


@pytest.mark.parametrize(
    ("text", "culprit"),
    [("nine to five", "nine to five"), ("9-17, 25-26", "25-26"), ("9-17:60", "9-17:60"), ("9:70-10", "9:70-10"),
     ("9-24:30", "9-24:30"), ("9", "9")],
)  # fmt: skip
def test_what_cannot_be_read_is_named(text: str, culprit: str) -> None:
    with pytest.raises(NotHours) as problem:
        opening_hours.read_windows(text)
    assert problem.value.text == culprit


def test_windows_written_are_read_again() -> None:
    windows = [["09:00", "13:00"], ["22:00", "02:00"]]
    assert opening_hours.write_windows(windows) == "09:00–13:00, 22:00–02:00"
    assert opening_hours.read_windows(opening_hours.write_windows(windows)) == windows


@pytest.mark.parametrize("text", ["2026-12-24", "2026. 12. 24.", "2026.12.24", "24.12.2026", " 2026/12/24 "])
def test_a_day_is_read_in_three_ways_of_writing(text: str) -> None:
    assert opening_hours.read_day(text) == date(2026, 12, 24)


@pytest.mark.parametrize("text", ["24 December", "2026-13-01", "31.02.2026", ""])
def test_what_is_no_day_is_named(text: str) -> None:
    with pytest.raises(NotHours) as problem:
        opening_hours.read_day(text)
    assert problem.value.text == text


def test_days_come_sorted_and_once() -> None:
    assert opening_hours.read_days("2026-12-26\n\n25.12.2026\n2026-12-26") == ["2026-12-25", "2026-12-26"]


def test_special_hours_have_a_day_a_line_and_a_day_alone_is_closed() -> None:
    special = opening_hours.read_special("2026-12-31: 9-12, 13-14\n24.12.2026")
    assert special == {"2026-12-24": [], "2026-12-31": [["09:00", "12:00"], ["13:00", "14:00"]]}
    assert opening_hours.write_special(special) == "2026-12-24\n2026-12-31: 09:00–12:00, 13:00–14:00"
    assert opening_hours.read_special(opening_hours.write_special(special)) == special
