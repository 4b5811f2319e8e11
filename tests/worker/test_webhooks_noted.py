"""Whatever a receiver answers, and whatever fails in writing it down, no other event is kept waiting by it."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from goodwill.actions import webhook_letters, webhooks
from goodwill.store.deliveries import Delivery
from goodwill.worker.webhooks import Carrier
from tests.cast import NOW, Cast
from tests.worker.receivers import Receiver, receiving
from tests.worker.test_webhooks import SOON, go, happen, make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on loopback."""
    with receiving() as mine:
        yield mine


def test_one_that_asks_for_patience_beyond_all_dates_stops_nobody(cast: Cast, receiver: Receiver) -> None:
    make(receiver)
    both = {happen(cast.buyer.pk), happen(cast.outsider.pk)}
    receiver.say((503, "Wed, 04 Mar 99999999999 09:30:00 GMT"))
    go(NOW)
    go(NOW + SOON)
    assert (set(receiver.entries()), len(receiver.heard)) == (both, 3)  # they race for the bad answer
    assert not Delivery.objects.filter(state="waiting").exists()


def test_what_cannot_be_noted_keeps_no_other_from_being_noted(
    cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(receiver)
    happen(cast.buyer.pk)
    happen(cast.outsider.pk)
    noted, broken = webhook_letters.delivered, cast.buyer.pk

    def delivered(letter: webhook_letters.Letter, *, at: datetime) -> None:
        if letter.lane == broken:
            raise RuntimeError
        noted(letter, at=at)

    carrier = Carrier(seconds=2)
    try:
        monkeypatch.setattr(webhook_letters, "delivered", delivered)
        webhook_letters.follow(at=NOW)
        carrier.send(NOW)
        with pytest.raises(RuntimeError):
            carrier.finish(NOW)
        carrier.finish(NOW)
        assert list(Delivery.objects.filter(state="waiting").values_list("lane", flat=True)) == [broken]
        monkeypatch.undo()
        assert carrier.send(NOW + webhooks.TAKEN_FOR) == 1
        carrier.finish(NOW + webhooks.TAKEN_FOR)
        assert not Delivery.objects.filter(state="waiting").exists()
    finally:
        carrier.close()
