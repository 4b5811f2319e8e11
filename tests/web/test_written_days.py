"""Days, moments and shares, as each language writes them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from django.utils.formats import date_format

from goodwill.web.templatetags.goodwill import day, moment, near, share
from goodwill.web.written_days import short_weekday, whole_day

ON = date(2026, 9, 4)
AT = datetime(2026, 9, 4, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["4 Sep", "4 Sep 2026", "Fri, 4 Sep 2026", "Friday, 4 September 2026", "4 Sep 2026, 09:05"]),
        (
            "ru",
            [
                "4 сент.",
                "4 сент. 2026 г.",
                "пт, 4 сент. 2026 г.",
                "пятница, 4 сентября 2026 г.",
                "4 сент. 2026 г., 09:05",
            ],
        ),
        (
            "hu",
            [
                "szept. 4.",
                "2026. szept. 4.",
                "2026. szept. 4., P",
                "2026. szeptember 4., péntek",
                "2026. szept. 4. 09:05",
            ],
        ),
    ],
)
def test_a_day_stands_in_the_order_of_its_language(language: str, forms: list[str]) -> None:
    with translation.override(language):
        written = [near(ON), day(ON), short_weekday(ON), whole_day(ON), moment(AT, "UTC")]
    assert [one.replace("\xa0", " ").replace("\u202f", " ") for one in written] == forms


@pytest.mark.parametrize(
    ("language", "written"), [("en", "12.4% 25%"), ("ru", "12,4\xa0% 25\xa0%"), ("hu", "12,4% 25%")]
)
def test_a_share_has_its_sign_where_the_language_sets_it(language: str, written: str) -> None:
    with translation.override(language):
        assert f"{share(0.124)} {share(0.25, 0)}" == written


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "4 Sep 2026, 09:05"), ("ru", "4 сентября 2026 г. 09:05"), ("hu", "2026. szeptember 4. 09:05")],
)
def test_the_clock_has_two_digits_in_every_language(language: str, written: str) -> None:
    with translation.override(language):
        assert date_format(AT, "DATETIME_FORMAT") == written
