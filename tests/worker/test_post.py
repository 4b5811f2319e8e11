"""Letters leave once the server takes them, under one Message-ID, and leave no words behind."""

import asyncio
import dataclasses
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.core.mail import send_mail
from django.test import override_settings

from goodwill.actions import deliveries, letters
from goodwill.adapters import smtp
from goodwill.config.environment import MailServer
from goodwill.store.deliveries import Delivery
from goodwill.worker import post
from tests.cast import NOW

LETTER = {
    "to": ["Őze Ágnes <agnes@example.com>"],
    "from": "house@firm.example",
    "subject": "Привет",
    "body": "Jó napot",
}


class TinyServer:
    """Speaks enough SMTP to receive a letter; `refusals` are the answers to the next RCPT commands."""

    def __init__(self) -> None:
        self.refusals: list[str] = []
        self.letters: list[bytes] = []
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""

        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 tiny")
        while line := (await reader.readline()).decode():
            verb = line.strip().upper()
            if verb.startswith("RCPT") and self.refusals:
                await say(self.refusals.pop(0))
            elif verb == "DATA":
                await say("354 go on")
                self.letters.append((await reader.readuntil(b"\r\n.\r\n"))[:-3])
                await say("250 taken")
            elif verb == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 fine")
        writer.close()


@contextmanager
def listening() -> Iterator[TinyServer]:
    """A server on a free loopback port, in a thread of its own."""
    tiny, ready, loop = TinyServer(), threading.Event(), asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        server = await asyncio.start_server(tiny.talk, "127.0.0.1", 0)
        tiny.port = server.sockets[0].getsockname()[1]
        ready.set()
        # Waiting for a word, not for the loop to be stopped: it could be stopped before it runs for good, and then
        # it would run for ever.
        await over.wait()
        server.close()

    def run() -> None:
        loop.run_until_complete(serve())
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        with override_settings(MAIL_SERVER=MailServer("127.0.0.1", tiny.port, "", "", use_tls=False, use_ssl=False)):
            yield tiny
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


@pytest.mark.django_db
def test_a_letter_arrives_in_its_own_letters_and_its_words_are_emptied() -> None:
    deliveries.post("hello:1", LETTER, at=NOW)
    with listening() as server:
        assert post.tick(NOW)
        assert not post.tick(NOW)
    message = message_from_bytes(server.letters[0], policy=default)
    assert (message["subject"], message.get_content().strip()) == ("Привет", "Jó napot")
    row = Delivery.objects.get()
    assert (row.state, row.payload, row.delivered_at) == ("delivered", {}, NOW)


@pytest.mark.django_db
def test_a_refused_letter_waits_and_goes_out_under_the_same_message_id() -> None:
    deliveries.post("hello:1", LETTER, at=NOW)
    with listening() as server:
        server.refusals = ["451 later please"]
        assert post.tick(NOW)
        row = Delivery.objects.get()
        assert (row.state, row.attempts, row.next_at) == ("waiting", 1, NOW + timedelta(seconds=30))
        assert "agnes" not in row.last_error
        assert not post.tick(NOW + timedelta(seconds=29))
        assert post.tick(NOW + timedelta(seconds=30))
    assert Delivery.objects.get().state == "delivered"
    again = smtp.compose(LETTER, key="hello:1", created_at=NOW)
    sent = message_from_bytes(server.letters[0], policy=default)
    assert sent["message-id"] == again["message-id"]
    assert sent["message-id"] != smtp.compose(LETTER, key="hello:2", created_at=NOW)["message-id"]


@pytest.mark.django_db
def test_a_letter_to_nobody_is_given_up_at_once() -> None:
    deliveries.post("hello:1", LETTER, at=NOW)
    with listening() as server:
        server.refusals = ["550 no such person"]
        post.tick(NOW)
    assert Delivery.objects.get().state == "failed"
    assert not server.letters


@pytest.mark.django_db
def test_a_letter_with_a_line_break_in_its_head_is_no_letter() -> None:
    deliveries.post("hello:1", {**LETTER, "subject": "Hello\nBcc: everyone@example.com"}, at=NOW)
    with listening() as server:
        post.tick(NOW)
    assert (Delivery.objects.get().state, server.letters) == ("failed", [])


@pytest.mark.django_db
def test_letters_wait_while_nobody_answers_and_are_given_up_after_the_last_attempt() -> None:
    deliveries.post("hello:1", LETTER, at=NOW)
    at, silent = NOW, MailServer("127.0.0.1", 9, "", "", use_tls=False, use_ssl=False)
    with override_settings(MAIL_SERVER=silent):
        for _ in range(letters.MOST_ATTEMPTS):
            assert post.tick(at)
            at += timedelta(hours=6)
        assert not post.tick(at)
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("failed", letters.MOST_ATTEMPTS)


@pytest.mark.django_db
def test_without_a_mail_server_letters_wait() -> None:
    with override_settings(EMAIL_BACKEND="goodwill.web.letters.DeliveryBackend"):
        send_mail("Subject", "Body", "house@firm.example", ["a@example.com"])
    with override_settings(MAIL_SERVER=None):
        assert not post.tick(NOW)
    assert Delivery.objects.get().state == "waiting"


@pytest.mark.django_db
def test_one_letter_is_taken_by_one_worker() -> None:
    deliveries.post("hello:1", LETTER, at=NOW)
    mine = letters.take(at=NOW)
    assert [letter.attempt for letter in mine] == [1]
    assert letters.take(at=NOW) == []
    assert letters.take(at=NOW + timedelta(minutes=5)) != []


@pytest.mark.django_db
def test_a_letter_put_off_by_a_worker_that_was_too_slow_stays_with_the_next() -> None:
    deliveries.post("hello:1", LETTER, at=NOW)
    slow = letters.take(at=NOW)[0]
    letters.take(at=NOW + timedelta(minutes=5))
    letters.put_off(slow, "too late", at=NOW + timedelta(minutes=6))
    assert Delivery.objects.get().last_error == ""


def test_a_wrong_password_is_worth_another_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        """A server that lets nobody in."""

        def __enter__(self) -> "Closed":
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def login(self, *_: Any) -> None:
            """Refuse."""
            raise smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr(smtp, "_connected", lambda *_: Closed())
    server = MailServer("mail.example", 25, "user", "wrong", use_tls=False, use_ssl=False)
    with pytest.raises(smtp.Unsent, match="535") as caught:
        smtp.send(server, smtp.compose(LETTER, key="k", created_at=NOW))
    assert not caught.value.is_final
    assert dataclasses.is_dataclass(server)
