"""Which entries go out, under which id, and in whose turn."""

import json
from datetime import timedelta
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain import retries, webhooks
from goodwill.domain.entries import Entry
from goodwill.domain.webhooks import Topic
from tests.cast import NOW

FACTS = st.dictionaries(st.text(max_size=10), st.none() | st.integers() | st.text(max_size=10), max_size=4)


def test_every_kind_of_entry_stands_under_one_topic() -> None:
    kinds = list(chain.from_iterable(kinds for _, kinds in webhooks.by_topic()))
    assert sorted(kinds) == sorted(Entry)
    assert webhooks.topic_of(Entry.PROMISE_BROKEN) is Topic.PROMISES
    assert webhooks.topic_of(Entry.WEBHOOK_MADE) is Topic.SETTINGS
    assert webhooks.topic_of(Entry.BACKED_UP) is Topic.MORE


@given(FACTS)
def test_a_body_is_plain_ascii_and_reads_back_as_it_was(facts: dict[str, object]) -> None:
    body = webhooks.body_of({"id": 7, "facts": facts})
    assert body.isascii()
    assert json.loads(body) == {"id": 7, "facts": facts}


@given(st.integers(1, 9), st.text(max_size=20), st.integers(1, 9), st.text(max_size=20))
def test_one_id_never_carries_two_bodies(hook: int, body: str, other_hook: int, other: str) -> None:
    same = (hook, body) == (other_hook, other)
    assert (webhooks.message_id(hook, body) == webhooks.message_id(other_hook, other)) is same
    assert webhooks.message_id(hook, body).removeprefix("msg_").isalnum()


def test_a_receiver_is_given_up_when_nothing_arrived_for_as_long_as_a_letter_lives() -> None:
    assert webhooks.is_given_up(NOW - retries.WHOLE, at=NOW)
    assert not webhooks.is_given_up(NOW - retries.WHOLE + timedelta(seconds=1), at=NOW)


@given(st.lists(st.lists(st.integers(), max_size=6), max_size=5), st.integers(0, 20))
def test_turns_leave_nobody_out_and_keep_each_ones_order(rows: list[list[int]], most: int) -> None:
    numbered = [[(n, value) for value in row] for n, row in enumerate(rows)]
    dealt = webhooks.in_turn(numbered, most)
    assert len(dealt) == min(most, sum(map(len, rows)))
    for n, row in enumerate(numbered):
        mine = [one for one in dealt if one[0] == n]
        assert mine == row[: len(mine)]
        # nobody has two turns more than another who still waits
        for other, more in enumerate(numbered):
            theirs = [one for one in dealt if one[0] == other]
            assert len(theirs) == len(more) or len(mine) <= len(theirs) + 1
