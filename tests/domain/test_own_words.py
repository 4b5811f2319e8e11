"""A customer's own words are kept as they came."""

import pytest

from goodwill.domain.rows import BadValue, words


def test_blanks_around_a_customers_words_are_theirs() -> None:
    assert words("\n so late! \n", "review", 20) == "\n so late! \n"


def test_words_beyond_the_longest_are_refused() -> None:
    with pytest.raises(BadValue):
        words("x" * 21, "review", 20)
