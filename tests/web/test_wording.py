"""Codes become sentences."""

import pytest

from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import Role
from goodwill.domain.sites import Mode
from goodwill.web import wording


@pytest.mark.parametrize("reason", list(Reason))
def test_every_refusal_says_what_is_wrong_and_what_to_do(reason: Reason) -> None:
    sentence = wording.refused(Refusal(reason))
    assert sentence.endswith((".", "?"))
    assert "_" not in sentence, "a code is no word"


def test_a_refusal_names_the_values_it_carries() -> None:
    assert "120" in wording.refused(Refusal(Reason.TOO_LONG, "name", (("most", "120"),)))


def test_every_code_of_the_house_has_a_name() -> None:
    assert set(wording.ROLES) == set(Role)
    assert set(wording.MODES) == set(Mode)
    assert set(wording.CHANNELS) == set(Channel)
    assert set(wording.DIRECTIONS) == set(Direction)
    assert set(wording.CUSTOMER_KINDS) == set(CustomerKind)
    assert set(wording.ADDRESS_KINDS) == set(AddressKind)
    assert wording.role("back_office") == "Back office"
    assert wording.mode("web_shop") == "Web shop"
    assert wording.channel("phone") == "Telephone"
    assert wording.direction("to_customer") == "We began"
    assert wording.customer_kind("unit") == "Unit of the firm"
    assert wording.address_kind("postal") == "Postal address"
