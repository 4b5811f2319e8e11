"""Waits grow, are the same for everybody who asks, and end after about three days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain import retries

KEYS = st.text(max_size=60)


@given(KEYS)
def test_every_wait_is_longer_than_the_one_before_and_the_last_attempt_has_none(key: str) -> None:
    waits = [retries.wait_after(key, attempt) for attempt in range(1, retries.MOST_ATTEMPTS)]
    assert all(wait is not None for wait in waits)
    grown = [wait for wait in waits if wait is not None]
    assert grown == sorted(set(grown))
    assert retries.wait_after(key, retries.MOST_ATTEMPTS) is None
    assert retries.wait_after(key, retries.MOST_ATTEMPTS + 7) is None


@given(KEYS)
def test_the_whole_takes_three_days_and_a_few_hours(key: str) -> None:
    whole = sum((retries.wait_after(key, n) or timedelta() for n in range(1, retries.MOST_ATTEMPTS)), timedelta())
    assert timedelta(days=3) < retries.WHOLE <= whole < timedelta(days=3, hours=12)


@given(KEYS, st.integers(1, 12))
def test_a_wait_is_the_same_for_whoever_asks(key: str, attempt: int) -> None:
    assert retries.wait_after(key, attempt) == retries.wait_after(key, attempt)


def test_messages_that_failed_together_do_not_come_back_together() -> None:
    waits = {retries.wait_after(f"msg_{n}", 3) for n in range(100)}
    assert len(waits) > 50
    assert all(timedelta(minutes=30) <= wait < timedelta(minutes=33) for wait in waits if wait)


NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (" 0 ", timedelta()),
        ("99999999999999999999", retries.MOST_ASKED),
        ("Wed, 04 Mar 2026 09:30:00 GMT", timedelta(minutes=30)),
        ("Wed, 04 Mar 2026 09:30:00 -0000", timedelta(minutes=30)),
        ("Wed, 04 Mar 2026 08:30:00 GMT", timedelta()),
        ("Fri, 04 Mar 2033 08:30:00 GMT", retries.MOST_ASKED),
        ("", timedelta()),
        ("soon", timedelta()),
        ("-5", timedelta()),
        ("\u0663", timedelta()),
        ("Wed, 04 Mar 99999999999 09:30:00 GMT", timedelta()),
        (f"Wed, {'9' * 30} Mar 2026 09:30:00 GMT", timedelta()),
        (f"Wed, 04 Mar 2026 09:30:00 +{'9' * 40}", timedelta()),
    ],
)
def test_a_receiver_asks_in_seconds_or_for_a_moment(said: str, wait: timedelta) -> None:
    assert retries.asked_wait(said, at=NOW) == wait


PARTS = st.sampled_from(
    ("Wed", "Mar", "04", "2026", "09:30:00", "99:99", "+0100", "GMT", "-", ",", "(", "9" * 12, f"+{'9' * 30}")
)


@given(st.text(max_size=60) | st.lists(PARTS, max_size=7).map(" ".join))
def test_whatever_a_receiver_says_is_a_wait_of_a_day_at_most(said: str) -> None:
    assert timedelta() <= retries.asked_wait(said, at=NOW) <= retries.MOST_ASKED
