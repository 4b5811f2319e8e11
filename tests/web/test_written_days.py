"""Days and moments, as each language writes them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from goodwill.web.templatetags.goodwill import day, moment, near
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
