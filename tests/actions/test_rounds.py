"""Giving a promise to whoever carries it out."""

import pytest

from goodwill.actions import rounds, settling
from goodwill.domain.records import Withdrawal
from goodwill.domain.refusals import Reason, Refusal
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from tests.cast import NOW, Cast
from tests.rounds import delivery, make_driver

pytestmark = pytest.mark.django_db


@pytest.fixture
def driver(cast: Cast) -> Person:
    return make_driver(cast)


def test_a_delivery_is_given_to_a_driver_and_back_to_nobody(cast: Cast, driver: Person) -> None:
    promise, by = delivery(cast, person=cast.agent), cast.viewer(cast.agent)
    given = rounds.give(promise.pk, person_id=driver.pk, version=0, by=by, at=NOW)
    assert isinstance(given, Promise)
    assert (given.person_id, given.unit_id, given.version) == (driver.pk, None, 1)
    rounds.give(promise.pk, person_id=driver.pk, by=by, at=NOW)
    assert JournalEntry.objects.filter(promise_id=promise.pk).count() == 1, "the same again writes nothing"
    rounds.give(promise.pk, unit_id=cast.shop_unit.pk, by=by, at=NOW)
    back = rounds.give(promise.pk, by=by, at=NOW)
    assert isinstance(back, Promise)
    assert (back.person_id, back.unit_id) == (None, None)
    facts = [entry.facts for entry in JournalEntry.objects.filter(kind="promise_given").order_by("id")]
    assert [(fact["person_was"], fact["person_id"]) for fact in facts] == [
        (cast.agent.pk, driver.pk),
        (driver.pk, None),
        (None, None),
    ]


def test_nothing_is_given_by_a_stranger_too_late_or_to_nobody_known(cast: Cast, driver: Person) -> None:
    promise, by = delivery(cast), cast.viewer(cast.agent)
    give = rounds.give
    assert give(promise.pk, person_id=driver.pk, by=cast.viewer(cast.stranger), at=NOW) == Refusal(Reason.NOT_FOUND)
    assert give(promise.pk, person_id=driver.pk, version=7, by=by, at=NOW) == Refusal(Reason.CHANGED_MEANWHILE)
    assert give(promise.pk, person_id=0, by=by, at=NOW) == Refusal(Reason.NOT_FOUND, "owes")
    assert give(promise.pk, unit_id=0, by=by, at=NOW) == Refusal(Reason.NOT_FOUND, "owes")
    settling.withdraw(promise.pk, Withdrawal.CANCELLED, by=by, at=NOW)
    assert give(promise.pk, person_id=driver.pk, by=by, at=NOW) == Refusal(Reason.ALREADY_SETTLED)
