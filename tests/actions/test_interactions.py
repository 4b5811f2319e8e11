"""Contacts are written down in the customer's words, and only real ones count as having been heard from."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from goodwill.actions import interactions
from goodwill.actions.interactions import Contact
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.refusals import Reason, Refusal
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.touchpoints import Touchpoint
from tests.cast import NOW, Cast

CALL = Contact(Channel.PHONE, Direction.FROM_CUSTOMER, "Where is my jacket?")


def recorded(cast: Cast, contact: Contact = CALL) -> Interaction:
    written = interactions.record(cast.buyer.pk, contact, by=cast.viewer(cast.agent), at=NOW)
    assert isinstance(written, Interaction), written
    cast.buyer.refresh_from_db()
    return written


def test_a_contact_is_kept_in_the_customer_s_own_words(cast: Cast) -> None:
    written = recorded(cast)
    assert (written.words, written.person, written.at, written.channel) == (CALL.words, cast.agent, NOW, "phone")
    assert cast.buyer.last_heard_at == NOW


def test_the_journal_holds_no_word_of_it(cast: Cast) -> None:
    written = recorded(cast)
    entry = JournalEntry.objects.get(kind="interaction_recorded")
    assert (entry.facts["interaction_id"], entry.customer_id) == (written.pk, cast.buyer.pk)
    assert "jacket" not in json.dumps(entry.facts)


def test_i9_mailings_never_count_as_care(cast: Cast) -> None:
    recorded(cast, Contact(Channel.EMAIL, Direction.TO_CUSTOMER, "Spring sale!", is_mailing=True))
    assert cast.buyer.last_heard_at is None
    assert Interaction.objects.care().count() == 0
    recorded(cast, Contact(Channel.EMAIL, Direction.TO_CUSTOMER, "Your jacket is ready."))
    assert cast.buyer.last_heard_at == NOW
    assert Interaction.objects.care().count() == 1


def test_a_letter_that_waits_for_its_answer_is_not_hearing_from_us(cast: Cast) -> None:
    recorded(cast, Contact(Channel.EMAIL, Direction.FROM_CUSTOMER, "Hello? Anybody there?"))
    assert cast.buyer.last_heard_at is None


def test_a_contact_written_down_late_is_not_the_last_one_heard(cast: Cast) -> None:
    recorded(cast)
    recorded(cast, replace(CALL, happened_at=NOW - timedelta(days=30)))
    assert cast.buyer.last_heard_at == NOW


def test_the_touchpoint_says_over_which_channel(cast: Cast) -> None:
    desk = Touchpoint.objects.create(name="Front desk", channel="in_person", site=cast.shop)
    assert recorded(cast, replace(CALL, touchpoint_id=desk.pk)).channel == "in_person"
    desk.is_active = False
    desk.save()
    refused = interactions.record(
        cast.buyer.pk, replace(CALL, touchpoint_id=desk.pk), by=cast.viewer(cast.agent), at=NOW
    )
    assert refused == Refusal(Reason.NOT_A_CHOICE, "touchpoint")


@pytest.mark.parametrize(
    ("contact", "refusal"),
    [
        (replace(CALL, words=" \n"), Refusal(Reason.REQUIRED, "words")),
        (replace(CALL, words="x" * 4001), Refusal(Reason.TOO_LONG, "words", (("most", "4000"),))),
        (replace(CALL, happened_at=NOW + timedelta(hours=1)), Refusal(Reason.IN_THE_FUTURE, "at")),
        (replace(CALL, order_id=999_999), Refusal(Reason.NOT_FOUND, "order")),
        (replace(CALL, contact_id=999_999), Refusal(Reason.NOT_A_CHOICE, "contact")),
    ],
)
def test_a_contact_that_cannot_be_is_refused_with_its_field(cast: Cast, contact: Contact, refusal: Refusal) -> None:
    assert interactions.record(cast.buyer.pk, contact, by=cast.viewer(cast.agent), at=NOW) == refusal
    assert not Interaction.objects.exists() and not JournalEntry.objects.exists()


def test_the_stranger_and_the_customer_write_nothing_down(cast: Cast) -> None:
    stranger, customer = cast.viewer(cast.stranger), cast.customer
    assert interactions.record(cast.buyer.pk, CALL, by=stranger, at=NOW) == Refusal(Reason.NOT_FOUND, "customer")
    assert interactions.record(cast.buyer.pk, CALL, by=customer, at=NOW) == Refusal(Reason.NOT_ALLOWED)
    cast.buyer.erased_at = NOW
    cast.buyer.save()
    agent = cast.viewer(cast.agent)
    assert interactions.record(cast.buyer.pk, CALL, by=agent, at=NOW) == Refusal(Reason.ERASED, "customer")
    assert not Interaction.objects.exists()
