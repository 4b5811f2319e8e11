"""Search finds people however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain.search_words import LONGEST, fold, phrase, split, words_of


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("ŐRSÉG", "orseg"), ("Фёдор", "федор"), ("ИВАНОВ", "иванов"), ("Strauß", "strauss"), ("Łódź", "lodz")],
)
def test_case_and_accents_do_not_matter(typed: str, meant: str) -> None:
    assert fold(typed) == meant


def test_short_i_is_a_letter_of_its_own() -> None:
    assert fold("Зайцев") == "зайцев"
    assert fold("зайка") != fold("заика")


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=200))
def test_words_fit_their_column_and_stand_once(text: str) -> None:
    words = split(text)
    assert len(words) == len(set(words))
    assert all(0 < len(word) <= LONGEST for word in words)


def test_a_customer_is_found_by_name_mail_and_the_end_of_a_telephone_number() -> None:
    words = words_of(["Kovács-Nagy Éva", "eva@posta.hu"], ["+36 30 123-45-67", "12"])
    assert words == {"kovacs-nagy", "eva", "eva@posta.hu", "36301234567", "1234567"}


def test_a_telephone_that_nobody_could_read_is_found_by_its_last_ten_digits() -> None:
    assert words_of([], ["0036 30 123 45 67"]) == {"0036301234567", "6301234567", "1234567"}


@pytest.mark.parametrize("typed", ["+36 (30) 123 45 67", "+36 30 123-45-67"])
def test_a_typed_telephone_number_is_looked_for_by_its_digits(typed: str) -> None:
    assert phrase(typed) == ["36301234567"]


def test_an_order_number_is_no_telephone_number() -> None:
    assert phrase("10234-7") == ["10234-7"]
    assert phrase("anna kov") == ["anna", "kov"]
