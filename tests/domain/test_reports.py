"""What may be asked of the promises, and the groups they fall into."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain.reports import BUCKETS, Figure, Grouping, Question, bounds_of, bucket_of, moment_of, month_of

AT = datetime(2026, 3, 4, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-400, "15+ days early"),
        (-15, "15+ days early"),
        (-14, "1-14 early"),
        (-1, "1-14 early"),
        (0, "on the day"),
        (1, "1-3 late"),
        (3, "1-3 late"),
        (4, "4-7 late"),
        (7, "4-7 late"),
        (8, "8+ late"),
        (400, "8+ late"),
    ],
)
def test_an_act_falls_into_the_bucket_of_its_days(days: int, bucket: str) -> None:
    assert bucket_of(days) == bucket


@given(st.integers(-2_000, 2_000))
def test_every_delay_lies_within_the_bounds_of_its_bucket_and_of_no_other(days: int) -> None:
    def lies_in(name: str) -> bool:
        fewest, most = bounds_of(name)
        return (fewest is None or fewest <= days) and (most is None or days <= most)

    assert [name for name, _, _ in BUCKETS if lies_in(name)] == [bucket_of(days)]


def test_a_bucket_that_does_not_exist_has_no_bounds() -> None:
    with pytest.raises(ValueError, match="no such delay bucket"):
        bounds_of("tomorrow")


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2026-04", date(2026, 4, 1), date(2026, 4, 30)),
    ],
)
def test_a_month_has_a_first_and_a_last_day(key: str, first: date, last: date) -> None:
    assert month_of(key) == (first, last)


def test_broken_counts_each_way_of_breaking_and_n_adds_the_kept() -> None:
    assert Figure.BROKEN.outcomes == ("broken_warned", "broken_silent", "broken_unrecorded")
    assert set(Figure.N.outcomes) == {"kept", *Figure.BROKEN.outcomes}
    assert Figure.OPEN.outcomes == ("open",)


def test_a_day_means_its_end_where_the_firm_is() -> None:
    assert moment_of("2018-01-31", "America/Sao_Paulo") == datetime(2018, 2, 1, 2, tzinfo=UTC)


def test_a_moment_without_an_offset_is_meant_where_the_firm_is() -> None:
    assert moment_of("2018-01-31T12:00", "America/Sao_Paulo") == datetime(2018, 1, 31, 14, tzinfo=UTC)
    assert moment_of("2018-01-31T12:00+01:00", "America/Sao_Paulo") == datetime(2018, 1, 31, 11, tzinfo=UTC)


def test_what_is_no_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="sometime"):
        moment_of("sometime", "UTC")


def test_narrowing_twice_to_one_grouping_keeps_the_later_key() -> None:
    question = Question(at=AT).narrowed(Grouping.SITE, "1").narrowed(Grouping.REGION, "SP").narrowed(Grouping.SITE, "2")
    assert question.within == ((Grouping.REGION, "SP"), (Grouping.SITE, "2"))


def test_a_question_speaks_of_now_unless_it_names_a_moment() -> None:
    then = AT - timedelta(days=30)
    assert Question(at=AT).moment == AT
    assert Question(at=AT, as_of=then).moment == then
