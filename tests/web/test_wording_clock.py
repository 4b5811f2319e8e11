"""Every reason of a clock has a sentence, in any language and zone."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from goodwill.domain import explanations
from goodwill.domain.histories import NEVER_FULFILS, Kind
from goodwill.domain.targets import Outcome, Reason, Value
from goodwill.web.wording_clock import CODES, duration, explain, moment, word
from tests.domain.desks import NEW_YORK, happened, on, read, terms

VALUES: dict[str, Value] = {
    "at": on("03-04 09:00"), "begin": on("03-04 09:00"), "end": on("03-04 10:00"), "since": on("03-04 10:00"),
    "due": on("03-04 11:00"), "day": date(2026, 3, 4), "seconds": 3600, "used": 60, "left": 0.5, "over": 1,
    "days": 2, "windows": 5, "count": 21, "by": "customer", "zone": "Europe/Berlin", "name": "Office", "version": "7",
}  # fmt: skip


def given_codes() -> set[str]:
    """The codes in the text of the domain's file, with those it builds from enums and targets spelled out."""
    text = Path(explanations.__file__).read_text(encoding="utf-8")
    plain = set(re.findall(r'(?:yield|else|=|\() ?"([a-z]+(?:_[a-z]+)*)"(?:,| if| else|$)', text, re.MULTILINE))
    built = {f"outcome_{outcome}" for outcome in Outcome} | {
        f"unheeded_{kind}" for kind in {*NEVER_FULFILS, Kind.REPLY}
    }
    targets = {f"{new}target_{kind}" for new in ("", "new_") for kind in ("seconds", "business_days", "moment", "day")}
    handed = {f"handed_over_{how}" for how in ("piecewise", "first", "last")}
    return (plain - {"target", "new_target"}) | built | targets | handed | {"not_begun"}


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    assert given_codes() == CODES


@pytest.mark.parametrize("code", sorted(CODES))
@pytest.mark.parametrize("language", ["en", "ru", "hu"])
def test_a_sentence_has_a_place_for_each_value_it_needs(code: str, language: str) -> None:
    with translation.override(language):
        said = word((code, VALUES))
    assert said
    assert "%" not in said


def test_counts_follow_the_plural_rules() -> None:
    counted: Reason = ("target_business_days", {"days": 1})
    with translation.override("en"):
        assert word(counted) == "Promised within 1 working day."
        assert word(("target_business_days", {"days": 2})) == "Promised within 2 working days."


def test_a_reader_in_another_zone_reads_their_own_clock() -> None:
    reading = read(terms(60), happened("start 03-04 15:00"), "03-04 15:30")
    with translation.override("en"):
        assert "Due Wed, 4 Mar 2026, 16:00." in explain(reading.explanation)
        assert "Due Wed, 4 Mar 2026, 10:00." in explain(reading.explanation, zone=NEW_YORK)


def test_seconds_and_their_parts_are_shown_only_where_there_are_any() -> None:
    with translation.override("en"):
        assert moment(on("03-04 09:05")).endswith("09:05")
        assert moment(on("03-04 09:05:07")).endswith("09:05:07")
        assert moment(on("03-04 09:05") + timedelta(milliseconds=250)).endswith("09:05:00.25")
    assert [duration(seconds) for seconds in (0, 59, 3661, 360_000, 0.5, 59.25)] == [
        "0:00:00", "0:00:59", "1:01:01", "100:00:00", "0:00:00.5", "0:00:59.25"
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "day"), [("en", "1 Jan 2026"), ("ru", "1 янв. 2026 г."), ("hu", "2026. jan. 1.")])
def test_a_version_of_the_policy_that_is_a_day_is_written_as_one(language: str, day: str) -> None:
    with translation.override(language):
        said = word(("policy_version", {"version": "2026-01-01"})).replace("\xa0", " ").replace("\u202f", " ")
        assert day in said and "2026-01-01" not in said and not said.endswith("..")
        assert "spring" in word(("policy_version", {"version": "spring"}))
