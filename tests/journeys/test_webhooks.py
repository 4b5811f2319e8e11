"""Webhooks in the settings, looked at in every way, and made, tried and mended by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from examples.webhook_receiver import verify
from goodwill.domain.entries import Entry
from goodwill.domain.viewers import OPERATOR
from goodwill.store import journal
from goodwill.store.deliveries import Delivery
from goodwill.store.webhooks import Webhook
from goodwill.worker.webhooks import tick
from tests.cast import Cast
from tests.cli.commands import until
from tests.journeys.looks import FEW_LOOKS, House, Look, assert_in_order
from tests.worker.receivers import receiving


def furnish() -> Webhook:
    """Webhooks in every state, and one with every kind of event in its log."""
    at = timezone.now()
    common = {"secret": "whsec_AAAA", "secret_made_at": at - timedelta(days=9), "created_at": at}
    Webhook.objects.create(name="Dashboard", url="https://dashboard.example/in", wants_all=True, **common)
    Webhook.objects.create(
        name="Marketing", url="https://mail.example/hooks?list=7", kinds=["person_erased"], is_active=False,
        paused_why="gone", paused_at=at, last_success_at=at - timedelta(days=2), **common,
    )  # fmt: skip
    Webhook.objects.create(
        name="Accounts", url="https://books.example/goodwill", wants_all=True, last_success_at=at, **common
    )
    till = Webhook.objects.create(
        name="Till", url="https://till.example/a-rather-long-path/that-goes-on/and-on/goodwill/events",
        kinds=["promise_broken", "promise_kept", "customer_added"], is_active=False, paused_why="failing", paused_at=at,
        failing_since=at - timedelta(days=3, hours=4), last_success_at=at - timedelta(days=4), last_error="http_503",
        previous_secret="whsec_BBBB", previous_until=at + timedelta(hours=20), **common,
    )  # fmt: skip
    body = '{"id":7,"kind":"promise_broken","at":"2026-03-04T09:00:00+00:00","customer_id":12,"facts":{"kind":"call"}}'
    log = (
        ("delivered", "", "customer_added"),
        ("failed", "http_503", "promise_broken"),
        ("waiting", "too_slow", "promise_kept"),
        ("queued", "", "promise_broken"),
        ("delivered", "", "test"),
    )
    for n, (state, error, event) in enumerate(log):
        Delivery.objects.create(
            kind="webhook",
            key=f"msg_{n}abcdefghijklmnopqrstuvwxyz234567",
            webhook=till,
            lane=n,
            event=event,
            body=body,
            state=state,
            attempts=0 if state == "queued" else n + 1,
            created_at=at - timedelta(hours=n),
            last_error=error,
            next_at=at + timedelta(hours=2) if state == "waiting" else None,
            delivered_at=at if state == "delivered" else None,
            failed_at=at if state == "failed" else None,
        )
    return till


@pytest.mark.parametrize("look", FEW_LOOKS, ids=str)
def test_every_page_of_webhooks_is_in_order(lived_in: tuple[House, Cast], look: Look) -> None:
    house, cast = lived_in
    with house.page(look, as_=cast.head) as page:
        page.goto("/settings/webhooks/")
        assert_in_order(page, look, "webhooks-none")
        till = furnish()
        dead = Delivery.objects.get(state="failed")
        for name, path in {
            "webhooks": "",
            "webhook-new": "new/",
            "webhook": f"{till.pk}/",
            "webhook-change": f"{till.pk}/change/",
            "webhook-sent": f"{till.pk}/sent/{dead.pk}/",
        }.items():
            answer = page.goto(f"/settings/webhooks/{path}")
            assert answer is not None
            assert answer.ok, path
            assert_in_order(page, look, name)


def test_a_webhook_is_made_tried_mended_and_taken_away(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    with receiving() as receiver, house.page(Look(), as_=cast.administrator) as page:
        page.goto("/settings/webhooks/")
        page.get_by_role("link", name="New webhook").first.click()
        page.get_by_role("textbox", name="Name").fill("Till")
        page.get_by_label("Address of the receiver").fill("http://8.8.8.8/in")
        page.get_by_role("button", name="Make the webhook").click()
        expect(page.get_by_text("The way there is not encrypted")).to_be_visible()
        assert_in_order(page, Look(), "webhook-refused")
        page.get_by_label("Address of the receiver").fill(receiver.url)
        page.get_by_role("button", name="Make the webhook").click()
        secret = page.get_by_label("Secret").input_value()
        assert_in_order(page, Look(), "webhook-secret")
        page.get_by_role("button", name="Send a test event").click()
        until(Delivery.objects.filter(kind="test").exists)  # the form is on its way
        tick(timezone.now())
        heard = receiver.heard[0]
        verify(secret, heard.headers, heard.body, timezone.now().timestamp())

        receiver.say(410)
        journal.write(Entry.PROMISE_BROKEN, by=OPERATOR, at=timezone.now(), customer_id=cast.buyer.pk)
        tick(timezone.now())
        page.reload()
        expect(page.get_by_text("the receiver said that it is gone")).to_be_visible()
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_text("told again what happens")).to_be_visible()
        Delivery.objects.filter(kind="webhook").update(state="failed", next_at=None)
        page.reload()
        page.get_by_role("link", name="Dead letter", exact=True).click()
        page.get_by_role("link", name="A promise was broken.").click()
        page.get_by_role("button", name="Send it again").click()
        expect(page.get_by_text("with the same id and body")).to_be_visible()
        tick(timezone.now())
        assert Delivery.objects.get(kind="webhook").state == "delivered"
        assert receiver.heard[-1].body == receiver.heard[-2].body

        page.get_by_role("link", name="Till").click()
        page.get_by_role("button", name="Make another secret").click()
        assert page.get_by_label("Secret").input_value() != secret
        page.get_by_role("link", name="To the webhook").click()
        page.get_by_role("button", name="Remove").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(page.get_by_text("The webhook was removed.")).to_be_visible()
    assert not Webhook.objects.exists()


def test_a_webhook_is_paused_resumed_and_removed_without_javascript(lived_in: tuple[House, Cast]) -> None:
    house, cast = lived_in
    till = furnish()
    with house.page(Look(390), as_=cast.head, javascript=False) as page:
        page.goto(f"/settings/webhooks/{till.pk}/")
        page.get_by_label("Leave out what waits").check()
        page.get_by_role("button", name="Resume").click()
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Send all dead letters again").click()
        page.get_by_role("button", name="Remove").click()
        until(lambda: not Webhook.objects.filter(pk=till.pk).exists())
