"""Every kind of entry has its sentence."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import translation

from goodwill.domain.entries import Entry
from goodwill.web.wording_entries import SENTENCES, sentence


@dataclass
class Said:
    kind: str
    facts: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize("kind", list(Entry))
def test_every_kind_of_entry_is_a_sentence_whatever_its_facts(kind: Entry) -> None:
    for facts in ({}, {"act": 7, "fields": [], "outcome": None, "late_seconds": "x", "reason": 3}):
        said = sentence(Said(kind.value, facts))
        assert said.endswith(".")
        assert said[0].isupper()


def test_no_two_kinds_say_the_same() -> None:
    assert len({str(words) for words in SENTENCES.values()}) == len(Entry)


def test_a_kind_of_a_later_version_is_said_without_failing() -> None:
    assert "no words" in sentence(Said("moon_landed"))


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        (Entry.PROMISE_BROKEN, {"outcome": "broken_silent"}, "in silence"),
        (Entry.PROMISE_BROKEN, {"outcome": "broken_warned"}, "had been warned"),
        (Entry.PROMISE_BROKEN, {"outcome": "broken_unrecorded"}, "is not recorded"),
        (Entry.PROMISE_FULFILLED_LATE, {"late_seconds": 86_400}, "1 day late"),
        (Entry.PROMISE_FULFILLED_LATE, {"late_seconds": 7_300}, "2 hours late"),
        (Entry.PROMISE_FULFILLED_LATE, {"late_seconds": 5}, "1 minute late"),
        (Entry.PROMISE_WITHDRAWN, {"reason": "changed_by_agreement"}, "customer's consent"),
        (Entry.PROMISE_MADE, {"side": "theirs"}, "The customer promised"),
        (Entry.INTERACTION_RECORDED, {"is_mailing": True}, "mailing"),
        (Entry.INTERACTION_RECORDED, {"direction": "from_customer"}, "The customer contacted us"),
        (Entry.CUSTOMER_CHANGED, {"fields": ["address"], "act": "removed"}, "address was removed"),
        (Entry.ORDER_CHANGED, {"fields": ["user"]}, "Who uses"),
        (Entry.TAG_CHANGED, {"act": "put"}, "put on"),
        (Entry.OWN_FIELD_CHANGED, {"act": "filled"}, "filled in"),
    ],
)
def test_what_the_facts_tell_is_told(kind: Entry, facts: dict[str, Any], words: str) -> None:
    with translation.override("en"):
        assert words in sentence(Said(kind.value, facts))
