"""Waits grow, are the same for everybody who asks, and end after about three days."""

from datetime import timedelta

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
