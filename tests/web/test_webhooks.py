"""Webhooks in the settings: made, looked at, paused, resumed, sent again, removed; their secrets shown once."""

import re

import pytest
from django.test import Client

from goodwill.domain.entries import Entry
from goodwill.domain.webhooks import Pause, Topic
from goodwill.store.deliveries import Delivery
from goodwill.store.webhooks import Webhook
from goodwill.web import wording_webhooks
from goodwill.web.wording_webhooks import answer, event
from tests.cast import NOW, Cast
from tests.web.test_every_url import BACKEND

pytestmark = pytest.mark.django_db
URL = "https://8.8.8.8/in"


@pytest.fixture
def head(cast: Cast) -> Client:
    """The head's browser."""
    client = Client()
    client.force_login(cast.head, backend=BACKEND)
    return client


def text(client: Client, path: str) -> str:
    answered = client.get(path)
    assert answered.status_code == 200
    return answered.content.decode()


def make(client: Client, **said: object) -> str:
    """Make a webhook through the form; its secret."""
    form = {"name": "Till", "url": URL, "kinds": ["promise_kept", "promise_broken"]} | said
    answered = client.post("/settings/webhooks/new/", form)
    assert answered.status_code == 200
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", answered.content.decode())
    assert found
    return found.group()


def test_a_secret_is_shown_once_and_stands_on_no_page_afterwards(head: Client) -> None:
    secret = make(head)
    hook = Webhook.objects.get()
    assert (hook.secret, hook.kinds) == (secret, ["promise_broken", "promise_kept"])
    pages = ["", f"{hook.pk}/", f"{hook.pk}/change/"]
    assert all(secret not in text(head, f"/settings/webhooks/{path}") for path in pages)
    another = head.post(f"/settings/webhooks/{hook.pk}/rotate/").content.decode()
    assert secret not in another
    assert Webhook.objects.get().secret in another
    assert "The former one signs until" in text(head, f"/settings/webhooks/{hook.pk}/")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"url": "http://8.8.8.8/"}, "The way there is not encrypted"),
        ({"url": "https://127.0.0.1/"}, "leads into a private network"),
        ({"url": "till"}, "This is not a web address"),
        ({"kinds": []}, "Choose at least one."),
        ({"name": ""}, "Please fill this in."),
        ({"kinds": ["moon_landed"]}, "moon_landed"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(
    head: Client, said: dict[str, object], words: str
) -> None:
    answered = head.post("/settings/webhooks/new/", {"name": "Till", "url": URL, "kinds": ["promise_kept"]} | said)
    page = answered.content.decode()
    assert answered.status_code == 422
    assert words in page
    if "kinds" not in said:
        assert re.search(r'value="promise_kept"[^>]*checked', page)
    assert not Webhook.objects.exists()


def test_everything_is_a_choice_and_a_change_keeps_the_rest(head: Client) -> None:
    make(head, wants_all="on", kinds=[])
    hook = Webhook.objects.get()
    assert hook.wants_all
    assert "Everything" in text(head, f"/settings/webhooks/{hook.pk}/")
    form = {"name": "The till", "url": URL, "kinds": ["customer_added"]}
    assert head.post(f"/settings/webhooks/{hook.pk}/change/", form).status_code == 302
    hook.refresh_from_db()
    assert (hook.name, hook.wants_all, hook.kinds) == ("The till", False, ["customer_added"])
    form["url"] = "http://8.8.8.8/"
    assert head.post(f"/settings/webhooks/{hook.pk}/change/", form).status_code == 422


def test_the_log_is_narrowed_turned_and_shows_what_is_sent(head: Client) -> None:
    make(head)
    hook = Webhook.objects.get()
    for n in range(60):
        Delivery.objects.create(
            kind="webhook",
            key=f"msg_{n}",
            webhook=hook,
            lane=n,
            event="promise_kept",
            body=f'{{"id":{n},"facts":{{"note":"<b>"}}}}',
            state="failed" if n == 7 else "delivered",
            attempts=10,
            created_at=NOW,
            last_error="http_503" if n == 7 else "",
        )
    dead = Delivery.objects.get(state="failed")
    first = text(head, f"/settings/webhooks/{hook.pk}/")
    assert first.count("data-row>") == 50
    following = re.search(r'href="([^"]*after=[^"]*)"', first)
    assert following
    assert text(head, following.group(1)).count("data-row>") == 10
    narrowed = text(head, f"/settings/webhooks/{hook.pk}/?state=dead")
    assert narrowed.count("data-row>") == 1
    assert "It answered 503." in narrowed
    shown = text(head, f"/settings/webhooks/{hook.pk}/sent/{dead.pk}/")
    assert "msg_7" in shown
    assert "&lt;b&gt;" in shown
    assert head.post(f"/settings/webhooks/{hook.pk}/sent/{dead.pk}/resend/").status_code == 302
    dead.refresh_from_db()
    assert (dead.state, dead.spent) == ("waiting", 10)
    assert head.post(f"/settings/webhooks/{hook.pk}/sent/{dead.pk}/resend/", follow=True).status_code == 404
    Delivery.objects.filter(pk=dead.pk).update(state="failed")
    said = head.post(f"/settings/webhooks/{hook.pk}/resend/", follow=True).content.decode()
    assert "1 dead letter is sent again." in said


def test_an_event_of_another_webhook_is_not_there(head: Client) -> None:
    make(head)
    make(head)
    first, second = Webhook.objects.order_by("pk")
    row = Delivery.objects.create(kind="webhook", key="k", webhook=first, body="{}", state="failed", created_at=NOW)
    assert head.get(f"/settings/webhooks/{second.pk}/sent/{row.pk}/").status_code == 404
    assert head.post(f"/settings/webhooks/{second.pk}/sent/{row.pk}/resend/").status_code == 404
    assert head.get("/settings/webhooks/999/").status_code == 404


def test_pausing_resuming_testing_and_removing(head: Client) -> None:
    make(head)
    hook = Webhook.objects.get()
    here = f"/settings/webhooks/{hook.pk}/"
    assert "Nothing is lost" in head.post(here + "pause/", follow=True).content.decode()
    assert "Paused by hand" in text(head, here)
    assert "on its way" in head.post(here + "test/", follow=True).content.decode()
    assert Delivery.objects.get().kind == "test"
    assert "told again" in head.post(here + "resume/", {"skip": "1"}, follow=True).content.decode()
    assert "was removed" in head.post(here + "remove/", follow=True).content.decode()
    assert "No webhooks yet" in text(head, "/settings/webhooks/")


def test_every_code_of_webhooks_has_words() -> None:
    assert set(wording_webhooks.TOPICS) == set(Topic)
    assert set(wording_webhooks.PAUSES) == set(Pause)
    for code in ("no_answer", "too_slow", "private_address", "not_encrypted", "not_trusted", "unknown_host"):
        assert answer(code).endswith(".")
        assert "_" not in answer(code)
    assert answer("http_302") == "It answered 302: redirects are not followed."
    assert answer("") == ""
    assert answer("of a later version") == "of a later version"
    assert event("test").startswith("A test")
    assert event(Entry.PROMISE_KEPT.value) == "A promise was kept."
    assert event("moon_landed") == "moon_landed"
