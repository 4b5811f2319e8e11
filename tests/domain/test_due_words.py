"""What people type for «by when» is read as they mean it, in three languages, or not at all."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain import due_words
from goodwill.domain.due_words import examples, parse
from goodwill.domain.targets import BusinessDays, Day, Moment, Seconds, Target

BERLIN = ZoneInfo("Europe/Berlin")
# a Wednesday, ten o'clock and a bit
AT = datetime(2026, 3, 4, 10, 0, 20, tzinfo=BERLIN)


def read(text: str, at: datetime = AT, zone: ZoneInfo = BERLIN) -> Target | None:
    return parse(text, at=at, zone=zone)


def moment(day: int, hour: int, minute: int = 0, month: int = 3, year: int = 2026) -> Moment:
    return Moment(datetime(year, month, day, hour, minute, tzinfo=BERLIN))


def day(number: int, month: int = 3, year: int = 2026) -> Day:
    return Day(date(year, month, number), BERLIN)


@pytest.mark.parametrize(
    ("texts", "target"),
    [
        ("14:00|14.00|14h|14 h|2pm|2 PM|at 14|в 14|к 14:00|14 часов|14 óra|14-kor|14 órakor|14-ig", moment(4, 14)),
        ("14.30|14:30|14h30|до 14:30", moment(4, 14, 30)),
        ("9:30|9.30|at 9:30", moment(5, 9, 30)),
        ("24:00|0 h|12am", moment(5, 0)),
        ("noon|12pm|полдень|в полдень|délben|délig", moment(4, 12)),
        (
            "tomorrow 12|tomorrow at 12|Tomorrow, 12:00|12 tomorrow|12:00 tomorrow|tomorrow noon|tmr 12|завтра 12"
            "|завтра в 12|завтра к 12:00|завтра в полдень|holnap 12|holnap 12-kor|holnap 12-ig|holnap délben",
            moment(5, 12),
        ),
        ("tomorrow|by tomorrow|завтра|до завтра|holnap|holnapig|in 1 day|in a day|1 nap múlva|через 1 день", day(5)),
        ("day after tomorrow|послезавтра|holnapután|in 2 days|2 days|через 2 дня|2 nap múlva|2 napon belül", day(6)),
        ("fri|Friday|by fri|on friday!|fri.|пт|в пятницу|до пятницы|péntek|péntekig|pénteken|péntekre", day(6)),
        (
            "fri 14|friday at 14:00|14:00 fri|пт 14:00|в пятницу в 14|péntek 14|pénteken 14:00|péntek 14-ig",
            moment(6, 14),
        ),
        ("wed|next wednesday|в следующую среду|szerda|jövő szerda|jövő heti szerda", day(11)),
        ("wed 11|среда 11:00|szerda 11", moment(4, 11)),
        ("wed 9|szerda 9|ср в 9", moment(11, 9)),
        ("mon|понедельник|к понедельнику|hétfő|hétfőn|hétfőig|next mon", day(9)),
        ("next fri|следующая пятница|jövő pénteken", day(13)),
        ("next fri 9:15", moment(13, 9, 15)),
        ("in 2 h|2 h|in 2 hours|2h|через 2 часа|через 2 ч|2 óra múlva|2 órán belül|within 2 hours", moment(4, 12, 1)),
        ("in an hour|in 1 h|через час|1 óra múlva|egy óra múlva|через один час", moment(4, 11, 1)),
        ("in 1.5 h|in 1,5 h|1,5 óra múlva", moment(4, 11, 31)),
        ("in 30 min|30 min|half an hour|in half an hour|через полчаса|fél óra múlva|30 perc múlva", moment(4, 10, 31)),
        ("in 14 h|14 óra múlva|через 14 часов", moment(5, 0, 1)),
        ("in a week|через неделю|egy hét múlva|in 1 week|7 days|1 week", day(11)),
        ("in 3 weeks|3 hét múlva|через 3 недели", day(25)),
        ("today|eod|by end of day|сегодня|до конца дня|ma|nap végéig", day(4)),
        ("today 17|сегодня в 17|ma 17", moment(4, 17)),
        ("today 9|сегодня в 9|ma 9-ig", moment(4, 9)),
        (
            "2 business days|2 working days|in 2 business days|2bd|2 рабочих дня|через 2 раб. дня|2 р.д.|2 munkanap"
            "|2 munkanapon belül",
            BusinessDays(2),
        ),
        ("4 working hours|4 business hours|4 wh|4 рабочих часа|4 munkaóra", Seconds(4 * 3600)),
        ("0.5 working hours", Seconds(1800)),
        (
            "5.3.|5.3|05.03|05.03.2026|2026-03-05|2026.03.05.|2026. 03. 05.|5 march|5 Mar|5th march|march 5|Mar 5th"
            "|5 марта|до 5 марта|márc 5|március 5-ig|március 5.|2026 március 5.|5 march 2026",
            day(5),
        ),
        ("5.3. 14:00|05.03.2026 14|2026-03-05 14:00|5 mar 14|5 марта в 14|márc 5. 14:00|march 5 at 2pm", moment(5, 14)),
        ("1.3.|1 марта", day(1, year=2027)),
        ("29.2.|29 feb", day(29, month=2, year=2028)),
        ("2026-03-01|01.03.2026", day(1)),
        (
            "|   |12|soon|asap|later|half past|14 o'clock|yesterday|25:00|24:01|14:60|13pm"
            "|0am|31.2.|30 feb|5.13.2026|fri fri|fri soon|in 0 h|in 0 min"
            "|0 days|0 business days|1.5 days|1.5 business days|9999 days|9999 business days|2200-01-01|1999-01-01"
            "|5 thingember|in 3 moons|2026-13-01|99999999999|tomorrow tomorrow|14 fri 12|12 soon|soon 12"
            "|a very long text that certainly is not a time of day or a date at all|x:y z|12 5.3.",
            None,
        ),
    ],
)  # fmt: skip
def test_typed_times_mean_what_people_mean(texts: str, target: Target | None) -> None:
    for text in texts.split("|"):
        assert read(text) == target, text


def test_every_example_that_is_shown_can_be_read() -> None:
    for language in ("en", "ru", "hu", "de"):
        assert examples(language)
        assert all(read(text) is not None for text in examples(language))


def test_hours_ahead_are_hours_of_the_wall_clock_through_a_clock_change() -> None:
    before = datetime(2026, 3, 28, 23, 0, tzinfo=BERLIN)
    assert read("in 8 h", before) == Moment(datetime(2026, 3, 29, 8, 0, tzinfo=BERLIN))


def test_an_hour_that_is_skipped_is_the_first_moment_after_the_skip() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN)
    assert read("tomorrow 2:30", before) == Moment(datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN))


def test_the_moment_is_read_on_the_clock_of_the_zone() -> None:
    found = read("14:00", zone=ZoneInfo("America/New_York"))
    assert isinstance(found, Moment) and found.at.astimezone(UTC) == datetime(2026, 3, 4, 19, 0, tzinfo=UTC)


@given(st.text(max_size=70))
def test_no_text_at_all_makes_it_fall(text: str) -> None:
    read(text)


VOCABULARY = (
    "tomorrow fri next in by at завтра через пт в holnap péntek múlva 2 12 14:00 5.3. 2026-03-05 30 feb h min days "
    "business munkanap рабочих дня am pm noon a half 0 99 24:00 ² ٣"
)
WORDS = st.sampled_from(VOCABULARY.split())


@given(st.lists(WORDS, min_size=1, max_size=5), st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)))
def test_what_is_read_lies_within_ten_years_and_is_above_zero(words: list[str], naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    found = read(" ".join(words), at)
    horizon = timedelta(days=12 * 366)
    match found:
        case Moment(due):
            assert due.utcoffset() is not None and abs(due - at) < horizon
        case Day(on):
            assert abs(on - at.date()) < horizon
        case BusinessDays(amount) | Seconds(amount):
            assert amount > 0


@given(st.integers(0, 23), st.integers(0, 59), st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))
def test_a_time_of_day_is_the_next_such_time(hour: int, minute: int, naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    found = read(f"{hour}:{minute:02}", at)
    assert isinstance(found, Moment) and at < found.at <= at + timedelta(hours=26)


@given(st.integers(1, 2000))
def test_business_days_are_counted_not_converted(number: int) -> None:
    assert read(f"{number} business days") == BusinessDays(number)


def test_the_longest_text_that_is_read_has_an_end() -> None:
    assert read("in 2 h" + " " * 500) is not None
    assert read("tomorrow " + "1" * due_words.LONGEST) is None
